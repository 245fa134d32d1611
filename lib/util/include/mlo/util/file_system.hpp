// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlo {

struct FileSystemKind {
    std::string name;         ///< "ext4"; "0x1234" for one that has no name here
    bool is_network = false;  ///< other machines may change what is on it
};

/// The kind of the file system whose f_type is `magic` (statfs(2)). One of FUSE is known by its mount, the file system
/// of the device number `device`: "fuse.sshfs".
[[nodiscard]] FileSystemKind file_system_kind(std::uint32_t magic, std::uint64_t device);

/// The type of the file system of `device` by the text of /proc/self/mountinfo; "" if it is not there.
[[nodiscard]] std::string_view mounted_type(std::string_view mountinfo, std::uint64_t device);
/// Whether the mount type of a FUSE file system is known to be one of the network.
[[nodiscard]] bool is_network_fuse(std::string_view mount_type) noexcept;

/// Whether the folder that is open as `descriptor` is on a network file system; false if nobody knows.
[[nodiscard]] bool is_on_network(int descriptor) noexcept;

}  // namespace mlo
