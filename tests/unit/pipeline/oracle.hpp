// SPDX-License-Identifier: Apache-2.0
// What DVC answered: tests/data/pipeline.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include <mlo/json/parse.hpp>
#include <mlo/pipeline/datum.hpp>

namespace mlo::test {

inline std::string recorded_text(const std::string& name) {
    std::ifstream file{std::string{MLO_TEST_DATA} + "/pipeline/" + name, std::ios::binary};
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The cases of a file that record_*.py wrote.
inline Document recorded(const std::string& name) { return json::parse(recorded_text(name), name); }

/// A recorded value; {"$f": "nan"} is a number.
inline pipeline::Datum recorded_datum(const Value& value) {
    using pipeline::Datum;
    if (value.is(ValueKind::list)) {
        Datum::List list;
        for (const auto& item : value.items()) list.push_back(recorded_datum(item));
        return {std::move(list)};
    }
    if (!value.is(ValueKind::mapping)) return pipeline::to_datum(value);
    if (value.size() == 1 && value.find("$f")) {
        const auto name = value.get("$f").as_string();
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        return {name == "nan" ? std::nan("") : name == "inf" ? infinity : -infinity};
    }
    Datum::Mapping mapping;
    for (const auto& member : value.members()) {
        mapping.push_back({std::string{member.name()}, recorded_datum(member.value)});
    }
    return {std::move(mapping)};
}

}  // namespace mlo::test
