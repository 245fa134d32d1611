// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/ledger/event.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/run.hpp>
#include <string_view>
#include <vector>

/// Which objects belong to a run, for those who send and fetch them.
namespace mlo::track {

/// shown: what `mlo runs show` and a curve need (series, log, diff, packages). whole: also outputs, and inputs that
/// were declared or observed.
enum class Extent : std::uint8_t { shown, whole };

[[nodiscard]] std::vector<store::ObjectRef> objects_of(const RunDocument& run, Extent extent);

struct ShownObjects {
    std::vector<store::ObjectRef> objects;
    bool is_all = true;  ///< false: once these are in the store, they name more
};

/// What shows the run that an event is about. An event that is about none, or whose body is no run document, needs
/// nothing: Archive says so when it reads it.
[[nodiscard]] ShownObjects shown_objects(const ledger::Event& event, std::string_view body,
                                         store::ObjectStore& objects);

}  // namespace mlo::track
