// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/workspace/pointer.hpp>
#include <refused.hpp>
#include <temporary_folder.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;
using mlo::test::refused;

namespace {

constexpr std::string_view golden_file =
    "mlo: 1\n"
    "path: model.bin\n"
    "id: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
    "kind: file\n"
    "executable: true\n"
    "size: 4\n";
constexpr std::string_view golden_directory =
    "mlo: 1\n"
    "path_bytes: /2E=\n"
    "id: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
    "kind: directory\n"
    "size: 18446744073709551615\n"
    "files: 3\n";

Pointer file_pointer() {
    return {.name = "model.bin",
            .id = hash::sha256(as_bytes("test")),
            .kind = PointerKind::file,
            .executable = store::Executable::yes,
            .size_bytes = 4,
            .files = 0};
}

Pointer directory_pointer() {
    return {.name =
                "\xff"
                "a",
            .id = hash::sha256(as_bytes("test")),
            .kind = PointerKind::directory,
            .executable = store::Executable::no,
            .size_bytes = ~std::uint64_t{0},
            .files = 3};
}

}  // namespace

TEST_CASE("a pointer is written as these bytes and read back the same") {
    CHECK(format_pointer(file_pointer()) == golden_file);
    CHECK(parse_pointer(golden_file, "model.bin", "model.bin.mlo") == file_pointer());
    CHECK(format_pointer(directory_pointer()) == golden_directory);
    CHECK(parse_pointer(golden_directory,
                        "\xff"
                        "a",
                        "x") == directory_pointer());
}

TEST_CASE("names that look like other YAML values survive") {
    for (const std::string name :
         {"null", "1", "~", "yes", "a: b", "- x", "#x", "'", "\"", " ", "two\nlines", "\xe2\x80\xa8"}) {
        auto pointer = file_pointer();
        pointer.name = name;
        CHECK(parse_pointer(format_pointer(pointer), name, "x") == pointer);
    }
}

TEST_CASE("a pointer that disagrees with its name is refused with the place", "[pointer]") {
    CHECK(refused([] { (void)parse_pointer(golden_file, "other", "dir/other.mlo"); }) ==
          "W005 dir/other.mlo:2:7 the pointer of 'other' describes 'model.bin' help: after a rename, correct 'path' to "
          "'other'");
}

TEST_CASE("what a file and a directory have is not mixed") {
    auto text = std::string{golden_file} + "files: 1\n";
    CHECK(refused([&] { (void)parse_pointer(text, "model.bin", "p"); }) == "W003 p:7:8 a file has no 'files'");
    text = std::string{golden_directory} + "executable: true\n";
    CHECK(refused([&] {
              (void)parse_pointer(text,
                                  "\xff"
                                  "a",
                                  "p");
          }) == "W003 p:7:13 a directory has no 'executable'");
}

TEST_CASE("a pointer file lies beside its data") {
    const test::TemporaryFolder folder;
    test::SeededRandom random{1};
    write_pointer(*folder.open(), file_pointer(), random);
    CHECK(folder.read("model.bin.mlo") == golden_file);
    CHECK(read_pointer(*folder.open(), "model.bin", "model.bin.mlo") == file_pointer());
    CHECK(is_pointer_name("a.mlo"));
    CHECK_FALSE(is_pointer_name(".mlo"));
    CHECK_FALSE(is_pointer_name("a.ml"));
}
