// SPDX-License-Identifier: Apache-2.0
// Lines of $MLO_METRICS. Whatever they hold: points are whole, their names are allowed, every line counts once, and how
// the text is cut into calls makes no difference.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mlo/track/limits.hpp>
#include <mlo/track/metrics_file.hpp>
#include <mlo/util/error.hpp>

namespace {

struct Parsed {
    mlo::track::MetricsParser parser;
    std::vector<mlo::track::ParsedPoint> points;
    mlo::track::BadLines bad;
    std::uint64_t number = 1;

    void take(std::string_view lines) { parser.parse(lines, number, 1'000, points, bad); }
};

void check_same(const Parsed& one, const Parsed& other) {
    MLO_ASSERT(one.points.size() == other.points.size() && one.bad.count == other.bad.count &&
               one.number == other.number);
    for (std::size_t i = 0; i < one.points.size(); ++i)
        MLO_ASSERT(one.points[i].key == other.points[i].key && one.points[i].point == other.points[i].point);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text{reinterpret_cast<const char*>(data), size};
    text += '\n';
    Parsed whole;
    whole.take(text);
    Parsed pieces;
    std::uint64_t lines = 0;
    for (std::string_view rest = text; !rest.empty(); ++lines) {
        const auto end = rest.find('\n') + 1;
        pieces.take(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    check_same(whole, pieces);
    MLO_ASSERT(whole.number == lines + 1 && whole.bad.count <= lines);
    MLO_ASSERT(whole.bad.first.size() == std::min<std::uint64_t>(whole.bad.count, mlo::track::BadLines::most_kept));
    for (const auto& bad : whole.bad.first) MLO_ASSERT(bad.number >= 1 && bad.number <= lines && !bad.reason.empty());
    for (const auto& point : whole.points) {
        MLO_ASSERT(point.key < whole.parser.key_count() && point.point.time_ms >= 0);
        MLO_ASSERT(!std::signbit(point.point.value) || point.point.value != 0);
        MLO_ASSERT(mlo::track::key_problem(whole.parser.key_name(point.key)).empty());
    }
    return 0;
}
