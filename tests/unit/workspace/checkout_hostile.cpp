// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/errors.hpp>
#include <thread>

#include "checkout_world.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace mlo::workspace;

namespace {

/// Real files, but like a file system that folds the case of ASCII names.
class FoldingDir final : public Dir {
public:
    explicit FoldingDir(std::unique_ptr<Dir> dir) : dir_{std::move(dir)} {}
    std::unique_ptr<Dir> open_dir(std::string_view relative) override {
        return std::make_unique<FoldingDir>(dir_->open_dir(relative));
    }
    std::vector<DirEntry> list() override { return dir_->list(); }
    std::optional<FileStat> stat(std::string_view name) override { return dir_->stat(there(name)); }
    std::unique_ptr<File> open(std::string_view name) override { return dir_->open(there(name)); }
    std::unique_ptr<File> create(std::string_view name, std::uint32_t mode) override {
        return dir_->create(there(name), mode);
    }
    std::unique_ptr<File> open_lock(std::string_view name) override { return dir_->open_lock(there(name)); }
    bool make_dir(std::string_view name) override { return dir_->make_dir(there(name)); }
    void rename(std::string_view name, Dir& target, std::string_view target_name, Replace replace) override {
        auto& folder = dynamic_cast<FoldingDir&>(target);
        dir_->rename(there(name), *folder.dir_, folder.there(target_name), replace);
    }
    bool link(std::string_view name, Dir& target, std::string_view target_name) override {
        auto& folder = dynamic_cast<FoldingDir&>(target);
        return dir_->link(there(name), *folder.dir_, folder.there(target_name));
    }
    void remove(std::string_view name) override { dir_->remove(there(name)); }
    void remove_dir(std::string_view name) override { dir_->remove_dir(there(name)); }
    void make_symlink(std::string_view target, std::string_view name) override {
        dir_->make_symlink(target, there(name));
    }
    std::string read_link(std::string_view name) override { return dir_->read_link(there(name)); }
    void sync() override { dir_->sync(); }
    void sync_file_system() override { dir_->sync_file_system(); }
    FileStat stat_self() override { return dir_->stat_self(); }
    bool is_on_network() noexcept override { return dir_->is_on_network(); }
    void set_mode(std::uint32_t mode) override { dir_->set_mode(mode); }
    const std::string& path() const noexcept override { return dir_->path(); }

private:
    static std::string folded(std::string_view name) {
        std::string text{name};
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
        return text;
    }
    std::string there(std::string_view name) {
        for (const auto& entry : dir_->list())
            if (folded(entry.name) == folded(name)) return entry.name;
        return std::string{name};
    }
    std::unique_ptr<Dir> dir_;
};

class FoldingFs final : public Fs {
public:
    std::unique_ptr<Dir> open_root(std::string_view path) override {
        return std::make_unique<FoldingDir>(real_fs().open_root(path));
    }
};

std::string_view failure_of(const CheckoutReport& report) {
    return report.failures.size() == 1 ? report.failures[0].error.code().id : "none";
}

}  // namespace

TEST_CASE("a version with a hostile name is refused before anything of it is written", "[hostile]") {
    for (const std::string_view name : {".git", ".GiT", "git~1", ".git ", ".git::$INDEX_ALLOCATION", ".g\xe2\x80\x8cit",
                                        ".mlo", "a\\.git", ".mlo-0123456789abcdef.tmp"}) {
        INFO(name);
        CheckoutWorld world;
        const auto id = world.store_bytes("evil");
        world.plant(std::array{file_entry(name, id, 4)});
        const auto report = world.checkout();
        CHECK(failure_of(report) == workspace::errors::hostile_name.id);
        CHECK_FALSE(world.exists("data"));
        CHECK(world.leftovers().empty());
        // Nor when the folder is there.
        world.make_folder("data");
        CHECK(failure_of(world.checkout()) == workspace::errors::hostile_name.id);
        CHECK(world.snapshot().empty());
    }
}

TEST_CASE("names that differ in case only are data, except where the file system folds them") {
    CheckoutWorld plain;
    plain.write("data/README", "R");
    plain.write("data/readme", "r");
    plain.add();
    plain.remove("data");
    CHECK(plain.checkout().written_files == 2);
    CHECK(plain.read("data/README") == "R");

    FoldingFs fs;
    CheckoutWorld folding{fs};
    const auto upper = folding.store_bytes("R");
    const auto lower = folding.store_bytes("r");
    folding.plant(std::array{file_entry("README", upper, 1), file_entry("readme", lower, 1)});
    const auto report = folding.checkout();
    CHECK(failure_of(report) == workspace::errors::names_collide.id);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.notes() == std::vector<std::string>{"'data/readme'"});
    CHECK_FALSE(folding.exists("data"));
    CHECK(folding.leftovers().empty());
}

TEST_CASE("a folder that is a symbolic link out of the workspace is never written through") {
    CheckoutWorld world;
    world.folder.write("outside/keep", "untouched");
    world.write("nested/data/a", "a");
    world.add("nested/data");
    world.remove("nested/data");

    SECTION("in the place of the tracked folder it is in the way") {
        world.link("../../outside", "nested/data");
        CHECK(failure([&] { return world.checkout(); }) == workspace::errors::files_in_the_way.id);
        const auto report = world.checkout({.paths = {}, .in_the_way = InTheWay::move_to_trash});
        CHECK(report.trashed.size() == 1);
        CHECK(world.read("nested/data/a") == "a");
    }
    SECTION("above it, nothing behind it is tracked") {
        const auto pointer = world.read("nested/data.mlo");
        world.remove("nested");
        world.folder.write("outside/data.mlo", pointer);
        world.link("../outside", "nested");
        CHECK(failure([&] {
                  const auto report = world.checkout({.paths = {"nested/data"}});
                  for (const auto& each : report.failures) throw each.error;
                  return 0;
              }) != "none");
        CHECK_FALSE(std::filesystem::exists(world.folder.path("outside/data")));
    }
    CHECK(world.folder.read("outside/keep") == "untouched");
}

TEST_CASE("a folder that is swapped for a link between check and use leads nobody out") {
    CheckoutWorld world;
    world.folder.write("outside/keep", "untouched");
    world.make_folder("data/sub");
    for (int i = 0; i < 40; ++i) world.write("data/sub/" + std::to_string(i), std::to_string(i));
    const auto pointer = world.add();
    const auto sub = world.path("data/sub");
    const auto aside = world.path("aside");

    std::atomic<bool> stop{false};
    std::jthread attacker{[&] {
        while (!stop) {
            if (::rename(sub.c_str(), aside.c_str()) != 0) continue;
            if (::symlink("../../outside", sub.c_str()) != 0) continue;
            static_cast<void>(::unlink(sub.c_str()));
            static_cast<void>(::rename(aside.c_str(), sub.c_str()));
        }
    }};
    for (int round = 0; round < 60; ++round) {
        try {
            // Some of the files, so that there is something to write each time.
            for (int i = round % 3; i < 40; i += 3) {
                std::error_code ignored;
                std::filesystem::remove(sub + "/" + std::to_string(i), ignored);
            }
            static_cast<void>(world.checkout({.paths = {}, .in_the_way = InTheWay::move_to_trash}));
        } catch (const Error&) {
            // Whatever it met, it must not have written outside.
        }
    }
    stop = true;
    attacker.join();
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{world.folder.path("outside")})
        names.push_back(entry.path().filename());
    CHECK(names == std::vector<std::string>{"keep"});
    CHECK(world.folder.read("outside/keep") == "untouched");
}

TEST_CASE("a pipe in the way is never opened") {
    CheckoutWorld world;
    world.write("data/a", "a");
    world.add();
    world.remove("data/a");
    REQUIRE(::mkfifo(world.path("data/a").c_str(), 0600) == 0);
    CHECK(failure([&] { return world.checkout(); }) == workspace::errors::files_in_the_way.id);
}

TEST_CASE("a damaged object leaves the old content, and no temporary file") {
    CheckoutWorld world;
    world.write("data/a", std::string(1000, 'a'));
    const auto old = world.add();
    world.write("data/a", std::string(1000, 'b'));
    world.add();
    world.put_pointer(old);
    for (const auto& entry : std::filesystem::directory_iterator{world.path(".mlo/packs")}) {
        std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
        auto content = world.folder.read(entry.path().lexically_relative(world.folder.path()).string());
        for (auto at = content.find("aaaa"); at != content.npos; at = content.find("aaaa", at + 1)) content[at] = 'x';
        // Compressed or not: damage the records, not the footer.
        for (std::size_t at = 70; at < 90 && at < content.size(); ++at) content[at] = static_cast<char>(~content[at]);
        std::ofstream{entry.path(), std::ios::binary} << content;
    }
    const auto report = world.checkout();
    CHECK(report.failures.size() == 1);
    CHECK(world.read("data/a") == std::string(1000, 'b'));
    CHECK(world.leftovers().empty());
}

TEST_CASE("a version that names one folder too often is refused instead of filling the disk") {
    CheckoutWorld world;
    auto below = world.store_bytes("mlo tree 1\n");
    for (int level = 0; level < 40; ++level) {
        store::TreeWriter writer;
        writer.add(folder_entry("a", below));
        writer.add(folder_entry("b", below));
        below = world.store_bytes(as_text(std::move(writer).finish()));
    }
    world.plant(std::array{folder_entry("bomb", below)});
    CHECK(failure_of(world.checkout()) == workspace::errors::version_too_large.id);
    CHECK_FALSE(world.exists("data"));
}
