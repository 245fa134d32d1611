// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mlo/dvc/site.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>

namespace mlo::dvc {

/// DVC's lock of a whole project, `.dvc/tmp/lock`, held as DVC holds it: while it is, every DVC command waits three
/// seconds and then fails. So hold it for moments only.
class RepoLock {
public:
    /// Waits for DVC, or another mlo, and says so after a second. Throws interrupted.
    RepoLock(const Site& site, const Runtime& runtime);
    ~RepoLock();
    RepoLock(const RepoLock&) = delete;
    RepoLock& operator=(const RepoLock&) = delete;

private:
    std::unique_ptr<File> file_;
};

/// The entries of this process in DVC's `.dvc/tmp/rwlock`: which paths it reads and writes. DVC refuses to read what
/// somebody writes, and to write what somebody reads or writes, a path inside or around one included; so does this.
///
/// One object a process: entries of this process never stand in its own way. Not thread-safe.
class PathLocks {
public:
    /// `command` is what DVC shows to people whom an entry stops: "mlo run".
    PathLocks(Site site, const std::string& command, const Runtime& runtime);
    /// Releases all that is held; a failure is logged.
    ~PathLocks();
    PathLocks(const PathLocks&) = delete;
    PathLocks& operator=(const PathLocks&) = delete;

    /// Who stands in the way.
    struct Holder {
        int pid = 0;
        std::string command;
        std::string path;  ///< theirs, absolute
    };
    /// Takes all or nothing; nothing is returned once they are held, else one of those in the way. Paths are absolute
    /// and normalised. What is held already is counted, and wants as many releases. Entries of dead processes in the
    /// way are removed, as DVC does. Throws rwlock_broken, and path_not_utf8 for a path that DVC's file cannot hold.
    [[nodiscard]] std::optional<Holder> try_acquire(std::span<const std::string> read,
                                                    std::span<const std::string> write);
    /// Each of them must be held.
    void release(std::span<const std::string> read, std::span<const std::string> write);

private:
    using Counts = std::map<std::string, unsigned>;

    Site site_;
    std::string command_;
    Runtime runtime_;
    Counts read_;
    Counts write_;
};

}  // namespace mlo::dvc
