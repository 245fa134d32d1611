// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/fs.hpp>
#include <string>
#include <vector>

namespace mlo::track {

/// The process that a run belongs to which a program begins for its caller, and then ends itself; by /proc.
///
/// `caller` is the program's parent. If the program's standard output is a pipe, `pipe_inode` is its number, else 0: of
/// the caller and those that started it, the nearest that reads from the pipe is the owner, since it is the one that
/// learns the run's id: the shell of `RUN=$(mlo track start)`, whatever processes it puts in between, or the program
/// that called a shell. Otherwise it is the caller, but for a shell that is only a part of another one, as between
/// parentheses: then it is that.
[[nodiscard]] std::int64_t find_owner(Fs& fs, std::int64_t caller, std::uint64_t pipe_inode);

/// The arguments of a process, the program's name first; nothing where they cannot be read.
[[nodiscard]] std::vector<std::string> arguments_of(Fs& fs, std::int64_t pid);

}  // namespace mlo::track
