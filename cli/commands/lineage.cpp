// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/object_links.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/snapshot.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "lineage_output.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

enum class Form : std::uint8_t { text, dot, mermaid };

struct LineageOptions {
    std::string name;
    bool goes_down = false;
    std::optional<std::uint32_t> depth;
    std::uint32_t width = 10;
    Form form = Form::text;
};

void declare(Args& args, LineageOptions& o) {
    args.flag("--down", o.goes_down, "what was made of it, instead of what it was made of");
    args.option("-d,--depth", o.depth, "at most so many runs in a row [default: all]").between(1, 1'000'000);
    args.option("--width", o.width, "at most so many runs for each file or folder [default: 10]").between(1, 100'000);
    args.choice<Form>("--format", o.form, {{"text", Form::text}, {"dot", Form::dot}, {"mermaid", Form::mermaid}},
                      "a tree, or a graph for Graphviz or Mermaid [default: text]");
    args.positional("id|[rev:]path|run", o.name, "an object's id, a file or folder, or a run: its id, name, or 'last'")
        .completing(Completes::path)
        .required();
}

lineage::Start to_start(const std::string& path, const workspace::Entry& entry) {
    return {entry.kind == store::EntryKind::directory ? store::ObjectKind::tree : store::ObjectKind::blob, entry.id,
            path};
}

/// The entry of a pointer's version; nothing if the path is not tracked or holds nothing of that kind.
std::optional<lineage::Start> find_tracked(workspace::Workspace& workspace, const workspace::TargetList& list,
                                           const std::string& path) {
    const auto* const target = list.around(path);
    if (target == nullptr) return std::nullopt;
    workspace::StoredTrees trees{workspace.store()};
    const auto entry = find_entry(*target, path, trees);
    if (!entry || entry->kind == store::EntryKind::symlink) return std::nullopt;
    return to_start(path, *entry);
}

/// What is at a path as it is now; what is tracked and not checked out, as its pointer says.
std::optional<lineage::Start> find_path(workspace::Workspace& workspace, const std::string& name) {
    std::string path;
    try {
        path = workspace.from_user(name);
    } catch (const Error&) {
        return std::nullopt;  // then it may be a run
    }
    if (path.empty()) return std::nullopt;
    if (const auto status = workspace.stat(path); status && status->kind != FileKind::symlink) {
        const auto found = look_at(workspace, {&path, 1});
        if (!found.front().problems.empty()) throw Error{found.front().problems.front().error};
        if (found.front().entry) return to_start(path, *found.front().entry);
    }
    return find_tracked(workspace, find_targets(workspace, {&path, 1}), path);
}

/// "v1.0:data/a.csv".
std::optional<lineage::Start> find_in_revision(workspace::Workspace& workspace, const std::string& name) {
    const auto colon = name.find(':');
    if (colon == std::string::npos || name.starts_with("sha256:") || workspace.repository() == nullptr)
        return std::nullopt;
    const auto path = workspace.from_user(std::string_view{name}.substr(colon + 1));
    const auto commit = workspace.required_repository().resolve(std::string_view{name}.substr(0, colon));
    auto found = find_tracked(workspace, find_targets_at(workspace, commit, {&path, 1}), path);
    if (!found)
        throw Error{workspace::errors::not_in_version, fmt::format("{} is not tracked in that version", quoted(name))}
            .hint("mlo ls");
    return found;
}

/// An id as it is shown: 8 digits of it or more, with or without "sha256:".
std::optional<lineage::Start> find_object(track::RunStore& runs, std::string_view text) {
    constexpr std::string_view scheme = "sha256:";
    constexpr std::size_t least_digits = 8;
    constexpr std::size_t most_digits = 64;
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    if (text.size() < least_digits || text.size() > most_digits) return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    Bytes start;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (digit(text[i]) < 0) return std::nullopt;
        if (i % 2 == 1) start.push_back(static_cast<std::byte>(digit(text[i - 1]) * 16 + digit(text[i])));
    }
    constexpr std::uint32_t most_shown = 200;
    auto found = find_objects(runs, start, most_shown);
    std::erase_if(found, [&](const track::NamedObject& each) { return !each.id.hex().starts_with(text); });
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) {
        Error error{track::errors::run_ambiguous, fmt::format("{} fits several objects", quoted(text))};
        for (const auto& each : found) error.note(fmt::format("{} {}", each.id.to_string(), printable(each.path)));
        throw std::move(error);
    }
    return lineage::Start{found.front().kind, found.front().id, found.front().path};
}

lineage::Graph walk(Tracking& tracking, const LineageOptions& o, const lineage::WalkRequest& request) {
    auto& workspace = tracking.workspace();
    const auto from = [&](const lineage::Start& start) {
        return walk_from_object(tracking.runs(), workspace.store(), start, request, workspace.runtime());
    };
    if (const auto id = store::ObjectId::parse(o.name))
        return from(find_object(tracking.runs(), o.name).value_or(lineage::Start{store::ObjectKind::blob, *id, ""}));
    if (const auto start = find_path(workspace, o.name)) return from(*start);
    try {
        return walk_from_run(tracking.runs(), workspace.store(), tracking.resolve(o.name), request,
                             workspace.runtime());
    } catch (const Error& error) {
        if (error.code().id != track::errors::run_not_found.id) throw;
        if (const auto start = find_object(tracking.runs(), o.name)) return from(*start);
        if (const auto start = find_in_revision(workspace, o.name)) return from(*start);
        throw Error{error}.note("nor a file, a folder, or the start of an object's id");
    }
}

int run(Context& ctx, const LineageOptions& o) {
    auto& out = ctx.out();
    Tracking tracking{ctx, db::Access::read};
    lineage::WalkRequest request;
    request.direction = o.goes_down ? lineage::Direction::down : lineage::Direction::up;
    if (o.depth) request.depth = *o.depth;
    request.runs_per_object = o.width;
    const auto graph = walk(tracking, o, request);
    if (out.is_json())
        out.document("mlo/lineage-v1", [&](json::Writer& json) { write_lineage(json, graph, request.direction); });
    else if (o.form == Form::dot)
        show_lineage_as_dot(out, graph);
    else if (o.form == Form::mermaid)
        show_lineage_as_mermaid(out, graph);
    else
        show_lineage(out, tracking.workspace(), graph, request.direction);
    out.flush();
    if (graph.unvisited > 0)
        out.message(fmt::format("{} not followed for --depth", plural(graph.unvisited, "file is", "files are")));
    const auto omitted = std::count_if(graph.objects.begin(), graph.objects.end(),
                                       [](const auto& object) { return object.omitted_runs > 0; });
    if (omitted > 0 && o.form != Form::text) out.message("some files have more runs: --width");
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo lineage model.bin", "the run that wrote it, its code and parameters, back to the data"},
    {"mlo lineage --down data", "the runs that read it, and what they made of it"},
    {"mlo lineage last --format mermaid", "a graph for a README"}};

}  // namespace

extern const Command lineage_command{.words = "lineage",
                                     .group = Group::track,
                                     .summary = "show which runs, code and data a file comes from, or went into",
                                     .bind = command_main<LineageOptions, declare, run>,
                                     .json_schema = "mlo/lineage-v1",
                                     .examples = examples};

}  // namespace mlo::cli
