// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <functional>
#include <mlo/util/descriptor.hpp>
#include <mlo/util/process_stat.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlo::pipeline {

/// With its start, a process number names a process for good.
struct ProcessName {
    int pid = 0;
    std::uint64_t start = 0;
};

/// What the processes of a job are known by, wherever they went.
struct JobMark {
    std::string id;             ///< in the value of MLO_JOB that they inherited
    std::vector<int> sessions;  ///< of commands that were not waited for: nobody else can have such a number
};

/// Finds what jobs started and left: what loses its parent becomes a child of ours (the process is a subreaper). Not
/// thread-safe.
class JobProcesses {
public:
    static constexpr std::string_view variable = "MLO_JOB";
    /// Of a process that ended as our child.
    using Ended = std::function<void(int pid, const rusage& use)>;

    /// Throws system_call where there is no /proc.
    explicit JobProcesses(const std::string& proc_folder = "/proc");

    /// Our children that the job left behind, `leaders` (ascending) aside, and for some looks those that it may have
    /// left; those that have ended are waited for. Any process of a job without leaders descends from one of them.
    /// Cheap.
    [[nodiscard]] std::vector<ProcessName> orphans(const JobMark& mark, std::span<const int> leaders,
                                                   const Ended& ended);
    /// All of the job that runs, its leaders too. Looks at every process of the machine.
    [[nodiscard]] std::vector<ProcessName> members(const JobMark& mark);
    /// Waits for those that were left behind and have ended meanwhile.
    void collect(std::span<const int> leaders);
    /// This child of ours is nobody's any more: collect waits for it.
    void adopt(int pid, const std::string& job);
    /// The job is over: what of it is gone need not be known any more.
    void forget(const std::string& job);
    /// False if it is gone.
    static bool signal(int proc, const ProcessName& process, int number) noexcept;
    [[nodiscard]] int proc() const noexcept { return proc_.get(); }

private:
    [[nodiscard]] std::vector<int> children();
    void list_children(std::vector<int>& into, bool& is_whole);
    [[nodiscard]] std::vector<int> all_processes();
    [[nodiscard]] bool has_mark(const JobMark& mark, const ProcessStat& stat);
    /// The job that is known to have left it behind; null if none is.
    [[nodiscard]] const std::string* adopted_from(const ProcessStat& stat) const;
    /// Whether the mark of a child of ours could not be seen, and may be by the next look.
    [[nodiscard]] bool may_have_mark(const JobMark& mark, const ProcessStat& stat);

    Descriptor proc_;
    int self_;
    int own_session_;
    struct Adopted {
        std::uint64_t start = 0;
        std::string job;
    };
    std::unordered_map<int, Adopted> adopted_;  ///< by pid, of children known to be left behind
    struct Bare {
        std::uint64_t start = 0;
        int looks = 0;
    };
    std::unordered_map<int, Bare> bare_;  ///< by pid, of children without environment
};

}  // namespace mlo::pipeline
