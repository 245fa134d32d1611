// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/track/run.hpp>
#include <mlo/track/run_store.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mlo::track {

/// What runs are sorted by; `key` names the metric, parameter or tag. Parameters and tags that are numbers (as JSON
/// has them) are compared as such, and come before the others, which are compared as text.
struct SortKey {
    enum class By : std::uint8_t {
        start,
        end,
        duration,
        name,
        state,
        user,
        metric_last,
        metric_min,
        metric_max,
        param,
        tag
    };
    By by = By::start;
    std::string key;
};
enum class SortOrder : std::uint8_t { ascending, descending };
enum class Deleted : std::uint8_t { no, only, all };
/// Of which metrics, parameters and tags a list has the values.
enum class Values : std::uint8_t { asked, all };

/// An SQL condition over a row `r` of the table runs (lib/track/README.md); each `?` stands for the next value.
struct SqlCondition {
    std::string sql;  ///< empty: true
    std::vector<std::variant<std::int64_t, double, std::string>> values;
};

struct ListRequest {
    SortKey sort{};
    SortOrder order = SortOrder::descending;
    std::vector<std::int64_t> experiments{};  ///< any of them, and those of the same names; empty: all
    std::vector<RunState> states{};           ///< any of them; empty: all
    Deleted deleted = Deleted::no;
    SqlCondition where{};
    std::uint32_t limit = 100;
    std::string after{};  ///< RunPage::next of the page before; empty: from the start

    /// What is to be said of each run besides its columns: Values::all, or these.
    Values values = Values::asked;
    std::vector<std::string> metrics{};
    std::vector<std::string> params{};
    std::vector<std::string> tags{};
};

struct ListedRun {
    std::string id;
    std::string name;
    std::string experiment;
    std::int64_t experiment_id = 0;
    RunState state = RunState::running;
    std::int64_t started_ms = 0;
    std::optional<std::int64_t> ended_ms;
    std::string user;
    std::string parent;
    std::string commit;
    std::optional<std::int32_t> exit_code;
    std::uint32_t attempt = 1;
    bool is_deleted = false;
    bool is_sealed = false;
    std::map<std::string, MetricSummary> metrics;  ///< of those asked for, what the run has
    std::map<std::string, std::string> params;
    std::map<std::string, std::string> tags;
};

struct RunPage {
    std::vector<ListedRun> runs;
    std::string next;  ///< for ListRequest::after; empty after the last
};

/// One page of runs. In either order runs whose value is NaN come behind those that have a number, and those that have
/// none at the end, latest first. A page costs what it holds, whatever page it is. Throws page_invalid.
[[nodiscard]] RunPage list_runs(RunStore& runs, const ListRequest& request);

/// The names that runs gave to what they recorded; sorted.
struct RunKeys {
    std::vector<std::string> metrics;
    std::vector<std::string> params;
    std::vector<std::string> tags;
};
/// Those of all runs that the request would list on all its pages.
[[nodiscard]] RunKeys keys_of_runs(RunStore& runs, const ListRequest& request);

/// The number of runs that the request would list on all its pages.
[[nodiscard]] std::uint64_t count_runs(RunStore& runs, const ListRequest& request);

}  // namespace mlo::track
