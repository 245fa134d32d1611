// SPDX-License-Identifier: Apache-2.0
#include "pipelines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/pipeline/documents.hpp>
#include <mlo/pipeline/machine.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "version.hpp"

namespace mlo::cli {

namespace {

using pipeline::Reason;

constexpr std::string_view usual_names[] = {"pipeline.yaml", "dvc.yaml"};
constexpr std::size_t shown_digits = 12;
constexpr std::size_t most_shown = 60;
constexpr std::size_t shown_reasons = 2;

bool names_document(std::string_view word) { return word.ends_with(".yaml") || word.ends_with(".yml"); }

bool is_file(workspace::Workspace& workspace, const std::string& path) {
    const auto status = workspace.stat(path);
    return status && (status->kind == FileKind::regular || status->kind == FileKind::symlink);
}

/// Ids by their start, long values by theirs.
std::string shown(const std::optional<std::string>& value) {
    if (!value) return "nothing";
    constexpr std::string_view prefix = "sha256:";
    if (value->starts_with(prefix)) return value->substr(prefix.size(), shown_digits);
    if (value->size() <= most_shown) return printable(*value);
    return printable(value->substr(0, most_shown)) + "...";
}

std::string change_of(const Reason& reason) {
    return fmt::format("{} -> {}", shown(reason.before), shown(reason.after));
}

std::string_view name_of(Reason::Field field) {
    switch (field) {
        case Reason::Field::command:
            return "command";
        case Reason::Field::wdir:
            return "wdir";
        case Reason::Field::dependency:
            return "dependency";
        case Reason::Field::param:
            return "param";
        case Reason::Field::environment:
            return "environment";
        case Reason::Field::output:
            return "output";
        case Reason::Field::forced:
            return "forced";
        case Reason::Field::never_ran:
            return "never-ran";
    }
    return "";
}

class Silent final : public pipeline::EngineObserver {
    void planned(std::size_t) override {}
    void begun(const std::string&, std::span<const Reason>, std::uint32_t) override {}
    void output(const std::string&, OutputStream, ByteView) override {}
    void retried(const std::string&, const Error&, std::chrono::nanoseconds) override {}
    void ended(const pipeline::StageReport&) override {}
    void status(const pipeline::EngineStatus&) override {}
};

}  // namespace

void declare_pipeline(Args& args, PipelineOptions& o) {
    args.option("-f,--file", o.file, "the document [default: pipeline.yaml, else dvc.yaml, here or above]")
        .value("FILE")
        .completing(Completes::path);
    args.positional("stage", o.targets, "a stage, a group of stages, or an output [default: all]")
        .completing(Completes::stage);
}

std::optional<std::string> find_pipeline(Context& ctx) {
    auto& workspace = ctx.workspace();
    for (auto folder = workspace.current_folder();; folder = std::string{path::parent(folder)}) {
        for (const auto name : usual_names) {
            auto path = path::join(folder, name);
            if (is_file(workspace, path)) return path;
        }
        if (folder.empty()) return {};
    }
}

OpenPipeline open_pipeline(Context& ctx, const PipelineOptions& o) {
    auto& workspace = ctx.workspace();
    OpenPipeline open;
    open.selection.folder = workspace.current_folder();
    open.selection.targets = o.targets;
    std::string file;
    if (!o.file.empty()) {
        file = workspace.from_user(o.file);
    } else if (!o.targets.empty() && names_document(o.targets.front())) {
        file = workspace.from_user(o.targets.front());
        open.selection.targets.erase(open.selection.targets.begin());
    }
    if (file.empty()) {
        const auto found = find_pipeline(ctx);
        if (!found) {
            throw Error{errors::pipeline_missing, "there is neither a pipeline.yaml nor a dvc.yaml here or above"}.hint(
                "mlo help run");
        }
        file = *found;
    } else if (!is_file(workspace, file)) {
        throw Error{errors::pipeline_missing, fmt::format("there is no document {}", quoted(workspace.shown(file)))}
            .hint("name a document with stages: mlo run -f pipeline.yaml");
    }
    pipeline::LoadRequest request{.file = std::move(file), .others = {}};
    if (path::name(request.file) == "dvc.yaml") {
        auto found = pipeline::find_documents(workspace.root());
        request.others = std::move(found.pipelines);
        request.tracked = std::move(found.tracked);
        std::erase(request.others, request.file);
    }
    request.parsed = {workspace.private_dir(), &ctx.runtime().random, std::string{version_number}};
    open.pipeline = pipeline::load(workspace.root(), request);
    return open;
}

void find_resources(Context& ctx, const pipeline::Pipeline& pipeline, pipeline::EngineRequest& request) {
    bool has_needs = false;
    bool needs_gpus = false;
    for (const auto& stage : pipeline.stages) {
        if (!stage.extras) continue;
        for (const auto& need : stage.extras->needs) {
            has_needs = true;
            needs_gpus = needs_gpus || need.pool == "gpus";
        }
    }
    if (has_needs) request.resources = pipeline::machine_resources(ctx.runtime().fs);
    if (!needs_gpus) return;
    request.gpus = pipeline::find_gpus(ctx.runtime().fs,
                                       [&](std::string_view name) { return ctx.environment().get(std::string{name}); });
    request.resources["gpus"] = request.gpus.names.size();
}

pipeline::EngineRequest to_request(Context& ctx, pipeline::Selection selection) {
    pipeline::EngineRequest request;
    request.selection = std::move(selection);
    request.environment = ctx.environment().entries();
    const auto user = ctx.environment().get("USER").value_or("");
    request.user = is_valid_utf8(user) ? user : printable(user);
    return request;
}

pipeline::EngineReport decide(Context& ctx, OpenPipeline& open, pipeline::Plan plan) {
    auto request = to_request(ctx, open.selection);
    request.plan = plan;
    if (plan == pipeline::Plan::dry) find_resources(ctx, open.pipeline, request);
    Silent silent;
    const auto executor = pipeline::local_executor(ctx.runtime());
    return run_pipeline({ctx.workspace(), open.pipeline, "", *executor, silent}, request);
}

std::string_view verdict_of(pipeline::StageOutcome outcome) noexcept {
    switch (outcome) {
        case pipeline::StageOutcome::would_run:
            return "would run";
        case pipeline::StageOutcome::would_restore:
            return "would be restored from the store";
        case pipeline::StageOutcome::would_record:
            return "would be recorded as it is";
        case pipeline::StageOutcome::may_run:
            return "might run";
        case pipeline::StageOutcome::skipped:
            return "is skipped";
        case pipeline::StageOutcome::failed:
            return "cannot run";
        default:
            return "is up to date";
    }
}

std::string describe(const Reason& reason) {
    switch (reason.field) {
        case Reason::Field::command:
            return "its command changed";
        case Reason::Field::wdir:
            return fmt::format("its wdir changed: {}", change_of(reason));
        case Reason::Field::dependency:
            if (!reason.before) return fmt::format("{} is a new dependency", printable(reason.name));
            if (!reason.after) return fmt::format("{} is no dependency any more", printable(reason.name));
            return fmt::format("{} changed", printable(reason.name));
        case Reason::Field::param:
            return fmt::format("{} {}", printable(reason.name), change_of(reason));
        case Reason::Field::environment:
            return fmt::format("{}: {}", printable(reason.name), change_of(reason));
        case Reason::Field::output:
            if (!reason.before) return fmt::format("{} is a new output", printable(reason.name));
            if (!reason.after) return fmt::format("{} is not there", printable(reason.name));
            return fmt::format("{} is not what it made", printable(reason.name));
        case Reason::Field::forced:
            return printable(reason.name);
        case Reason::Field::never_ran:
            return "it never ran";
    }
    return "";
}

std::string describe(std::span<const Reason> reasons) {
    std::string text;
    for (std::size_t i = 0; i < std::min(reasons.size(), shown_reasons); ++i) {
        text += (text.empty() ? "" : ", ") + describe(reasons[i]);
    }
    if (reasons.size() > shown_reasons) text += fmt::format(", and {} more", reasons.size() - shown_reasons);
    return text;
}

void write_reasons(json::Writer& json, std::span<const Reason> reasons) {
    json.key("reasons").begin_array();
    for (const auto& reason : reasons) {
        json.begin_object().key("field").string(name_of(reason.field));
        if (!reason.name.empty()) json.key("name").string(printable(reason.name));
        if (reason.before) json.key("before").string(printable(*reason.before));
        if (reason.after) json.key("after").string(printable(*reason.after));
        json.end_object();
    }
    json.end_array();
}

void write_report(json::Writer& json, const pipeline::StageReport& report) {
    json.begin_object().key("name").string(printable(report.name)).key("outcome").string(to_string(report.outcome));
    write_reasons(json, report.reasons);
    json.key("duration_ms").integer(report.duration_ms).key("attempts").unsigned_integer(report.attempts);
    if (report.attempts > 0) {
        json.key("cpu_ms").integer(report.cpu_ms);
        json.key("peak_memory_bytes").unsigned_integer(report.peak_memory_bytes);
    }
    if (report.exit_code) json.key("exit_code").integer(*report.exit_code);
    if (!report.run.empty()) json.key("run").string(report.run);
    json.key("deterministic").boolean(report.is_deterministic);
    json.key("notes").begin_array();
    for (const auto& note : report.notes) json.string(note);
    json.end_array();
    if (report.error) write_error(json, *report.error);
    json.end_object();
}

void write_error(json::Writer& json, const Error& error) {
    json.key("error").begin_object();
    json.key("code").string(fmt::format("MLO-{}", error.code().id));
    json.key("message").string(error.message()).end_object();
}

}  // namespace mlo::cli
