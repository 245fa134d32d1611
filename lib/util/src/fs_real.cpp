// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <mlo/util/block.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/file_system.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <optional>
#include <utility>

#include <mlo/util/descriptor.hpp>

namespace mlo {
namespace {

template <class Call>
auto retry_interrupted(Call call) {
    while (true) {
        const auto result = call();
        if (result != -1 || errno != EINTR) return result;
    }
}

FileKind kind_of_mode(mode_t mode) noexcept {
    if (S_ISREG(mode)) return FileKind::regular;
    if (S_ISDIR(mode)) return FileKind::directory;
    if (S_ISLNK(mode)) return FileKind::symlink;
    return FileKind::other;
}

/// Nanoseconds since the epoch; the nearest that there is for a time outside the years 1677 to 2262.
std::int64_t to_nanoseconds(const timespec& time) noexcept {
    using Limits = std::numeric_limits<std::int64_t>;
    constexpr std::int64_t second = 1'000'000'000;
    if (time.tv_sec >= Limits::max() / second) return Limits::max();
    if (time.tv_sec <= Limits::min() / second) return Limits::min();
    return std::int64_t{time.tv_sec} * second + std::int64_t{time.tv_nsec};
}

FileStat to_file_stat(const struct stat& status) noexcept {
    return {.kind = kind_of_mode(status.st_mode),
            .mode = static_cast<std::uint32_t>(status.st_mode & 07777u),
            .size = static_cast<std::uint64_t>(status.st_size),
            .mtime_ns = to_nanoseconds(status.st_mtim),
            .ctime_ns = to_nanoseconds(status.st_ctim),
            .inode = status.st_ino,
            .device = status.st_dev,
            .links = status.st_nlink,
            .owner = status.st_uid};
}

FileStat stat_descriptor(int descriptor, const std::string& path) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) throw_system_error(errno, "stat", path);
    return to_file_stat(status);
}

class RealMapping final : public Mapping {
public:
    RealMapping(void* address, std::size_t size) noexcept : address_{address}, size_{size} {}
    ~RealMapping() override {
        if (size_ > 0) ::munmap(address_, size_);
    }
    RealMapping(const RealMapping&) = delete;
    RealMapping& operator=(const RealMapping&) = delete;
    std::span<const std::byte> bytes() const noexcept override {
        return {static_cast<const std::byte*>(address_), size_};
    }

private:
    void* address_;
    std::size_t size_;
};

class RealFile final : public File {
public:
    RealFile(Descriptor descriptor, std::string path) : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        std::size_t done = offset >= once_begin_ && offset < once_end_ ? read_past_cache(into, offset) : 0;
        while (done < into.size()) {
            const auto count = retry_interrupted([&] {
                return ::pread(fd(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
            });
            if (count < 0) throw_system_error(errno, "read", path_);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    void write(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            if (is_direct_ && !is_aligned(bytes)) is_direct_ = !set_direct(false);
            const auto count =
                retry_interrupted([&] { return ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(end_)); });
            // Some file systems take the flag and then refuse to write so.
            if (count < 0 && errno == EINVAL && is_direct_ && set_direct(false)) {
                is_direct_ = false;
                continue;
            }
            if (count < 0) throw_system_error(errno, "write", path_);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            end_ += static_cast<std::uint64_t>(count);
        }
    }

    void sync() override {
        // Not retried, not even on EINTR: after a failure the kernel may have dropped the pages and call a second try a
        // success.
        if (::fdatasync(fd()) != 0) throw_system_error(errno, "sync", path_);
    }

    void set_caching(Caching caching) noexcept override {
        if (caching == Caching::bypassed)
            is_direct_ = set_direct(true);
        else if (is_direct_)
            is_direct_ = !set_direct(false);
    }

    void read_ahead() noexcept override { ::posix_fadvise(fd(), 0, 0, POSIX_FADV_SEQUENTIAL); }

    void read_once(std::uint64_t offset, std::uint64_t size) noexcept override {
        once_begin_ = once_end_ = block_begin_ = block_end_ = 0;
        if (size == 0 || is_mostly_cached(offset, std::min<std::uint64_t>(size, Block::size_bytes))) return;
        once_begin_ = offset;
        once_end_ = offset + size;
    }

    FileStat stat() override { return stat_descriptor(fd(), path_); }

    void set_mode(std::uint32_t mode) override {
        if (::fchmod(fd(), mode) != 0) throw_system_error(errno, "change the mode of", path_);
    }

    bool clone_from(File& source) override {
        const auto* const other = dynamic_cast<RealFile*>(&source);
        MLO_ASSERT(other != nullptr);
        if (::ioctl(fd(), FICLONE, other->fd()) == 0) return true;
        if (errno == ENOSPC || errno == EDQUOT || errno == EIO) throw_system_error(errno, "clone into", path_);
        return false;
    }

    std::unique_ptr<Mapping> map(std::uint64_t expected_size_bytes) override {
        const auto size = stat().size;
        if (size < expected_size_bytes) throw_system_error(EIO, "map all of", path_);
        if (size == 0) return std::make_unique<RealMapping>(nullptr, 0);
        void* const address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd(), 0);
        if (address == MAP_FAILED) throw_system_error(errno, "map", path_);
        return std::make_unique<RealMapping>(address, size);
    }

    bool try_lock(LockMode mode) override {
        struct flock request {};
        request.l_type = static_cast<short>(mode == LockMode::shared ? F_RDLCK : F_WRLCK);
        request.l_whence = SEEK_SET;
        if (retry_interrupted([&] { return ::fcntl(fd(), F_OFD_SETLK, &request); }) == 0) return true;
        if (errno == EAGAIN || errno == EACCES) return false;
        throw_system_error(errno, "lock", path_);
    }

    bool try_flock() override {
        if (retry_interrupted([&] { return ::flock(fd(), LOCK_EX | LOCK_NB); }) == 0) return true;
        if (errno == EWOULDBLOCK) return false;
        throw_system_error(errno, "lock", path_);
    }

    void rewrite(std::span<const std::byte> bytes) override {
        if (retry_interrupted([&] { return ::ftruncate(fd(), 0); }) != 0) throw_system_error(errno, "truncate", path_);
        end_ = 0;
        write(bytes);
    }

private:
    [[nodiscard]] int fd() const noexcept { return descriptor_.get(); }

    bool set_direct(bool on) noexcept {
        const auto flags = ::fcntl(fd(), F_GETFL);
        return flags >= 0 && ::fcntl(fd(), F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
    }

    [[nodiscard]] bool is_aligned(std::span<const std::byte> bytes) const noexcept {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): an address is what is asked for
        const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
        return (address | bytes.size() | end_) % Block::alignment == 0;
    }

    /// Copies what the block holds, and reads new ones as long as that works; returns how much was had so.
    std::size_t read_past_cache(std::span<std::byte> into, std::uint64_t offset) {
        std::size_t done = 0;
        while (done < into.size() && offset + done < once_end_) {
            const auto at = offset + done;
            if ((at < block_begin_ || at >= block_end_) && !read_block(at, into.size() - done)) break;
            const auto from = block_->memory().subspan(at - block_begin_, block_end_ - at);
            const auto count = std::min(from.size(), into.size() - done);
            std::copy_n(from.begin(), count, into.begin() + static_cast<std::ptrdiff_t>(done));
            done += count;
        }
        return done;
    }

    /// Fills the block from about `offset` on: all of it where reading goes on in order, else with what is wanted.
    [[nodiscard]] bool read_block(std::uint64_t offset, std::size_t wanted) {
        if (!block_) block_.emplace();
        const auto begin = offset / Block::alignment * Block::alignment;
        const auto end = offset == block_end_ ? once_end_ : std::min<std::uint64_t>(once_end_, offset + wanted);
        const auto whole = (end - begin + Block::alignment - 1) / Block::alignment * Block::alignment;
        const auto part = block_->memory().first(std::min<std::uint64_t>(whole, Block::size_bytes));
        block_begin_ = block_end_ = 0;
        if (!set_direct(true)) once_end_ = 0;
        const auto count =
            retry_interrupted([&] { return ::pread(fd(), part.data(), part.size(), static_cast<off_t>(begin)); });
        set_direct(false);
        if (count < 0 || begin + static_cast<std::uint64_t>(count) <= offset) {
            once_end_ = 0;  // as usual then, which also says what is wrong
            return false;
        }
        block_begin_ = begin;
        block_end_ = begin + static_cast<std::uint64_t>(count);
        return true;
    }

    /// True also where that is not to be known.
    [[nodiscard]] bool is_mostly_cached(std::uint64_t offset, std::uint64_t size) const noexcept {
        static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        const auto start = offset / page * page;
        const auto length = static_cast<std::size_t>(offset + size - start);
        void* const address = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd(), static_cast<off_t>(start));
        if (address == MAP_FAILED) return true;
        std::array<unsigned char, Block::size_bytes / 4096 + 1> in_memory{};
        const bool is_known = ::mincore(address, length, in_memory.data()) == 0;
        ::munmap(address, length);
        const auto cached =
            std::count_if(in_memory.begin(), in_memory.end(), [](unsigned char flags) { return (flags & 1u) != 0; });
        return !is_known || static_cast<std::uint64_t>(cached) * page > length / 2;
    }

    Descriptor descriptor_;
    std::string path_;
    std::uint64_t end_ = 0;  ///< where the next write goes
    bool is_direct_ = false;
    std::uint64_t once_begin_ = 0;  ///< what read_once announced
    std::uint64_t once_end_ = 0;
    std::optional<Block> block_;
    std::uint64_t block_begin_ = 0;  ///< where in the file the content of the block lies
    std::uint64_t block_end_ = 0;
};

constexpr std::uint64_t beneath = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

int open_beneath(int folder, const char* relative, int flags, mode_t mode) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags);
    how.mode = mode;
    how.resolve = mutant(Mutant::open_beneath) ? 0 : beneath;
    // EAGAIN: a rename raced with the resolution; the kernel asks to try again.
    for (int attempt = 0; attempt < 64; ++attempt) {
        const auto result = ::syscall(SYS_openat2, folder, relative, &how, sizeof how);
        if (result >= 0 || (errno != EINTR && errno != EAGAIN)) return static_cast<int>(result);
    }
    return -1;
}

class RealDir final : public Dir {
public:
    RealDir(Descriptor descriptor, std::string path) : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

    std::unique_ptr<Dir> open_dir(std::string_view relative) override {
        MLO_ASSERT(relative.find('\0') == relative.npos);
        const std::string target{relative.empty() ? "." : relative};
        Descriptor opened{open_beneath(fd(), target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)};
        auto full = path::normalize(path::join(path_, relative));
        if (opened.get() < 0) {
            const int error = errno;
            // A symbolic link as the last component answers ENOTDIR with O_DIRECTORY, not ELOOP.
            struct stat status {};
            if (error == ENOTDIR && ::fstatat(fd(), target.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISLNK(status.st_mode))
                throw_system_error(ELOOP, "open folder", full);
            throw_system_error(error, "open folder", full);
        }
        return std::make_unique<RealDir>(std::move(opened), std::move(full));
    }

    std::vector<DirEntry> list() override {
        std::vector<DirEntry> entries;
        std::array<char, 64 * 1024> buffer{};
        if (::lseek(fd(), 0, SEEK_SET) < 0) throw_system_error(errno, "list", path_);
        while (true) {
            const auto size = ::syscall(SYS_getdents64, fd(), buffer.data(), buffer.size());
            if (size < 0) throw_system_error(errno, "list", path_);
            if (size == 0) return entries;
            for (long at = 0; at < size;) {
                // The kernel's record (getdents(2)): inode 8, offset 8, length 2, type 1, name.
                const char* const record = buffer.data() + at;
                std::uint16_t length = 0;
                std::copy_n(record + 16, sizeof length, reinterpret_cast<char*>(&length));
                add_entry(entries, static_cast<unsigned char>(record[18]), record + 19);
                at += length;
            }
        }
    }

    std::optional<FileStat> stat(std::string_view name) override {
        struct stat status {};
        if (::fstatat(fd(), component(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return to_file_stat(status);
        if (errno == ENOENT) return std::nullopt;
        throw_system_error(errno, "stat", child(name));
    }

    std::unique_ptr<File> open(std::string_view name) override {
        // O_NONBLOCK: a pipe in the place of a file must not make us wait for its writer.
        Descriptor opened{open_beneath(fd(), component(name).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)};
        if (opened.get() < 0) {
            if (errno == ENXIO) throw Error{errors::not_a_regular_file, quoted(child(name)) + " is not a regular file"};
            throw_system_error(errno, "open", child(name));
        }
        return regular_file(std::move(opened), name);
    }

    std::unique_ptr<File> create(std::string_view name, std::uint32_t mode) override {
        Descriptor opened{open_beneath(fd(), component(name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
        if (opened.get() < 0) throw_system_error(errno, "create", child(name));
        return std::make_unique<RealFile>(std::move(opened), child(name));
    }

    std::unique_ptr<File> open_lock(std::string_view name) override {
        Descriptor opened{open_beneath(fd(), component(name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666)};
        if (opened.get() < 0) throw_system_error(errno, "open lock file", child(name));
        return regular_file(std::move(opened), name);
    }

    bool make_dir(std::string_view name) override {
        if (::mkdirat(fd(), component(name).c_str(), 0777) == 0) return true;
        const int error = errno;
        if (error == EEXIST) {
            const auto there = stat(name);
            if (there && there->kind == FileKind::directory) return false;
        }
        throw_system_error(error, "make folder", child(name));
    }

    void rename(std::string_view name, Dir& target_dir, std::string_view target_name, Replace replace) override {
        auto* const target = dynamic_cast<RealDir*>(&target_dir);
        MLO_ASSERT(target != nullptr);
        const unsigned flags = replace == Replace::yes ? 0u : static_cast<unsigned>(RENAME_NOREPLACE);
        if (::renameat2(fd(), component(name).c_str(), target->fd(), component(target_name).c_str(), flags) == 0)
            return;
        int error = errno;
        const auto to = target->child(target_name);
        if (error == EINVAL && replace == Replace::no) {
            // NFS and some others have no such flag, but a link never replaces. Killed in between, the file has two
            // names. A folder cannot be linked, but neither does it replace anything that holds something.
            const auto moved = stat(name);
            const bool is_folder = moved && moved->kind == FileKind::directory;
            if (is_folder && target->stat(target_name))
                throw_system_error(EEXIST, "rename " + quoted(child(name)) + " to", to);
            if (is_folder &&
                ::renameat(fd(), component(name).c_str(), target->fd(), component(target_name).c_str()) == 0)
                return;
            if (!is_folder &&
                ::linkat(fd(), component(name).c_str(), target->fd(), component(target_name).c_str(), 0) == 0)
                return remove(name);
            error = errno;
        }
        if (error == EXDEV)
            throw Error{errors::system_call, "cannot rename " + quoted(child(name)) + " to " + quoted(to) +
                                                 ": they are on different file systems"};
        throw_system_error(error, "rename " + quoted(child(name)) + " to", to);
    }

    bool link(std::string_view name, Dir& target_dir, std::string_view target_name) override {
        auto* const target = dynamic_cast<RealDir*>(&target_dir);
        MLO_ASSERT(target != nullptr);
        if (::linkat(fd(), component(name).c_str(), target->fd(), component(target_name).c_str(), 0) == 0) return true;
        if (errno == EXDEV || errno == EOPNOTSUPP || errno == EPERM || errno == EMLINK) return false;
        throw_system_error(errno, "link " + quoted(child(name)) + " as", target->child(target_name));
    }

    void remove(std::string_view name) override {
        if (::unlinkat(fd(), component(name).c_str(), 0) != 0) throw_system_error(errno, "remove", child(name));
    }

    void remove_dir(std::string_view name) override {
        if (::unlinkat(fd(), component(name).c_str(), AT_REMOVEDIR) != 0)
            throw_system_error(errno, "remove folder", child(name));
    }

    void make_symlink(std::string_view target, std::string_view name) override {
        MLO_ASSERT(target.find('\0') == target.npos);
        if (::symlinkat(std::string{target}.c_str(), fd(), component(name).c_str()) != 0)
            throw_system_error(errno, "make symbolic link", child(name));
    }

    std::string read_link(std::string_view name) override {
        std::string target(4096, '\0');
        const auto size = ::readlinkat(fd(), component(name).c_str(), target.data(), target.size());
        if (size < 0) throw_system_error(errno, "read symbolic link", child(name));
        target.resize(static_cast<std::size_t>(size));
        return target;
    }

    void sync() override {
        // Some network file systems refuse to sync a folder (EINVAL): there is nothing that could be done then.
        if (::fsync(fd()) != 0 && errno != EINVAL) throw_system_error(errno, "sync folder", path_);
    }

    void sync_file_system() override {
        if (::syncfs(fd()) != 0) throw_system_error(errno, "sync the file system of", path_);
    }

    FileStat stat_self() override { return stat_descriptor(fd(), path_); }

    bool is_on_network() noexcept override { return mlo::is_on_network(fd()); }

    void set_mode(std::uint32_t mode) override {
        if (::fchmod(fd(), mode) != 0) throw_system_error(errno, "change the mode of", path_);
    }

    const std::string& path() const noexcept override { return path_; }

private:
    [[nodiscard]] int fd() const noexcept { return descriptor_.get(); }
    [[nodiscard]] std::string child(std::string_view name) const { return path::join(path_, name); }

    static std::string component(std::string_view name) {
        MLO_ASSERT(!name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
                   name.find('\0') == name.npos);
        return std::string{name};
    }

    void add_entry(std::vector<DirEntry>& entries, unsigned char type, const char* name) {
        const std::string_view view{name};
        if (view == "." || view == "..") return;
        FileKind kind = FileKind::other;
        if (type == DT_REG)
            kind = FileKind::regular;
        else if (type == DT_DIR)
            kind = FileKind::directory;
        else if (type == DT_LNK)
            kind = FileKind::symlink;
        else if (type == DT_UNKNOWN) {
            const auto status = stat(view);
            if (!status) return;
            kind = status->kind;
        }
        entries.push_back({std::string{view}, kind});
    }

    std::unique_ptr<File> regular_file(Descriptor opened, std::string_view name) {
        if (stat_descriptor(opened.get(), child(name)).kind != FileKind::regular)
            throw Error{errors::not_a_regular_file, quoted(child(name)) + " is not a regular file"};
        return std::make_unique<RealFile>(std::move(opened), child(name));
    }

    Descriptor descriptor_;
    std::string path_;
};

class RealFs final : public Fs {
public:
    std::unique_ptr<Dir> open_root(std::string_view absolute_path) override {
        MLO_ASSERT(absolute_path.starts_with('/'));
        std::string path{absolute_path};
        Descriptor opened{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (opened.get() < 0) throw_system_error(errno, "open folder", path);
        return std::make_unique<RealDir>(std::move(opened), std::move(path));
    }
};

}  // namespace

Fs& real_fs() {
    static RealFs fs;
    return fs;
}

}  // namespace mlo
