// SPDX-License-Identifier: Apache-2.0
// FaultFs answers as the real file system does: random calls go to both, and every result and error must be the same
// text.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fault_fs.hpp>
#include <filesystem>
#include <full.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <random>
#include <temporary_folder.hpp>

namespace mlo::test {
namespace {

std::string describe(const FileStat& status) {
    // A folder's size and link count are the file system's own affair.
    const bool folder = status.kind == FileKind::directory;
    return fmt::format("kind {} mode {:o} size {} links {} owner {}", static_cast<int>(status.kind), status.mode,
                       folder ? 0 : status.size, folder ? 0 : status.links, status.owner);
}

/// What a call answered, as text.
template <class Call>
std::string answer(Call call) {
    try {
        return call();
    } catch (const Error& error) {
        return fmt::format("{}: {}", error.code().id, error.message());
    }
}

/// One of the two file systems with what is open in it. Slots may be empty.
struct Side {
    std::array<std::unique_ptr<Dir>, 5> dirs;
    std::array<std::unique_ptr<File>, 5> files;
};

/// One random call, drawn once and made on both sides.
struct Call {
    std::size_t operation, dir, other_dir, slot, file;
    std::string name, other_name, path, text;
    std::uint32_t mode;
    bool flag;
};

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_{seed} {}

    Call next() {
        static const std::array<std::string, 9> names{
            "a", "b", "c", "a", "b", "\xff\n", ".git", std::string(255, 'l'), std::string(256, 'm')};
        static const std::array<std::string, 14> paths{
            "",   ".",  "a",    "a/b",          "b/a",   "a/../b", "./a//b/",
            "/a", "..", "../a", "a/b/../../..", "a/b/c", "c/..",   std::string(256, 'm')};
        static const std::array<std::uint32_t, 4> modes{0666, 0777, 0600, 0755};
        return {.operation = below(25),
                .dir = below(5),
                .other_dir = below(5),
                .slot = 1 + below(4),  // slot 0 is the root and stays
                .file = below(5),
                .name = names[below(names.size())],
                .other_name = names[below(names.size())],
                .path = paths[below(paths.size())],
                .text = std::string(below(10'000), static_cast<char>('a' + below(26))),
                .mode = modes[below(modes.size())],
                .flag = below(2) == 1};
    }

private:
    std::size_t below(std::size_t end) { return random_() % end; }
    std::mt19937_64 random_;
};

constexpr std::size_t flock_call = 23;
constexpr std::size_t link_call = 24;

std::string call_on_file(File& file, const Call& call) {
    switch (call.operation) {
        case 0: {
            std::string text(200, '\0');
            const auto count = file.read(std::as_writable_bytes(std::span{text}), call.text.size());
            return fmt::format("read {}: {}", count, text.substr(0, count));
        }
        case 1:
            return file.write(as_bytes(call.text)), "written";
        case 2:
            return describe(file.stat());
        case 3:
            return file.set_mode(call.mode), "mode set";
        case 4: {
            const auto mapping = file.map(call.text.size() / 4);
            return fmt::format("mapped: {}", as_text(mapping->bytes()));
        }
        case 5:
            return fmt::format("locked: {}", file.try_lock(call.flag ? LockMode::shared : LockMode::exclusive));
        case 6:
            return file.rewrite(as_bytes(call.text)), "rewritten";
        case flock_call:
            return fmt::format("locked: {}", file.try_flock());
        default:
            return file.sync(), "synced";
    }
}

std::string list(Dir& dir) {
    auto entries = dir.list();
    std::sort(entries.begin(), entries.end(), [](const auto& l, const auto& r) { return l.name < r.name; });
    std::string text = "list:";
    for (const auto& entry : entries) text += fmt::format(" {}={}", entry.name, static_cast<int>(entry.kind));
    return text;
}

std::string call_on_dir(Side& side, Dir& dir, const Call& call) {
    const auto replace = call.flag ? Replace::yes : Replace::no;
    auto& opened = side.files[call.file];
    switch (call.operation) {
        case 8:
            return side.dirs[call.slot] = dir.open_dir(call.path), "opened " + side.dirs[call.slot]->path();
        case 9:
            return list(dir);
        case 10: {
            const auto status = dir.stat(call.name);
            return status ? describe(*status) : "absent";
        }
        case 11:
            return opened = dir.open(call.name), "opened";
        case 12:
        case 13:
            return opened = dir.create(call.name, call.mode), "created";
        case 14:
            return opened = dir.open_lock(call.name), "opened";
        case 15:
            return fmt::format("made: {}", dir.make_dir(call.name));
        case 16:
        case 17:
            if (!side.dirs[call.other_dir]) return "no other folder";
            return dir.rename(call.name, *side.dirs[call.other_dir], call.other_name, replace), "renamed";
        case 18:
            return dir.remove(call.name), "removed";
        case 19:
            return dir.remove_dir(call.name), "removed";
        case 20:
            // The folder stays accessible: the user of the test may be no superuser.
            return dir.set_mode(call.mode | 0700u), "mode set";
        case 21:
            return dir.make_symlink(call.flag ? call.other_name : "a/b", call.name), "linked";
        case link_call:
            if (!side.dirs[call.other_dir]) return "no other folder";
            return fmt::format("linked: {}", dir.link(call.name, *side.dirs[call.other_dir], call.other_name));
        default:
            return call.flag ? dir.read_link(call.name) : describe(dir.stat_self());
    }
}

std::string perform(Side& side, const Call& call) {
    if (call.operation < 8 || call.operation == flock_call) {
        if (!side.files[call.file]) return "no file";
        return answer([&] { return call_on_file(*side.files[call.file], call); });
    }
    if (!side.dirs[call.dir]) return "no folder";
    return answer([&] { return call_on_dir(side, *side.dirs[call.dir], call); });
}

}  // namespace

TEST_CASE("FaultFs answers every sequence of calls as the real file system does") {
    const std::uint64_t sequences = full_run() ? 3'000 : 150;
    const auto old_umask = ::umask(022);
    for (std::uint64_t seed = 0; seed < sequences; ++seed) {
        const TemporaryFolder folder;
        REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
        FaultFs memory{folder.path()};
        Side real_side;
        Side memory_side;
        real_side.dirs[0] = real_fs().open_root(folder.path());
        memory_side.dirs[0] = memory.open_root(folder.path());
        Generator generator{seed};
        for (int step = 0; step < 150; ++step) {
            auto call = generator.next();
            // Real syncs wait for a disk: a few are enough, they answer nothing.
            if (call.operation == 7 && step % 25 != 0) continue;
            const auto expected = perform(real_side, call);
            const auto found = perform(memory_side, call);
            if (found != expected) {
                INFO("seed " << seed << ", step " << step << ", operation " << call.operation << " on '" << call.name
                             << "' to '" << call.other_name << "' or '" << call.path << "'");
                REQUIRE(found == expected);
            }
        }
        const auto below = folder.path() + "/a";
        CHECK(answer([&] { return list(*memory.open_root(below)); }) ==
              answer([&] { return list(*real_fs().open_root(below)); }));
    }
    ::umask(old_umask);
}

TEST_CASE("FaultFs and the real file system confine open_dir alike") {
    const TemporaryFolder folder;
    FaultFs memory{folder.path()};
    for (auto* const fs : {&real_fs(), static_cast<Fs*>(&memory)}) {
        const auto dir = fs->open_root(folder.path());
        dir->make_dir("inside");
        dir->make_symlink("inside", "link");
        dir->make_symlink("/", "out");
        dir->make_symlink("loop", "loop");
        const auto code = [&](std::string_view path) {
            try {
                (void)dir->open_dir(path);
                return std::string_view{"opened"};
            } catch (const Error& error) {
                return error.code().id;
            }
        };
        CHECK(code("inside") == "opened");
        CHECK(code("inside/..") == "opened");
        for (const auto* const path :
             {"link", "link/", "out", "loop", "out/etc", "..", "inside/../..", "/", "/etc", "inside/../out"}) {
            INFO(path);
            CHECK(code(path) == errors::leads_outside.id);
        }
        CHECK(code("nothing") == errors::path_not_found.id);
        CHECK_THROWS_AS(dir->open("link"), Error);
        CHECK_THROWS_AS(dir->create("link", 0666), Error);
        CHECK_THROWS_AS(dir->open_lock("out"), Error);
    }
}

}  // namespace mlo::test
