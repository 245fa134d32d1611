// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/file_system.hpp>

#include <sys/sysmacros.h>

#include <catch2/catch.hpp>
#include <mlo/util/fs.hpp>

using namespace mlo;

TEST_CASE("file systems of the network are known by their number") {
    for (const std::uint32_t magic : {0x6969u, 0xFF534D42u, 0xFE534D42u, 0x01021997u, 0x00C36400u, 0x0BD00BD0u})
        CHECK(file_system_kind(magic, 0).is_network);
    for (const std::uint32_t magic : {0xEF53u, 0x58465342u, 0x9123683Eu, 0x01021994u, 0x1234u})
        CHECK_FALSE(file_system_kind(magic, 0).is_network);
    CHECK(file_system_kind(0xEF53, 0).name == "ext4");
    CHECK(file_system_kind(0x1234, 0).name == "0x1234");
    CHECK(file_system_kind(0x65735546, makedev(4000, 1)).name == "fuse");
}

TEST_CASE("a file system of FUSE is known by its mount") {
    constexpr std::string_view mounts =
        "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "36 21 0:45 / /mnt/with\\040blank rw,nosuid shared:7 - fuse.sshfs host:/data rw,user_id=0\n"
        "37 21 0:46 / /mnt/local rw - fuseblk /dev/sdb1 rw\n"
        "broken 0:47\n";
    CHECK(mounted_type(mounts, makedev(0, 45)) == "fuse.sshfs");
    CHECK(mounted_type(mounts, makedev(0, 46)) == "fuseblk");
    CHECK(mounted_type(mounts, makedev(8, 1)) == "ext4");
    CHECK(mounted_type(mounts, makedev(0, 4)).empty());
    CHECK(mounted_type(mounts, makedev(0, 47)).empty());
    CHECK(mounted_type("", makedev(0, 45)).empty());
    CHECK(is_network_fuse("fuse.sshfs"));
    CHECK_FALSE(is_network_fuse("fuseblk"));
}

TEST_CASE("a folder of the kernel is not on the network, and neither is what cannot be asked") {
    CHECK_FALSE(real_fs().open_root("/proc")->is_on_network());
    CHECK_FALSE(is_on_network(-1));
}
