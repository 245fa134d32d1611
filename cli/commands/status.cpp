// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/status.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"
#include "pipeline_status.hpp"
#include "transfers.hpp"
#include "travelling.hpp"

namespace mlo::cli {

namespace {

using workspace::Listed;
using workspace::Stored;
using workspace::TargetState;
using workspace::TargetStatus;

struct StatusOptions {
    std::vector<std::string> paths;
    std::optional<std::uint32_t> jobs;
    bool is_short = false;
    bool is_paranoid = false;
    bool tells_by_exit_code = false;
    bool asks_remote = false;
};

void declare(Args& args, StatusOptions& o) {
    args.flag("-s,--short", o.is_short, "one line for each difference: a letter and a path");
    args.flag("--exit-code", o.tells_by_exit_code, "end with 3 if anything differs");
    args.flag("--remote", o.asks_remote, "also which versions and runs are not on the default remote");
    args.flag("--paranoid", o.is_paranoid, "read every file, whatever its times say");
    args.option("-j,--jobs", o.jobs, "threads to use [default: one per processor]").between(1, 256);
    args.positional("path", o.paths, "tracked paths, parts of them, or folders that hold some [default: all]")
        .completing(Completes::tracked_path);
}

Error stray_error(const std::string& path) {
    return Error{workspace::errors::stray_mlo_file,
                 fmt::format("git tracks {}, which may not be committed", quoted(path))}
        .hint(fmt::format("git rm --cached {}", shell_word(path)));
}

/// Which of the recorded versions a remote lacks, or why that is not known.
struct RemoteStatus {
    std::string remote;
    std::optional<Error> failure;
    std::vector<sync::NamedRef> absent;
    std::string absent_runs;          ///< in words; empty for none
    sync::EventCounts absent_events;  ///< the same

    [[nodiscard]] bool lacks(const std::string& path) const {
        return std::any_of(absent.begin(), absent.end(), [&](const auto& object) { return object.name == path; });
    }
};

RemoteStatus ask_remote(Context& ctx, const StatusOptions& o, const workspace::StatusReport& report) try {
    Transfer transfer{ctx, {.remote = {}, .jobs = o.jobs, .limit_rate = {}}};
    std::vector<sync::NamedRef> objects;
    for (const auto& each : report.targets)
        objects.push_back({each.target.path, {each.target.pointer.id, each.target.pointer.object_kind()}});
    RunTransfer runs{ctx, transfer, {}, o.paths.empty() ? Names::nothing : Names::data};
    auto events = runs.not_pushed();
    return {transfer.remote().name, {}, not_pushed(transfer.peer(), objects), count_runs(events), std::move(events)};
} catch (const Error& error) {
    // What is known without the remote is told all the same.
    if (error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal) throw;
    return {.remote = {}, .failure = error, .absent = {}, .absent_runs = {}, .absent_events = {}};
}

void show_remote(Context& ctx, const workspace::Workspace& workspace, const StatusOptions& o,
                 const RemoteStatus& remote) {
    auto& out = ctx.out();
    for (const auto& object : remote.absent) {
        const auto path = printable(workspace.shown(object.name));
        if (o.is_short)
            out.line("^ {}", path);
        else
            out.line("{}: not on {}", path, quoted(remote.remote));
    }
    if (!remote.absent_runs.empty()) {
        if (o.is_short)
            out.line("^ {}", remote.absent_runs);
        else
            out.line("{}: not on {}", remote.absent_runs, quoted(remote.remote));
    }
    if (o.is_short) return;
    if (remote.absent.empty()) out.line("all versions are on {}", quoted(remote.remote));
    out.flush();
    if (!remote.absent.empty() || !remote.absent_runs.empty()) out.hint("mlo push");
}

void write_document(Context& ctx, const workspace::StatusReport& report, const std::optional<RemoteStatus>& remote,
                    const std::optional<PipelineStatus>& pipeline) {
    auto& out = ctx.out();
    out.document("mlo/status-v1", [&](json::Writer& json) {
        const bool is_current = !pipeline || !pipeline->differs();
        json.key("clean").boolean(!report.differs() && !report.has_errors() && is_current);
        if (remote && remote->failure) {
            json.key("remote_error").begin_object();
            json.key("code").string(fmt::format("MLO-{}", remote->failure->code().id));
            json.key("message").string(remote->failure->message());
            json.end_object();
        } else if (remote) {
            json.key("remote").string(remote->remote);
            json.key("not_pushed").begin_object();
            write_events(json, remote->absent_events);
            json.end_object();
        }
        json.key("targets").begin_array();
        for (const auto& status : report.targets) {
            json.begin_object();
            json::write_path(json, "path", status.target.path);
            json.key("state").string(to_string(status.state));
            json.key("stored").boolean(status.stored == Stored::yes);
            json.key("listed").boolean(status.listed == Listed::yes);
            if (remote && !remote->failure) json.key("pushed").boolean(!remote->lacks(status.target.path));
            json.key("changes").begin_array();
            for (const auto& change : status.changes) {
                write_change(json, change);
                out.drain();
            }
            json.end_array();
            json.key("problems").begin_array();
            for (const auto& problem : status.problems) write_problem(json, problem.path, problem.error);
            json.end_array();
            json.end_object();
        }
        json.end_array();
        json.key("broken").begin_array();
        for (const auto& broken : report.broken) write_problem(json, broken.path, broken.error);
        json.end_array();
        json.key("stray").begin_array();
        for (const auto& path : report.stray) write_problem(json, path, stray_error(path));
        json.end_array();
        if (pipeline) write_pipeline(ctx, json, *pipeline);
    });
}

/// For a person.
class StatusText {
public:
    StatusText(Output& out, const workspace::Workspace& workspace) : out_{out}, workspace_{workspace} {}

    void show(const workspace::StatusReport& report, const std::optional<PipelineStatus>& pipeline) {
        for (const auto& status : report.targets) show(status);
        if (report.targets.empty() && report.broken.empty()) {
            if (pipeline) return;
            out_.line("nothing is tracked here");
            out_.flush();
            out_.hint("mlo add PATH");
        } else if (!report.differs() && !report.has_errors()) {
            out_.line("{} unchanged", plural(report.targets.size(), "tracked path", "tracked paths"));
        }
        out_.flush();  // the hint belongs below the answer
        if (!to_add_.empty()) out_.hint(fmt::format("mlo add{}    (keeps the changes)", to_add_));
        if (!to_store_.empty()) out_.hint(fmt::format("mlo add{}    (stores it again)", to_store_));
        if (!to_check_out_.empty()) out_.hint(fmt::format("mlo checkout{}", to_check_out_));
    }

private:
    void show(const TargetStatus& status) {
        if (status.state == TargetState::unchanged && status.stored == Stored::yes &&
            out_.verbosity() < Verbosity::verbose)
            return;
        const auto path = workspace_.shown(status.target.path);
        auto line = fmt::format("{}: {}", printable(path), to_string(status.state));
        if (status.stored == Stored::no) line += ", missing from the store";
        if (status.listed == Listed::no) line += ", so what changed cannot be listed";
        if (const auto counts = count_changes(status.changes); !counts.empty()) line += fmt::format(" ({})", counts);
        out_.line(line);
        for (const auto& change : status.changes) {
            out_.line("    {}  {}  ({})", painted_word(out_, change.kind, 12), shown_paths(workspace_, change),
                      detail_of(change));
            out_.drain();
        }
        if (status.state == TargetState::unchanged && status.stored == Stored::no) to_store_ += ' ' + shell_word(path);
        if (status.state == TargetState::modified) to_add_ += ' ' + shell_word(path);
        if (status.state == TargetState::not_checked_out && status.stored == Stored::yes)
            to_check_out_ += ' ' + shell_word(path);
    }

    Output& out_;
    const workspace::Workspace& workspace_;
    std::string to_add_;
    std::string to_check_out_;
    std::string to_store_;
};

void show_short(Output& out, const workspace::Workspace& workspace, const workspace::StatusReport& report) {
    const auto line = [&](char letter, const std::string& path) {
        out.line("{} {}", letter, printable(workspace.shown(path)));
    };
    for (const auto& status : report.targets) {
        if (status.stored == Stored::no) line('?', status.target.path);
        if (status.state == TargetState::not_checked_out) line('-', status.target.path);
        if (status.state == TargetState::unreadable) line('!', status.target.path);
        if (status.state == TargetState::modified && status.listed == Listed::no) line('M', status.target.path);
        for (const auto& change : status.changes) {
            line(letter_of(change.kind), change.path);
            out.drain();
        }
    }
    for (const auto& broken : report.broken) line('!', broken.path);
    for (const auto& path : report.stray) line('!', path);
}

/// One broken pointer or unreadable file is told by itself and hides nothing else.
void show_errors(Output& out, const workspace::StatusReport& report) {
    for (const auto& status : report.targets) {
        for (const auto& problem : status.problems) out.error(problem.error);
    }
    for (const auto& broken : report.broken) out.error(broken.error);
    for (const auto& path : report.stray) out.error(stray_error(path));
}

void tell_troubles(Output& out, const PipelineStatus& pipeline) {
    out.flush();
    for (const auto& warning : pipeline.warnings) out.warning(warning);
    if (pipeline.error) out.warning(in_words(*pipeline.error));
}

int run(Context& ctx, const StatusOptions& o) {
    auto& workspace = ctx.workspace(o.jobs);
    std::vector<std::string> paths;
    for (const auto& path : o.paths) paths.push_back(workspace.from_user(path));
    std::erase(paths, std::string{});  // the root: everything
    const auto trust = o.is_paranoid ? workspace::Trust::paranoid : workspace::Trust::stat_cache;
    const auto report = status(workspace, paths, trust);
    std::optional<RemoteStatus> remote;
    if (o.asks_remote) remote = ask_remote(ctx, o, report);
    std::optional<PipelineStatus> pipeline;
    if (o.paths.empty()) pipeline = pipeline_status(ctx);
    auto& out = ctx.out();
    if (out.is_json()) {
        write_document(ctx, report, remote, pipeline);
    } else if (o.is_short) {
        show_short(out, workspace, report);
        if (pipeline) show_pipeline_short(ctx, *pipeline);
    } else {
        StatusText{out, workspace}.show(report, pipeline);
        if (pipeline) show_pipeline(ctx, *pipeline);
    }
    if (remote && !remote->failure && !out.is_json()) show_remote(ctx, workspace, o, *remote);
    if (!out.is_json() && report.has_errors()) {
        out.flush();
        show_errors(out, report);
    }
    if (pipeline) tell_troubles(out, *pipeline);
    if (remote && remote->failure) {
        out.flush();
        throw Error{*remote->failure};
    }
    if (report.has_errors()) return exit_failed;
    const bool differs = report.differs() || (pipeline && pipeline->differs()) ||
                         (remote && (!remote->absent.empty() || !remote->absent_events.empty()));
    return o.tells_by_exit_code && differs ? exit_negative : exit_ok;
}

constexpr Example examples[] = {
    {"mlo status", "which tracked files changed since they were added"},
    {"mlo status --short data", "only below data, a line each"},
    {"mlo status --remote", "and which versions nobody has pushed yet"},
    {"mlo status --exit-code -q", "for scripts: 0 if everything is as recorded and up to date"}};
constexpr ExitMeaning exits[] = {{exit_negative, "something differs, or is out of date (only with --exit-code)"}};

}  // namespace

extern const Command status_command{.words = "status",
                                    .group = Group::data,
                                    .summary = "show what changed since it was added",
                                    .bind = command_main<StatusOptions, declare, run>,
                                    .json_schema = "mlo/status-v1",
                                    .examples = examples,
                                    .exits = exits};

}  // namespace mlo::cli
