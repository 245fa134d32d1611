// SPDX-License-Identifier: Apache-2.0
#include "problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>

namespace mlo::workspace {
namespace {

constexpr std::size_t shown_limit = 50;

}  // namespace

void Problems::add(ScanProblem problem) {
    ++count_;
    problems_.push_back(std::move(problem));
}

void Problems::add(ScanResult&& result) {
    count_ += result.problem_count;
    std::move(result.problems.begin(), result.problems.end(), std::back_inserter(problems_));
}

void Problems::throw_if_any(std::string_view what) const {
    if (problems_.empty()) return;
    const auto& first = problems_.front().error;
    if (count_ == 1) {
        auto error = first;
        throw error.note("nothing was recorded");
    }
    const bool share_code = std::all_of(problems_.begin(), problems_.end(), [&](const auto& problem) {
        return problem.error.code().id == first.code().id;
    });
    Error all{share_code ? first.code() : errors::scan_failed,
              fmt::format("{} {}; nothing was recorded", plural(count_, "path", "paths"), what)};
    const auto shown = std::min(problems_.size(), shown_limit);
    for (std::size_t i = 0; i < shown; ++i) all.note(problems_[i].error.message());
    if (shown < count_) all.note(fmt::format("and {} more", format_count(count_ - shown)));
    throw all;
}

}  // namespace mlo::workspace
