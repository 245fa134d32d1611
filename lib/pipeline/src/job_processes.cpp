// SPDX-License-Identifier: Apache-2.0
#include "job_processes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <unordered_set>

namespace mlo::pipeline {
namespace {

/// In the middle of an exec a process has no environment, for some microseconds.
constexpr int looks_at_bare = 5;

struct Closer {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Listing = std::unique_ptr<DIR, Closer>;

Listing list(int folder, const char* name) {
    const int opened = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Listing listing{opened < 0 ? nullptr : ::fdopendir(opened)};
    if (!listing && opened >= 0) ::close(opened);
    return listing;
}

template <class Each>
void for_each_number(DIR* listing, const Each& each) {
    while (const auto* entry = ::readdir(listing))
        if (const int number = to_pid(entry->d_name); number > 0) each(number);
}

/// The ids of a job and of those that it runs within, outermost first.
bool names(std::string_view value, std::string_view id) {
    while (!value.empty()) {
        const auto end = std::min(value.find(':'), value.size());
        if (value.substr(0, end) == id) return true;
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    return false;
}

}  // namespace

JobProcesses::JobProcesses(const std::string& proc_folder)
    : proc_{::open(proc_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
      self_{::getpid()},
      own_session_{::getsid(0)} {
    if (proc_.get() < 0) throw_system_error(errno, "open", proc_folder);
}

/// Of the threads of this process, all are asked: the system gives orphans to any.
void JobProcesses::list_children(std::vector<int>& into, bool& is_whole) {
    const Descriptor tasks{::openat(proc_.get(), "self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    const auto listing = list(tasks.get(), ".");
    if (!listing) return;
    for_each_number(listing.get(), [&](int task) {
        const auto path = std::to_string(task) + "/children";
        const Descriptor file{::openat(tasks.get(), path.c_str(), O_RDONLY | O_CLOEXEC)};
        std::string text;
        std::array<char, 16 * 1024> buffer;
        int parts = 0;
        while (file.get() >= 0) {
            const auto count = ::read(file.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            text.append(buffer.data(), static_cast<std::size_t>(count));
            // Between two parts some may have ended, and as many that are there be passed over.
            is_whole &= ++parts == 1;
        }
        for (const auto& word : split(text, ' '))
            if (const int pid = to_pid(word); pid > 0) into.push_back(pid);
    });
}

std::vector<int> JobProcesses::children() {
    std::vector<int> found;
    if (::faccessat(proc_.get(), "thread-self/children", R_OK, 0) == 0) {
        bool is_whole = true;
        list_children(found, is_whole);
        if (!is_whole) list_children(found, is_whole);
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }
    // A kernel without CONFIG_PROC_CHILDREN.
    for (const int pid : all_processes()) {
        const auto stat = read_stat(proc_.get(), pid);
        if (stat && stat->parent == self_) found.push_back(pid);
    }
    return found;
}

std::vector<int> JobProcesses::all_processes() {
    std::vector<int> found;
    const auto listing = list(proc_.get(), ".");
    if (listing) for_each_number(listing.get(), [&](int pid) { found.push_back(pid); });
    std::sort(found.begin(), found.end());
    return found;
}

bool JobProcesses::has_mark(const JobMark& mark, const ProcessStat& stat) {
    if (std::find(mark.sessions.begin(), mark.sessions.end(), stat.session) != mark.sessions.end()) return true;
    if (const auto* const job = adopted_from(stat)) return *job == mark.id;
    // Who has a session of its own once cannot come back into ours. Of one that has ended the environment is gone.
    if (stat.session == own_session_ || stat.is_zombie()) return false;
    const auto value = environment_value(proc_.get(), stat.pid, variable);
    return value && names(*value, mark.id);
}

bool JobProcesses::may_have_mark(const JobMark& mark, const ProcessStat& stat) {
    if (stat.session == own_session_ || stat.is_zombie() || adopted_from(stat) != nullptr) return false;
    if (const auto value = environment_value(proc_.get(), stat.pid, variable)) return names(*value, mark.id);
    auto& bare = bare_[stat.pid];
    if (bare.start != stat.start) bare = {stat.start, 0};
    return ++bare.looks < looks_at_bare;
}

const std::string* JobProcesses::adopted_from(const ProcessStat& stat) const {
    const auto found = adopted_.find(stat.pid);
    return found != adopted_.end() && found->second.start == stat.start ? &found->second.job : nullptr;
}

std::vector<ProcessName> JobProcesses::orphans(const JobMark& mark, std::span<const int> leaders, const Ended& ended) {
    std::vector<ProcessName> running;
    // Of one that ended since the children were listed, the children are ours now, and not in that list.
    for (bool has_ended = true; has_ended;) {
        running.clear();
        has_ended = false;
        for (const int pid : children()) {
            if (std::binary_search(leaders.begin(), leaders.end(), pid)) continue;
            const auto stat = read_stat(proc_.get(), pid);
            if (!stat || stat->parent != self_) continue;
            if (!has_mark(mark, *stat)) {
                if (may_have_mark(mark, *stat)) running.push_back({pid, stat->start});
                continue;
            }
            if (!stat->is_zombie()) {
                adopted_[pid] = {stat->start, mark.id};
                running.push_back({pid, stat->start});
                continue;
            }
            rusage use{};
            if (::wait4(pid, nullptr, WNOHANG, &use) == pid) {
                ended(pid, use);
                has_ended = true;
            }
            adopted_.erase(pid);
        }
    }
    return running;
}

std::vector<ProcessName> JobProcesses::members(const JobMark& mark) {
    std::vector<ProcessStat> all;
    for (const int pid : all_processes())
        if (auto stat = read_stat(proc_.get(), pid)) all.push_back(*stat);
    std::unordered_set<int> found;
    for (const auto& stat : all)
        if (stat.pid != self_ && has_mark(mark, stat)) found.insert(stat.pid);
    // One that lost its environment and its session still has its parent.
    const auto joins = [&](const ProcessStat& stat) {
        return stat.pid != self_ && found.contains(stat.parent) && found.insert(stat.pid).second;
    };
    while (std::any_of(all.begin(), all.end(), joins)) continue;
    std::vector<ProcessName> members;
    for (const auto& stat : all) {
        if (!found.contains(stat.pid) || stat.is_zombie()) continue;
        members.push_back({stat.pid, stat.start});
        const bool is_leader = std::find(mark.sessions.begin(), mark.sessions.end(), stat.pid) != mark.sessions.end();
        if (!is_leader) adopted_[stat.pid] = {stat.start, mark.id};
    }
    return members;
}

void JobProcesses::collect(std::span<const int> leaders) {
    for (const int pid : children()) {
        if (std::binary_search(leaders.begin(), leaders.end(), pid)) continue;
        const auto stat = read_stat(proc_.get(), pid);
        if (!stat || !stat->is_zombie() || stat->parent != self_) continue;
        // What this process starts itself has our session or begins one: anything else came from elsewhere.
        const bool is_ours = stat->session == own_session_ || stat->session == pid;
        if (is_ours && adopted_from(*stat) == nullptr) continue;
        static_cast<void>(::waitpid(pid, nullptr, WNOHANG));
        adopted_.erase(pid);
    }
}

void JobProcesses::adopt(int pid, const std::string& job) {
    if (const auto stat = read_stat(proc_.get(), pid)) adopted_[pid] = {stat->start, job};
}

void JobProcesses::forget(const std::string& job) {
    const auto is_gone = [this](int pid, std::uint64_t start) {
        const auto stat = read_stat(proc_.get(), pid);
        return !stat || stat->start != start;
    };
    std::erase_if(adopted_, [&](const auto& entry) {
        return entry.second.job == job && is_gone(entry.first, entry.second.start);
    });
    std::erase_if(bare_, [&](const auto& entry) { return is_gone(entry.first, entry.second.start); });
}

bool JobProcesses::signal(int proc, const ProcessName& process, int number) noexcept {
    const Descriptor handle{static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0))};
    if (handle.get() < 0 && errno == ESRCH) return false;
    // From here on the number cannot pass to another process unnoticed.
    const auto stat = read_stat(proc, process.pid);
    if (!stat || stat->start != process.start) return false;
    if (handle.get() < 0) return ::kill(process.pid, number) == 0;
    return ::syscall(SYS_pidfd_send_signal, handle.get(), number, nullptr, 0) == 0;
}

}  // namespace mlo::pipeline
