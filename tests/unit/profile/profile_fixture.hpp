// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/build.hpp>
#include <mlo/profile/document.hpp>
#include <mlo/stats/random.hpp>
#include <string>
#include <table_fixture.hpp>

namespace mlo::profile {

/// Tables in a folder, and profiles of them.
class World : public table::World {
public:
    [[nodiscard]] Profile profile(const std::string& name, const BuildOptions& options = {}) const {
        auto session = open(name);
        return build(session, 0, options, runtime);
    }
    [[nodiscard]] std::string bytes(const std::string& name, const BuildOptions& options = {}) const {
        return encode(profile(name, options));
    }
};

/// Rows `from` to `to` of one endless table: an id, a wide real with some holes, a small integer, a text of eight
/// values with holes, a text that hardly comes twice, a truth value, a date.
[[nodiscard]] inline std::string rows_of_table(int from, int to) {
    static constexpr std::string_view words[] = {"red", "green", "blue", "grey", "black", "white", "pink", ""};
    std::string text = "id,x,small,word,note,ok,day\n";
    for (int row = from; row < to; ++row) {
        stats::Generator random{static_cast<std::uint64_t>(row) + 17};
        const double x = (random.uniform() - 0.3) * 1000;
        const auto hole = random.below(10) == 0;
        text +=
            fmt::format("{},{},{},{},note {},{},2024-{:02}-{:02}\n", row, hole ? "" : fmt::format("{:.3f}", x),
                        random.below(7), words[std::min<std::uint64_t>(random.below(20), 7)], random.below(1u << 30u),
                        random.below(3) == 0 ? "true" : "false", 1 + random.below(12), 1 + random.below(28));
    }
    return text;
}

}  // namespace mlo::profile
