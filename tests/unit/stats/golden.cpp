// SPDX-License-Identifier: Apache-2.0
#include "golden.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <mlo/json/parse.hpp>

namespace mlo::test {
namespace {

Document load(const std::string& name) {
    std::ifstream in{MLO_TEST_DATA "/" + name};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return json::parse(text, name);
}

}  // namespace

void for_each_golden(std::string_view method, const std::function<void(const Value&)>& check) {
    static const Document documents[] = {load("golden.json"), load("counts.json")};
    std::size_t count = 0;
    for (const auto& document : documents)
        for (const auto& entry : document.root().get("cases").items()) {
            if (entry.get("method").as_string() != method) continue;
            ++count;
            INFO(entry.place());
            check(entry);
        }
    INFO(method);
    CHECK(count > 0);
}

bool statistic_agrees(double ours, double reference, double absolute) {
    return ours == reference || std::abs(ours - reference) <= std::max(absolute, 1e-12 * std::abs(reference));
}

bool p_agrees(double ours, double reference, double relative) {
    return ours == reference || std::abs(ours - reference) <= relative * reference + 1e-309;
}

}  // namespace mlo::test
