// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include <algorithm>
#include <mlo/util/errors.hpp>
#include <utility>

namespace mlo::remote {
namespace {

constexpr std::uint32_t first_width = 4;

}  // namespace

Gate::Gate(std::uint32_t most) : most_{most}, width_{std::min(first_width, most)} {}

std::uint32_t Gate::width() const {
    const std::scoped_lock lock{mutex_};
    return width_;
}

Gate::Pass::Pass(Gate& gate, std::stop_token stop) : gate_{gate} {
    std::unique_lock lock{gate_.mutex_};
    if (!gate_.freed_.wait(lock, std::move(stop), [&] { return gate_.under_way_ < gate_.width_; }))
        throw Error{mlo::errors::interrupted, "interrupted"};
    ++gate_.under_way_;
    epoch_ = gate_.epoch_;
}

Gate::Pass::~Pass() {
    const std::scoped_lock lock{gate_.mutex_};
    const bool was_full = gate_.under_way_ == gate_.width_;
    --gate_.under_way_;
    if (outcome_ == Outcome::broke && epoch_ == gate_.epoch_) {
        gate_.width_ = std::max(1u, gate_.width_ / 2);
        gate_.successes_ = 0;
        ++gate_.epoch_;
    } else if (outcome_ == Outcome::succeeded && was_full && gate_.width_ < gate_.most_ &&
               ++gate_.successes_ >= gate_.width_) {
        ++gate_.width_;
        gate_.successes_ = 0;
    }
    gate_.freed_.notify_all();
}

}  // namespace mlo::remote
