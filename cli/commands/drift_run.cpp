// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/drift/checks.hpp>
#include <mlo/drift/errors.hpp>
#include <mlo/drift/history.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "check_reports.hpp"
#include "command.hpp"
#include "context.hpp"
#include "drift_history.hpp"
#include "drift_output.hpp"
#include "errors.hpp"
#include "profiles.hpp"
#include "table_output.hpp"
#include "table_values.hpp"

namespace mlo::cli {

namespace {

struct DriftRunOptions {
    std::string file;
    std::string at;
    bool keeps_nothing = false;
    bool shows_all = false;
    CheckReportOptions reports;
    std::optional<ByteSize> memory;
    std::optional<std::uint32_t> jobs;
    std::vector<std::string> checks;
};

void declare(Args& args, DriftRunOptions& o) {
    args.option("-f,--file", o.file, "the file of checks [default: drift.yaml, here or above]")
        .value("FILE")
        .completing(Completes::path);
    args.option("--at", o.at, "the moment that windows end at, for days gone by: 2026-05-01T00:00:00Z [default: now]")
        .value("TIME");
    args.flag("--no-history", o.keeps_nothing, "do not add to what 'mlo drift history' shows");
    declare_check_reports(args, o.reports);
    args.flag("-a,--all", o.shows_all, "show every comparison, not only those with drift");
    args.option("--memory", o.memory, "how much the engine may keep in memory [default: half of what there is]");
    args.option("-j,--jobs", o.jobs, "threads [default: core.jobs, else one per processor]").between(1, 1024);
    args.positional("checks", o.checks, "checks of the file [default: all]").value("CHECK");
}

/// What one check came to.
struct Outcome {
    std::optional<drift::Report> report;
    std::vector<NamedProfile> profiles;  ///< without their columns, once they are compared
    std::optional<Error> error;
};

class CheckRunner {
public:
    CheckRunner(Context& ctx, const DriftRunOptions& o, ChecksFile file)
        : ctx_{ctx}, o_{o}, file_{std::move(file)}, told_{check_report(ctx, "mlo drift", file_.shown)} {
        now_ = ctx.runtime().clock.now();
        if (o.at.empty()) return;
        const auto moment = parse_rfc3339(o.at);
        if (!moment)
            throw Error{errors::bad_value, fmt::format("--at takes a moment, not {}", quoted(o.at))}.hint(
                "--at 2026-05-01T00:00:00Z");
        now_ = *moment;
    }

    int run() {
        select();
        if (ctx_.out().is_json())
            ctx_.out().document("mlo/drift-run-v1", [&](json::Writer& json) {
                json.key("file").string(file_.shown).key("time").string(to_rfc3339(now_)).key("checks").begin_array();
                for (const auto& check : file_.checks) {
                    const auto outcome = run(check);
                    write(json, check, outcome);
                    ctx_.out().drain();
                }
                json.end_array();
            });
        else
            for (const auto& check : file_.checks) show(check, run(check));
        if (!o_.keeps_nothing) keep_history(ctx_, kept_);
        write_check_reports(ctx_, o_.reports, told_);
        ctx_.out().flush();
        return exit_code();
    }

private:
    /// Leaves the checks that were named.
    void select() {
        if (o_.checks.empty()) return;
        for (const auto& name : o_.checks) require_check(file_, name);
        std::erase_if(file_.checks, [&](const drift::Check& check) {
            return std::ranges::find(o_.checks, check.name) == o_.checks.end();
        });
    }

    [[nodiscard]] WantedProfile wanted(const drift::CheckedTable& table) const {
        WantedProfile wanted{.names = table.names};
        if (table.window) {
            const auto span = table.window->span(now_);
            wanted.window = {table.window->column, span.from_us, span.until_us, table.window->per_second};
        }
        return wanted;
    }

    [[nodiscard]] Outcome run(const drift::Check& check) {
        const auto began_ms = now_ms(ctx_);
        Outcome outcome;
        drift::KeptResult kept;
        try {
            compare(check, outcome);
            kept = kept_result(*outcome.report);
            kept.reference_data = outcome.profiles[0].data;
            kept.current_data = outcome.profiles[1].data;
            told_.checks.push_back(check_of(*outcome.report, check.name, verdict_of(*outcome.report)));
            set_place(ctx_, told_.checks.back(), check.place);
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal) throw;
            outcome.error = error;
            if (error.place().empty()) outcome.error->at(check.place);
            kept.error = fmt::format("MLO-{}: {}", error.code().id, error.message());
            told_.checks.push_back(broken_check(ctx_, *outcome.error, check.name));
        }
        told_.checks.back().duration_ms = now_ms(ctx_) - began_ms;
        kept.document = file_.history_name;
        kept.check = check.name;
        kept.time = now_;
        if (check.current.window) kept.window = check.current.window->span(now_);
        kept_.push_back(std::move(kept));
        return outcome;
    }

    void compare(const drift::Check& check, Outcome& outcome) {
        auto reading = table_options(check.reading);
        reading.folder = file_.folder;
        reading.memory = o_.memory;
        reading.jobs = o_.jobs;
        WantedProfile both[] = {wanted(check.reference), wanted(check.current)};
        both[1].framed_by = 0;
        auto read = read_profiles(ctx_, both, reading);
        outcome.profiles = std::move(read.profiles);
        TableValues values{read.tables};
        outcome.report = drift::compare(outcome.profiles[0].profile, outcome.profiles[1].profile, check.rules, &values);
        if (!check.page.empty()) {
            const auto page = path::absolute(check.page, file_.folder);
            (void)workspace::make_folders(ctx_.runtime().fs, path::parent(page));
            write_drift_page(ctx_, page, {*outcome.report, check.rules, outcome.profiles[0], outcome.profiles[1]});
        }
        // Of many wide tables the profiles would fill the memory.
        for (auto& named : outcome.profiles) named.profile.columns.clear();
    }

    void show(const drift::Check& check, const Outcome& outcome) {
        auto& out = ctx_.out();
        if (outcome.error) {
            out.line("{}: {}", visible(check.name), out.painted(Paint::bad, "failed"));
            out.flush();
            out.error(*outcome.error);
            return;
        }
        out.line("{}: {}", visible(check.name),
                 out.painted(paint_of(outcome.report->outcome), verdict_of(*outcome.report)));
        show_findings(out, *outcome.report, o_.shows_all ? Shown::everything : Shown::drifts);
        out.flush();
    }

    void write(json::Writer& json, const drift::Check& check, const Outcome& outcome) {
        json.begin_object().key("name").string(check.name);
        if (check.current.window) {
            const auto span = check.current.window->span(now_);
            json.key("window").begin_object().key("column").string(check.current.window->column);
            json.key("from").string(time_of_us(span.from_us)).key("until").string(time_of_us(span.until_us));
            json.end_object();
        }
        if (outcome.report) {
            write_drift_members(ctx_.out(), json,
                                {*outcome.report, check.rules, outcome.profiles[0], outcome.profiles[1]});
        } else {
            const auto& error = *outcome.error;
            json.key("verdict").string("failed").key("error").begin_object();
            json.key("code").string(fmt::format("MLO-{}", error.code().id)).key("message").string(error.message());
            json.key("place").string(error.place()).end_object();
        }
        json.end_object();
    }

    /// What could not be checked weighs more than what has drifted: nobody knows what it would have said.
    [[nodiscard]] int exit_code() const {
        using report::Check;
        return told_.count(Check::Outcome::broken) > 0      ? exit_failed
               : told_.count(Check::Outcome::failed) > 0    ? exit_negative
               : told_.count(Check::Outcome::undecided) > 0 ? exit_undecided
                                                            : exit_ok;
    }

    Context& ctx_;
    const DriftRunOptions& o_;
    ChecksFile file_;
    Timestamp now_;
    report::CheckReport told_;
    std::vector<drift::KeptResult> kept_;
};

int run(Context& ctx, const DriftRunOptions& o) { return CheckRunner{ctx, o, find_checks(ctx, o.file)}.run(); }

constexpr Example examples[] = {
    {"mlo drift run", "all checks of drift.yaml, for cron and CI"},
    {"mlo drift run orders --at 2026-05-01T00:00:00Z --no-history", "one of them, as of a day gone by"},
    {"mlo drift run -q --prometheus /var/lib/node_exporter/drift.prom", "for alerts by Prometheus"}};
constexpr ExitMeaning exits[] = {{exit_negative, "a table has drifted, and all could be checked"},
                                 {exit_undecided, "none has drifted, and there are too few rows to decide on one"}};

}  // namespace

extern const Command drift_run_command{.words = "drift run",
                                       .group = Group::quality,
                                       .summary = "run the checks of a file, and keep what they found",
                                       .bind = command_main<DriftRunOptions, declare, run>,
                                       .json_schema = "mlo/drift-run-v1",
                                       .examples = examples,
                                       .exits = exits};

}  // namespace mlo::cli
