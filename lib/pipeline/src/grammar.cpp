// SPDX-License-Identifier: Apache-2.0
#include "grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

void refuse_type(const Value& value, std::string_view name, std::string_view expected, std::string_view example) {
    throw Error{errors::wrong_type, fmt::format("{} must be {}, not {}", quoted(name), expected, name_of(value.kind()))}
        .at(value.place())
        .hint(std::string{example});
}

Error unknown_key(const Value& key, std::string_view owner, std::span<const std::string_view> known) {
    Error error{errors::key_unknown, fmt::format("{} has no key {}", owner, quoted(key.as_string()))};
    error.at(key.place());
    const std::vector<std::string> candidates{known.begin(), known.end()};
    if (const auto guess = closest_match(key.as_string(), candidates)) {
        return std::move(error.hint(fmt::format("did you mean {}?", quoted(*guess))));
    }
    return std::move(error.hint(fmt::format("the keys are: {}", fmt::join(candidates, ", "))));
}

std::string_view string_of(const Value& value, std::string_view name, std::string_view example) {
    if (!value.is(ValueKind::string)) refuse_type(value, name, "a text", example);
    return value.as_string();
}

bool truth_of(const Value& value, std::string_view name) {
    if (!value.is(ValueKind::boolean)) {
        refuse_type(value, name, "true or false", fmt::format("write '{}: true' or '{}: false'", name, name));
    }
    return value.as_boolean();
}

std::vector<Value> items_of(const Value& value, std::string_view name, std::string_view expected,
                            std::string_view example) {
    if (!value.is(ValueKind::list)) refuse_type(value, name, expected, example);
    return value.items();
}

std::vector<Member> members_of(const Value& value, std::string_view name, std::string_view expected,
                               std::string_view example) {
    if (!value.is(ValueKind::mapping)) refuse_type(value, name, expected, example);
    return value.members();
}

Fields::Fields(const Value& mapping, std::string_view owner, std::span<const std::string_view> names,
               std::string_view example) {
    MLO_ASSERT(names.size() <= most);
    if (!mapping.is(ValueKind::mapping)) refuse_type(mapping, owner, "a mapping", example);
    for (const auto& member : mapping.members()) {
        const auto found = std::find(names.begin(), names.end(), member.name());
        if (found == names.end()) throw unknown_key(member.key, quoted(owner), names);
        values_[static_cast<std::size_t>(found - names.begin())] = member.value;
    }
}

}  // namespace mlo::pipeline
