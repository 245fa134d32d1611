// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/config/config.hpp>
#include <mlo/git/repository.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <vector>

#include "args.hpp"
#include "environment.hpp"
#include "output.hpp"

namespace mlo::workspace {
class Workspace;
}

namespace mlo::cli {

struct Command;
class Signals;
class SignalPause;

/// The options that every command takes, wherever they stand.
struct GlobalOptions {
    std::vector<std::string> directories;  ///< -C, one after the other
    std::vector<std::string> settings;     ///< --config, KEY=VALUE
    std::uint32_t verbosity = 0;
    bool is_quiet = false;
    bool hides_progress = false;
    bool wants_json = false;
    bool wants_help = false;  ///< -h
    bool wants_page = false;  ///< --help
    ColorMode color = ColorMode::automatic;
};

/// Declares the options of every command. `command` decides whether --json is among them; null: all of them.
void declare_globals(Args& args, GlobalOptions& options, const Command* command);

/// What a command knows of the world. Made by main only, one per process; whatever costs time is made when first asked
/// for.
class Context {
public:
    Context(Output& output, const Environment& environment, const GlobalOptions& options);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    [[nodiscard]] Output& out() noexcept { return output_; }
    [[nodiscard]] const Environment& environment() const noexcept { return environment_; }
    [[nodiscard]] const GlobalOptions& globals() const noexcept { return options_; }
    /// The current folder, absolute, after -C. Throws path_not_found if it was deleted.
    [[nodiscard]] const std::string& cwd();

    /// Files, clock, random numbers, log, progress and stop token for the library. The first call starts to watch
    /// signals.
    [[nodiscard]] const Runtime& runtime();
    /// Where the git repository around cwd() is; nothing if there is none.
    [[nodiscard]] const std::optional<git::Layout>& git_layout();
    /// The git repository around cwd(), opened at its first question. Throws no_repository.
    [[nodiscard]] git::Repository& repository();
    /// The folder that holds `.mlo`, or may: the root of git's work tree, else the nearest one above cwd() that has it;
    /// empty outside of any workspace.
    [[nodiscard]] const std::string& workspace_root();
    /// The settings in force at cwd(). Nothing is read before the first question.
    [[nodiscard]] config::Config& config();
    /// How many threads to use: what the command line says, else core.jobs, else one for each usable processor.
    [[nodiscard]] std::uint32_t jobs(std::optional<std::uint32_t> requested);
    /// The workspace around cwd(), with as many threads as jobs(`requested`) at the first call. Throws no_workspace.
    [[nodiscard]] workspace::Workspace& workspace(std::optional<std::uint32_t> requested_jobs = {});
    /// How large files are kept: the setting store.large.
    [[nodiscard]] store::LargeFiles large_files();
    /// This clone's id, which is made if need be: it pushes, and writes in the ledger, under this name.
    [[nodiscard]] std::string clone_id();
    /// Leaves the signals to a program in the foreground for as long as the result lives.
    [[nodiscard]] std::unique_ptr<SignalPause> pause_signals();
    /// The signal that asked the command to stop, 0 if none did.
    [[nodiscard]] int stop_signal() const noexcept;

private:
    class Log;

    Output& output_;
    const Environment& environment_;
    const GlobalOptions& options_;
    [[nodiscard]] LogSink& log();

    std::optional<std::string> cwd_;
    std::unique_ptr<Signals> signals_;
    std::unique_ptr<LogSink> log_;
    std::unique_ptr<ProgressSink> progress_;
    std::unique_ptr<Runtime> runtime_;
    std::optional<std::optional<git::Layout>> git_layout_;
    std::unique_ptr<git::Repository> repository_;
    std::optional<std::string> workspace_root_;
    std::unique_ptr<config::Config> config_;
    std::unique_ptr<workspace::Workspace> workspace_;
};

}  // namespace mlo::cli
