// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/track/run.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlo::track {

/// A point of the metric with the number `key` (MetricsParser::key_name).
struct ParsedPoint {
    std::uint32_t key = 0;
    Point point;
};

/// A line that says nothing that mlo understands.
struct BadLine {
    std::uint64_t number = 0;  ///< from 1
    std::string reason;        ///< a phrase: "'loss' is no number"
};

/// The first of the bad lines, and how many there were.
struct BadLines {
    static constexpr std::size_t most_kept = 20;
    std::vector<BadLine> first;
    std::uint64_t count = 0;
};

/// Reads the lines of a metrics file (mlo-metrics(5)). Numbers the metrics that it meets from 0 on. Not thread-safe.
class MetricsParser {
public:
    /// The longest line there may be.
    static constexpr std::size_t max_line_bytes = std::size_t{1} << 20;

    /// The greatest step of a metric that was recorded before; asked once for each metric that has a point without
    /// step.
    using GreatestStep = std::function<std::optional<std::int64_t>(std::string_view key)>;

    explicit MetricsParser(GreatestStep greatest_step = {});
    /// Adds the points of `lines`, each of which ends with LF, in order. A bad line adds none. `number` is that of the
    /// first line and then that of the next; `time_ms` is the time of points that have none.
    void parse(std::string_view lines, std::uint64_t& number, std::int64_t time_ms, std::vector<ParsedPoint>& points,
               BadLines& bad);

    [[nodiscard]] std::uint32_t key_count() const noexcept { return static_cast<std::uint32_t>(keys_.size()); }
    /// Stays where it is as long as the object.
    [[nodiscard]] const std::string& key_name(std::uint32_t key) const { return keys_.at(key)->name; }

private:
    struct Key {
        std::string name;
        std::uint64_t line = 0;  ///< the last one that had it, by lines_
        std::optional<std::int64_t> greatest_step;
        bool was_asked_for = false;
    };
    class Line;

    [[nodiscard]] std::uint32_t key_of(std::string_view name);
    [[nodiscard]] std::int64_t next_step(Key& key) const;

    GreatestStep greatest_step_;
    std::uint64_t lines_ = 0;  ///< read so far, of whatever file
    std::vector<std::unique_ptr<Key>> keys_;
    std::unordered_map<std::string_view, std::uint32_t> numbers_;  ///< views of the names in keys_
    std::vector<std::uint32_t> expected_;                          ///< the keys of the line before, in order
};

/// How far a metrics file was read. Kept with the points, it lets anybody go on from there.
struct MetricsPosition {
    std::uint64_t inode = 0;  ///< of the file; 0: none was read yet
    std::uint64_t offset = 0;
    std::uint64_t lines = 0;  ///< before the offset: line feeds
    friend bool operator==(const MetricsPosition&, const MetricsPosition&) = default;
};

/// What was read in one go.
struct MetricsBatch {
    std::vector<ParsedPoint> points;
    MetricsPosition end;      ///< with these points all before this is recorded
    BadLines bad;             ///< of this batch
    bool began_anew = false;  ///< the file was cut or replaced: it was read from its begin
};

/// Follows a metrics file that others append to. One thread at a time.
class MetricsFollower {
public:
    /// The most that one batch takes from the file.
    static constexpr std::size_t batch_bytes = std::size_t{1} << 20;

    /// Events fall back to polling where they do not work, as for files of other machines.
    enum class Watching : std::uint8_t { events, polling };

    /// Reading begins at `start`. The file need not be there yet.
    MetricsFollower(std::string path, const MetricsPosition& start, MetricsParser::GreatestStep greatest_step = {},
                    Watching watching = Watching::events);
    ~MetricsFollower();
    MetricsFollower(const MetricsFollower&) = delete;
    MetricsFollower& operator=(const MetricsFollower&) = delete;

    /// The complete lines that are there now and were not read, up to batch_bytes; false if there are none. `batch` is
    /// replaced. Throws metrics_file_unusable for what is no regular file, system_call.
    [[nodiscard]] bool read(MetricsBatch& batch);
    /// The same once nobody writes any more: a last line without its end counts.
    [[nodiscard]] bool read_last(MetricsBatch& batch);
    /// Returns when there may be something to read, when `stop` is requested, or after a second. Before that it leaves
    /// the file alone for `pace`, so that a busy job makes few large batches; a stop ends that as well.
    void wait(std::chrono::milliseconds pace, const std::stop_token& stop);

    [[nodiscard]] const MetricsParser& parser() const noexcept;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
