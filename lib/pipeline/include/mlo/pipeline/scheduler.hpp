// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/graph.hpp>

namespace mlo::pipeline {

/// Which stage may go on next: a state machine without threads, clock or files. Ready stages go by the longest path
/// that waits behind them (by the durations of earlier runs, where known), then in the graph's order; among them, each
/// that fits into what is free of the resources. No stage waits for ever: one that is first in line and does not fit
/// keeps what becomes free.
///
/// A stage is waiting for others, then to be decided about, being decided about (from next_to_decide on), waiting for
/// resources (must_run), running (next_to_start), being decided about again (release), and at its end done, failed or
/// skipped. A call that is out of this order is a bug. A step costs O(log n), and where it looks for what fits, as much
/// as there are different sets of needs among the stages that wait. Not thread-safe.
class Scheduler {
public:
    struct Limits {
        std::uint32_t jobs = 1;
        std::map<std::string, std::uint64_t> pools;  ///< with "cpus", "memory", "gpus" of this machine
    };
    enum class KeepGoing : std::uint8_t { no, yes };

    /// `durations_ms` by stage of the graph; empty, or 0 for unknown. What `selected` needs of others is there. Throws
    /// need_too_large for a stage that asks for more than there is at all.
    Scheduler(const Pipeline& pipeline, const Graph& graph, std::span<const std::uint32_t> selected, Limits limits,
              KeepGoing keep_going, std::span<const std::uint32_t> durations_ms);
    ~Scheduler();
    Scheduler(Scheduler&&) noexcept;
    Scheduler& operator=(Scheduler&&) noexcept;

    /// A stage whose upstream is done and which nobody has decided about yet; nothing if there is none now.
    [[nodiscard]] std::optional<std::uint32_t> next_to_decide();
    /// It must run: it waits for resources.
    void must_run(std::uint32_t stage);
    /// One that may start now; it holds its resources until released.
    [[nodiscard]] std::optional<std::uint32_t> next_to_start();
    void release(std::uint32_t stage);  ///< its processes have ended; it may be retried: must_run again
    /// Its result is there: those behind it may be decided about.
    void done(std::uint32_t stage);
    /// It has none; all that need it are skipped, and returned in the graph's order. With KeepGoing::no nothing new
    /// starts from then on.
    std::vector<std::uint32_t> failed(std::uint32_t stage);
    /// Its conditions do not hold, and what it would make is not there: the same, but nothing has failed.
    std::vector<std::uint32_t> skipped(std::uint32_t stage);
    /// Nothing new starts, nor is decided about: the user wants to stop.
    void stop();
    /// Nothing is running or being decided about, and nothing waits that could still start.
    [[nodiscard]] bool is_finished() const noexcept;
    /// Those that were neither skipped nor came to an end of their own, in the graph's order: what a stop left.
    [[nodiscard]] std::vector<std::uint32_t> left() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mlo::pipeline
