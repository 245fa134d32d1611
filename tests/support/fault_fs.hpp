// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/util/fs.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::test {

enum class CloneSupport { no, yes };
/// `killed`: the process is gone. Its calls fail from then on and leave no trace at all, not even that of a failed
/// sync.
enum class FaultLaw { once, from_then_on, killed };
enum class Coverage { every_state, some_states };

/// The `at_call`-th call (from 1, counted over all calls that can fail) fails with `error_number`. A write has then
/// written half.
struct Fault {
    std::uint64_t at_call = 0;
    int error_number = 0;
    FaultLaw law = FaultLaw::once;
};

/// A file system in memory that loses what POSIX allows a power cut to lose (the law is disk.hpp's), and fails on
/// demand.
///
/// Answers and errors, messages included, equal real_fs(): tests/faults/differential.cpp compares them. A FaultFs is a
/// handle: copies show the same files. Thread-safe; one mutex orders all calls.
class FaultFs final : public Fs {
public:
    /// Holds one durable empty folder, `root`, at an absolute path.
    explicit FaultFs(std::string_view root, CloneSupport clones = CloneSupport::no);

    [[nodiscard]] std::unique_ptr<Dir> open_root(std::string_view absolute_path) override;

    /// From now on the folder and all below it are on a network file system. Nothing else changes.
    void put_on_network(std::string_view absolute_path);

    /// The files after a power cut now; the seed picks one of the allowed states.
    [[nodiscard]] FaultFs random_crash(std::uint64_t seed) const;
    /// Calls `check` with every state a power cut now may leave; if there are more than `limit`, with the two extremes,
    /// the first half of `limit` in order, and as many random ones.
    Coverage enumerate_crashes(std::size_t limit, const std::function<void(FaultFs&)>& check) const;
    /// Paths that a power cut now might lose or change: empty when all that was promised is durable.
    [[nodiscard]] std::vector<std::string> not_durable() const;

    /// Calls that can fail, so far.
    [[nodiscard]] std::uint64_t calls() const;
    /// A file system of its own in the same state, without faults, hooks and locks.
    [[nodiscard]] FaultFs snapshot() const;
    /// Called with the number of the change (from 1, counted anew) before each call that changes state or makes it
    /// durable, under the lock: it may take snapshots, and must not run the code under test,
    /// which is in the middle of something.
    void before_each_change(std::function<void(std::uint64_t)> hook);
    /// Injects a fault; call numbers start again from 1 here.
    void fail(Fault fault);
    /// Ends the fault.
    void heal();
    /// True once the injected fault has struck.
    [[nodiscard]] bool struck() const;

    struct State;

private:
    explicit FaultFs(std::shared_ptr<State> state) : state_{std::move(state)} {}
    std::shared_ptr<State> state_;
};

}  // namespace mlo::test
