// SPDX-License-Identifier: Apache-2.0
#include "track_options.hpp"

#include <fmt/format.h>

#include <map>
#include <mlo/track/errors.hpp>
#include <mlo/track/params_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

/// The last of a name counts: files in order, then the command line.
std::vector<std::pair<std::string, std::string>> all_params(Context& ctx, const StartOptions& o) {
    std::map<std::string, std::string> params;
    for (const auto& file : o.params_files)
        for (auto& [name, value] : track::read_params(ctx.runtime().fs, path::absolute(file, ctx.cwd()), file))
            params[name] = std::move(value);
    std::map<std::string, std::string> given;
    for (auto& [name, value] : split_assignments(o.params, "'--param'")) {
        const auto [known, is_new] = given.try_emplace(name, value);
        if (!is_new && known->second != value)
            throw Error{track::errors::param_conflict,
                        fmt::format("the parameter {} has the value {} already, and cannot become {}", quoted(name),
                                    quoted(known->second), quoted(value))};
        params[name] = std::move(value);
    }
    return {params.begin(), params.end()};
}

std::vector<std::string> environment_rules(Context& ctx) {
    std::vector<std::string> rules;
    for (const auto& part : split(ctx.config().text("track.environment").value_or(""), ','))
        if (const auto rule = trim(part); !rule.empty()) rules.emplace_back(rule);
    return rules;
}

}  // namespace

void declare_outputs(Args& args, std::vector<std::string>& outputs, std::vector<std::string>& models) {
    args.option("-o,--output", outputs, "a file or folder that it makes: stored when it ends")
        .value("PATH")
        .completing(Completes::path);
    args.option("--model", models, "the same, and it is a model").value("PATH").completing(Completes::path);
}

void declare_start(Args& args, StartOptions& o) {
    args.option("-n,--name", o.name, "what to call the run [default: two words and a number]");
    args.option("-e,--experiment", o.experiment, "the experiment that it belongs to [default: Default]");
    args.option("-p,--param", o.params, "a parameter").value("KEY=VALUE");
    args.option("--params", o.params_files, "parameters from a YAML or JSON file; those of --param replace them")
        .value("FILE")
        .completing(Completes::path);
    args.option("-t,--tag", o.tags, "a tag").value("KEY=VALUE");
    args.option("--note", o.note, "a text about the run").value("TEXT");
    args.option("-i,--input", o.inputs, "a file or folder that it uses, tracked or not")
        .value("PATH")
        .completing(Completes::path);
    declare_outputs(args, o.outputs, o.models);
    args.option("--resume", o.resumed, "go on with a run that has ended, as its next attempt")
        .value("RUN")
        .completing(Completes::run);
    args.flag("--no-diff", o.leaves_out_diff, "do not look at uncommitted changes of the code");
    args.flag("--no-inputs", o.leaves_out_inputs, "do not look at tracked data, only at each --input");
}

track::SessionRequest to_request(Context& ctx, const StartOptions& o) {
    track::SessionRequest request{.environment = ctx.environment().entries()};
    if (!o.resumed.empty() && (!o.name.empty() || !o.experiment.empty()))
        throw Error{errors::conflicting_options,
                    "a run that is resumed keeps its name and experiment: '--resume' excludes '--name' and "
                    "'--experiment'"};
    request.experiment = o.experiment;
    request.name = o.name;
    request.note = o.note;
    const auto user = ctx.environment().get("USER").value_or("");
    request.user = is_valid_utf8(user) ? user : printable(user);
    request.parent = ctx.environment().get("MLO_RUN_ID").value_or("");
    request.params = all_params(ctx, o);
    request.tags = split_assignments(o.tags, "'--tag'");
    request.large_files = ctx.large_files();
    request.environment_rules = environment_rules(ctx);
    if (o.leaves_out_diff) request.with_diff = track::WithDiff::no;
    if (o.leaves_out_inputs) request.with_present = track::WithPresent::no;
    return request;
}

void add_paths(track::SessionRequest& request, const workspace::Workspace& workspace, const StartOptions& o) {
    for (const auto& path : o.inputs) request.inputs.push_back(workspace.from_user(path));
    for (const auto& path : o.outputs) request.outputs.push_back(workspace.from_user(path));
    for (const auto& path : o.models) request.models.push_back(workspace.from_user(path));
}

}  // namespace mlo::cli
