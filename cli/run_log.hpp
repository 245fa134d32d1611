// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/util/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::cli {

class Context;
class Environment;

/// The system that runs this command and reads its log, by the variables that it sets.
enum class CiSystem : std::uint8_t { none, github, gitlab };
[[nodiscard]] CiSystem ci_system(const Environment& environment);

/// What a person or a CI system reads of a run: nothing in it is taken for a command of that system, and what a stage
/// prints stands in a group that is shown folded. One group is open at a time: that of the stage that prints now. What
/// others print meanwhile is held back until they end, or it is much.
class RunLog {
public:
    RunLog(Context& ctx, CiSystem system);
    ~RunLog();
    RunLog(const RunLog&) = delete;
    RunLog& operator=(const RunLog&) = delete;

    [[nodiscard]] CiSystem system() const noexcept { return system_; }

    void begun(const std::string& stage);
    /// A line that a stage has printed, or what runs after its end.
    void line(const std::string& stage, const std::string& text);
    /// Nothing more comes of it.
    void ended(const std::string& stage);

    void message(std::string_view text);
    void warning(std::string_view text);
    void error(const Error& error);
    void hint(std::string_view text);
    /// A line that the CI system is to take for what it is.
    void command(std::string_view text);

    /// `text` in which there is no command.
    [[nodiscard]] std::string harmless(std::string_view text) const;
    [[nodiscard]] Error harmless(const Error& error) const;

private:
    [[nodiscard]] std::int64_t now_s() const;
    void open(const std::string& stage);
    void close();
    void show(const std::string& stage, const std::string& text);
    void show_held_back(const std::string& stage);

    Context& ctx_;
    CiSystem system_;
    std::string owner_;  ///< the stage whose lines are shown as they come; "": none
    std::string open_;   ///< the stage whose group is open; "": none
    std::string open_id_;
    std::uint64_t last_group_ = 0;
    std::map<std::string, std::uint64_t> groups_of_;  ///< of stages that have not ended
    struct HeldBack {
        std::vector<std::string> lines;
        std::size_t size_bytes = 0;
    };
    std::map<std::string, HeldBack> held_back_;
};

}  // namespace mlo::cli
