// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/file_system.hpp>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <iterator>

namespace mlo {
namespace {

constexpr std::uint32_t fuse_magic = 0x65735546;

struct KnownType {
    std::uint32_t magic;
    std::string_view name;
    bool is_network = false;
};

constexpr KnownType known_types[] = {
    {0xEF53, "ext4"},           {0x9123683E, "btrfs"},      {0x58465342, "xfs"},         {0x01021994, "tmpfs"},
    {0x794C7630, "overlayfs"},  {0x2FC12FC1, "zfs"},        {0xF2F52010, "f2fs"},        {0xCA451A4E, "bcachefs"},
    {0x4D44, "vfat"},           {0x2011BAB0, "exfat"},      {0x5346544E, "ntfs"},        {fuse_magic, "fuse"},
    {0x6969, "nfs", true},      {0xFF534D42, "cifs", true}, {0xFE534D42, "smb", true},   {0x0BD00BD0, "lustre", true},
    {0x47504653, "gpfs", true}, {0x00C36400, "ceph", true}, {0x19830326, "fhgfs", true}, {0x01021997, "9p", true},
    {0x5346414F, "afs", true},
};

constexpr std::array<std::string_view, 9> network_fuse = {"fuse.ceph",      "fuse.ceph-fuse", "fuse.gcsfuse",
                                                          "fuse.glusterfs", "fuse.juicefs",   "fuse.rclone",
                                                          "fuse.s3fs",      "fuse.sshfs",     "fuse.davfs"};

}  // namespace

std::string_view mounted_type(std::string_view mountinfo, std::uint64_t device) {
    const auto number = fmt::format(" {}:{} ", major(device), minor(device));
    while (!mountinfo.empty()) {
        const auto line = mountinfo.substr(0, mountinfo.find('\n'));
        mountinfo.remove_prefix(std::min(mountinfo.size(), line.size() + 1));
        // "36 35 98:0 /root /mount options optional... - type source options"; a blank in a path is "\040".
        const auto parent_end = line.find(' ', line.find(' ') + 1);
        const auto separator = line.find(" - ");
        if (parent_end == line.npos || separator == line.npos || !line.substr(parent_end).starts_with(number)) continue;
        const auto rest = line.substr(separator + 3);
        return rest.substr(0, rest.find(' '));
    }
    return {};
}

bool is_network_fuse(std::string_view mount_type) noexcept {
    return std::find(network_fuse.begin(), network_fuse.end(), mount_type) != network_fuse.end();
}

FileSystemKind file_system_kind(std::uint32_t magic, std::uint64_t device) {
    if (magic == fuse_magic) {
        std::ifstream file{"/proc/self/mountinfo"};
        const std::string mountinfo{std::istreambuf_iterator<char>{file}, {}};
        if (const auto type = mounted_type(mountinfo, device); !type.empty())
            return {std::string{type}, is_network_fuse(type)};
    }
    for (const auto& known : known_types)
        if (known.magic == magic) return {std::string{known.name}, known.is_network};
    return {fmt::format("{:#x}", magic)};
}

bool is_on_network(int descriptor) noexcept {
    struct statfs status {};
    struct stat folder {};
    if (::fstatfs(descriptor, &status) != 0 || ::fstat(descriptor, &folder) != 0) return false;
    try {
        return file_system_kind(static_cast<std::uint32_t>(status.f_type), folder.st_dev).is_network;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace mlo
