// SPDX-License-Identifier: Apache-2.0
#include "filter_keys.hpp"

#include <algorithm>
#include <array>

namespace mlo::track::filter {
namespace {

struct EntityName {
    std::string_view word;
    Entity entity;
};
constexpr std::array<EntityName, 18> entity_names{{{"metrics", Entity::metric},
                                                   {"metric", Entity::metric},
                                                   {"params", Entity::param},
                                                   {"param", Entity::param},
                                                   {"parameters", Entity::param},
                                                   {"parameter", Entity::param},
                                                   {"tags", Entity::tag},
                                                   {"tag", Entity::tag},
                                                   {"attributes", Entity::attribute},
                                                   {"attribute", Entity::attribute},
                                                   {"attr", Entity::attribute},
                                                   {"run", Entity::attribute},
                                                   {"datasets", Entity::input},
                                                   {"dataset", Entity::input},
                                                   {"inputs", Entity::input},
                                                   {"input", Entity::input},
                                                   {"outputs", Entity::output},
                                                   {"output", Entity::output}}};

struct AttributeName {
    Entity entity;
    std::string_view word;  ///< a name that may be written
    Attribute attribute;
};
/// The first row of each attribute has its own name; the others are MLflow's, and what people expect.
constexpr std::array<AttributeName, 36> attribute_names{{
    {Entity::attribute, "run_id", {"run_id", Type::text}},
    {Entity::attribute, "id", {"run_id", Type::text}},
    {Entity::attribute, "run_name", {"run_name", Type::text}},
    {Entity::attribute, "name", {"run_name", Type::text}},
    {Entity::attribute, "run name", {"run_name", Type::text}},
    {Entity::attribute, "Run name", {"run_name", Type::text}},
    {Entity::attribute, "Run Name", {"run_name", Type::text}},
    {Entity::attribute, "status", {"status", Type::text}},
    {Entity::attribute, "Status", {"status", Type::text}},
    {Entity::attribute, "user_id", {"user_id", Type::text}},
    {Entity::attribute, "user", {"user_id", Type::text}},
    {Entity::attribute, "User", {"user_id", Type::text}},
    {Entity::attribute, "start_time", {"start_time", Type::number}},
    {Entity::attribute, "created", {"start_time", Type::number}},
    {Entity::attribute, "Created", {"start_time", Type::number}},
    {Entity::attribute, "end_time", {"end_time", Type::number}},
    {Entity::attribute, "duration", {"duration", Type::number}},
    {Entity::attribute, "artifact_uri", {"artifact_uri", Type::text}},
    {Entity::attribute, "experiment_id", {"experiment_id", Type::text}},
    {Entity::attribute, "experiment", {"experiment", Type::text}},
    {Entity::attribute, "parent", {"parent", Type::text}},
    {Entity::attribute, "commit", {"commit", Type::text}},
    {Entity::attribute, "branch", {"branch", Type::text}},
    {Entity::attribute, "note", {"note", Type::text}},
    {Entity::attribute, "exit_code", {"exit_code", Type::number}},
    {Entity::attribute, "signal", {"signal", Type::number}},
    {Entity::attribute, "attempt", {"attempt", Type::number}},
    {Entity::input, "path", {"path", Type::text}},
    {Entity::input, "name", {"path", Type::text}},
    {Entity::input, "id", {"id", Type::text}},
    {Entity::input, "digest", {"digest", Type::text}},
    {Entity::input, "role", {"role", Type::text}},
    {Entity::input, "context", {"role", Type::text}},
    {Entity::output, "path", {"path", Type::text}},
    {Entity::output, "id", {"id", Type::text}},
    {Entity::output, "size", {"size", Type::number}},
}};

struct SummaryName {
    std::string_view word;
    Summary explicit_summary;
    Summary fallback;
};
constexpr std::array<SummaryName, 4> summary_names{{{"min", Summary::min, Summary::last_or_min},
                                                    {"max", Summary::max, Summary::last_or_max},
                                                    {"count", Summary::count, Summary::last_or_count},
                                                    {"last", Summary::last, Summary::last_or_last}}};

const SummaryName* find_summary_name(std::string_view word) {
    const auto* const found = std::find_if(summary_names.begin(), summary_names.end(),
                                           [&](const SummaryName& each) { return each.word == word; });
    return found == summary_names.end() ? nullptr : found;
}

}  // namespace

std::optional<Entity> find_entity(std::string_view word) {
    const auto* const found = std::find_if(entity_names.begin(), entity_names.end(),
                                           [&](const EntityName& each) { return each.word == word; });
    return found == entity_names.end() ? std::nullopt : std::optional{found->entity};
}

std::optional<Attribute> find_attribute(Entity entity, std::string_view name) {
    for (const auto& each : attribute_names)
        if (each.entity == entity && each.word == name) return each.attribute;
    return std::nullopt;
}

std::string names_of_attributes(Entity entity) {
    std::string names;
    for (const auto& each : attribute_names) {
        if (each.entity != entity || each.word != each.attribute.name) continue;
        names += (names.empty() ? "" : ", ") + std::string{each.word};
    }
    return names;
}

Key metric_key(std::string_view name) {
    const auto dot = name.rfind('.');
    const auto* const summary =
        dot == std::string_view::npos || dot == 0 ? nullptr : find_summary_name(name.substr(dot + 1));
    return {Entity::metric, std::string{name}, summary != nullptr ? summary->fallback : Summary::last};
}

std::optional<Summary> find_summary(std::string_view word) {
    const auto* const found = find_summary_name(word);
    return found == nullptr ? std::nullopt : std::optional{found->explicit_summary};
}

}  // namespace mlo::track::filter
