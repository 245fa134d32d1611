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

/// All but the command. Throws bad_value, conflicting_options, param_conflict, run_not_found, and what reading files of
/// parameters throws.
[[nodiscard]] track::SessionRequest to_request(Context& ctx, workspace::Workspace& workspace, track::RunStore& runs,
                                               const StartOptions& o);

}  // namespace mlo::cli
