// SPDX-License-Identifier: Apache-2.0
#include "calls.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>

#ifndef __x86_64__
#error "the kill driver knows the registers and calls of x86-64 only"
#endif

namespace mlo::test {
namespace {

constexpr int none = CallRow::none;
using Traced = CallRow::Traced;
constexpr std::uint32_t creating = O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

CallRow on_descriptor(long number, const char* name, int descriptor = 0, int size = none) {
    return {number, name, descriptor, none, none, none, size};
}
CallRow on_path(long number, const char* name, int folder, int path) {
    return {number, name, folder, path, none, none, none};
}

}  // namespace

const std::vector<CallRow>& state_changing_calls() {
    static const std::vector<CallRow> rows{
        {SYS_open, "open", none, 0, none, none, none, Traced::if_it_creates},
        {SYS_openat, "openat", 0, 1, none, none, none, Traced::if_it_creates},
        on_path(SYS_openat2, "openat2", 0, 1),
        on_path(SYS_creat, "creat", none, 0),
        on_descriptor(SYS_write, "write", 0, 2),
        on_descriptor(SYS_pwrite64, "pwrite64", 0, 2),
        on_descriptor(SYS_writev, "writev"),
        on_descriptor(SYS_pwritev, "pwritev"),
        on_descriptor(SYS_pwritev2, "pwritev2"),
        on_descriptor(SYS_sendfile, "sendfile", 0, 3),
        on_descriptor(SYS_splice, "splice", 2, 4),
        on_descriptor(SYS_copy_file_range, "copy_file_range", 2, 4),
        {SYS_ioctl, "ioctl", 0, none, none, none, none, Traced::if_it_clones},
        {SYS_rename, "rename", none, 0, none, 1, none},
        {SYS_renameat, "renameat", 0, 1, 2, 3, none},
        {SYS_renameat2, "renameat2", 0, 1, 2, 3, none},
        {SYS_link, "link", none, 0, none, 1, none},
        {SYS_linkat, "linkat", 0, 1, 2, 3, none},
        on_path(SYS_symlink, "symlink", none, 1),
        on_path(SYS_symlinkat, "symlinkat", 1, 2),
        on_path(SYS_unlink, "unlink", none, 0),
        on_path(SYS_unlinkat, "unlinkat", 0, 1),
        on_path(SYS_mkdir, "mkdir", none, 0),
        on_path(SYS_mkdirat, "mkdirat", 0, 1),
        on_path(SYS_rmdir, "rmdir", none, 0),
        on_path(SYS_mknod, "mknod", none, 0),
        on_path(SYS_mknodat, "mknodat", 0, 1),
        on_descriptor(SYS_fsync, "fsync"),
        on_descriptor(SYS_fdatasync, "fdatasync"),
        on_descriptor(SYS_syncfs, "syncfs"),
        on_descriptor(SYS_sync_file_range, "sync_file_range"),
        {SYS_sync, "sync", none, none, none, none, none},
        on_path(SYS_truncate, "truncate", none, 0),
        on_descriptor(SYS_ftruncate, "ftruncate"),
        on_descriptor(SYS_fallocate, "fallocate"),
        on_path(SYS_chmod, "chmod", none, 0),
        on_descriptor(SYS_fchmod, "fchmod"),
        on_path(SYS_fchmodat, "fchmodat", 0, 1),
        on_path(452, "fchmodat2", 0, 1),
        on_path(SYS_chown, "chown", none, 0),
        on_path(SYS_lchown, "lchown", none, 0),
        on_descriptor(SYS_fchown, "fchown"),
        on_path(SYS_fchownat, "fchownat", 0, 1),
        on_path(SYS_utimensat, "utimensat", 0, 1),
        on_path(SYS_setxattr, "setxattr", none, 0),
        on_path(SYS_lsetxattr, "lsetxattr", none, 0),
        on_descriptor(SYS_fsetxattr, "fsetxattr"),
    };
    return rows;
}

std::vector<sock_filter> stop_filter(const std::vector<CallRow>& rows) {
    std::vector<sock_filter> program;
    const auto add = [&](unsigned code, std::uint32_t value, unsigned skip_if_true = 0, unsigned skip_if_false = 0) {
        program.push_back({static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(skip_if_true),
                           static_cast<std::uint8_t>(skip_if_false), value});
    };
    const auto load = [&](std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); };
    const auto low_half = [](int argument) {
        return offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(argument);
    };

    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);  // a call by another door would escape the count
    load(offsetof(seccomp_data, nr));
    for (const auto& row : rows) {
        if (row.traced == Traced::always) {
            add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(row.number), 0, 1);
            add(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
        } else if (row.traced == Traced::if_it_creates) {
            add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(row.number), 0, 4);
            load(low_half(row.path + 1));
            add(BPF_JMP | BPF_JSET | BPF_K, creating, 0, 1);
            add(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
            add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        } else {
            add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(row.number), 0, 5);
            load(low_half(1));
            add(BPF_JMP | BPF_JEQ | BPF_K, FICLONE, 1, 0);
            add(BPF_JMP | BPF_JEQ | BPF_K, FICLONERANGE, 0, 1);
            add(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
            add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        }
    }
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return program;
}

namespace {

bool read_memory(pid_t thread, std::uint64_t address, void* into, std::size_t size) {
    iovec local{into, size};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address in another process
    iovec remote{reinterpret_cast<void*>(address), size};
    return ::process_vm_readv(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

std::string read_text(pid_t thread, std::uint64_t address) {
    std::string text;
    std::array<char, 64> piece{};
    while (text.size() < 4096) {
        // Up to the next page boundary at most: what follows it may not be mapped.
        const auto size = std::min<std::uint64_t>(piece.size(), 4096 - address % 4096);
        if (!read_memory(thread, address, piece.data(), size)) break;
        const auto* const end = std::find(piece.data(), piece.data() + size, '\0');
        text.append(piece.data(), static_cast<std::size_t>(end - piece.data()));
        if (end != piece.data() + size) break;
        address += size;
    }
    return text;
}

std::string link_target(pid_t thread, const std::string& name) {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/" + std::to_string(thread) + "/" + name, ignored).string();
}

std::string folder_path(const PendingCall& call, int position) {
    const int descriptor =
        position == none ? AT_FDCWD : static_cast<int>(call.arguments[static_cast<std::size_t>(position)]);
    return link_target(call.thread, descriptor == AT_FDCWD ? "cwd" : "fd/" + std::to_string(descriptor));
}

std::string named_path(const PendingCall& call, int folder, int path) {
    const auto address = call.arguments[static_cast<std::size_t>(path)];
    const std::filesystem::path text = address == 0 ? "" : read_text(call.thread, address);
    return (text.is_absolute() ? text : folder_path(call, folder) / text).lexically_normal().string();
}

}  // namespace

bool changes_state(const PendingCall& call) {
    if (call.row->number != SYS_openat2) return true;
    open_how how{};
    if (!read_memory(call.thread, call.arguments[2], &how, sizeof how)) return true;
    return (how.flags & creating) != 0;
}

std::vector<std::string> paths_of(const PendingCall& call) {
    const auto& row = *call.row;
    if (row.path == none) {
        if (row.folder == none) return {};
        return {folder_path(call, row.folder)};
    }
    std::vector<std::string> paths{named_path(call, row.folder, row.path)};
    if (row.other_path != none) paths.push_back(named_path(call, row.other_folder, row.other_path));
    return paths;
}

}  // namespace mlo::test
