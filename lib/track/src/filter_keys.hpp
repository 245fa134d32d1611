// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/filter.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::track::filter {

/// The entity that the word before the first dot of a key names, as MLflow spells it: "metrics", "metric", "params",
/// ...
[[nodiscard]] std::optional<Entity> find_entity(std::string_view word);

/// An attribute by any of its names: "status", "Status", "run_id", "start_time", "created", ... Nothing if there is
/// none.
struct Attribute {
    std::string_view name;
    Type type;
};
[[nodiscard]] std::optional<Attribute> find_attribute(Entity entity, std::string_view name);
/// What messages list: "run_id, run_name, ...".
[[nodiscard]] std::string names_of_attributes(Entity entity);

/// The key of an entity with everything but attributes: splits a summary off the end of a metric's name.
[[nodiscard]] Key metric_key(std::string_view name);
/// "min", "max", "last", "count" as the summary that a key names explicitly.
[[nodiscard]] std::optional<Summary> find_summary(std::string_view word);

}  // namespace mlo::track::filter
