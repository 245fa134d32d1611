// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/pipeline/values.hpp>
#include <optional>
#include <string>
#include <vector>

#include "args.hpp"

namespace mlo::cli {

class Context;

/// What `mlo params diff` and `mlo metrics diff` take.
struct ValuesDiffOptions {
    std::vector<std::string> words;
    std::vector<std::string> paths;
    std::vector<std::string> targets;
    std::string document;
    std::optional<std::uint32_t> precision;
    bool keeps_equal = false;
    bool hides_paths = false;
    bool is_markdown = false;
    bool is_of_stages = false;
    bool tells_by_exit_code = false;
};
void declare_values_diff(Args& args, ValuesDiffOptions& o, pipeline::Sought sought);
[[nodiscard]] int run_values_diff(Context& ctx, const ValuesDiffOptions& o, pipeline::Sought sought);

/// What `mlo params show` and `mlo metrics show` take.
struct ValuesShowOptions {
    std::vector<std::string> targets;
    std::vector<std::string> revisions;
    std::string document;
    std::optional<std::uint32_t> precision;
    bool is_of_branches = false;
    bool is_of_tags = false;
    bool hides_paths = false;
    bool is_markdown = false;
    bool is_of_stages = false;
};
void declare_values_show(Args& args, ValuesShowOptions& o, pipeline::Sought sought);
[[nodiscard]] int run_values_show(Context& ctx, const ValuesShowOptions& o, pipeline::Sought sought);

}  // namespace mlo::cli
