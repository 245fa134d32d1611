// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <mlo/report/check_report.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "check_case.hpp"
#include "forms.hpp"

namespace mlo::report {
namespace {

/// Names of series. Of what would stand twice, the later ones have " (2)", " (3)" behind them: nothing that an alarm
/// waits for is lost because another name is the same.
class Names {
public:
    std::string add(std::string_view scope, std::string_view bytes) {
        const auto name = label(bytes);
        auto& count = counts_[{std::string{scope}, name}];
        while (true) {
            ++count;
            auto candidate = count == 1 ? name : fmt::format("{} ({})", name, count);
            if (taken_.emplace(scope, candidate).second) return candidate;
        }
    }

private:
    using Name = std::pair<std::string, std::string>;
    std::map<Name, std::size_t> counts_;
    std::set<Name> taken_;
};

struct Series {
    const Check* check;
    std::string labels;  ///< tool and check
    struct Column {
        const CheckFinding* finding;
        std::string labels;  ///< and column, and what
    };
    std::vector<Column> columns;
};

std::vector<Series> series_of(const CheckReport& report) {
    std::vector<Series> all;
    Names checks;
    for (const auto& check : report.checks) {
        auto labels = fmt::format(R"(tool="{}",check="{}")", label(report.tool), checks.add("", check.name));
        auto& one = all.emplace_back(Series{&check, std::move(labels), {}});
        if (check.outcome == Check::Outcome::broken) continue;
        Names columns;
        for (const auto& finding : check.findings) {
            const auto what = label(finding.what);
            one.columns.push_back({&finding, fmt::format(R"({},column="{}",what="{}")", one.labels,
                                                         columns.add(what, finding.subject), what)});
        }
    }
    return all;
}

/// A family of gauges. What has no sample is not announced.
class Gauge {
public:
    Gauge(const TextSink& sink, std::string_view name, std::string_view help) : sink_{sink}, name_{name}, help_{help} {}
    void add(std::string_view labels, std::string_view value) {
        if (!is_announced_) sink_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help_));
        is_announced_ = true;
        sink_(fmt::format("{}{{{}}} {}\n", name_, labels, value));
    }

private:
    const TextSink& sink_;
    std::string_view name_;
    std::string_view help_;
    bool is_announced_ = false;
};

void write_outcomes(const CheckReport& report, const std::vector<Series>& all, const TextSink& sink) {
    Gauge outcomes{sink, "mlo_check_outcome", "What became of the check: 1 for the outcome that it had, 0 for others."};
    for (const auto& one : all) {
        using enum Check::Outcome;
        for (const auto outcome : {passed, failed, undecided, broken})
            outcomes.add(fmt::format(R"({},outcome="{}")", one.labels, to_string(outcome)),
                         one.check->outcome == outcome ? "1" : "0");
    }
    Gauge ends{sink, "mlo_check_last_run_timestamp_seconds", "When the checks last ended, since 1970."};
    for (const auto& one : all) ends.add(one.labels, sample_seconds(report.began_ms + report.duration_ms));
    Gauge durations{sink, "mlo_check_duration_seconds", "How long the check took."};
    for (const auto& one : all) durations.add(one.labels, sample_seconds(one.check->duration_ms));
}

void write_counts(const std::vector<Series>& all, const TextSink& sink) {
    Gauge rows{sink, "mlo_check_rows", "Rows that were compared, on either side."};
    for (const auto& one : all) {
        if (one.check->outcome == Check::Outcome::broken) continue;
        rows.add(one.labels + R"(,side="reference")", fmt::format("{}", one.check->reference_rows));
        rows.add(one.labels + R"(,side="current")", fmt::format("{}", one.check->current_rows));
    }
    Gauge findings{sink, "mlo_check_findings", "Comparisons within the check by what became of them."};
    for (const auto& one : all) {
        if (one.check->outcome == Check::Outcome::broken) continue;
        using enum CheckFinding::Outcome;
        for (const auto outcome : {passed, failed, undecided}) {
            std::size_t count = 0;
            for (const auto& column : one.columns) count += column.finding->outcome == outcome ? 1U : 0U;
            findings.add(fmt::format(R"({},outcome="{}")", one.labels, to_string(outcome)), fmt::format("{}", count));
        }
    }
}

void write_columns(const std::vector<Series>& all, const TextSink& sink) {
    const auto write_each = [&](Gauge gauge, const auto& value_of) {
        for (const auto& one : all) {
            for (const auto& column : one.columns) {
                const std::optional<std::string> value = value_of(*column.finding);
                if (value) gauge.add(column.labels, *value);
            }
        }
    };
    using Value = std::optional<std::string>;
    write_each({sink, "mlo_check_finding_failed", "1 if the comparison failed, 0 if it passed or is undecided."},
               [](const CheckFinding& finding) -> Value {
                   return finding.outcome == CheckFinding::Outcome::failed ? "1" : "0";
               });
    write_each({sink, "mlo_check_effect", "How large the difference is."}, [](const CheckFinding& finding) -> Value {
        return finding.effect ? Value{sample(*finding.effect)} : std::nullopt;
    });
    write_each({sink, "mlo_check_threshold", "The effect from which on a difference counts."},
               [](const CheckFinding& finding) -> Value {
                   return finding.effect ? Value{sample(finding.threshold)} : std::nullopt;
               });
}

}  // namespace

void write_prometheus(const CheckReport& report, const TextSink& sink) {
    const auto all = series_of(report);
    write_outcomes(report, all, sink);
    write_counts(all, sink);
    write_columns(all, sink);
}

}  // namespace mlo::report
