// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "disk.hpp"
#include "fault_fs.hpp"

namespace mlo::test {

struct Locks {
    std::size_t shared = 0;
    std::size_t exclusive = 0;
    std::size_t flocks = 0;
};

struct FaultFs::State {
    std::recursive_mutex mutex;  // recursive: a hook looks at crash states from inside a call
    Disk disk;
    CloneSupport clones = CloneSupport::no;
    std::string network_folder;
    std::uint64_t calls = 0;
    std::uint64_t changes = 0;
    Fault fault;
    bool struck = false;
    std::function<void(std::uint64_t)> hook;
    std::map<InodeId, Locks> locks;

    /// Counts a call; returns the error number it is to fail with, or 0.
    int count_call() {
        ++calls;
        const bool armed = fault.at_call != 0;
        const bool hit = armed && (fault.law == FaultLaw::once ? calls == fault.at_call : calls >= fault.at_call);
        struck = struck || hit;
        if (!hit) return 0;
        return dead() ? EIO : fault.error_number;
    }
    [[nodiscard]] bool dead() const noexcept { return fault.law == FaultLaw::killed; }
    int count_change() {
        ++changes;
        if (hook) hook(changes);
        return count_call();
    }
};

/// A handle of folder `id`, which messages call `path`.
[[nodiscard]] std::unique_ptr<Dir> open_fault_dir(std::shared_ptr<FaultFs::State> state, InodeId id, std::string path);

}  // namespace mlo::test
