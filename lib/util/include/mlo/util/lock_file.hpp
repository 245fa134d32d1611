// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo {

enum class WhenHeld { wait, fail };

/// A lock between processes on a file in `dir`: an OFD lock, so it ends with its holder and is never stale.
/// The file says who holds it (process id, command, since); a waiter names the holder through the log after a second.
class LockFile {
public:
    /// `purpose` is what the holder is doing, for other people's messages: "mlo add". Throws lock_held
    /// (WhenHeld::fail), interrupted.
    LockFile(Dir& dir, std::string_view name, LockMode mode, std::string_view purpose, WhenHeld when_held,
             const Runtime& runtime);
    ~LockFile();
    LockFile(LockFile&&) noexcept;
    LockFile& operator=(LockFile&&) noexcept;

private:
    std::unique_ptr<File> file_;
};

}  // namespace mlo
