// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/record.hpp>

namespace mlo::pipeline {

/// The lock of one document: what each stage's last result followed from. `<stem>.lock` beside it: `pipeline.lock`
/// (mlo/pipeline-lock-v1, man mlo-pipeline-lock) or `dvc.lock` (2.0, byte for byte as DVC writes it; 1.0 is read).
///
/// A record is parsed when it is first asked for; those that nobody changes are written back as the bytes they were, so
/// that 100,000 stages cost little. Not thread-safe.
class Lock {
public:
    /// `text` is what is there; "" for none. Throws lock_invalid with its place, lock_newer, and for merge conflict
    /// markers lock_conflict.
    Lock(Dialect dialect, std::string file, std::string text);
    ~Lock();
    Lock(Lock&&) noexcept;
    Lock& operator=(Lock&&) noexcept;

    /// Throws lock_invalid if that record is broken.
    [[nodiscard]] std::optional<StageRecord> find(std::string_view stage) const;
    void put(std::string_view stage, const StageRecord& record);
    void erase(std::string_view stage);
    [[nodiscard]] std::vector<std::string> stages() const;  ///< in the order of the file
    [[nodiscard]] bool is_changed() const noexcept;
    [[nodiscard]] std::string text() const;

    /// "train/pipeline.lock" for "train/pipeline.yaml".
    [[nodiscard]] static std::string path_for(std::string_view document);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mlo::pipeline
