// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/record.hpp>

namespace mlo::pipeline {

/// The lock of one document: what each stage's last result followed from. `<stem>.lock` beside it: `pipeline.lock`
/// (mlo/pipeline-lock-v1, man mlo-pipeline-lock) or `dvc.lock` (2.0, byte for byte as DVC writes it; 1.0 is read).
///
/// Opening one looks at the start of each line; a record is parsed when it is asked for, each time anew; what nobody
/// changes is written back as the bytes it was. So 100,000 stages cost little. A lock that somebody laid out in another
/// way than mlo and DVC do is parsed as a whole and, once changed, written in theirs. Not thread-safe.
///
/// DVC's locks know no SHA-256, no wdir and no properties of outputs; what as_locked leaves of a record comes back from
/// them but for ids. The environment of a stage is there a file of parameters called `mlo:environment`, which DVC
/// passes over.
class Lock {
public:
    /// `text` is what is there; "" for none. Throws lock_invalid with its place, lock_newer, and for merge conflict
    /// markers lock_conflict.
    Lock(Dialect dialect, std::string file, std::string text);
    ~Lock();
    Lock(Lock&&) noexcept;
    Lock& operator=(Lock&&) noexcept;

    /// Throws lock_invalid, with its place, if that record is broken.
    [[nodiscard]] std::optional<StageRecord> find(std::string_view stage) const;
    /// Throws lock_not_text if something in it is not UTF-8.
    void put(std::string_view stage, const StageRecord& record);
    void erase(std::string_view stage);
    [[nodiscard]] std::vector<std::string> stages() const;  ///< in the order of the file, new ones as text() has them
    /// Its text is another than what was there.
    [[nodiscard]] bool is_changed() const noexcept;
    [[nodiscard]] std::string text() const;

    /// "train/pipeline.lock" for "train/pipeline.yaml".
    [[nodiscard]] static std::string path_for(std::string_view document);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What a lock of this dialect keeps of a record: compare `*lock.find(stage)` with `as_locked(dialect, now)`.
[[nodiscard]] StageRecord as_locked(Dialect dialect, StageRecord record);

}  // namespace mlo::pipeline
