// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run_session.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <string>
#include <vector>

#include "args.hpp"

/// What 'track' and 'track start' are told of a run before it begins.
namespace mlo::cli {

class Context;

struct StartOptions {
    std::string experiment;
    std::string name;
    std::string note;
    std::string resumed;
    std::vector<std::string> params;
    std::vector<std::string> params_files;
    std::vector<std::string> tags;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::vector<std::string> models;
    bool leaves_out_diff = false;
    bool leaves_out_inputs = false;
};

void declare_start(Args& args, StartOptions& o);
/// --output and --model.
void declare_outputs(Args& args, std::vector<std::string>& outputs, std::vector<std::string>& models);

/// All but the command, the run to resume, and paths: what needs no store. Throws bad_value, conflicting_options,
/// param_conflict, and what reading files of parameters throws.
[[nodiscard]] track::SessionRequest to_request(Context& ctx, const StartOptions& o);
/// Inputs, outputs and models. Throws what paths that leave the workspace throw.
void add_paths(track::SessionRequest& request, const workspace::Workspace& workspace, const StartOptions& o);

}  // namespace mlo::cli
