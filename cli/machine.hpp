// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// What the operating system and its file systems can do, found out by trying. For `mlo doctor`.
namespace mlo::cli {

struct FileSystem {
    std::string type;         ///< "ext4"; "0x1234" for one that has no name here
    bool is_network = false;  ///< other machines may change what is on it
    bool is_read_only = false;
    std::uint64_t free_bytes = 0;  ///< for an ordinary user
    std::uint64_t free_inodes = 0;
    bool counts_inodes = false;
};

/// The file system of `folder`; nothing if it cannot be asked.
[[nodiscard]] std::optional<FileSystem> describe_file_system(const std::string& folder);

enum class Answer { no, yes, unknown };

struct FolderTrial {
    Answer is_writable = Answer::unknown;
    Answer folds_case = Answer::unknown;
    std::optional<std::int64_t> clock_ahead_ns;  ///< the time that a new file got, less that of this machine
};

/// Makes and removes a file named `name` in `folder`.
[[nodiscard]] FolderTrial try_folder(const std::string& folder, const std::string& name);

/// Whether a file in `to` can share the blocks of one in `from` (FICLONE). Uses files without a name.
[[nodiscard]] Answer try_reflink(const std::string& from, const std::string& to);

/// "Linux 6.1.0".
[[nodiscard]] std::string kernel_name();
/// openat2(2), which mlo needs to stay below a folder: Linux 5.6, and a container's seccomp profile may deny it.
[[nodiscard]] Answer try_openat2();
/// The limit on open files.
[[nodiscard]] std::uint64_t open_file_limit();

}  // namespace mlo::cli
