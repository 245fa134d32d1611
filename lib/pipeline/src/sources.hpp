// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/dvc/site.hpp>
#include <mlo/ledger/ledger.hpp>

#include "stored_outputs.hpp"

namespace mlo::pipeline {

/// What `.dvc` files track and stages read. Nobody makes it: what is absent may be in DVC's cache, and what was edited
/// is told to DVC, whose `repro` does so too. Thread-safe, but for tell_dvc.
class Sources {
public:
    struct Parts {
        workspace::Workspace& workspace;
        Pipeline& pipeline;  ///< whose `tracked` says what the files say by now
        Observer& observer;
        StoredOutputs& stored;
    };
    explicit Sources(const Parts& parts) : parts_{parts} {}

    /// What is absent at `path`, if a file tells of just that.
    [[nodiscard]] std::optional<PathState> find(std::string_view path) const;
    /// Puts what is tracked at the path, around it or below it into the work tree where it is absent. Whether anything
    /// was brought. Throws dependency_missing if it cannot be had.
    bool bring(std::string_view path);

    struct Dvc {
        const dvc::Site& site;
        DvcShelf& shelf;
        ledger::Ledger& ledger;
        std::string writer;
    };
    /// Of what these stages read: what is there, and is not as its file says or not in DVC's cache, goes into store and
    /// cache, and its file tells of it. Returns what could not be told, in sentences.
    [[nodiscard]] std::vector<std::string> tell_dvc(std::span<const std::uint32_t> stages, const Dvc& dvc);

private:
    [[nodiscard]] std::vector<TrackedData*> read_by(std::span<const std::uint32_t> stages) const;
    [[nodiscard]] bool write_file(TrackedData& data, const PathState& state);
    void store(const std::vector<TrackedData*>& changed, const Dvc& dvc, std::vector<std::string>& warnings);

    Parts parts_;
    std::mutex mutex_;
};

}  // namespace mlo::pipeline
