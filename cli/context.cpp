// SPDX-License-Identifier: Apache-2.0
#include "context.hpp"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <mlo/config/places.hpp>
#include <mlo/git/errors.hpp>
#include <mlo/ledger/identity.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "command.hpp"
#include "progress.hpp"
#include "signals.hpp"

namespace mlo::cli {

namespace {

/// The processors that this process may use (containers and taskset limit them).
std::uint32_t usable_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(CPU_COUNT(&set));
}

}  // namespace

/// Library diagnostics as messages: warnings always, the rest with -v and -vv.
class Context::Log final : public LogSink {
public:
    explicit Log(Output& output) : output_{output} {}
    bool enabled(LogLevel level) const noexcept override {
        switch (level) {
            case LogLevel::warning:
                return true;
            case LogLevel::info:
                return output_.verbosity() >= Verbosity::verbose;
            case LogLevel::debug:
                return output_.verbosity() >= Verbosity::debug;
        }
        return false;
    }
    void log(LogLevel level, std::string_view text) override {
        if (!enabled(level)) return;
        if (level == LogLevel::warning) {
            output_.warning(text);
        } else {
            output_.message(text);
        }
    }

private:
    Output& output_;
};

void declare_globals(Args& args, GlobalOptions& options, const Command* command) {
    args.option("-C", options.directories, "work as if started in DIR; several add up")
        .value("DIR")
        .completing(Completes::directory);
    if (command == nullptr || !command->json_schema.empty()) {
        args.flag("--json", options.wants_json, "answer with one JSON document on standard output");
    }
    args.option("--config", options.settings, "a setting for this one command; it may be repeated")
        .value("KEY=VALUE")
        .completing(Completes::config_key);
    args.flag("-q,--quiet", options.is_quiet, "say nothing but the answer, warnings and errors");
    args.count("-v,--verbose", options.verbosity, "say more; twice: what is going on inside");
    args.choice("--color", options.color,
                {Choice{"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}},
                "when to use colour [default: auto, on terminals]");
    args.flag("--no-progress", options.hides_progress, "show no progress");
    args.flag("-h", options.wants_help, "show a summary");
    args.flag("--help", options.wants_page, "show the manual page");
}

Context::Context(Output& output, const Environment& environment, const GlobalOptions& options)
    : output_{output}, environment_{environment}, options_{options} {}

Context::~Context() = default;

const std::string& Context::cwd() {
    if (!cwd_) {
        char path[PATH_MAX];
        if (::getcwd(path, sizeof path) == nullptr) {
            throw Error{mlo::errors::path_not_found,
                        std::string{"cannot tell the current folder: "} + std::strerror(errno)}
                .hint("cd to a folder that exists, or name one with -C DIR");
        }
        cwd_ = path;
    }
    return *cwd_;
}

const Runtime& Context::runtime() {
    if (runtime_) return *runtime_;
    signals_ = std::make_unique<Signals>(
        [this](int) { output_.message("stopping after the current step; once more to leave at once"); });
    const bool shows_progress = !options_.is_quiet && !options_.hides_progress;
    if (shows_progress) progress_ = make_progress(output_.console(), system_clock());
    runtime_ = std::make_unique<Runtime>(Runtime{.fs = real_fs(),
                                                 .clock = system_clock(),
                                                 .random = system_random(),
                                                 .log = log(),
                                                 .progress = shows_progress ? *progress_ : silent_progress(),
                                                 .stop = signals_->token(),
                                                 .jobs = usable_processors()});
    return *runtime_;
}

const std::optional<git::Layout>& Context::git_layout() {
    if (!git_layout_) git_layout_ = git::discover(cwd(), git::Environment{environment_.entries()});
    return *git_layout_;
}

git::Repository& Context::repository() {
    if (repository_) return *repository_;
    if (!git_layout()) {
        throw Error{git::errors::no_repository, fmt::format("{} is in no git repository", quoted(cwd()))}.hint(
            "git init && mlo init");
    }
    repository_ = std::make_unique<git::Repository>(*git_layout(), git::Environment{environment_.entries()});
    return *repository_;
}

LogSink& Context::log() {
    if (!log_) log_ = std::make_unique<Log>(output_);
    return *log_;
}

const std::string& Context::workspace_root() {
    // Nothing found is not remembered: init makes one.
    if (!workspace_root_ || workspace_root_->empty())
        workspace_root_ =
            git_layout() ? git_layout()->work_tree : workspace::find_own_folder(real_fs(), cwd()).value_or("");
    return *workspace_root_;
}

config::Config& Context::config() {
    if (config_) return *config_;
    config::Sources sources;
    sources.system_file = config::system_file;
    sources.variables = environment_.entries();
    sources.user_file = config::user_file(sources.variables);
    sources.workspace_root = workspace_root();
    if (git_layout()) {
        sources.local_folder = path::join(git_layout()->common_dir, "mlo");
        sources.local_name = "config.yaml";
    } else if (!workspace_root().empty()) {
        sources.local_folder = path::join(workspace_root(), ".mlo");
        sources.local_name = "local.yaml";
    }
    sources.current_folder = cwd();
    sources.flags = options_.settings;
    sources.user_id = ::geteuid();
    config_ = std::make_unique<config::Config>(real_fs(), log(), std::move(sources));
    return *config_;
}

std::uint32_t Context::jobs(std::optional<std::uint32_t> requested) {
    if (requested) return *requested;
    const auto configured = config().integer("core.jobs");
    return configured ? static_cast<std::uint32_t>(*configured) : usable_processors();
}

workspace::Workspace& Context::workspace(std::optional<std::uint32_t> requested_jobs) {
    if (workspace_) return *workspace_;
    auto with_jobs = runtime();
    with_jobs.jobs = jobs(requested_jobs);
    auto layout = workspace::find_workspace(with_jobs.fs, cwd(), git_layout(),
                                            config().text("store.dir").value_or(std::string{}));
    layout.cache_dir = config::cache_folder(environment_.entries());
    workspace_ = std::make_unique<workspace::Workspace>(std::move(layout), cwd(),
                                                        git::Environment{environment_.entries()}, with_jobs);
    return *workspace_;
}

store::LargeFiles Context::large_files() {
    const auto setting = config().text("store.large").value_or("auto");
    if (setting == "whole") return store::LargeFiles::whole;
    return setting == "chunked" ? store::LargeFiles::chunked : store::LargeFiles::automatic;
}

std::string Context::clone_id() {
    const auto& layout = workspace().layout();
    const auto place = layout.git ? path::join(layout.git->common_dir, "mlo") : path::join(layout.root, ".mlo");
    return ledger::clone_id(*workspace::make_folders(runtime().fs, place), runtime());
}

std::unique_ptr<SignalPause> Context::pause_signals() {
    (void)runtime();
    return std::make_unique<SignalPause>(*signals_);
}

int Context::stop_signal() const noexcept { return signals_ ? signals_->received() : 0; }

}  // namespace mlo::cli
