// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "decider.hpp"

namespace mlo::pipeline {

/// What a stage's commands have left, once they have ended well.
struct Collected {
    StageRecord record;              ///< with the states of its outputs
    std::vector<std::string> notes;  ///< in sentences
    std::vector<std::pair<std::string, double>> metrics;
    bool is_reusable = true;       ///< nothing that it followed from changed meanwhile
    bool is_deterministic = true;  ///< false: an earlier run of the same key made something else
    bool was_put_back = false;     ///< what it made was another thing than before, which is in its place again
    std::shared_ptr<const Error> error;
};

/// Looks at what it read and what it made. Thread-safe.
class Collector {
public:
    struct Parts {
        workspace::Workspace& workspace;
        const Pipeline& pipeline;
        const EngineRequest& request;
        Observer& observer;
        PresentReader& present;
    };
    explicit Collector(const Parts& parts) : parts_{parts} {}

    /// Throws interrupted only.
    [[nodiscard]] Collected collect(const Decision& decision);

private:
    void look_at_outputs(const Decision& decision, Collected& collected);
    void look_at_inputs(const Decision& decision, Collected& collected);
    void compare_with_earlier(const Decision& decision, Collected& collected);

    Parts parts_;
};

}  // namespace mlo::pipeline
