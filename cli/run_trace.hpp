// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <unordered_map>

namespace mlo::cli {

/// When the stages of a run began, and the last of what each has printed.
class RunTrace {
public:
    struct Stage {
        std::int64_t began_ms = 0;  ///< since the run began
        std::string output_end;
        bool is_cut = false;  ///< there was more
    };

    explicit RunTrace(Clock& clock);
    void begun(const std::string& stage);
    void output(const std::string& stage, ByteView bytes);
    enum class Ended : std::uint8_t { well, badly };
    void ended(const std::string& stage, Ended how);

    /// Null for one that never began, or of which too much was to be kept.
    [[nodiscard]] const Stage* find(const std::string& stage) const;
    [[nodiscard]] std::int64_t began_ms() const noexcept { return began_ms_; }  ///< since 1970

private:
    Clock& clock_;
    std::int64_t began_ms_;
    std::chrono::nanoseconds begin_;
    std::unordered_map<std::string, Stage> stages_;
    std::size_t kept_bytes_ = 0;  ///< of those that have ended
};

}  // namespace mlo::cli
