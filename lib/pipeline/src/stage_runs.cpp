// SPDX-License-Identifier: Apache-2.0
#include "stage_runs.hpp"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/params.hpp>
#include <mlo/track/code.hpp>
#include <mlo/track/environment.hpp>
#include <mlo/track/host.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/path.hpp>

#include "param_files.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view default_params = "params.yaml";

std::string shortened(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    text.resize(most - 3);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.pop_back();
    return text + "...";
}

/// A run has no parameters whose values are lists; what is within becomes names.
void flatten(const Datum& datum, const std::string& name, std::vector<std::pair<std::string, std::string>>& into) {
    if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content); mapping != nullptr && !name.empty()) {
        for (const auto& member : *mapping) flatten(member.value, name + "." + member.name, into);
        return;
    }
    const auto* const text = std::get_if<std::string>(&datum.content);
    into.emplace_back(name, text != nullptr ? *text : canonical(datum));
}

void flatten_numbers(const Datum& datum, const std::string& name, std::vector<std::pair<std::string, double>>& into) {
    const auto within = [&](const std::string& part) { return name.empty() ? part : name + "." + part; };
    if (const auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        for (const auto& member : *mapping) flatten_numbers(member.value, within(member.name), into);
    } else if (const auto* const integer = std::get_if<std::int64_t>(&datum.content)) {
        into.emplace_back(name, static_cast<double>(*integer));
    } else if (const auto* const real = std::get_if<double>(&datum.content)) {
        into.emplace_back(name, *real);
    }
}

std::vector<std::string> as_one_command(const Stage& stage) {
    if (stage.commands.size() == 1) return {"/bin/sh", "-c", stage.commands.front()};
    std::string all;
    for (const auto& command : stage.commands) all += fmt::format("{}( {}\n)", all.empty() ? "" : " && ", command);
    return {"/bin/sh", "-c", all};
}

}  // namespace

StageRuns::StageRuns(Parts parts) : parts_{std::move(parts)} {}
StageRuns::~StageRuns() = default;

track::RunDocument StageRuns::draft(std::span<const std::string> environment) const {
    track::RunDocument draft;
    draft.user = parts_.user;
    draft.source = source_;
    draft.host = host_;
    draft.hardware = hardware_;
    draft.losses = losses_;
    draft.environment = track::recorded_environment(environment);
    return draft;
}

void StageRuns::begin_all() {
    if (runs_) return;
    auto& workspace = parts_.workspace;
    const auto& runtime = workspace.runtime();
    const auto folder = workspace.layout().store_dir;
    static_cast<void>(workspace::make_folders(runtime.fs, folder));
    if (auto* const repository = workspace.repository()) {
        auto code = track::read_code(*repository, track::WithDiff::yes);
        source_ = std::move(code.source);
        losses_ = std::move(code.losses);
        if (const auto patch = track::patch_of(code); !patch.empty()) {
            const auto ingest = workspace.store().begin_ingest(store::LargeFiles::chunked);
            source_.diff = ingest->add_bytes(as_bytes(patch));
            ingest->commit();
        }
    }
    auto machine = track::read_machine(runtime.fs, "/");
    host_ = std::move(machine.host);
    hardware_ = std::move(machine.hardware);
    process_ = track::identify_process(runtime.fs, ::getpid());
    runs_.emplace(path::join(folder, track::RunStore::file_name), db::Access::write, runtime);
    auto whole = draft(parts_.environment);
    const auto& document = parts_.pipeline.documents.front().path;
    whole.name = shortened(document, track::max_key_bytes);
    whole.command = parts_.command_line;
    whole.tags = {{"mlo.document", document}};
    parent_ = runs_->create(std::move(whole), process_, track::Pulse::silent).id;
}

StageRuns::Begun StageRuns::begin(const Stage& stage, const StageRecord& record,
                                  std::span<const std::string> environment) {
    begin_all();
    auto run = draft(environment);
    const auto& document = parts_.pipeline.documents.at(stage.document).path;
    run.name = shortened(stage.name, track::max_key_bytes);
    run.parent = parent_;
    run.command = track::recorded_command(as_one_command(stage));
    run.directory = stage.wdir;
    run.tags = {{"mlo.document", document}, {"mlo.stage", stage.name}};
    for (const auto& params : record.params) {
        std::vector<std::pair<std::string, std::string>> values;
        for (const auto& value : params.values) {
            const auto name = params.file == default_params ? value.name
                              : value.name.empty()          ? params.file
                                                            : fmt::format("{}:{}", params.file, value.name);
            flatten(value.value, name, values);
        }
        for (auto& [name, value] : values) {
            if (!track::key_problem(name).empty() || run.params.size() >= track::max_keys) {
                run.losses.push_back(fmt::format("the parameter {}", name));
            } else {
                run.params.emplace(name, shortened(std::move(value), track::max_param_bytes));
            }
        }
    }
    for (const auto& dep : record.deps) {
        if (!dep.state.id || run.inputs.size() >= track::max_objects) continue;
        run.inputs.push_back({.role = track::InputRole::declared,
                              .path = path_of(document, record, dep.path),
                              .kind = dep.state.kind,
                              .id = *dep.state.id});
    }
    std::sort(run.inputs.begin(), run.inputs.end());
    const auto id = runs_->create(std::move(run), process_, track::Pulse::silent).id;
    return {id, parts_.workspace.layout().store_dir};
}

RunEnd StageRuns::end(track::RunState state) const {
    RunEnd end;
    end.run = parent_;
    end.ending.state = state;
    return end;
}

std::vector<track::Output> run_outputs(const std::string& document, const StageRecord& record) {
    std::vector<track::Output> outputs;
    for (const auto& out : record.outs) {
        if (!out.state || !out.state->id || outputs.size() >= track::max_objects) continue;
        outputs.push_back({.path = path_of(document, record, out.path),
                           .kind = out.state->kind,
                           .id = *out.state->id,
                           .size_bytes = out.state->size_bytes});
    }
    std::sort(outputs.begin(), outputs.end());
    return outputs;
}

std::vector<std::pair<std::string, double>> run_metrics(const workspace::Workspace& workspace,
                                                        const std::string& document, const StageRecord& record) {
    std::vector<std::pair<std::string, double>> metrics;
    for (const auto& out : record.outs) {
        if (out.role != OutputRole::metric || !out.state || out.state->kind != store::ObjectKind::blob) continue;
        try {
            const auto path = path_of(document, record, out.path);
            flatten_numbers(read_params(read_text(workspace, path), path), "", metrics);
        } catch (const Error&) {
            // A metrics file may hold anything; `mlo metrics` says what is wrong with it.
        }
    }
    std::erase_if(metrics, [](const auto& metric) { return !track::key_problem(metric.first).empty(); });
    // Two files may use the same name: the first counts.
    std::stable_sort(metrics.begin(), metrics.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    metrics.erase(
        std::unique(metrics.begin(), metrics.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
        metrics.end());
    if (metrics.size() > track::max_keys) metrics.resize(track::max_keys);
    return metrics;
}

}  // namespace mlo::pipeline
