// SPDX-License-Identifier: Apache-2.0
#include "travelling.hpp"

#include <fmt/format.h>

#include <iterator>
#include <mlo/sync/fetch.hpp>
#include <mlo/track/run_list.hpp>
#include <mlo/track/travel.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "context.hpp"
#include "errors.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view sealed_kind = "run.sealed";
constexpr std::string_view experiment_kind = "experiment.created";
constexpr std::string_view result_kind = "stage.result";

sync::NeedsOf needs_of(store::ObjectStore& store) {
    return [&store](const ledger::Event& event, std::string_view body) {
        auto shown = track::shown_objects(event, body, store);
        return sync::Needs{std::move(shown.objects),
                           shown.is_all ? sync::Needs::Then::done : sync::Needs::Then::ask_again};
    };
}

std::uint64_t count_of(const sync::EventCounts& events, std::string_view kind) {
    const auto found = events.find(kind);
    return found == events.end() ? 0 : found->second;
}

std::uint64_t total(const sync::EventCounts& events) {
    std::uint64_t sum = 0;
    for (const auto& [kind, count] : events) sum += count;
    return sum;
}

}  // namespace

void declare_travel(Args& args, TravelOptions& o, std::string_view run_doc) {
    args.choice("--only", o.only, {{"data", TravelOptions::Only::data}, {"runs", TravelOptions::Only::runs}},
                "only data, or only runs [default: both; with paths or revisions only data]");
    args.option("--run", o.runs, run_doc).value("RUN").completing(Completes::run);
}

RunTransfer::RunTransfer(Context& ctx, Transfer& transfer, const TravelOptions& options, Names names)
    : ctx_{ctx}, transfer_{transfer}, named_{options.runs} {
    using Only = TravelOptions::Only;
    const bool selects_data = names == Names::data;
    const bool selects_runs = options.only == Only::runs || !named_.empty();
    if (selects_runs && selects_data)
        throw Error{errors::conflicting_options, "paths and revisions are of data: name no runs with them"};
    if (options.only == Only::data && !named_.empty())
        throw Error{errors::conflicting_options, "'--only data' leaves the runs out: name none"};
    wants_data_ = !selects_runs;
    wants_runs_ = selects_runs || (options.only != Only::data && !selects_data);
}

bool RunTransfer::has_store() const {
    const auto& layout = transfer_.workspace().layout();
    try {
        const auto folder = transfer_.workspace().runtime().fs.open_root(layout.store_dir);
        return folder->stat(track::RunStore::file_name) || folder->stat(ledger::Ledger::file_name);
    } catch (const Error&) {
        return false;  // nothing was ever kept here
    }
}

Tracking& RunTransfer::tracking() {
    if (!tracking_) tracking_.emplace(ctx_);
    return *tracking_;
}

sync::Chains RunTransfer::chains() const {
    return ctx_.config().text("store.dir") ? sync::Chains::own : sync::Chains::all;
}

std::vector<sync::NamedRef> RunTransfer::objects_of_named() {
    std::vector<sync::NamedRef> objects;
    for (const auto& name : named_) {
        const auto run = tracking().runs().get(tracking().resolve(name));
        for (const auto& object : track::objects_of(run, track::Extent::whole))
            objects.push_back({.name = "run " + short_id(run.id), .object = object});
    }
    return objects;
}

void RunTransfer::add_to(sync::PushRequest& request, std::vector<sync::Failure>& failures) {
    if (!wants_runs_) return;
    if (!named_.empty()) {
        auto& store = transfer_.workspace().store();
        for (auto& object : objects_of_named())
            if (store.contains(object.object.id)) request.objects.push_back(std::move(object));
    }
    if (!has_store()) return;
    try {
        request.ledger = &tracking().ledger();
        request.chains = chains();
        request.needs = needs_of(transfer_.workspace().store());
    } catch (const Error& error) {
        // What is wrong with the runs does not keep data from where they are safe.
        if (error.kind() == ErrorKind::internal || !wants_data_) throw;
        failures.push_back({"runs", error});
    }
}

void RunTransfer::tell_unread() {
    const auto unread = tracking().archive().unread();
    if (unread.empty()) return;
    ctx_.out().warning(fmt::format("what {} about runs {} cannot be read: {} of {}: {}",
                                   plural(unread.size(), "event", "events"), unread.size() == 1 ? "says" : "say",
                                   "the first is", quoted(unread.front().subject), unread.front().reason));
}

sync::EventReport RunTransfer::fetch(sync::DryRun dry_run) {
    if (!wants_runs_) return {};
    const bool is_dry = dry_run == sync::DryRun::yes;
    const auto open = [&]() -> ledger::Ledger* { return is_dry && !has_store() ? nullptr : &tracking().ledger(); };
    auto report = sync::fetch_events(
        transfer_.peer(), {.ledger = open, .needs = needs_of(transfer_.workspace().store()), .dry_run = dry_run});
    if (is_dry) return report;
    if (!report.events.empty() || report.bodies > 0) {
        tracking().archive().catch_up(track::Unread::retry);
        tell_unread();
    }
    if (named_.empty()) return report;
    auto fetched = sync::fetch(transfer_.peer(), objects_of_named());
    report.records += fetched.records;
    report.bytes += fetched.bytes;
    std::move(fetched.failures.begin(), fetched.failures.end(), std::back_inserter(report.failures));
    return report;
}

sync::EventCounts RunTransfer::not_pushed() {
    if (!wants_runs_ || !has_store()) return {};
    return sync::events_not_pushed(transfer_.peer(), tracking().ledger(), chains());
}

std::string count_runs(const sync::EventCounts& events) {
    const auto runs = count_of(events, sealed_kind);
    const auto results = count_of(events, result_kind);
    const auto others = total(events) - runs - results - count_of(events, experiment_kind);
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many) {
        if (count > 0) text += (text.empty() ? "" : " and ") + plural(count, one, many);
    };
    add(runs, "run", "runs");
    add(others, "change of runs", "changes of runs");
    add(results, "result of a stage", "results of stages");
    return text;
}

void show_runs(Output& out, const ConfiguredRemote& remote, const sync::EventReport& report, sync::DryRun dry_run) {
    if (const auto runs = count_runs(report.events); !runs.empty()) {
        const bool is_dry = dry_run == sync::DryRun::yes;
        out.message(fmt::format("{} {} from {}", is_dry ? "would fetch" : "fetched", runs, quoted(remote.name)));
        if (!is_dry) out.hint("mlo runs");
    } else if (report.records > 0) {
        out.message(fmt::format("fetched {} of runs from {} ({})", plural(report.records, "record", "records"),
                                quoted(remote.name), format_bytes(report.bytes)));
    }
    if (report.absent > 0)
        out.message(fmt::format("{} of runs {} not published: the runs lack {}", plural(report.absent, "part", "parts"),
                                report.absent == 1 ? "was" : "were", report.absent == 1 ? "it" : "them"));
}

void write_events(json::Writer& json, const sync::EventCounts& events) {
    json.key("runs").unsigned_integer(count_of(events, sealed_kind));
    json.key("events").unsigned_integer(total(events));
}

void write_fetched_events(json::Writer& json, const sync::EventReport& report) {
    write_events(json, report.events);
    json.key("not_published").unsigned_integer(report.absent);
}

}  // namespace mlo::cli
