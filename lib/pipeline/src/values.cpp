// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/values.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <mlo/pipeline/params.hpp>
#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/yaml/parse.hpp>

#include "commit_dir.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30;
constexpr std::string_view default_params_file = "params.yaml";
constexpr std::string_view dvc_document = "dvc.yaml";

/// Keys of one file; none: all of it.
using Wanted = std::map<std::string, std::set<std::string>>;

/// One state of the workspace: the work tree, or a commit.
class State {
public:
    State(workspace::Workspace& workspace, const std::optional<std::string>& commit) : workspace_{workspace} {
        if (!commit) return;
        files_ = std::make_unique<CommitFiles>(workspace.required_repository(), *commit);
        root_ = open_commit(*files_);
    }

    [[nodiscard]] Dir& root() { return root_ ? *root_ : workspace_.root(); }

    /// What is at `path`; nothing if nothing is there.
    [[nodiscard]] std::optional<std::string> read(const std::string& path) {
        if (files_) return files_->is_file(path) ? std::optional{files_->read(path)} : std::nullopt;
        const auto stat = workspace_.stat(path);
        if (!stat) return std::nullopt;
        const auto folder = workspace_.open_folder(path::parent(path));
        return read_file(*folder, path::name(path), largest_file);
    }

    /// As the pointer beside it says.
    [[nodiscard]] std::optional<std::string> read_tracked(const std::string& path) {
        const auto list =
            files_ ? find_targets_at(workspace_, files_->commit(), {&path, 1}) : find_targets(workspace_, {&path, 1});
        const auto* const target = list.around(path);
        if (target == nullptr) return std::nullopt;
        workspace::StoredTrees trees{workspace_.store()};
        const auto entry = find_entry(*target, path, trees);
        if (!entry || entry->kind != store::EntryKind::file) return std::nullopt;
        return read_object(entry->id);
    }

    [[nodiscard]] std::string read_object(const store::ObjectId& id) {
        const auto bytes = workspace_.store().read_all(id, largest_file);
        return std::string{as_text(bytes)};
    }

    /// All of that name.
    [[nodiscard]] std::vector<std::string> named(std::string_view name) {
        std::vector<std::string> found;
        if (files_) {
            for (const auto& path : files_->paths())
                if (path::name(path) == name) found.push_back(path);
        } else if (auto* const repository = workspace_.repository(); repository != nullptr) {
            const std::string everything;
            for (const auto& tracked : repository->tracked({&everything, 1}))
                if (tracked.kind == git::TrackedKind::file && path::name(tracked.path) == name &&
                    workspace_.stat(tracked.path))
                    found.push_back(tracked.path);
        }
        return found;
    }

    [[nodiscard]] bool has(const std::string& path) {
        return files_ ? files_->is_file(path) : workspace_.stat(path).has_value();
    }

private:
    workspace::Workspace& workspace_;
    std::unique_ptr<CommitFiles> files_;
    std::unique_ptr<Dir> root_;
};

std::string find_document(State& state, const ValuesRequest& request) {
    if (!request.document.empty()) return request.document;
    for (const auto& folder : {request.folder, std::string{}}) {
        for (const auto name : {std::string_view{"pipeline.yaml"}, dvc_document}) {
            if (auto path = path::join(folder, name); state.has(path)) return path;
        }
    }
    return {};
}

std::optional<Pipeline> load_document(State& state, const ValuesRequest& request) {
    LoadRequest load_request{find_document(state, request), {}};
    if (load_request.file.empty()) return std::nullopt;
    // A commit may be older than the document.
    if (request.commit && !state.has(load_request.file)) return std::nullopt;
    if (path::name(load_request.file) == dvc_document) {
        for (auto& other : state.named(dvc_document))
            if (other != load_request.file) load_request.others.push_back(std::move(other));
    }
    return load(state.root(), load_request);
}

void want(Wanted& wanted, const std::string& file, const std::vector<std::string>& keys) {
    const auto [at, is_new] = wanted.try_emplace(file);
    if (keys.empty()) {
        at->second.clear();
    } else if (is_new || !at->second.empty()) {
        at->second.insert(keys.begin(), keys.end());
    }
}

Wanted wanted_params(State& state, const Pipeline* pipeline, Extent extent) {
    Wanted wanted;
    if (pipeline != nullptr) {
        for (const auto& stage : pipeline->stages)
            for (const auto& params : stage.params)
                if (params.file.reach == Reach::workspace) want(wanted, params.file.path, params.keys);
    }
    if (extent == Extent::stages) return wanted;
    if (pipeline != nullptr) {
        for (const auto& top : pipeline->top_level)
            for (const auto& file : top.params) want(wanted, file.path, {});
    }
    const std::string root_file{default_params_file};
    if (state.has(root_file)) want(wanted, root_file, {});
    return wanted;
}

Wanted wanted_metrics(const Pipeline* pipeline) {
    Wanted wanted;
    if (pipeline == nullptr) return wanted;
    for (const auto& stage : pipeline->stages)
        for (const auto& output : stage.outs)
            if (output.role == OutputRole::metric && output.at.reach == Reach::workspace)
                want(wanted, output.at.path, {});
    for (const auto& top : pipeline->top_level)
        for (const auto& file : top.metrics) want(wanted, file.path, {});
    return wanted;
}

/// The outputs that locks name, by path.
class LockedOutputs {
public:
    LockedOutputs(State& state, const Pipeline* pipeline) : state_{state}, pipeline_{pipeline} {}

    [[nodiscard]] std::optional<store::ObjectId> find(const std::string& path) {
        if (pipeline_ == nullptr) return std::nullopt;
        for (const auto& stage : pipeline_->stages) {
            for (const auto& output : stage.outs) {
                if (output.at.path != path || output.at.reach != Reach::workspace) continue;
                const auto* const lock = lock_of(pipeline_->documents[stage.document].path);
                if (lock == nullptr) continue;
                const auto record = lock->find(stage.name);
                if (!record) continue;
                for (const auto& out : record->outs)
                    if (out.path == output.at.written && out.state) return out.state->id;
            }
        }
        return std::nullopt;
    }

private:
    const Lock* lock_of(const std::string& document) {
        const auto [at, is_new] = locks_.try_emplace(document);
        if (is_new) {
            const auto path = Lock::path_for(document);
            if (auto text = state_.read(path)) at->second.emplace(pipeline_->dialect, path, std::move(*text));
        }
        return at->second ? &*at->second : nullptr;
    }

    State& state_;
    const Pipeline* pipeline_;
    std::map<std::string, std::optional<Lock>> locks_;
};

/// A file of metrics may be nothing but a number.
Datum parse_values(const std::string& content, const std::string& path, Sought sought) {
    if (sought == Sought::params || path.ends_with(".toml") || path.ends_with(".py")) return read_params(content, path);
    const auto limits = params_limits(content.size());
    const auto document = path.ends_with(".json") ? json::parse(content, path, limits)
                                                  : yaml::parse(content, path, limits, yaml::Extensions::dvc);
    return document.root().is_null() ? Datum{Datum::Mapping{}} : to_datum(document.root());
}

bool is_metric(const Datum& datum) { return !datum.is_null() && !std::holds_alternative<Datum::List>(datum.content); }

void flatten(const std::string& key, const Datum& datum, Sought sought, std::vector<Datum::Member>& into) {
    const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content);
    if (mapping != nullptr && (!mapping->empty() || sought == Sought::metrics || key.empty())) {
        for (const auto& member : *mapping)
            flatten(key.empty() ? member.name : key + '.' + member.name, member.value, sought, into);
    } else if (sought == Sought::params || is_metric(datum)) {
        into.push_back({key, datum});
    }
}

std::vector<Datum::Member> leaves(const Datum& top, const std::set<std::string>& keys, Sought sought) {
    std::vector<Datum::Member> members;
    if (keys.empty()) flatten("", top, sought, members);
    for (const auto& key : keys)
        if (const auto* const value = find_key(top, key)) flatten(key, *value, sought, members);
    const auto before = [](const Datum::Member& a, const Datum::Member& b) { return a.name < b.name; };
    std::stable_sort(members.begin(), members.end(), before);
    const auto same = [](const Datum::Member& a, const Datum::Member& b) { return a.name == b.name; };
    members.erase(std::unique(members.begin(), members.end(), same), members.end());
    return members;
}

FileValues read_one(State& state, LockedOutputs& locked, const std::string& path, const std::set<std::string>& keys,
                    Sought sought) {
    FileValues file{.path = path};
    try {
        auto content = state.read(path);
        if (!content) {
            if (const auto id = locked.find(path)) content = state.read_object(*id);
        }
        if (!content) content = state.read_tracked(path);
        file.is_there = content.has_value();
        if (content) file.values = leaves(parse_values(*content, path, sought), keys, sought);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::internal || error.code().id == mlo::errors::interrupted.id) throw;
        file.error = std::make_shared<const Error>(error);
    }
    return file;
}

const FileValues* find_file(std::span<const FileValues> files, const std::string& path) {
    const auto found =
        std::lower_bound(files.begin(), files.end(), path,
                         [](const FileValues& file, const std::string& name) { return file.path < name; });
    return found != files.end() && found->path == path ? &*found : nullptr;
}

std::optional<double> number_of(const std::optional<Datum>& datum) {
    if (!datum) return std::nullopt;
    if (const auto* const integer = std::get_if<std::int64_t>(&datum->content)) return static_cast<double>(*integer);
    if (const auto* const large = std::get_if<std::uint64_t>(&datum->content)) return static_cast<double>(*large);
    if (const auto* const real = std::get_if<double>(&datum->content)) return *real;
    return std::nullopt;
}

}  // namespace

std::vector<FileValues> read_values(workspace::Workspace& workspace, const ValuesRequest& request) {
    State state{workspace, request.commit};
    std::optional<Pipeline> pipeline;
    try {
        pipeline = load_document(state, request);
    } catch (const Error&) {
        if (request.targets.empty()) throw;  // files that were named need no document
    }
    const auto* const loaded = pipeline ? &*pipeline : nullptr;
    Wanted wanted;
    if (!request.targets.empty()) {
        for (const auto& target : request.targets) want(wanted, target, {});
    } else {
        wanted =
            request.sought == Sought::params ? wanted_params(state, loaded, request.extent) : wanted_metrics(loaded);
    }
    LockedOutputs locked{state, loaded};
    std::vector<FileValues> files;
    for (const auto& [path, keys] : wanted) {
        workspace.runtime().check_stop();
        files.push_back(read_one(state, locked, path, keys, request.sought));
    }
    return files;
}

std::vector<ValueDifference> compare_values(std::span<const FileValues> before, std::span<const FileValues> after,
                                            Equal equal) {
    std::set<std::string> paths;
    for (const auto& file : before) paths.insert(file.path);
    for (const auto& file : after) paths.insert(file.path);
    std::vector<ValueDifference> differences;
    for (const auto& path : paths) {
        const auto* const old_file = find_file(before, path);
        const auto* const new_file = find_file(after, path);
        if ((old_file != nullptr && old_file->error) || (new_file != nullptr && new_file->error)) continue;
        std::map<std::string, ValueDifference> by_key;
        const auto at = [&](const std::string& key) -> ValueDifference& {
            return by_key.try_emplace(key, ValueDifference{.path = path, .key = key}).first->second;
        };
        if (old_file != nullptr)
            for (const auto& member : old_file->values) at(member.name).before = member.value;
        if (new_file != nullptr)
            for (const auto& member : new_file->values) at(member.name).after = member.value;
        for (auto& [key, difference] : by_key) {
            if (equal == Equal::keep || !(difference.before == difference.after))
                differences.push_back(std::move(difference));
        }
    }
    return differences;
}

std::optional<double> difference_of(const ValueDifference& difference) {
    const auto before = number_of(difference.before);
    const auto after = number_of(difference.after);
    if (!before || !after || !std::isfinite(*after - *before)) return std::nullopt;
    return *after - *before;
}

}  // namespace mlo::pipeline
