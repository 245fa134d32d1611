// SPDX-License-Identifier: Apache-2.0
#include "value_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/diff.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "context.hpp"
#include "value_output.hpp"

namespace mlo::cli {

namespace {

using pipeline::FileValues;
using pipeline::Sought;
using pipeline::ValueDifference;

constexpr std::uint32_t usual_precision = 5;
constexpr std::uint32_t highest_precision = 17;
constexpr std::string_view here = "workspace";

struct Words {
    std::string_view things;     ///< "metrics"
    std::string_view key_title;  ///< of the column
    std::string_view diff_schema;
    std::string_view show_schema;
};

const Words& words_of(Sought sought) {
    static constexpr Words params{"parameters", "Param", "mlo/params-diff-v1", "mlo/params-show-v1"};
    static constexpr Words metrics{"metrics", "Metric", "mlo/metrics-diff-v1", "mlo/metrics-show-v1"};
    return sought == Sought::params ? params : metrics;
}

/// Parameters are shown as they are, metrics rounded.
std::optional<std::uint32_t> precision_of(std::optional<std::uint32_t> asked, Sought sought) {
    return asked || sought == Sought::params ? asked : std::optional{usual_precision};
}

void declare_common(Args& args, std::string& document, std::optional<std::uint32_t>& precision, bool& is_markdown,
                    bool& hides_paths, bool& is_of_stages, Sought sought) {
    args.option("-f,--file", document,
                "document with stages [default: pipeline.yaml, else dvc.yaml, here or at the root]")
        .value("FILE")
        .completing(Completes::path);
    args.flag("--md", is_markdown, "a table in Markdown");
    args.flag("--no-path", hides_paths, "leave out the column of files");
    if (sought == Sought::params) {
        args.flag("--deps", is_of_stages, "only what stages depend on, not all of their files and params.yaml");
    } else {
        args.option("--precision", precision, "digits after the decimal point [default: 5]")
            .between(0, highest_precision);
    }
}

pipeline::ValuesRequest request_of(workspace::Workspace& workspace, const std::string& document, bool is_of_stages,
                                   Sought sought) {
    pipeline::ValuesRequest request{.sought = sought};
    if (is_of_stages) request.extent = pipeline::Extent::stages;
    if (!document.empty()) request.document = workspace.from_user(document);
    request.folder = workspace.current_folder();
    return request;
}

std::vector<FileValues> values_at(workspace::Workspace& workspace, const pipeline::ValuesRequest& request,
                                  std::string_view revision) {
    try {
        return read_values(workspace, request);
    } catch (Error& error) {
        if (request.commit) error.note(fmt::format("in revision {}", quoted(revision)));
        throw;
    }
}

/// What could not be read, told once for each state.
std::size_t tell_problems(Output& out, const std::vector<FileValues>& files, std::string_view revision) {
    std::size_t count = 0;
    for (const auto& file : files) {
        if (!file.error) continue;
        auto error = *file.error;
        if (revision != here) error.note(fmt::format("in revision {}", quoted(revision)));
        out.error(error);
        count += 1;
    }
    return count;
}

void write_problems(json::Writer& json,
                    const std::vector<std::pair<std::string, const std::vector<FileValues>*>>& states) {
    json.key("problems").begin_array();
    for (const auto& [revision, files] : states) {
        for (const auto& file : *files) {
            if (file.error) write_problem(json, file.path, *file.error);
        }
    }
    json.end_array();
}

/// A file that was named must be somewhere.
void require_somewhere(const std::vector<std::string>& targets,
                       const std::vector<const std::vector<FileValues>*>& states) {
    for (const auto& target : targets) {
        const bool is_there = std::any_of(states.begin(), states.end(), [&](const auto* const files) {
            return std::any_of(files->begin(), files->end(), [&](const FileValues& file) {
                return file.path == target && (file.is_there || file.error);
            });
        });
        if (!is_there)
            throw Error{pipeline::errors::values_missing,
                        fmt::format("there is no {}, neither in git nor in the store", quoted(target))}
                .hint("mlo status");
    }
}

void tell_if_none(Output& out, const std::vector<const std::vector<FileValues>*>& states, Sought sought) {
    const bool is_none =
        std::all_of(states.begin(), states.end(), [](const auto* const files) { return files->empty(); });
    if (is_none) out.message(fmt::format("no document here names files of {}", words_of(sought).things));
}

struct Comparison {
    std::string before_name;
    std::string after_name;
    std::vector<FileValues> before;
    std::vector<FileValues> after;
    std::vector<ValueDifference> differences;
};

void write_name(json::Writer& json, std::string_view key, const std::string& name) {
    json.key(key);
    if (name == here)
        json.null();
    else
        json.string(printable(name));
}

void write_comparison(Output& out, const Comparison& comparison, Sought sought) {
    out.document(words_of(sought).diff_schema, [&](json::Writer& json) {
        write_name(json, "before", comparison.before_name);
        write_name(json, "after", comparison.after_name);
        json.key("values").begin_array();
        for (const auto& each : comparison.differences) {
            json.begin_object();
            json::write_path(json, "path", each.path);
            json.key("key").string(each.key);
            if (each.before) write_value(json.key("before"), *each.before);
            if (each.after) write_value(json.key("after"), *each.after);
            if (const auto change = difference_of(each)) json.key("change").real(*change);
            json.end_object();
            out.drain();
        }
        json.end_array();
        write_problems(json,
                       {{comparison.before_name, &comparison.before}, {comparison.after_name, &comparison.after}});
    });
}

void show_comparison(Output& out, const workspace::Workspace& workspace, const Comparison& comparison,
                     const ValuesDiffOptions& o, Sought sought) {
    const auto precision = precision_of(o.precision, sought);
    std::vector<ValueRow> rows;
    std::vector<ValueColumn> columns{{printable(comparison.before_name), {}}, {printable(comparison.after_name), {}}};
    if (sought == Sought::metrics) columns.push_back({"Change", {}});
    for (const auto& each : comparison.differences) {
        rows.push_back({printable(workspace.shown(each.path)), printable(each.key)});
        columns[0].cells.push_back(shown_value(each.before, precision));
        columns[1].cells.push_back(shown_value(each.after, precision));
        if (sought == Sought::metrics) columns[2].cells.push_back(shown_change(each, precision));
    }
    show_values(out, words_of(sought).key_title, rows, columns, o.is_markdown ? TableForm::markdown : TableForm::text,
                o.hides_paths ? Paths::hidden : Paths::shown);
    out.flush();
}

/// A state to show, and what it is called.
struct Shown {
    std::string name;
    std::optional<std::string> commit;
    std::vector<FileValues> files;
};

std::vector<Shown> states_of(workspace::Workspace& workspace, const ValuesShowOptions& o) {
    std::vector<Shown> states;
    for (const auto& revision : o.revisions)
        states.push_back({revision, workspace.required_repository().resolve(revision), {}});
    if (o.is_of_branches || o.is_of_tags) {
        for (const auto& reference : workspace.required_repository().references()) {
            constexpr std::string_view branches = "refs/heads/";
            constexpr std::string_view tags = "refs/tags/";
            if (o.is_of_branches && reference.name.starts_with(branches))
                states.push_back({reference.name.substr(branches.size()), reference.commit, {}});
            if (o.is_of_tags && reference.name.starts_with(tags))
                states.push_back({reference.name.substr(tags.size()), reference.commit, {}});
        }
    }
    if (states.empty() && !o.is_of_branches && !o.is_of_tags) states.push_back({std::string{here}, std::nullopt, {}});
    return states;
}

void write_states(Output& out, const std::vector<Shown>& states, Sought sought) {
    out.document(words_of(sought).show_schema, [&](json::Writer& json) {
        json.key("revisions").begin_array();
        std::vector<std::pair<std::string, const std::vector<FileValues>*>> all;
        for (const auto& state : states) {
            json.begin_object();
            write_name(json, "revision", state.name);
            json.key("files").begin_array();
            for (const auto& file : state.files) {
                if (!file.is_there || file.error) continue;
                json.begin_object();
                json::write_path(json, "path", file.path);
                json.key("values").begin_array();
                for (const auto& member : file.values) {
                    json.begin_object().key("key").string(member.name);
                    write_value(json.key("value"), member.value);
                    json.end_object();
                }
                json.end_array().end_object();
                out.drain();
            }
            json.end_array().end_object();
            all.emplace_back(state.name, &state.files);
        }
        json.end_array();
        write_problems(json, all);
    });
}

void show_states(Output& out, const workspace::Workspace& workspace, const std::vector<Shown>& states,
                 const ValuesShowOptions& o, Sought sought) {
    const auto precision = precision_of(o.precision, sought);
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> cells;
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (const auto& file : states[i].files) {
            for (const auto& member : file.values) {
                auto& row = cells.try_emplace({file.path, member.name}, states.size(), "-").first->second;
                row[i] = shown_value(member.value, precision);
            }
        }
    }
    std::vector<ValueRow> rows;
    std::vector<ValueColumn> columns;
    for (const auto& state : states)
        columns.push_back({states.size() == 1 && state.name == here ? "Value" : printable(state.name), {}});
    for (const auto& [address, row] : cells) {
        rows.push_back({printable(workspace.shown(address.first)), printable(address.second)});
        for (std::size_t i = 0; i < states.size(); ++i) columns[i].cells.push_back(row[i]);
    }
    show_values(out, words_of(sought).key_title, rows, columns, o.is_markdown ? TableForm::markdown : TableForm::text,
                o.hides_paths ? Paths::hidden : Paths::shown);
    out.flush();
    for (const auto& state : states) {
        for (const auto& file : state.files) {
            if (!file.is_there && state.name == here)
                out.warning(fmt::format("{} is not there", quoted(workspace.shown(file.path))));
        }
    }
}

}  // namespace

void declare_values_diff(Args& args, ValuesDiffOptions& o, Sought sought) {
    args.flag("--all", o.keeps_equal, fmt::format("{} that are the same too", words_of(sought).things));
    declare_common(args, o.document, o.precision, o.is_markdown, o.hides_paths, o.is_of_stages, sought);
    args.option("--targets", o.targets, "a file to compare, whatever documents name")
        .value("PATH")
        .completing(Completes::path);
    args.flag("--exit-code", o.tells_by_exit_code, "end with 3 if anything differs");
    args.positional("rev", o.words, "up to two revisions of git, then files [default: HEAD, and what documents name]")
        .completing(Completes::revision);
    args.passthrough("path", o.paths, "files to compare, whatever documents name");
}

int run_values_diff(Context& ctx, const ValuesDiffOptions& o, Sought sought) {
    auto& workspace = ctx.workspace();
    const auto asked = sort_arguments(workspace, o.words, o.paths, 2);
    auto request = request_of(workspace, o.document, o.is_of_stages, sought);
    request.targets = asked.paths;
    for (const auto& target : o.targets) request.targets.push_back(workspace.from_user(target));
    Comparison comparison{asked.names.empty() ? "HEAD" : asked.names[0],
                          asked.names.size() < 2 ? std::string{here} : asked.names[1],
                          {},
                          {},
                          {}};
    // Before the first commit everything is new.
    request.commit = asked.commits.empty() ? workspace.required_repository().head() : std::optional{asked.commits[0]};
    if (request.commit) comparison.before = values_at(workspace, request, comparison.before_name);
    request.commit = asked.commits.size() < 2 ? std::nullopt : std::optional{asked.commits[1]};
    comparison.after = values_at(workspace, request, comparison.after_name);
    require_somewhere(request.targets, {&comparison.before, &comparison.after});
    comparison.differences = compare_values(comparison.before, comparison.after,
                                            o.keeps_equal ? pipeline::Equal::keep : pipeline::Equal::leave_out);
    auto& out = ctx.out();
    if (out.is_json())
        write_comparison(out, comparison, sought);
    else
        show_comparison(out, workspace, comparison, o, sought);
    tell_if_none(out, {&comparison.before, &comparison.after}, sought);
    const auto problems = out.is_json() ? 0
                                        : tell_problems(out, comparison.before, comparison.before_name) +
                                              tell_problems(out, comparison.after, comparison.after_name);
    const auto is_broken = [](const FileValues& file) { return file.error != nullptr; };
    if (problems > 0 || std::any_of(comparison.before.begin(), comparison.before.end(), is_broken) ||
        std::any_of(comparison.after.begin(), comparison.after.end(), is_broken))
        return exit_failed;
    const bool differ = std::any_of(comparison.differences.begin(), comparison.differences.end(),
                                    [](const ValueDifference& each) { return !(each.before == each.after); });
    return o.tells_by_exit_code && differ ? exit_negative : exit_ok;
}

void declare_values_show(Args& args, ValuesShowOptions& o, Sought sought) {
    args.option("-r,--rev", o.revisions, "a revision of git [default: the work tree]")
        .value("REV")
        .completing(Completes::revision);
    args.flag("-a,--all-branches", o.is_of_branches, "a column for each branch");
    args.flag("-T,--all-tags", o.is_of_tags, "a column for each tag");
    declare_common(args, o.document, o.precision, o.is_markdown, o.hides_paths, o.is_of_stages, sought);
    args.positional("path", o.targets, "files to show [default: those that the document names]")
        .completing(Completes::path);
}

int run_values_show(Context& ctx, const ValuesShowOptions& o, Sought sought) {
    auto& workspace = ctx.workspace();
    auto request = request_of(workspace, o.document, o.is_of_stages, sought);
    for (const auto& target : o.targets) request.targets.push_back(workspace.from_user(target));
    auto states = states_of(workspace, o);
    std::vector<const std::vector<FileValues>*> all;
    for (auto& state : states) {
        request.commit = state.commit;
        state.files = values_at(workspace, request, state.name);
        all.push_back(&state.files);
    }
    require_somewhere(request.targets, all);
    auto& out = ctx.out();
    if (out.is_json())
        write_states(out, states, sought);
    else
        show_states(out, workspace, states, o, sought);
    tell_if_none(out, all, sought);
    bool is_broken = false;
    for (const auto& state : states) {
        for (const auto& file : state.files) is_broken = is_broken || file.error != nullptr;
        if (!out.is_json()) (void)tell_problems(out, state.files, state.name);
    }
    return is_broken ? exit_failed : exit_ok;
}

}  // namespace mlo::cli
