// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/workspace/tree_diff.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;

namespace {

Entry file(std::string_view content) {
    return {.kind = store::EntryKind::file,
            .executable = store::Executable::no,
            .size_bytes = content.size(),
            .id = hash::sha256(as_bytes(content)),
            .target = {}};
}
Change added(std::string path, std::string_view content) {
    return {.kind = ChangeKind::added, .path = std::move(path), .old_path = {}, .before = {}, .after = file(content)};
}
Change deleted(std::string path, std::string_view content) {
    return {.kind = ChangeKind::deleted, .path = std::move(path), .old_path = {}, .before = file(content), .after = {}};
}

}  // namespace

TEST_CASE("a file that went and one that came with equal content are a rename") {
    std::vector<Change> changes{deleted("a", "1"), added("b", "1"), added("c", "2")};
    find_renames(changes);
    CHECK(test::lines_of(changes) == std::vector<std::string>{"renamed a -> b", "added c"});
}

TEST_CASE("of several candidates the one of equal name is taken, then the first") {
    std::vector<Change> changes{deleted("x/one", "1"), deleted("x/two", "1"), deleted("x/three", "1"),
                                added("y/aaa", "1"), added("y/two", "1")};
    find_renames(changes);
    CHECK(test::lines_of(changes) ==
          std::vector<std::string>{"deleted x/three", "renamed x/one -> y/aaa", "renamed x/two -> y/two"});
}

TEST_CASE("empty files are no renames") {
    std::vector<Change> changes{deleted("a", ""), added("b", "")};
    find_renames(changes);
    CHECK(test::lines_of(changes) == std::vector<std::string>{"deleted a", "added b"});
}
