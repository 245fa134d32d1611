// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mlo/pipeline/machine.hpp>
#include <mlo/util/error.hpp>

namespace mlo::pipeline {

/// Which GPUs a stage has: the first that are free. One thread at a time.
class GpuPool {
public:
    explicit GpuPool(GpuSet gpus) : gpus_{std::move(gpus)}, is_taken_(gpus_.names.size()) {}

    /// Their numbers. Whoever asks was let through by the scheduler: there are so many.
    [[nodiscard]] std::vector<std::size_t> take(std::uint64_t count) {
        std::vector<std::size_t> taken;
        for (std::size_t at = 0; at < is_taken_.size() && taken.size() < count; ++at) {
            if (is_taken_[at]) continue;
            is_taken_[at] = true;
            taken.push_back(at);
        }
        MLO_ASSERT(taken.size() == count);
        return taken;
    }
    void give_back(std::vector<std::size_t>& taken) {
        for (const auto at : std::exchange(taken, {})) is_taken_[at] = false;
    }
    /// Tells a process by its environment ("KEY=VALUE") that it has these and no others. What the stage sets itself it
    /// knows better.
    void tell(const std::vector<std::size_t>& taken, std::span<const std::pair<std::string, std::string>> set,
              std::vector<std::string>& environment) const {
        std::string value;
        for (const auto at : taken) value += (value.empty() ? "" : ",") + gpus_.names[at];
        for (const auto& name : gpus_.variables) {
            const bool is_set =
                std::any_of(set.begin(), set.end(), [&](const auto& each) { return each.first == name; });
            if (is_set) continue;
            std::erase_if(environment, [prefix = name + '='](const auto& each) { return each.starts_with(prefix); });
            environment.push_back(name + '=' + value);
        }
    }

private:
    GpuSet gpus_;
    std::vector<bool> is_taken_;
};

}  // namespace mlo::pipeline
