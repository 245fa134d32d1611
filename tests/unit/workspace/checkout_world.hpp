// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mlo/store/object_store.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/status.hpp>
#include <mlo/workspace/workspace.hpp>
#include <seeded.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {

[[nodiscard]] inline store::TreeEntry file_entry(std::string_view name, const store::ObjectId& id, std::uint64_t size) {
    store::TreeEntry entry;
    entry.name = name;
    entry.size_bytes = size;
    entry.id = id;
    return entry;
}
[[nodiscard]] inline store::TreeEntry folder_entry(std::string_view name, const store::ObjectId& id) {
    auto entry = file_entry(name, id, 0);
    entry.kind = store::EntryKind::directory;
    return entry;
}

/// A workspace without git on real files, and what tests do to it behind its back. Each command opens it anew.
class CheckoutWorld {
public:
    explicit CheckoutWorld(Fs& fs = real_fs(), std::uint32_t jobs = 2) : fs_{fs}, jobs_{jobs} {
        std::filesystem::create_directories(path(".mlo"));
    }

    TemporaryFolder folder{};

    [[nodiscard]] std::string path(std::string_view relative) const {
        return folder.path("w/" + std::string{relative});
    }
    void write(std::string_view relative, std::string_view content) const {
        folder.write("w/" + std::string{relative}, content);
    }
    [[nodiscard]] std::string read(std::string_view relative) const {
        return folder.read("w/" + std::string{relative});
    }
    [[nodiscard]] bool exists(std::string_view relative) const {
        return std::filesystem::exists(std::filesystem::symlink_status(path(relative)));
    }
    void remove(std::string_view relative) const { std::filesystem::remove_all(path(relative)); }
    void link(std::string_view target, std::string_view relative) const {
        std::filesystem::create_symlink(target, path(relative));
    }
    void make_folder(std::string_view relative) const { std::filesystem::create_directories(path(relative)); }
    void set_executable(std::string_view relative) const { REQUIRE(::chmod(path(relative).c_str(), 0755) == 0); }

    [[nodiscard]] Runtime runtime() {
        return {.fs = fs_,
                .clock = system_clock(),
                .random = random_,
                .log = silent_log(),
                .progress = *progress,
                .stop = {},
                .jobs = jobs_};
    }
    [[nodiscard]] workspace::Workspace open() {
        const auto private_dir = path(".mlo");
        return {{.root = folder.path("w"),
                 .store_dir = store_dir.empty() ? private_dir : store_dir,
                 .private_dir = private_dir,
                 .git = {}},
                folder.path("w"),
                git::Environment{},
                runtime()};
    }

    /// Adds and returns the pointer, which put_pointer() brings back later.
    std::string add(std::string_view relative = "data") {
        auto space = open();
        const std::string target{relative};
        static_cast<void>(workspace::add(space, {&target, 1}, store::LargeFiles::automatic));
        return read(target + ".mlo");
    }
    void put_pointer(std::string_view content, std::string_view relative = "data") const {
        write(std::string{relative} + ".mlo", content);
    }
    workspace::CheckoutReport checkout(const workspace::CheckoutRequest& request = {}) {
        auto space = open();
        return workspace::checkout(space, request);
    }
    workspace::StatusReport status() {
        auto space = open();
        return workspace::status(space, {}, workspace::Trust::stat_cache);
    }

    /// Stores a tree as no `add` would make it, and points `data` to it.
    void plant(std::span<const store::TreeEntry> entries) {
        store::TreeWriter writer;
        std::uint64_t files = 0;
        for (const auto& entry : entries) {
            writer.add(entry);
            ++files;
        }
        auto space = open();
        const auto ingest = space.store().begin_ingest(store::LargeFiles::automatic);
        const auto id = ingest->add_bytes(std::move(writer).finish());
        ingest->commit();
        workspace::write_pointer(space.root(),
                                 {.name = "data", .id = id, .kind = workspace::PointerKind::directory, .files = files},
                                 random_);
    }
    store::ObjectId store_bytes(std::string_view bytes) {
        auto space = open();
        const auto ingest = space.store().begin_ingest(store::LargeFiles::automatic);
        const auto id = ingest->add_bytes(as_bytes(bytes));
        ingest->commit();
        return id;
    }

    /// Every path below `relative` with its kind, executable bit and content.
    [[nodiscard]] std::map<std::string, std::string> snapshot(std::string_view relative = "data") const {
        std::map<std::string, std::string> result;
        namespace fs = std::filesystem;
        const fs::path top{path(relative)};
        if (!fs::is_directory(fs::symlink_status(top))) return result;
        for (const auto& entry : fs::recursive_directory_iterator{top}) {
            auto& text = result[entry.path().lexically_relative(top).string()];
            if (entry.is_symlink())
                text = "link " + fs::read_symlink(entry.path()).string();
            else if (entry.is_directory())
                text = "folder";
            else
                text =
                    ((entry.status().permissions() & fs::perms::owner_exec) == fs::perms::none ? "file " : "program ") +
                    read(std::string{relative} + "/" + entry.path().lexically_relative(top).string());
        }
        return result;
    }
    [[nodiscard]] std::vector<std::string> leftovers() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path("w")})
            if (const auto name = entry.path().filename().string(); name.starts_with(".mlo-")) found.push_back(name);
        return found;
    }

    std::string store_dir{};  ///< elsewhere than in .mlo
    ProgressSink* progress = &silent_progress();

private:
    Fs& fs_;
    std::uint32_t jobs_;
    SeededRandom random_{7};
};

}  // namespace mlo::test
