// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/report/text_sink.hpp>
#include <string>
#include <string_view>

/// Files that a command writes beside its answer.
namespace mlo::cli {

class Context;

using report::TextSink;

/// Writes a file that the user named, whole or not at all; one that is there is replaced. `write` is handed what takes
/// the text, piece by piece. Throws what the system says, with the path.
void write_file(Context& ctx, const std::string& name, const std::function<void(const TextSink&)>& write);
void write_file(Context& ctx, const std::string& name, std::string_view text);

}  // namespace mlo::cli
