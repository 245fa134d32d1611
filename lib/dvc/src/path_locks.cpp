// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "flock_file.hpp"
#include "places.hpp"
#include "rwlock_table.hpp"

#include <mlo/dvc/errors.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

using Owner = RwlockTable::Owner;

constexpr auto guard_name = "rwlock.lock";

/// As psutil.pid_exists, which DVC asks: the id of a thread that is no process's first is nobody.
bool is_running(std::int64_t pid) noexcept {
    if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
    const auto id = static_cast<pid_t>(pid);
    return ::tgkill(id, id, 0) == 0 || errno == EPERM;
}

bool overlap(std::string_view a, std::string_view b) noexcept { return path::is_within(a, b) || path::is_within(b, a); }

bool overlap_any(std::string_view path, std::span<const std::string> others) noexcept {
    return std::any_of(others.begin(), others.end(), [&](const std::string& other) { return overlap(path, other); });
}

/// Looks for who is in the way, and removes from the table those in the way that are dead.
class Judge {
public:
    Judge(RwlockTable& table, const Runtime& runtime) : table_{table}, runtime_{runtime} {}

    std::optional<PathLocks::Holder> judge(std::span<const std::string> read, std::span<const std::string> write) {
        for (auto at = table_.write.begin(); at != table_.write.end();) {
            const bool is_met =
                at->second.pid != ::getpid() && (overlap_any(at->first, read) || overlap_any(at->first, write));
            if (is_met && stands(at->second, at->first)) return holder_;
            at = is_met ? table_.write.erase(at) : std::next(at);
        }
        for (auto at = table_.read.begin(); at != table_.read.end();) {
            auto& owners = at->second;
            const bool has_others =
                std::any_of(owners.begin(), owners.end(), [](const Owner& owner) { return owner.pid != ::getpid(); });
            if (has_others && overlap_any(at->first, write)) {
                std::erase_if(owners,
                              [&](const Owner& owner) { return owner.pid != ::getpid() && !stands(owner, at->first); });
                if (holder_) return holder_;
            }
            at = owners.empty() ? table_.read.erase(at) : std::next(at);
        }
        return std::nullopt;
    }

private:
    bool stands(const Owner& owner, const std::string& path) {
        if (is_running(owner.pid)) {
            holder_ = PathLocks::Holder{static_cast<int>(owner.pid), owner.command, path};
            return true;
        }
        runtime_.log.log(LogLevel::info, fmt::format("{} was in use by process {} ({}), which is gone", quoted(path),
                                                     owner.pid, printable(owner.command)));
        return false;
    }

    RwlockTable& table_;
    const Runtime& runtime_;
    std::optional<PathLocks::Holder> holder_;
};

void require_utf8(std::span<const std::string> paths) {
    for (const auto& path : paths)
        if (!is_valid_utf8(path))
            throw Error{errors::path_not_utf8, fmt::format("DVC's list of paths in use cannot hold {}", quoted(path))}
                .hint("rename the file or folder: DVC takes UTF-8 alone");
}

}  // namespace

PathLocks::PathLocks(Site site, const std::string& command, const Runtime& runtime)
    : site_{std::move(site)}, command_{printable(command)}, runtime_{runtime} {}

PathLocks::~PathLocks() {
    std::vector<std::string> read;
    std::vector<std::string> write;
    for (const auto& [path, count] : read_) read.insert(read.end(), count, path);
    for (const auto& [path, count] : write_) write.insert(write.end(), count, path);
    if (read.empty() && write.empty()) return;
    try {
        release(read, write);
    } catch (const Error& error) {
        // They name a process that is about to end, and DVC removes those.
        runtime_.log.log(LogLevel::warning,
                         fmt::format("entries stay in DVC's list of paths in use: {}", error.message()));
    }
}

std::optional<PathLocks::Holder> PathLocks::try_acquire(std::span<const std::string> read,
                                                        std::span<const std::string> write) {
    require_utf8(read);
    require_utf8(write);
    const auto folder = make_place(site_, site_.tmp_dir, Site::Sharing::own, runtime_.fs);
    const auto guard = take_flock(*folder, guard_name, runtime_);
    const auto before = RwlockTable::load(*folder);
    auto table = before;
    if (auto holder = Judge{table, runtime_}.judge(read, write)) return holder;
    const Owner self{::getpid(), command_};
    for (const auto& path : read) {
        auto& owners = table.read[path];
        if (std::find(owners.begin(), owners.end(), self) == owners.end()) owners.push_back(self);
    }
    for (const auto& path : write) table.write[path] = self;
    if (table != before) table.save(*folder, runtime_.random);
    for (const auto& path : read) ++read_[path];
    for (const auto& path : write) ++write_[path];
    return std::nullopt;
}

void PathLocks::release(std::span<const std::string> read, std::span<const std::string> write) {
    auto still_read = read_;
    auto still_written = write_;
    const auto give_back = [](Counts& counts, const std::string& path) {
        const auto held = counts.find(path);
        MLO_ASSERT(held != counts.end());
        if (--held->second == 0) counts.erase(held);
    };
    for (const auto& path : read) give_back(still_read, path);
    for (const auto& path : write) give_back(still_written, path);

    const auto folder = make_place(site_, site_.tmp_dir, Site::Sharing::own, runtime_.fs);
    const auto guard = take_flock(*folder, guard_name, runtime_);
    const auto before = RwlockTable::load(*folder);
    auto table = before;
    const Owner self{::getpid(), command_};
    for (const auto& path : read) {
        const auto found = table.read.find(path);
        if (found == table.read.end() || still_read.contains(path)) continue;
        std::erase(found->second, self);
        if (found->second.empty()) table.read.erase(found);
    }
    for (const auto& path : write) {
        const auto found = table.write.find(path);
        if (found != table.write.end() && found->second == self && !still_written.contains(path))
            table.write.erase(found);
    }
    if (table != before) table.save(*folder, runtime_.random);
    read_ = std::move(still_read);
    write_ = std::move(still_written);
}

}  // namespace mlo::dvc
