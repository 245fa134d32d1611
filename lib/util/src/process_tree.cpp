// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/process_tree.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mlo/util/descriptor.hpp>
#include <mlo/util/errors.hpp>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <mlo/util/process_stat.hpp>

namespace mlo {
namespace {

/// The counters of a process that did nothing since are read anew only this often.
constexpr unsigned longest_rest = 8;
/// So many of the processes that are not ours are looked at again with each sample: a number may have been given anew.
constexpr std::size_t strangers_looked_at = 32;
constexpr int no_process = -1;

struct Member {
    ProcessStat stat;
    Counters total;       ///< of its own and of the processes that it waited for
    Counters attributed;  ///< how much of what it inherited is known to come from whom
    unsigned rest = 0;
    std::uint64_t seen_at = 0;
};

/// The part of a process's counters that grows by what its ended children used. The bytes are not kept apart.
Counters inheriting(const ProcessStat& stat, const Counters& total) {
    auto counters = total;
    counters[user_ns] = stat.children_user_ns;
    counters[system_ns] = stat.children_system_ns;
    return counters;
}

void add(Counters& sum, const Counters& more) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
}

void raise(Counters& counters, const Counters& least) {
    for (std::size_t i = 0; i < counters.size(); ++i) counters[i] = std::max(counters[i], least[i]);
}

}  // namespace

class ProcessTree::Parts {
public:
    Parts(int root, std::string marker, const std::string& proc_folder)
        : proc_{::open(proc_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
          root_{root},
          marker_{std::move(marker)} {
        if (proc_.get() < 0) throw_system_error(errno, "open", proc_folder);
        listing_.reset(::fdopendir(::fcntl(proc_.get(), F_DUPFD_CLOEXEC, 0)));
        if (!listing_) throw_system_error(errno, "list", proc_folder);
        if (const auto stat = read_stat(proc_.get(), root)) {
            adopter_ = stat->parent;
            admit(*stat);
        }
    }

    const ResourceUse& sample() {
        ++time_;
        refresh_members();
        find_new_ones();
        settle();
        collect();
        return sum_up();
    }

    const ResourceUse& end(const ChildEnd& end) {
        constexpr auto ns = [](auto time) {
            return static_cast<std::uint64_t>(std::chrono::nanoseconds{time}.count());
        };
        if (root_ == no_process) return use_;
        root_end_ = Counters{ns(end.user_time), ns(end.system_time), end.read_bytes, end.written_bytes};
        use_.peak_memory_bytes = std::max(use_.peak_memory_bytes, end.peak_memory_bytes);
        return sample();
    }

    [[nodiscard]] std::vector<int> processes() const {
        std::vector<int> pids;
        for (const auto& [pid, member] : members_)
            if (member.seen_at == time_ && !member.stat.is_zombie()) pids.push_back(pid);
        std::sort(pids.begin(), pids.end());
        return pids;
    }

private:
    struct Closer {
        void operator()(DIR* folder) const noexcept { ::closedir(folder); }
    };

    void admit(const ProcessStat& stat) {
        auto& member = members_[stat.pid];
        member.stat = stat;
        member.total = counters_of(stat, {});
        member.seen_at = time_;
        member.attributed = inheriting(stat, member.total);
    }

    /// `before` is what its counters of bytes were, for one that does not let us look.
    Counters counters_of(const ProcessStat& stat, const Counters& before) const {
        auto counters = before;
        if (const auto bytes = read_io(proc_.get(), stat.pid)) {
            counters[read_bytes] = bytes->read;
            counters[written_bytes] = bytes->written;
        }
        counters[user_ns] = stat.user_ns + stat.children_user_ns;
        counters[system_ns] = stat.system_ns + stat.children_system_ns;
        return counters;
    }

    /// Parents before their children: what a child leaves between two readings is then met once, or not at all until
    /// the next sample, but never twice.
    void refresh_members() {
        order_.clear();
        for (auto& [pid, member] : members_) order_.push_back(&member);
        std::sort(order_.begin(), order_.end(), [](const Member* a, const Member* b) {
            return std::pair{a->stat.start, a->stat.pid} < std::pair{b->stat.start, b->stat.pid};
        });
        for (auto* const member : order_) {
            const auto stat = read_stat(proc_.get(), member->stat.pid);
            if (!stat || stat->start != member->stat.start) continue;
            const bool did_nothing = stat->user_ns == member->stat.user_ns &&
                                     stat->system_ns == member->stat.system_ns &&
                                     stat->children_user_ns == member->stat.children_user_ns &&
                                     stat->children_system_ns == member->stat.children_system_ns;
            member->stat = *stat;
            member->seen_at = time_;
            if (did_nothing && ++member->rest < longest_rest && !stat->is_zombie()) continue;
            member->rest = 0;
            member->total = counters_of(*stat, member->total);
        }
    }

    void find_new_ones() {
        std::vector<ProcessStat> unknown;
        std::unordered_set<int> strangers;
        std::size_t number = 0;
        ::rewinddir(listing_.get());
        while (const auto* entry = ::readdir(listing_.get())) {
            const auto pid = to_pid(entry->d_name);
            if (pid <= 0) continue;
            const auto known = members_.find(pid);
            if (known != members_.end() && known->second.seen_at == time_) continue;
            const bool is_due = number++ % most_rounds_ == time_ % most_rounds_;
            if (strangers_.contains(pid) && !is_due) {
                strangers.insert(pid);
                continue;
            }
            if (const auto stat = read_stat(proc_.get(), pid)) unknown.push_back(*stat);
        }
        most_rounds_ = std::max<std::size_t>(1, strangers.size() / strangers_looked_at);
        std::sort(unknown.begin(), unknown.end(), [](const ProcessStat& a, const ProcessStat& b) {
            return std::pair{a.start, a.pid} < std::pair{b.start, b.pid};
        });
        strangers_ = std::move(strangers);
        // Most parents come before their children.
        while (std::erase_if(unknown, [&](const ProcessStat& stat) { return is_settled(stat); }) > 0) continue;
    }

    /// Whether it is known now whose the process is: it depends on whose its parent is.
    bool is_settled(const ProcessStat& stat) {
        const auto parent = members_.find(stat.parent);
        const bool has_member = parent != members_.end() && parent->second.seen_at == time_;
        if (stat.pid == root_) return true;  // another one since, and the root is still to be settled
        if (has_member || (stat.parent == adopter_ && is_left_behind(stat))) {
            // Of the one that had its number before, what it had used still has to be settled.
            if (auto former = members_.extract(stat.pid)) {
                former.key() = --last_former_;
                members_.insert(std::move(former));
            }
            admit(stat);
            return true;
        }
        const bool is_stranger =
            stat.parent == 0 || stat.parent == adopter_ || stat.pid == adopter_ || strangers_.contains(stat.parent);
        if (is_stranger) strangers_.insert(stat.pid);
        return is_stranger;
    }

    /// Whether this child of our process comes from the tree, and is no program that we started for ourselves.
    [[nodiscard]] bool is_left_behind(const ProcessStat& stat) const {
        if (stat.group == root_ && stat.pid != root_) return true;
        return !marker_.empty() && has_in_environment(proc_.get(), stat.pid, marker_);
    }

    /// What the members that are gone had used: with whoever waited for them, or with nobody.
    void settle() {
        std::unordered_map<Member*, std::vector<int>> gone_below;
        for (auto& [pid, member] : members_) {
            if (member.seen_at == time_ || pid == root_) continue;
            auto* heir = find_heir(member.stat.parent);
            gone_below[heir].push_back(pid);
        }
        for (const auto& [heir, pids] : gone_below) {
            Counters left{};
            for (const int pid : pids) add(left, members_.at(pid).total);
            if (heir != nullptr && !inherit(*heir, left)) continue;  // decided with the next sample
            if (heir == nullptr) add(ended_, left);
            for (const int pid : pids) members_.erase(pid);
        }
        if (root_end_) end_root();
        for (auto& [pid, member] : members_)
            if (member.seen_at == time_) raise(member.attributed, inheriting(member.stat, member.total));
    }

    /// The nearest forefather that is there still, or the root.
    Member* find_heir(int pid) {
        for (std::size_t steps = 0; steps <= members_.size(); ++steps) {
            const auto found = members_.find(pid);
            if (found == members_.end()) return nullptr;
            if (found->second.seen_at == time_ || pid == root_) return &found->second;
            pid = found->second.stat.parent;
        }
        return nullptr;
    }

    /// Adds to ended_ what of `left` did not go to `heir`: a process that ignores SIGCHLD inherits nothing. False if
    /// that cannot be told yet.
    bool inherit(Member& heir, const Counters& left) {
        Counters now{};
        if (heir.stat.pid == root_ && heir.seen_at != time_) {
            if (!root_end_) return false;
            // How much of this is its own is not told.
            now = *root_end_;
            now[user_ns] -= std::min(now[user_ns], heir.stat.user_ns);
            now[system_ns] -= std::min(now[system_ns], heir.stat.system_ns);
        } else {
            // Those that are gone are so for sure by now, so what it inherited from them shows.
            const auto stat = read_stat(proc_.get(), heir.stat.pid);
            if (!stat || stat->start != heir.stat.start) return false;
            now = inheriting(*stat, counters_of(*stat, heir.total));
        }
        for (std::size_t i = 0; i < left.size(); ++i) {
            const auto grown = now[i] - std::min(now[i], heir.attributed[i]);
            const auto inherited = std::min(grown, left[i]);
            heir.attributed[i] += inherited;
            ended_[i] += left[i] - inherited;
        }
        return true;
    }

    void end_root() {
        members_.erase(root_);
        add(ended_, *root_end_);
        root_end_.reset();
        root_ = no_process;
    }

    /// What ended as our child has nobody else who waits for it. ForegroundChild waits for the root.
    void collect() {
        if (adopter_ != ::getpid()) return;
        for (const auto& [pid, member] : members_)
            if (pid != root_ && member.seen_at == time_ && member.stat.is_zombie() && member.stat.parent == adopter_)
                static_cast<void>(::waitpid(pid, nullptr, WNOHANG));
    }

    const ResourceUse& sum_up() {
        auto sum = ended_;
        use_.memory_bytes = 0;
        use_.processes = 0;
        for (const auto& [pid, member] : members_) {
            add(sum, member.total);
            if (member.seen_at != time_ || member.stat.is_zombie()) continue;
            use_.memory_bytes += member.stat.memory_bytes;
            ++use_.processes;
        }
        raise(most_, sum);
        use_.user_time = std::chrono::nanoseconds{most_[user_ns]};
        use_.system_time = std::chrono::nanoseconds{most_[system_ns]};
        use_.read_bytes = most_[read_bytes];
        use_.written_bytes = most_[written_bytes];
        use_.peak_memory_bytes = std::max(use_.peak_memory_bytes, use_.memory_bytes);
        return use_;
    }

    Descriptor proc_;
    std::unique_ptr<DIR, Closer> listing_;
    int root_;
    int adopter_ = no_process;  ///< who gets what the tree leaves behind: the process that started the root
    std::string marker_;
    std::uint64_t time_ = 0;                   ///< counts samples
    std::unordered_map<int, Member> members_;  ///< by pid; of one whose pid another has, by a negative number
    int last_former_ = 0;
    std::unordered_set<int> strangers_;
    std::size_t most_rounds_ = 1;  ///< samples until each stranger was looked at again
    std::vector<Member*> order_;
    Counters ended_{};  ///< of what nobody in the tree inherited
    std::optional<Counters> root_end_;
    Counters most_{};
    ResourceUse use_;
};

ProcessTree::ProcessTree(int root, std::string marker, const std::string& proc_folder)
    : parts_{std::make_unique<Parts>(root, std::move(marker), proc_folder)} {}
ProcessTree::~ProcessTree() = default;

const ResourceUse& ProcessTree::sample() { return parts_->sample(); }
const ResourceUse& ProcessTree::end(const ChildEnd& end) { return parts_->end(end); }
std::vector<int> ProcessTree::processes() const { return parts_->processes(); }

}  // namespace mlo
