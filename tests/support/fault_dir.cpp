// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "fault_state.hpp"

namespace mlo::test {
namespace {

using StatePtr = std::shared_ptr<FaultFs::State>;
using Guard = std::lock_guard<std::recursive_mutex>;

void check(int error, std::string_view operation, std::string_view path) {
    if (error != 0) throw_system_error(error, operation, path);
}

class MemoryMapping final : public Mapping {
public:
    explicit MemoryMapping(std::shared_ptr<const Bytes> content) : content_{std::move(content)} {}
    std::span<const std::byte> bytes() const noexcept override { return *content_; }

private:
    std::shared_ptr<const Bytes> content_;
};

enum class Access { read, read_write };

class FaultFile final : public File {
public:
    FaultFile(StatePtr state, InodeId id, std::string path, Access access)
        : state_{std::move(state)}, id_{id}, path_{std::move(path)}, access_{access} {}
    ~FaultFile() override { unlock(); }

    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "read", path_);
        const auto& content = *state_->disk.inode(id_).content;
        if (offset >= content.size()) return 0;
        const auto part =
            ByteView{content}.subspan(offset, std::min<std::uint64_t>(into.size(), content.size() - offset));
        std::copy(part.begin(), part.end(), into.begin());
        return part.size();
    }

    void write(std::span<const std::byte> bytes) override {
        const Guard guard{state_->mutex};
        if (bytes.empty()) return;
        const auto error = state_->count_change();
        if (error == 0 && access_ == Access::read) throw_system_error(EBADF, "write", path_);
        if (error != 0) bytes = bytes.first(state_->dead() ? 0 : bytes.size() / 2);
        if (!bytes.empty()) state_->disk.write(id_, end_, bytes);
        end_ += bytes.size();
        check(error, "write", path_);
    }

    void sync() override {
        const Guard guard{state_->mutex};
        const auto error = state_->count_change();
        if (error != 0 && !state_->dead()) state_->disk.fail_sync_file(id_);
        check(error, "sync", path_);
        state_->disk.sync_file(id_);
    }

    void set_caching(Caching /*caching*/) noexcept override {}
    void read_ahead() noexcept override {}
    void read_once(std::uint64_t /*offset*/, std::uint64_t /*size*/) noexcept override {}

    FileStat stat() override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "stat", path_);
        auto status = state_->disk.stat(id_);
        status.owner = ::geteuid();
        return status;
    }

    void set_mode(std::uint32_t mode) override {
        const Guard guard{state_->mutex};
        check(state_->count_change(), "change the mode of", path_);
        state_->disk.set_mode(id_, mode & 07777u);
    }

    bool clone_from(File& source) override {
        const auto* const other = dynamic_cast<FaultFile*>(&source);
        MLO_ASSERT(other != nullptr);
        const Guard guard{state_->mutex};
        const auto error = state_->count_change();
        if (error == ENOSPC || error == EDQUOT || error == EIO) throw_system_error(error, "clone into", path_);
        if (error != 0 || state_->clones == CloneSupport::no || access_ == Access::read) return false;
        state_->disk.clone(id_, other->id_);
        return true;
    }

    std::unique_ptr<Mapping> map(std::uint64_t expected_size_bytes) override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "map", path_);
        const auto content = state_->disk.inode(id_).content;
        if (content->size() < expected_size_bytes) throw_system_error(EIO, "map all of", path_);
        return std::make_unique<MemoryMapping>(content);
    }

    bool try_lock(LockMode mode) override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "lock", path_);
        if (mode == LockMode::exclusive && access_ == Access::read) throw_system_error(EBADF, "lock", path_);
        auto others = state_->locks[id_];
        if (held_shared_) --others.shared;
        if (held_exclusive_) --others.exclusive;
        if (others.exclusive > 0 || (mode == LockMode::exclusive && others.shared > 0)) return false;
        held_shared_ = mode == LockMode::shared;
        held_exclusive_ = mode == LockMode::exclusive;
        ++(held_shared_ ? others.shared : others.exclusive);
        state_->locks[id_] = others;
        return true;
    }

    bool try_flock() override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "lock", path_);
        auto& flocks = state_->locks[id_].flocks;
        if (!holds_flock_ && flocks > 0) return false;
        flocks = 1;
        return holds_flock_ = true;
    }

    void rewrite(std::span<const std::byte> bytes) override {
        const Guard guard{state_->mutex};
        check(state_->count_change(), "truncate", path_);
        if (access_ == Access::read) throw_system_error(EINVAL, "truncate", path_);
        state_->disk.truncate(id_);
        end_ = 0;
        write(bytes);
    }

private:
    void unlock() noexcept {
        const Guard guard{state_->mutex};
        if (held_shared_) --state_->locks[id_].shared;
        if (held_exclusive_) --state_->locks[id_].exclusive;
        if (holds_flock_) --state_->locks[id_].flocks;
    }

    StatePtr state_;
    InodeId id_;
    std::string path_;
    Access access_;
    std::uint64_t end_ = 0;
    bool held_shared_ = false;
    bool held_exclusive_ = false;
    bool holds_flock_ = false;
};

std::string checked_component(std::string_view name) {
    MLO_ASSERT(!name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
               name.find('\0') == name.npos);
    return std::string{name};
}

class FaultDir final : public Dir {
public:
    FaultDir(StatePtr state, InodeId id, std::string path)
        : state_{std::move(state)}, id_{id}, path_{std::move(path)} {}

    std::unique_ptr<Dir> open_dir(std::string_view relative) override {
        const Guard guard{state_->mutex};
        auto full = path::normalize(path::join(path_, relative));
        check(state_->count_call(), "open folder", full);
        InodeId found = id_;
        check(resolve(relative, found), "open folder", full);
        return std::make_unique<FaultDir>(state_, found, std::move(full));
    }

    std::vector<DirEntry> list() override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "list", path_);
        if (disk().inode(id_).links == 0) throw_system_error(ENOENT, "list", path_);
        std::vector<DirEntry> entries;
        for (const auto& [name, child] : disk().inode(id_).names) entries.push_back({name, disk().inode(child).kind});
        return entries;
    }

    std::optional<FileStat> stat(std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_call(), "stat", child(name));
        const auto error = disk().name_error(id_, component);
        if (error != 0 && error != ENOENT) throw_system_error(error, "stat", child(name));
        const auto found = disk().find(id_, component);
        if (found == 0) return std::nullopt;
        auto status = disk().stat(found);
        status.owner = ::geteuid();
        return status;
    }

    std::unique_ptr<File> open(std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_call(), "open", child(name));
        const auto found = disk().find(id_, component);
        check(disk().name_error(id_, component), "open", child(name));
        if (found == 0) throw_system_error(ENOENT, "open", child(name));
        if (disk().inode(found).kind == FileKind::symlink) throw_system_error(ELOOP, "open", child(name));
        return regular_file(found, name, Access::read);
    }

    std::unique_ptr<File> create(std::string_view name, std::uint32_t mode) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_change(), "create", child(name));
        InodeId made = 0;
        check(disk().create(id_, component, FileKind::regular, mode & ~umask_, "", made), "create", child(name));
        return std::make_unique<FaultFile>(state_, made, child(name), Access::read_write);
    }

    std::unique_ptr<File> open_lock(std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_change(), "open lock file", child(name));
        auto found = disk().find(id_, component);
        if (found == 0)
            check(disk().create(id_, component, FileKind::regular, 0666 & ~umask_, "", found), "open lock file",
                  child(name));
        const auto kind = disk().inode(found).kind;
        if (kind == FileKind::symlink) throw_system_error(ELOOP, "open lock file", child(name));
        if (kind == FileKind::directory) throw_system_error(EISDIR, "open lock file", child(name));
        return regular_file(found, name, Access::read_write);
    }

    bool make_dir(std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_change(), "make folder", child(name));
        InodeId made = 0;
        const auto error = disk().create(id_, component, FileKind::directory, 0777 & ~umask_, "", made);
        if (error == EEXIST && disk().inode(disk().find(id_, component)).kind == FileKind::directory) return false;
        check(error, "make folder", child(name));
        return true;
    }

    void rename(std::string_view name, Dir& target_dir, std::string_view target_name, Replace replace) override {
        const auto* const target = dynamic_cast<FaultDir*>(&target_dir);
        MLO_ASSERT(target != nullptr);
        const Guard guard{state_->mutex};
        const auto from = checked_component(name);
        const auto to = checked_component(target_name);
        const auto injected = state_->count_change();
        const auto error = injected != 0 ? injected : disk().rename(id_, from, target->id_, to, replace);
        check(error, "rename " + quoted(child(name)) + " to", target->child(target_name));
    }

    bool link(std::string_view name, Dir& target_dir, std::string_view target_name) override {
        const auto* const target = dynamic_cast<FaultDir*>(&target_dir);
        MLO_ASSERT(target != nullptr);
        const Guard guard{state_->mutex};
        const auto from = checked_component(name);
        const auto to = checked_component(target_name);
        const auto injected = state_->count_change();
        const auto error = injected != 0 ? injected : disk().link(id_, from, target->id_, to);
        if (error == EXDEV || error == EOPNOTSUPP || error == EPERM || error == EMLINK) return false;
        check(error, "link " + quoted(child(name)) + " as", target->child(target_name));
        return true;
    }

    void remove(std::string_view name) override { remove_entry(name, RemoveKind::file, "remove"); }
    void remove_dir(std::string_view name) override { remove_entry(name, RemoveKind::folder, "remove folder"); }

    void make_symlink(std::string_view target, std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_change(), "make symbolic link", child(name));
        if (target.empty()) throw_system_error(ENOENT, "make symbolic link", child(name));
        if (target.size() > 4095) throw_system_error(ENAMETOOLONG, "make symbolic link", child(name));
        InodeId made = 0;
        check(disk().create(id_, component, FileKind::symlink, 0777, target, made), "make symbolic link", child(name));
    }

    std::string read_link(std::string_view name) override {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        check(state_->count_call(), "read symbolic link", child(name));
        check(disk().name_error(id_, component), "read symbolic link", child(name));
        const auto found = disk().find(id_, component);
        if (found == 0) throw_system_error(ENOENT, "read symbolic link", child(name));
        if (disk().inode(found).kind != FileKind::symlink)
            throw_system_error(EINVAL, "read symbolic link", child(name));
        return disk().inode(found).target;
    }

    void sync() override {
        const Guard guard{state_->mutex};
        const auto error = state_->count_change();
        if (error != 0 && !state_->dead()) disk().fail_sync_folder(id_);
        check(error, "sync folder", path_);
        disk().sync_folder(id_);
    }

    void sync_file_system() override {
        const Guard guard{state_->mutex};
        const auto error = state_->count_change();
        if (error != 0 && !state_->dead()) disk().fail_sync_all();
        check(error, "sync the file system of", path_);
        disk().sync_all();
    }

    FileStat stat_self() override {
        const Guard guard{state_->mutex};
        check(state_->count_call(), "stat", path_);
        auto status = disk().stat(id_);
        status.owner = ::geteuid();
        return status;
    }

    bool is_on_network() noexcept override {
        const Guard guard{state_->mutex};
        return !state_->network_folder.empty() && path::is_within(path_, state_->network_folder);
    }

    void set_mode(std::uint32_t mode) override {
        const Guard guard{state_->mutex};
        check(state_->count_change(), "change the mode of", path_);
        disk().set_mode(id_, mode & 07777u);
    }

    const std::string& path() const noexcept override { return path_; }

private:
    static constexpr std::uint32_t umask_ = 022;

    [[nodiscard]] Disk& disk() const noexcept { return state_->disk; }
    [[nodiscard]] std::string child(std::string_view name) const { return path::join(path_, name); }

    void remove_entry(std::string_view name, RemoveKind kind, std::string_view operation) {
        const Guard guard{state_->mutex};
        const auto component = checked_component(name);
        const auto injected = state_->count_change();
        check(injected != 0 ? injected : disk().remove(id_, component, kind), operation, child(name));
    }

    std::unique_ptr<File> regular_file(InodeId found, std::string_view name, Access access) {
        if (disk().inode(found).kind != FileKind::regular)
            throw Error{errors::not_a_regular_file, quoted(child(name)) + " is not a regular file"};
        return std::make_unique<FaultFile>(state_, found, child(name), access);
    }

    /// As openat2 with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and O_DIRECTORY.
    int resolve(std::string_view relative, InodeId& folder) const {
        if (relative.starts_with('/')) return EXDEV;
        std::vector<InodeId> parents{folder};
        for (const auto& name : path::components(relative)) {
            if (name.empty() || name == ".") continue;
            if (name == "..") {
                parents.pop_back();
                if (parents.empty()) return EXDEV;
                continue;
            }
            if (const auto error = disk().name_error(parents.back(), name); error != 0) return error;
            const auto next = disk().find(parents.back(), name);
            if (next == 0) return ENOENT;
            const auto kind = disk().inode(next).kind;
            if (kind == FileKind::symlink) return ELOOP;
            if (kind != FileKind::directory) return ENOTDIR;
            parents.push_back(next);
        }
        folder = parents.back();
        return 0;
    }

    StatePtr state_;
    InodeId id_;
    std::string path_;
};

}  // namespace

std::unique_ptr<Dir> open_fault_dir(std::shared_ptr<FaultFs::State> state, InodeId id, std::string path) {
    return std::make_unique<FaultDir>(std::move(state), id, std::move(path));
}

}  // namespace mlo::test
