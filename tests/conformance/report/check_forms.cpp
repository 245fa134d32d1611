// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>

#include <check_report_samples.hpp>

using namespace mlo::report;

namespace {

CheckReport report_without_checks() {
    CheckReport report;
    report.tool = "mlo drift";
    return report;
}

/// Nothing in it but what a form cannot do without.
CheckReport least_report() {
    CheckReport report;
    report.checks.emplace_back();
    report.checks.back().outcome = Check::Outcome::failed;
    report.checks.back().findings.emplace_back();
    report.checks.back().findings.back().outcome = CheckFinding::Outcome::failed;
    return report;
}

CheckReport large_report() {
    auto report = report_without_checks();
    report.title = "wide.csv";
    report.checks.push_back(check_of("wide", Check::Outcome::failed));
    for (int i = 0; i < 13'000; ++i) {
        report.checks.back().findings.push_back(finding_of(std::to_string(i), CheckFinding::Outcome::undecided));
        report.checks.back().findings.push_back(finding_of(std::to_string(i), CheckFinding::Outcome::failed));
    }
    return report;
}

CheckReport report_of_odd_numbers() {
    auto report = report_without_checks();
    report.title = "/data/table.csv";
    report.checks.push_back(check_of("odd", Check::Outcome::failed));
    constexpr auto inf = std::numeric_limits<double>::infinity();
    for (const double effect : {std::numeric_limits<double>::quiet_NaN(), inf, -inf, 5e-324, -1.7e308, 1e21}) {
        report.checks.back().findings.push_back(finding_of("x", CheckFinding::Outcome::failed));
        report.checks.back().findings.back().effect = effect;
        report.checks.back().findings.back().p = effect;
    }
    return report;
}

}  // namespace

/// Writes each sample in each form: FOLDER/<sample>.xml, .md, .sarif, .prom.
int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path folder{argv[1]};
    const std::array<std::pair<const char*, CheckReport>, 6> samples{{{"all", report_of_all_outcomes()},
                                                                      {"hostile", hostile_report()},
                                                                      {"none", report_without_checks()},
                                                                      {"least", least_report()},
                                                                      {"large", large_report()},
                                                                      {"numbers", report_of_odd_numbers()}}};
    for (const auto& [name, report] : samples) {
        const auto write = [&, name = name](const char* ending, const std::string& text) {
            std::ofstream{folder / (std::string{name} + ending), std::ios::binary} << text;
        };
        write(".xml", junit_of(report));
        write(".md", to_markdown(report, 1U << 20U));
        write(".sarif", written(write_sarif, report));
        write(".prom", written(write_prometheus, report));
    }
}
