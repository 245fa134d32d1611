// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fault_fs.hpp>
#include <full.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <seeded.hpp>
#include <write_path.hpp>

namespace mlo::test {
namespace {

constexpr std::string_view root = "/w";
constexpr std::uint64_t versions = 4;

std::string content_of_version(std::uint64_t version) {
    return version == 0 ? std::string{"version 0"}
                        : fmt::format("version {} {}", version, std::string(version * 2000, 'x'));
}

/// A file that is replaced several times: after any cut it holds the last acknowledged version, or the one being
/// written.
WritePath replacing_a_file() {
    return {.prepare =
                [] {
                    FaultFs fs{root};
                    const auto dir = fs.open_root(root);
                    SeededRandom random{1};
                    write_file_atomically(*dir, "f", content_of_version(0), 0666, random);
                    return fs;
                },
            .work =
                [random = std::make_shared<SeededRandom>(2)](FaultFs& fs, std::uint64_t& acknowledged) {
                    const auto dir = fs.open_root(root);
                    for (std::uint64_t version = 1; version <= versions; ++version) {
                        write_file_atomically(*dir, "f", content_of_version(version), 0666, *random);
                        acknowledged = version;
                    }
                },
            .check =
                [](FaultFs& after, std::uint64_t acknowledged) {
                    const auto dir = after.open_root(root);
                    const auto found = read_file(*dir, "f", 1u << 20);
                    // After a fault the work is done again from the start: the file may be older than the first run
                    // left it.
                    const bool acceptable =
                        found == content_of_version(acknowledged) || found == content_of_version(acknowledged + 1);
                    CHECK(acceptable);
                    for (const auto& entry : dir->list()) CHECK((entry.name == "f" || entry.name.ends_with(".tmp")));
                }};
}

/// New files that must not replace anything: each acknowledged one is there, whole.
WritePath adding_files() {
    return {.prepare = [] { return FaultFs{root}; },
            .work =
                [random = std::make_shared<SeededRandom>(3)](FaultFs& fs, std::uint64_t& acknowledged) {
                    const auto dir = fs.open_root(root);
                    for (std::uint64_t number = 1; number <= versions; ++number) {
                        const auto name = fmt::format("f{}", number);
                        if (!dir->stat(name)) {
                            AtomicFile file{*dir, name, 0444, *random};
                            file.write(content_of_version(number));
                            file.commit(Replace::no);
                        }
                        acknowledged = number;
                    }
                },
            .check =
                [](FaultFs& after, std::uint64_t acknowledged) {
                    const auto dir = after.open_root(root);
                    for (std::uint64_t number = 1; number <= versions; ++number) {
                        const auto name = fmt::format("f{}", number);
                        if (dir->stat(name))
                            CHECK(read_file(*dir, name, 1u << 20) == content_of_version(number));
                        else
                            CHECK(number > acknowledged);
                    }
                }};
}

}  // namespace

TEST_CASE("a file replaced through AtomicFile is old or new after any power cut, and new once acknowledged") {
    const auto counts = cut_everywhere(replacing_a_file(), 2'000, full_run() ? 100'000 : 10'000);
    CHECK(counts.exhaustive > 50);
    CHECK(counts.changes == versions * 5);
}

TEST_CASE("a file added through AtomicFile is whole or absent after any power cut, and there once acknowledged") {
    const auto counts = cut_everywhere(adding_files(), 2'000, full_run() ? 100'000 : 10'000);
    CHECK(counts.exhaustive > 50);
}

TEST_CASE("AtomicFile reports every failed call and never acknowledges incomplete work") {
    for (const auto& path : {replacing_a_file(), adding_files()}) {
        const auto counts = fail_everywhere(path, versions);
        CHECK(counts.runs > 40);
        CHECK(counts.reported > 40);
    }
}

TEST_CASE("a file replaced again after a kill is durable once acknowledged") {
    CHECK(kill_everywhere(replacing_a_file(), versions) >= versions * 5);
}

TEST_CASE("AtomicFile removes its temporary file when it gives up, also after a failed sync") {
    FaultFs fs{root};
    const auto dir = fs.open_root(root);
    SeededRandom random{4};
    for (std::uint64_t call = 2; call <= 4; ++call) {
        fs.fail({.at_call = call, .error_number = ENOSPC});
        CHECK_THROWS_AS(write_file_atomically(*dir, "f", "text", 0666, random), Error);
        fs.heal();
        CHECK(dir->list().empty());
    }
}

}  // namespace mlo::test
