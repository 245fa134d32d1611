// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/repetition.hpp>
#include <string>
#include <string_view>

#include "output.hpp"

/// How the repetition of a run is printed.
namespace mlo::cli {

/// The tag of a run that repeats another: the id of that.
inline constexpr std::string_view repeats_tag = "mlo.repeats";

/// A run, its repetition, and what came of it.
struct Repeated {
    const track::RunDocument& original;
    const track::RunDocument& repetition;
    track::Verdict verdict;
    std::string folder{};  ///< that was kept, or empty
};

/// mlo/repro-v1.
void write_repetition(Output& out, const Repeated& repeated);
/// The same for people.
void show_repetition(Output& out, const Repeated& repeated);

}  // namespace mlo::cli
