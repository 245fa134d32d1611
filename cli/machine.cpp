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
#include <mlo/util/file_system.hpp>
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

std::int64_t to_ns(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

std::optional<FileSystem> describe_file_system(const std::string& folder) {
    struct statfs status {};
    struct statvfs flags {};
    if (::statfs(folder.c_str(), &status) != 0 || ::statvfs(folder.c_str(), &flags) != 0) return std::nullopt;
    struct stat itself {};
    if (::stat(folder.c_str(), &itself) != 0) return std::nullopt;
    auto kind = file_system_kind(static_cast<std::uint32_t>(status.f_type), itself.st_dev);
    FileSystem found{.type = std::move(kind.name), .is_network = kind.is_network};
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
