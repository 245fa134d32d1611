// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mlo/util/child.hpp>
#include <string>
#include <vector>

namespace mlo {

/// What a program and all that it started have used. Nothing here but memory and processes ever falls.
struct ResourceUse {
    std::chrono::nanoseconds user_time{};    ///< with those of processes that have ended
    std::chrono::nanoseconds system_time{};  ///< likewise
    std::uint64_t read_bytes = 0;            ///< from storage; likewise
    std::uint64_t written_bytes = 0;         ///< to storage; likewise
    std::uint64_t memory_bytes = 0;          ///< resident now; what processes share counts for each of them
    std::uint64_t peak_memory_bytes = 0;     ///< the most that was seen
    std::uint64_t processes = 0;             ///< now

    friend bool operator==(const ResourceUse&, const ResourceUse&) = default;
};

/// The processes that descend from a program which this process started, as /proc shows them: a ForegroundChild, whose
/// left-behind descendants become our children. What such ones leave when they end, this collects. One thread at a
/// time, but beside ForegroundChild::run.
///
/// What a process used since the last sample before its end counts if a process of the tree waited for it. One that was
/// started and left behind between two samples, in a process group of its own, is known by `marker`, an entry of its
/// environment (KEY=VALUE); otherwise it is not.
class ProcessTree {
public:
    /// Throws system_call where there is no /proc.
    explicit ProcessTree(int root, std::string marker = {}, const std::string& proc_folder = "/proc");
    ~ProcessTree();
    ProcessTree(const ProcessTree&) = delete;
    ProcessTree& operator=(const ProcessTree&) = delete;

    /// As it is now. Of the time of a processor this takes some 10 us for each process of the tree, 17 us if that ran
    /// since the last sample, and less than 1 us for each other one.
    const ResourceUse& sample();
    /// The last sample, once the program was waited for: that tells exactly what it used itself.
    const ResourceUse& end(const ChildEnd& end);
    /// Those of the last sample, ascending.
    [[nodiscard]] std::vector<int> processes() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo
