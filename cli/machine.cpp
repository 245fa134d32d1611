// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <mlo/util/path.hpp>
#include <utility>

namespace mlo::cli {
namespace {

class Descriptor {
public:
    explicit Descriptor(int value) noexcept : value_{value} {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }

private:
    int value_;
};

struct KnownType {
    std::uint32_t magic;
    std::string_view name;
    bool is_network = false;
};

constexpr KnownType known_types[] = {
    {0xEF53, "ext4"},           {0x9123683E, "btrfs"},      {0x58465342, "xfs"},         {0x01021994, "tmpfs"},
    {0x794C7630, "overlayfs"},  {0x2FC12FC1, "zfs"},        {0xF2F52010, "f2fs"},        {0xCA451A4E, "bcachefs"},
    {0x4D44, "vfat"},           {0x2011BAB0, "exfat"},      {0x5346544E, "ntfs"},        {0x65735546, "fuse"},
    {0x6969, "nfs", true},      {0xFF534D42, "cifs", true}, {0xFE534D42, "smb", true},   {0x0BD00BD0, "lustre", true},
    {0x47504653, "gpfs", true}, {0x00C36400, "ceph", true}, {0x19830326, "fhgfs", true}, {0x01021997, "9p", true},
    {0x5346414F, "afs", true},
};

std::int64_t to_ns(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

std::optional<FileSystem> describe_file_system(const std::string& folder) {
    struct statfs status {};
    struct statvfs flags {};
    if (::statfs(folder.c_str(), &status) != 0 || ::statvfs(folder.c_str(), &flags) != 0) return std::nullopt;
    const auto magic = static_cast<std::uint32_t>(status.f_type);
    FileSystem found{.type = fmt::format("{:#x}", magic)};
    for (const auto& known : known_types) {
        if (known.magic != magic) continue;
        found.type = known.name;
        found.is_network = known.is_network;
    }
    found.is_read_only = (flags.f_flag & ST_RDONLY) != 0;
    found.free_bytes = std::uint64_t{flags.f_bavail} * flags.f_frsize;
    found.free_inodes = flags.f_favail;
    found.counts_inodes = flags.f_files > 0;  // Btrfs has no fixed number
    return found;
}

FolderTrial try_folder(const std::string& folder, const std::string& name) {
    FolderTrial trial;
    const auto path = path::join(folder, name);
    const Descriptor file{::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600)};
    trial.is_writable = file.is_open() ? Answer::yes : Answer::no;
    if (!file.is_open()) return trial;
    struct stat status {};
    timespec now{};
    if (::fstat(file.get(), &status) == 0 && ::clock_gettime(CLOCK_REALTIME, &now) == 0) {
        trial.clock_ahead_ns = to_ns(status.st_mtim) - to_ns(now);
    }
    auto other = name;
    for (auto& c : other) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (other != name) {
        struct stat folded {};
        trial.folds_case = ::lstat(path::join(folder, other).c_str(), &folded) == 0 ? Answer::yes : Answer::no;
    }
    ::unlink(path.c_str());
    return trial;
}

Answer try_reflink(const std::string& from, const std::string& to) {
    const Descriptor source{::open(from.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    const Descriptor target{::open(to.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    const std::string block(4096, 'x');
    if (!source.is_open() || !target.is_open()) return Answer::unknown;
    if (::write(source.get(), block.data(), block.size()) != static_cast<ssize_t>(block.size())) return Answer::unknown;
    return ::ioctl(target.get(), FICLONE, source.get()) == 0 ? Answer::yes : Answer::no;
}

std::string kernel_name() {
    utsname name{};
    if (::uname(&name) != 0) return "unknown";
    return fmt::format("{} {}", name.sysname, name.release);
}

Answer try_openat2() {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const Descriptor folder{static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how))};
    return folder.is_open() ? Answer::yes : Answer::no;
}

std::uint64_t open_file_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace mlo::cli
