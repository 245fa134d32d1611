// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

enum class FileKind : std::uint8_t { regular, directory, symlink, other };

/// What a stat call says of a file; times are nanoseconds since the epoch. those that
/// do not fit (before 1677, after 2262) are the nearest that do. `mode` holds the twelve permission bits.
struct FileStat {
    FileKind kind = FileKind::other;
    std::uint32_t mode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    std::uint64_t links = 1;
    std::uint32_t owner = 0;

    friend bool operator==(const FileStat&, const FileStat&) = default;
};

struct DirEntry {
    std::string name;  ///< bytes, never "." or ".."
    FileKind kind = FileKind::other;
};

enum class Caching { usual, bypassed };
enum class LockMode { shared, exclusive };
enum class Replace { no, yes };

/// A read-only view of a whole file. The bytes live as long as the object.
class Mapping {
public:
    virtual ~Mapping() = default;
    [[nodiscard]] virtual std::span<const std::byte> bytes() const noexcept = 0;
};

/// An open regular file. Reading may happen from several threads at once, everything else from one. Every failure
/// throws an io Error that names the path. EINTR and short reads or writes are dealt with inside.
class File {
public:
    virtual ~File() = default;
    /// Reads from `offset` until `into` is full or the file ends; returns the number of bytes read.
    [[nodiscard]] virtual std::size_t read(std::span<std::byte> into, std::uint64_t offset) = 0;
    /// Appends all of `bytes` after what this object has written so far.
    virtual void write(std::span<const std::byte> bytes) = 0;
    /// Makes content and size durable. An error is final: the file must be given up, never synced again.
    virtual void sync() = 0;
    /// Caching::bypassed is a hint: what is written will not be read again soon. Blocks (block.hpp) then go to the disk
    /// past the page cache where the file system can do that, as long as nothing else is written in between. It must
    /// end before the file is read.
    virtual void set_caching(Caching caching) noexcept = 0;
    /// Hint: the file will be read once from start to end.
    virtual void read_ahead() noexcept = 0;
    /// Hint: of `size` bytes from `offset` most will be read now, in order, and not again soon. Unless they are in the
    /// page cache, they are read past it, in blocks. From here on only one thread may read.
    virtual void read_once(std::uint64_t offset, std::uint64_t size) noexcept = 0;
    [[nodiscard]] virtual FileStat stat() = 0;
    virtual void set_mode(std::uint32_t mode) = 0;
    /// Makes this empty file share the blocks of `source` (FICLONE); false where the file system cannot.
    [[nodiscard]] virtual bool clone_from(File& source) = 0;
    /// Maps the file as it is now. Throws system_call if it is shorter than `expected_size_bytes`
    /// by the time it is mapped.
    [[nodiscard]] virtual std::unique_ptr<Mapping> map(std::uint64_t expected_size_bytes) = 0;
    /// Takes an OFD lock that ends with this object; false if somebody else holds it.
    [[nodiscard]] virtual bool try_lock(LockMode mode) = 0;
    /// Takes an exclusive flock(2) lock that ends with this object; false if somebody else holds one. For files that
    /// other programs lock so: they and OFD locks do not see each other.
    [[nodiscard]] virtual bool try_flock() = 0;
    /// Replaces the whole content (lock files only: not atomic).
    virtual void rewrite(std::span<const std::byte> bytes) = 0;
};

/// An open folder: the only way to reach what is below it.
///
/// `name` is always a single component; only open_dir takes a relative path, which it resolves beneath this folder
/// without following any symbolic link (openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS). So what was checked is what is
/// used, whatever another process does to the path meanwhile. Not thread-safe, but several Dir objects may name one
/// folder.
class Dir {
public:
    virtual ~Dir() = default;
    /// Opens a folder below this one; "" or "." opens this one again. Throws path_not_found, leads_outside.
    [[nodiscard]] virtual std::unique_ptr<Dir> open_dir(std::string_view relative) = 0;
    /// The entries in no particular order, symbolic links as such.
    [[nodiscard]] virtual std::vector<DirEntry> list() = 0;
    /// What the name itself is (a symbolic link is not followed); nothing if it is absent.
    [[nodiscard]] virtual std::optional<FileStat> stat(std::string_view name) = 0;
    /// Opens a regular file for reading. Throws path_not_found, leads_outside (a symbolic link), not_a_regular_file.
    [[nodiscard]] virtual std::unique_ptr<File> open(std::string_view name) = 0;
    /// Creates a file that must not exist, for writing and reading. `mode` is subject to the umask.
    [[nodiscard]] virtual std::unique_ptr<File> create(std::string_view name, std::uint32_t mode) = 0;
    /// Opens or creates a file to lock it (File::try_lock, File::rewrite, File::read).
    [[nodiscard]] virtual std::unique_ptr<File> open_lock(std::string_view name) = 0;
    /// Makes a folder (mode 0777 less umask); false if one is there already. Anything else there: already_exists.
    virtual bool make_dir(std::string_view name) = 0;
    /// Renames within one file system. Replace::no fails with already_exists instead of replacing (RENAME_NOREPLACE;
    /// where the file system does not know it, as NFS, for files a link and the removal of the old name).
    virtual void rename(std::string_view name, Dir& target_dir, std::string_view target_name, Replace replace) = 0;
    /// Gives the file (or symbolic link) `name` a second name. False where the file system does not do so: it is
    /// another one, knows no links, allows none of this file, or no more of it (EXDEV, EOPNOTSUPP, EPERM, EMLINK).
    /// Throws already_exists.
    [[nodiscard]] virtual bool link(std::string_view name, Dir& target_dir, std::string_view target_name) = 0;
    virtual void remove(std::string_view name) = 0;
    virtual void remove_dir(std::string_view name) = 0;
    virtual void make_symlink(std::string_view target, std::string_view name) = 0;
    [[nodiscard]] virtual std::string read_link(std::string_view name) = 0;
    /// Makes the names in this folder durable (fsync of the folder). An error is final.
    virtual void sync() = 0;
    /// Makes everything on this folder's file system durable (syncfs). An error is final.
    virtual void sync_file_system() = 0;
    [[nodiscard]] virtual FileStat stat_self() = 0;
    /// Whether other machines may change what is in this folder (NFS, SMB, ...); false if that cannot be told.
    [[nodiscard]] virtual bool is_on_network() noexcept = 0;
    /// Sets the mode of this folder itself.
    virtual void set_mode(std::uint32_t mode) = 0;
    /// For messages only.
    [[nodiscard]] virtual const std::string& path() const noexcept = 0;
};

/// The one door to the file system for store and workspace: the real one, or FaultFs in tests/support.
class Fs {
public:
    virtual ~Fs() = default;
    /// Opens a folder by its absolute path, as the user named it: symbolic links are followed.
    [[nodiscard]] virtual std::unique_ptr<Dir> open_root(std::string_view absolute_path) = 0;
};

/// The operating system's files. Thread-safe.
[[nodiscard]] Fs& real_fs();

}  // namespace mlo
