// SPDX-License-Identifier: Apache-2.0
#include "present.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <mlo/pipeline/environment.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/pipeline/params.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/pointer.hpp>

#include "condition_tests.hpp"
#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view default_params = "params.yaml";
constexpr std::string_view dvc_suffix = ".dvc";

const StageExtras& extras_of(const Stage& stage) {
    static const StageExtras none;
    return stage.extras ? *stage.extras : none;
}

std::string shown_key(const StageParams& params, const std::string& key) {
    return params.file.written == default_params ? key : fmt::format("{}:{}", params.file.written, key);
}

void collect_keys(const Datum& datum, const std::string& prefix, std::vector<std::string>& keys) {
    constexpr std::size_t most = 10'000;
    const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content);
    if (mapping == nullptr) return;
    for (const auto& member : *mapping) {
        if (keys.size() >= most) return;
        keys.push_back(prefix + member.name);
        collect_keys(member.value, keys.back() + ".", keys);
    }
}

/// The one output of the same name in another folder.
std::optional<std::string> namesake(std::string_view path, const std::map<std::string, std::string>& makers) {
    std::optional<std::string> found;
    for (const auto& [made, maker] : makers) {
        if (path::name(made) != path::name(path)) continue;
        if (found) return std::nullopt;
        found = made;
    }
    return found;
}

}  // namespace

void AbsentOutputs::add(std::uint32_t stage, std::vector<OutputRecord> outs) {
    const std::scoped_lock lock{mutex_};
    outs_.insert_or_assign(stage, std::move(outs));
}

bool AbsentOutputs::contains(std::uint32_t stage) const {
    const std::scoped_lock lock{mutex_};
    return outs_.contains(stage);
}

std::optional<PathState> AbsentOutputs::find(const Stage& maker, std::uint32_t stage, std::string_view path) const {
    const std::scoped_lock lock{mutex_};
    const auto known = outs_.find(stage);
    if (known == outs_.end()) return {};
    for (const auto& out : maker.outs) {
        if (out.at.path != path) continue;
        for (const auto& record : known->second) {
            if (record.path == out.at.written) return record.state;
        }
    }
    return {};
}

bool AbsentOutputs::bring(const Stage& maker, std::uint32_t stage) {
    const std::scoped_lock lock{mutex_};
    const auto known = outs_.find(stage);
    if (known == outs_.end()) return true;
    if (!restore_outputs(workspace_, observer_, maker, known->second)) return false;
    outs_.erase(known);
    return true;
}

std::vector<OutputRecord> outputs_of(const Stage& stage) {
    std::vector<OutputRecord> outs;
    outs.reserve(stage.outs.size());
    for (const auto& out : stage.outs) {
        outs.push_back({out.at.written, out.role, out.is_cached, out.is_persistent, {}});
    }
    std::sort(outs.begin(), outs.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return outs;
}

void describe(const Pipeline& pipeline, const Stage& stage, StageRecord& record) {
    record.commands = stage.written_commands;
    record.command_form = stage.command_form;
    record.wdir = path::relative("/" + stage.wdir, "/" + pipeline.documents.at(stage.document).folder);
    record.outs = outputs_of(stage);
}

std::vector<Present> PresentReader::look(std::span<const std::uint32_t> stages) {
    std::vector<std::string> paths;
    std::vector<std::size_t> begins{0};
    for (const auto index : stages) {
        const auto& stage = parts_.pipeline.stages[index];
        for (const auto& dep : stage.deps) paths.push_back(dep.path);
        for (const auto& params : stage.params) paths.push_back(params.file.path);
        for (const auto& condition : extras_of(stage).when) {
            if (condition.subject != Subject::branch) paths.push_back(condition.file.path);
        }
        begins.push_back(paths.size());
    }
    const auto seen = parts_.observer.look(paths);
    std::vector<Present> all(stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) {
        fill(stages[i], std::span{seen}.subspan(begins[i], begins[i + 1] - begins[i]), all[i]);
    }
    return all;
}

void PresentReader::fill(std::uint32_t index, std::span<const Observation> seen, Present& present) {
    const auto& stage = parts_.pipeline.stages[index];
    try {
        describe(parts_.pipeline, stage, present.record);
        const auto params_at = stage.deps.size();
        const auto conditions_at = params_at + stage.params.size();
        present.condition = failed_condition(index, seen.subspan(conditions_at));
        if (!present.condition.empty()) return;
        read_deps(index, seen.first(params_at), present.record);
        read_params(index, seen.subspan(params_at, stage.params.size()), present.record);
        if (stage.extras) present.record.environment = parts_.surroundings.records(stage);
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id) throw;
        present.error = std::make_shared<const Error>(error);
    }
}

PathState PresentReader::state_of(std::uint32_t index, const StagePath& at, const Observation& seen, Bytes bytes) {
    const auto& stage = parts_.pipeline.stages[index];
    if (at.reach == Reach::url) {
        throw Error{errors::url_unsupported,
                    fmt::format("stage '{}' depends on {}, and mlo run looks at files of this machine alone",
                                printable(parts_.pipeline.address(stage)), quoted(at.path))}
            .at(parts_.pipeline.place(stage, at.place))
            .hint("let a stage with 'always_changed: true' download it, and depend on the file that it makes");
    }
    if (seen.error) {
        throw Error{errors::dependency_unusable,
                    fmt::format("stage '{}' reads {}, which cannot be used: {}",
                                printable(parts_.pipeline.address(stage)), quoted(at.path), seen.error->message())}
            .at(parts_.pipeline.place(stage, at.place))
            .hint(seen.error->hint_text());
    }
    if (seen.state) return *seen.state;
    for (const auto maker : parts_.graph.needs(index)) {
        if (auto known = parts_.absent.find(parts_.pipeline.stages[maker], maker, at.path)) return *std::move(known);
    }
    const auto source = parts_.sources.find(at.path);
    if (source && bytes == Bytes::may_be_absent) return *source;
    // Part of an output that is absent, or a folder that holds one: only its bytes can tell.
    bool was_brought = !only_decides(parts_.plan) && parts_.sources.bring(at.path);
    for (const auto maker : parts_.graph.needs(index)) {
        const auto& outs = parts_.pipeline.stages[maker].outs;
        const bool is_of_it = std::any_of(outs.begin(), outs.end(), [&](const StageOutput& out) {
            return lies_within(at.path, out.at.path) || lies_within(out.at.path, at.path);
        });
        if (!is_of_it || !parts_.absent.contains(maker)) continue;
        was_brought = parts_.absent.bring(parts_.pipeline.stages[maker], maker) || was_brought;
    }
    if (was_brought) {
        const auto again = parts_.observer.look(std::span{&at.path, 1});
        if (again.front().state) return *again.front().state;
    }
    throw missing(index, at);
}

Error PresentReader::missing(std::uint32_t index, const StagePath& at) const {
    const auto& pipeline = parts_.pipeline;
    const auto& stage = pipeline.stages[index];
    const auto name = printable(pipeline.address(stage));
    const auto place = pipeline.place(stage, at.place);
    if (const auto maker = parts_.graph.maker(at.path, at.reach)) {
        const auto by = printable(pipeline.address(pipeline.stages[*maker]));
        return Error{
            errors::dependency_missing,
            fmt::format("stage '{}' depends on {}, which stage '{}' has not made yet", name, quoted(at.path), by)}
            .at(place)
            .hint(fmt::format("mlo run {}", by));
    }
    Error error{
        errors::dependency_missing,
        fmt::format("stage '{}' depends on {}, which no stage makes and no file provides", name, quoted(at.path))};
    error.at(place);
    if (const auto pointer = pointer_above(at.path)) {
        const bool is_dvc = pointer->ends_with(dvc_suffix);
        error.note(fmt::format("{} tracks it, and its data are not in the work tree", quoted(*pointer)));
        return std::move(error.hint(is_dvc ? fmt::format("dvc pull {}", printable(*pointer))
                                           : fmt::format("mlo pull {}", printable(at.path))));
    }
    std::set<std::string> names;
    std::map<std::string, std::string> makers;
    for (const auto& other : pipeline.stages) {
        for (const auto& out : other.outs) makers.emplace(out.at.path, pipeline.address(other));
    }
    for (const auto& [path, maker] : makers) names.insert(path);
    if (auto there = similar_path(at.path)) names.insert(*std::move(there));
    auto guess = closest_match(at.path, std::vector<std::string>{names.begin(), names.end()});
    if (!guess) guess = namesake(at.path, makers);
    if (!guess) return std::move(error.hint(fmt::format("add the file {}, or correct the path", quoted(at.path))));
    const auto maker = makers.find(*guess);
    error.note(maker == makers.end()
                   ? fmt::format("there is {}", quoted(*guess))
                   : fmt::format("there is {}, an output of stage '{}'", quoted(*guess), printable(maker->second)));
    return std::move(error.hint(fmt::format("write {}, or add the file", quoted(*guess))));
}

/// What is there in place of a path, each of whose names may be misspelt a little.
std::optional<std::string> PresentReader::similar_path(std::string_view path) const {
    std::string at;
    try {
        const auto root = parts_.workspace.runtime().fs.open_root(parts_.workspace.layout().root);
        for (const auto& name : path::components(path)) {
            std::vector<std::string> names;
            for (auto& entry : workspace::open_below(*root, at)->list()) names.push_back(std::move(entry.name));
            const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
            const auto found = is_there ? std::optional<std::string>{name} : closest_match(name, names);
            if (!found) return std::nullopt;
            at = path::join(at, *found);
        }
    } catch (const Error&) {
        return std::nullopt;  // a file where a folder should be, a link, or what may not be read
    }
    return at == path ? std::nullopt : std::optional{std::move(at)};
}

/// The file that tracks a path, or a folder above it: of mlo or of DVC.
std::optional<std::string> PresentReader::pointer_above(const std::string& path) const {
    const auto root = parts_.workspace.runtime().fs.open_root(parts_.workspace.layout().root);
    for (std::string_view target = path; !target.empty(); target = path::parent(target)) {
        try {
            const auto folder = workspace::open_below(*root, path::parent(target));
            for (const auto suffix : {workspace::pointer_suffix, dvc_suffix}) {
                const auto name = std::string{path::name(target)} + std::string{suffix};
                if (folder->stat(name)) return path::join(path::parent(target), name);
            }
        } catch (const Error&) {
            continue;  // that folder is not there either
        }
    }
    return std::nullopt;
}

void PresentReader::require_sources(std::uint32_t index, StageRecord& record) {
    for (const auto& dep : parts_.pipeline.stages[index].deps) {
        const auto known = std::find_if(record.deps.begin(), record.deps.end(),
                                        [&](const DependencyRecord& each) { return each.path == dep.written; });
        if (known == record.deps.end() || known->state.id || !parts_.sources.bring(dep.path)) continue;
        const auto seen = parts_.observer.look(std::span{&dep.path, 1});
        known->state = state_of(index, dep, seen.front(), Bytes::needed);
    }
}

void PresentReader::read_deps(std::uint32_t index, std::span<const Observation> seen, StageRecord& record) {
    const auto& deps = parts_.pipeline.stages[index].deps;
    record.deps.reserve(deps.size());
    for (std::size_t i = 0; i < deps.size(); ++i) {
        record.deps.push_back({deps[i].written, state_of(index, deps[i], seen[i])});
    }
    std::sort(record.deps.begin(), record.deps.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
}

void PresentReader::read_params(std::uint32_t index, std::span<const Observation> seen, StageRecord& record) {
    const auto& stage = parts_.pipeline.stages[index];
    for (std::size_t i = 0; i < stage.params.size(); ++i) {
        const auto& params = stage.params[i];
        const auto top = params_.get(params.file.path, state_of(index, params.file, seen[i], Bytes::needed));
        ParamsRecord values{params.file.written, {}};
        if (params.keys.empty()) values.values.push_back({"", *top});
        for (const auto& key : params.keys) {
            const auto* const value = find_key(*top, key);
            if (value != nullptr) {
                values.values.push_back({key, *value});
                continue;
            }
            std::vector<std::string> keys;
            collect_keys(*top, "", keys);
            const auto guess = closest_match(key, keys);
            throw Error{errors::param_missing, fmt::format("stage '{}' uses the parameter {}, which {} does not have",
                                                           printable(parts_.pipeline.address(stage)),
                                                           quoted(shown_key(params, key)), quoted(params.file.path))}
                .at(parts_.pipeline.place(stage, params.file.place))
                .hint(guess ? fmt::format("did you mean '{}'?", printable(*guess))
                            : fmt::format("add {} to {}", quoted(key), quoted(params.file.path)));
        }
        record.params.push_back(std::move(values));
    }
    const auto is_default = [](const ParamsRecord& each) { return each.file == default_params; };
    std::sort(record.params.begin(), record.params.end(), [&](const auto& a, const auto& b) {
        return std::pair{!is_default(a), std::string_view{a.file}} <
               std::pair{!is_default(b), std::string_view{b.file}};
    });
}

std::string PresentReader::failed_condition(std::uint32_t index, std::span<const Observation> seen) {
    std::size_t next = 0;
    for (const auto& condition : extras_of(parts_.pipeline.stages[index]).when) {
        if (condition.subject == Subject::branch) {
            if (!holds(condition, parts_.branch)) return describe_failure(condition, parts_.branch);
            continue;
        }
        const auto top = params_.get(condition.file.path, state_of(index, condition.file, seen[next++], Bytes::needed));
        const auto* const actual = find_key(*top, condition.key);
        if (!holds(condition, actual)) return describe_failure(condition, actual);
    }
    return {};
}

}  // namespace mlo::pipeline
