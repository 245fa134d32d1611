// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mlo/store/object_id.hpp>
#include <mlo/track/seeds.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mlo::track {

/// `scheduled` is met in imported runs only. `lost`: the process ended without saying how.
enum class RunState : std::uint8_t { running, scheduled, finished, failed, killed, lost };

/// As MLflow spells it: "RUNNING".
[[nodiscard]] std::string_view to_string(RunState state) noexcept;
[[nodiscard]] std::optional<RunState> parse_run_state(std::string_view text) noexcept;
/// Whether a run in this state may still be written to.
[[nodiscard]] constexpr bool is_open(RunState state) noexcept {
    return state == RunState::running || state == RunState::scheduled;
}

/// One value of a metric. Minus zero counts as zero.
struct Point {
    std::int64_t step = 0;
    std::int64_t time_ms = 0;  ///< since 1970
    double value = 0;
};

/// The order of points in their series: step, time, value; NaN, of which there is one, behind all numbers.
[[nodiscard]] std::strong_ordering operator<=>(const Point& a, const Point& b) noexcept;
[[nodiscard]] inline bool operator==(const Point& a, const Point& b) noexcept { return (a <=> b) == 0; }

/// What is known of a series without reading its points.
struct MetricSummary {
    std::uint64_t count = 0;
    Point last;                ///< the greatest point
    std::optional<Point> min;  ///< the first point with the least number; nothing if all are NaN
    std::optional<Point> max;

    /// Takes one more point into account; the order of calls does not matter.
    void add(const Point& point) noexcept;
    friend bool operator==(const MetricSummary&, const MetricSummary&) = default;
};

/// How a run came to name an input: the user said so, mlo saw that it was read, or it was merely there.
enum class InputRole : std::uint8_t { declared, observed, present };
[[nodiscard]] std::string_view to_string(InputRole role) noexcept;

struct Input {
    InputRole role = InputRole::declared;
    std::string path;  ///< bytes, relative to the repository
    store::ObjectKind kind = store::ObjectKind::blob;
    store::ObjectId id;
    friend auto operator<=>(const Input&, const Input&) = default;
};

struct Output {
    std::string path;  ///< bytes; the name of an artifact
    store::ObjectKind kind = store::ObjectKind::blob;
    store::ObjectId id;
    std::uint64_t size_bytes = 0;
    bool is_model = false;
    friend auto operator<=>(const Output&, const Output&) = default;
};

/// The code that ran.
struct Source {
    std::string commit;  ///< hex; empty without a repository or a commit
    std::string branch;  ///< empty for a detached HEAD
    std::string remote;
    std::optional<bool> is_dirty;  ///< whether something was not committed; nothing where nobody looked
    bool is_shallow = false;
    std::optional<store::ObjectId> diff;  ///< of the working tree against the commit
    std::vector<std::string> changed;     ///< what was no longer the same at the end: "HEAD", "diff", paths of inputs
    friend bool operator==(const Source&, const Source&) = default;
};

/// Facts by name: "cpu.model" -> "...", "memory_bytes" -> 1.
using Fact = std::variant<std::int64_t, double, std::string>;
using Facts = std::map<std::string, Fact>;

struct ExperimentName {
    std::int64_t id = 0;
    std::string name = "Default";
    std::int64_t created_ms = 0;
    friend bool operator==(const ExperimentName&, const ExperimentName&) = default;
};

/// All that is known of a run: what sealing keeps of it. Strings that are `bytes` need not be UTF-8.
struct RunDocument {
    std::string id;  ///< 32 hexadecimal digits
    ExperimentName experiment;
    std::string name;
    RunState state = RunState::running;
    std::int64_t started_ms = 0;
    std::optional<std::int64_t> ended_ms;
    std::uint32_t attempt = 1;  ///< 2 once it was resumed
    std::string session;        ///< 32 hexadecimal digits, new with each attempt
    std::string parent;         ///< the id of the run that it belongs to; may be empty
    std::string user;
    std::string note;
    std::uint64_t revision = 0;  ///< of the last amendment that is part of this

    Source source;
    std::vector<std::string> command;                 ///< bytes
    std::string directory;                            ///< bytes
    std::map<std::string, std::string> environment;   ///< bytes; secrets were masked before
    std::map<std::string, store::ObjectId> packages;  ///< "pip" -> the list, a blob
    Facts host;
    Facts hardware;
    std::vector<Seed> seeds;
    std::optional<std::int32_t> exit_code;
    std::optional<std::int32_t> signal;
    std::optional<store::ObjectId> log;
    std::vector<std::string> losses;  ///< what could not be recorded, in sentences

    std::map<std::string, std::string> params;
    std::map<std::string, std::string> tags;
    std::map<std::string, MetricSummary> metrics;
    std::vector<Input> inputs;              ///< sorted
    std::vector<Output> outputs;            ///< sorted
    std::optional<store::ObjectId> series;  ///< the blob with all points, once sealed
    friend bool operator==(const RunDocument&, const RunDocument&) = default;
};

/// The largest run document there may be, in bytes of canonical JSON.
inline constexpr std::uint64_t max_document_bytes = std::uint64_t{256} << 20;

/// The document as canonical JSON, stated in lib/track/README.md: equal documents have equal bytes. Throws run_invalid
/// for one that parse_run would refuse.
[[nodiscard]] std::string to_canonical_json(const RunDocument& run);

/// Reads what to_canonical_json wrote, here or elsewhere. `name` is what messages call it. Throws run_invalid for
/// anything that it would not have written.
[[nodiscard]] RunDocument parse_run(std::string_view text, std::string_view name);

/// A change to a sealed run; what is absent stays as it is.
struct Amendment {
    std::uint64_t revision = 1;  ///< above every one that the writer knew of
    std::optional<bool> deleted{};
    std::optional<std::string> name{};
    std::optional<std::string> note{};
    std::map<std::string, std::optional<std::string>> tags{};  ///< nothing removes the tag
    friend bool operator==(const Amendment&, const Amendment&) = default;
};
[[nodiscard]] std::string to_canonical_json(const Amendment& amendment);
[[nodiscard]] Amendment parse_amendment(std::string_view text, std::string_view name);

[[nodiscard]] std::string to_canonical_json(const ExperimentName& experiment);
[[nodiscard]] ExperimentName parse_experiment(std::string_view text, std::string_view name);

}  // namespace mlo::track
