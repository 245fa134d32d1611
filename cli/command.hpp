// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "args.hpp"

namespace mlo::cli {

class Context;

/// The jobs that the overview sorts commands by, in its order.
enum class Group : std::uint8_t { start, data, sync, care, track, pipeline, quality, registry, operate, hidden };
/// "start"; as `mlo` prints it.
[[nodiscard]] std::string_view to_string(Group group) noexcept;

/// A command line to show, as typed, and what it does (lower case, no full stop).
struct Example {
    std::string_view line;
    std::string_view what;
};

/// An exit code with a meaning of its own in one command; 0, 1, 2, 70 and 128+n mean the same everywhere.
struct ExitMeaning {
    int code;
    std::string_view meaning;
};

/// A command whose options are declared and wait for Args::parse.
class BoundCommand {
public:
    virtual ~BoundCommand() = default;
    /// Does the work and returns the exit code; throws Error.
    [[nodiscard]] virtual int run(Context& ctx) = 0;
};

template <typename Options, void (*declare)(Args&, Options&), int (*run_command)(Context&, const Options&)>
std::unique_ptr<BoundCommand> command_main(Args& args) {
    class Bound final : public BoundCommand {
    public:
        explicit Bound(Args& table) { declare(table, options_); }
        int run(Context& ctx) override { return run_command(ctx, options_); }

    private:
        Options options_;
    };
    return std::make_unique<Bound>(args);
}

/// For the `declare` of a command that takes nothing.
struct NoOptions {};
inline void declare_nothing(Args&, NoOptions&) {}

/// One command: a row that commands/<words_joined>.cpp defines and commands.def lists.
struct Command {
    std::string_view words;  ///< as typed: "remote add"
    Group group;
    std::string_view summary;  ///< one line, lower case, no full stop
    std::unique_ptr<BoundCommand> (*bind)(Args&);
    std::string_view json_schema{};  ///< of its --json output ("mlo/version-v1"); empty: the command refuses --json
    std::span<const Example> examples{};
    std::span<const ExitMeaning> exits{};
};

/// Every command in display order, hidden ones last.
[[nodiscard]] std::span<const Command* const> all_commands();

/// The command that the first of `words` name (the longest name wins), if any.
[[nodiscard]] const Command* find_command(std::span<const std::string> words);
/// The commands whose names start with `words` and go on: `mlo remote` -> remote add, remote list, ...
[[nodiscard]] std::vector<const Command*> subcommands(std::string_view words);
/// How many words a command's name has.
[[nodiscard]] std::size_t word_count(const Command& command);
/// Commands that people see.
[[nodiscard]] std::vector<const Command*> visible_commands();

}  // namespace mlo::cli
