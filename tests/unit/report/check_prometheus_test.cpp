// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/util/text.hpp>
#include <set>
#include <string>

#include <check_report_samples.hpp>

using namespace mlo::report;

namespace {

/// The names and labels of all samples, each as often as it stands there.
std::multiset<std::string> series_in(const std::string& text) {
    std::multiset<std::string> series;
    for (const auto& line : mlo::split(text, '\n'))
        if (!line.empty() && line[0] != '#') series.insert(line.substr(0, line.rfind(' ')));
    return series;
}

}  // namespace

TEST_CASE("Prometheus has gauges for each check and each column") {
    CHECK(written(write_prometheus, report_of_all_outcomes()) ==
          R"(# HELP mlo_check_outcome What became of the check: 1 for the outcome that it had, 0 for others.
# TYPE mlo_check_outcome gauge
mlo_check_outcome{tool="mlo drift",check="sales",outcome="passed"} 1
mlo_check_outcome{tool="mlo drift",check="sales",outcome="failed"} 0
mlo_check_outcome{tool="mlo drift",check="sales",outcome="undecided"} 0
mlo_check_outcome{tool="mlo drift",check="sales",outcome="broken"} 0
mlo_check_outcome{tool="mlo drift",check="prices",outcome="passed"} 0
mlo_check_outcome{tool="mlo drift",check="prices",outcome="failed"} 1
mlo_check_outcome{tool="mlo drift",check="prices",outcome="undecided"} 0
mlo_check_outcome{tool="mlo drift",check="prices",outcome="broken"} 0
mlo_check_outcome{tool="mlo drift",check="few",outcome="passed"} 0
mlo_check_outcome{tool="mlo drift",check="few",outcome="failed"} 0
mlo_check_outcome{tool="mlo drift",check="few",outcome="undecided"} 1
mlo_check_outcome{tool="mlo drift",check="few",outcome="broken"} 0
mlo_check_outcome{tool="mlo drift",check="gone",outcome="passed"} 0
mlo_check_outcome{tool="mlo drift",check="gone",outcome="failed"} 0
mlo_check_outcome{tool="mlo drift",check="gone",outcome="undecided"} 0
mlo_check_outcome{tool="mlo drift",check="gone",outcome="broken"} 1
# HELP mlo_check_last_run_timestamp_seconds When the checks last ended, since 1970.
# TYPE mlo_check_last_run_timestamp_seconds gauge
mlo_check_last_run_timestamp_seconds{tool="mlo drift",check="sales"} 1704110402.128
mlo_check_last_run_timestamp_seconds{tool="mlo drift",check="prices"} 1704110402.128
mlo_check_last_run_timestamp_seconds{tool="mlo drift",check="few"} 1704110402.128
mlo_check_last_run_timestamp_seconds{tool="mlo drift",check="gone"} 1704110402.128
# HELP mlo_check_duration_seconds How long the check took.
# TYPE mlo_check_duration_seconds gauge
mlo_check_duration_seconds{tool="mlo drift",check="sales"} 0
mlo_check_duration_seconds{tool="mlo drift",check="prices"} 1.5
mlo_check_duration_seconds{tool="mlo drift",check="few"} 0
mlo_check_duration_seconds{tool="mlo drift",check="gone"} 0
# HELP mlo_check_rows Rows that were compared, on either side.
# TYPE mlo_check_rows gauge
mlo_check_rows{tool="mlo drift",check="sales",side="reference"} 2000
mlo_check_rows{tool="mlo drift",check="sales",side="current"} 1000
mlo_check_rows{tool="mlo drift",check="prices",side="reference"} 2000
mlo_check_rows{tool="mlo drift",check="prices",side="current"} 1000
mlo_check_rows{tool="mlo drift",check="few",side="reference"} 2000
mlo_check_rows{tool="mlo drift",check="few",side="current"} 1000
# HELP mlo_check_findings Comparisons within the check by what became of them.
# TYPE mlo_check_findings gauge
mlo_check_findings{tool="mlo drift",check="sales",outcome="passed"} 1
mlo_check_findings{tool="mlo drift",check="sales",outcome="failed"} 1
mlo_check_findings{tool="mlo drift",check="sales",outcome="undecided"} 0
mlo_check_findings{tool="mlo drift",check="prices",outcome="passed"} 1
mlo_check_findings{tool="mlo drift",check="prices",outcome="failed"} 1
mlo_check_findings{tool="mlo drift",check="prices",outcome="undecided"} 1
mlo_check_findings{tool="mlo drift",check="few",outcome="passed"} 0
mlo_check_findings{tool="mlo drift",check="few",outcome="failed"} 0
mlo_check_findings{tool="mlo drift",check="few",outcome="undecided"} 0
# HELP mlo_check_finding_failed 1 if the comparison failed, 0 if it passed or is undecided.
# TYPE mlo_check_finding_failed gauge
mlo_check_finding_failed{tool="mlo drift",check="sales",column="day",what="distribution"} 0
mlo_check_finding_failed{tool="mlo drift",check="sales",column="shop",what="distribution"} 1
mlo_check_finding_failed{tool="mlo drift",check="prices",column="day",what="distribution"} 0
mlo_check_finding_failed{tool="mlo drift",check="prices",column="size",what="missing"} 0
mlo_check_finding_failed{tool="mlo drift",check="prices",column="price",what="distribution"} 1
# HELP mlo_check_effect How large the difference is.
# TYPE mlo_check_effect gauge
mlo_check_effect{tool="mlo drift",check="sales",column="day",what="distribution"} 0.25
mlo_check_effect{tool="mlo drift",check="sales",column="shop",what="distribution"} 0.25
mlo_check_effect{tool="mlo drift",check="prices",column="day",what="distribution"} 0.25
mlo_check_effect{tool="mlo drift",check="prices",column="price",what="distribution"} 0.25
# HELP mlo_check_threshold The effect from which on a difference counts.
# TYPE mlo_check_threshold gauge
mlo_check_threshold{tool="mlo drift",check="sales",column="day",what="distribution"} 0.1
mlo_check_threshold{tool="mlo drift",check="sales",column="shop",what="distribution"} 0.1
mlo_check_threshold{tool="mlo drift",check="prices",column="day",what="distribution"} 0.1
mlo_check_threshold{tool="mlo drift",check="prices",column="price",what="distribution"} 0.1
)");
}

TEST_CASE("no series stands twice, whatever the names") {
    CheckReport report = hostile_report();
    report.checks.push_back(check_of("b\xff", Check::Outcome::failed));
    report.checks.push_back(check_of("b\xfe", Check::Outcome::failed));
    report.checks.push_back(check_of("b\xef\xbf\xbd (2)", Check::Outcome::failed));
    for (const std::string name : {"x\xff", "x\xfe", "x\xef\xbf\xbd (2)", "x\xfd"})
        report.checks.back().findings.push_back(finding_of(name, CheckFinding::Outcome::failed));
    const auto text = written(write_prometheus, report);
    CHECK(mlo::is_valid_utf8(text));
    const auto series = series_in(text);
    CHECK(std::set<std::string>{series.begin(), series.end()}.size() == series.size());
    const auto count_of = [&](std::string_view name) {
        return std::count_if(series.begin(), series.end(), [&](const auto& one) { return one.starts_with(name); });
    };
    CHECK(count_of("mlo_check_outcome{") == 4 * 6);
    CHECK(count_of("mlo_check_finding_failed{") == 6);
    CHECK(text.find("check=\"b\xef\xbf\xbd (2)\"") != text.npos);
    CHECK(text.find("check=\"b\xef\xbf\xbd (2) (2)\"") != text.npos);
    CHECK(text.find("column=\"x\xef\xbf\xbd (3)\"") != text.npos);
}

TEST_CASE("an effect may be any number") {
    CheckReport report;
    report.checks.push_back(check_of("c", Check::Outcome::failed));
    for (const double effect : {std::nan(""), std::numeric_limits<double>::infinity(), -0.5e-300}) {
        report.checks.back().findings.push_back(finding_of("x", CheckFinding::Outcome::failed));
        report.checks.back().findings.back().effect = effect;
    }
    const auto text = written(write_prometheus, report);
    CHECK(text.find("column=\"x\",what=\"distribution\"} NaN\n") != text.npos);
    CHECK(text.find("column=\"x (2)\",what=\"distribution\"} +Inf\n") != text.npos);
    CHECK(text.find("column=\"x (3)\",what=\"distribution\"} -5e-301\n") != text.npos);
}
