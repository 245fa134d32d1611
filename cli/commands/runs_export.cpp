// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/csv.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "run_columns.hpp"
#include "run_output.hpp"
#include "run_selection.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

enum class Format : std::uint8_t { csv, json, jsonl };
enum class Metrics : std::uint8_t { last, all };

struct RunsExportOptions {
    RunSelection selection;
    std::vector<std::string> columns;
    std::optional<Format> format;
    Metrics metrics = Metrics::last;
    std::optional<std::uint64_t> limit;
    std::string file;
};

void declare(Args& args, RunsExportOptions& o) {
    declare_selection(args, o.selection);
    args.option("-c,--columns", o.columns, "these alone, as in 'mlo runs' [default: all that any of the runs has]")
        .value("COLUMN[,...]");
    args.choice<std::optional<Format>>(
        "--format", o.format, {{"csv", Format::csv}, {"json", Format::json}, {"jsonl", Format::jsonl}},
        "comma-separated, one JSON document, or one a line [default: csv; json with --json]");
    args.choice<Metrics>("--metrics", o.metrics, {{"last", Metrics::last}, {"all", Metrics::all}},
                         "a row for each run with the last values, or for each point [default: last]");
    args.option("-n,--limit", o.limit, "at most so many runs [default: all]").between(1, 1'000'000'000);
    args.option("-o,--output", o.file, "the file to write, which is replaced as a whole [default: standard output]")
        .value("FILE")
        .completing(Completes::path);
}

/// Where the export goes: standard output, or a file that appears when it is complete.
class Target {
public:
    Target(Context& ctx, const std::string& file) : out_{ctx.out()} {
        if (file.empty()) return;
        constexpr std::uint32_t mode = 0666;
        const auto full = path::absolute(file, ctx.cwd());
        folder_ = ctx.runtime().fs.open_root(path::parent(full));
        // A device or a link would be replaced by the file, too.
        if (const auto status = folder_->stat(path::name(full)); status && status->kind != FileKind::regular)
            throw Error{errors::bad_value, fmt::format("{} is something else than a file", quoted(file))}.hint(
                "leave out --output to write to standard output");
        file_.emplace(*folder_, std::string{path::name(full)}, mode, ctx.runtime().random);
    }
    [[nodiscard]] std::string& buffer() noexcept { return buffer_; }
    /// Hands over what is in the buffer, if it is much.
    void drain() {
        constexpr std::size_t large = std::size_t{256} << 10;
        if (buffer_.size() >= large) write();
    }
    void finish() {
        write();
        if (file_) file_->commit(Replace::yes);
    }

private:
    void write() {
        if (file_)
            file_->write(buffer_);
        else
            out_.write(buffer_);
        buffer_.clear();
    }

    Output& out_;
    std::unique_ptr<Dir> folder_;
    std::optional<AtomicFile> file_;
    std::string buffer_;
};

constexpr std::string_view plain_columns[] = {"id",   "name",   "status", "experiment", "started", "ended",
                                              "user", "parent", "commit", "exit_code",  "duration"};

/// The columns that were asked for, else all there are.
std::vector<RunColumn> columns_of(track::RunStore& runs, const RunsExportOptions& o,
                                  const track::ListRequest& request) {
    std::vector<RunColumn> columns;
    for (const auto& list : o.columns)
        for (const auto& name : split(list, ',')) columns.push_back(parse_column(trim(name)));
    if (!columns.empty()) return columns;
    for (const auto name : plain_columns) columns.push_back(parse_column(name));
    const auto add = [&](RunColumn::Kind kind, std::string_view entity, const std::vector<std::string>& keys) {
        for (const auto& key : keys) columns.push_back({kind, key, fmt::format("{}.{}", entity, key)});
    };
    const auto keys = keys_of_runs(runs, request);
    add(RunColumn::Kind::param, "params", keys.params);
    add(RunColumn::Kind::metric, "metrics", keys.metrics);
    add(RunColumn::Kind::tag, "tags", keys.tags);
    return columns;
}

std::string time_text(std::int64_t time_ms) { return to_rfc3339(Timestamp{std::chrono::milliseconds{time_ms}}); }

void write_text_cell(track::CsvWriter& csv, const std::map<std::string, std::string>& texts, const std::string& key) {
    if (const auto found = texts.find(key); found != texts.end())
        csv.text(found->second);
    else
        csv.none();
}

void write_metric_cell(track::CsvWriter& csv, const RunColumn& column, const track::ListedRun& run) {
    using Kind = RunColumn::Kind;
    const auto found = run.metrics.find(column.key);
    if (found == run.metrics.end()) return csv.none();
    const auto& metric = found->second;
    if (column.kind == Kind::metric_count) return csv.integer(static_cast<std::int64_t>(metric.count));
    if (column.kind == Kind::metric) return csv.real(metric.last.value);
    const auto& point = column.kind == Kind::metric_min ? metric.min : metric.max;
    if (point) return csv.real(point->value);
    csv.none();
}

void write_cell(track::CsvWriter& csv, const RunColumn& column, const track::ListedRun& run) {
    using Kind = RunColumn::Kind;
    const auto or_none = [&](const std::string& text) { return text.empty() ? csv.none() : csv.text(text); };
    switch (column.kind) {
        case Kind::id:
            return csv.text(run.id);
        case Kind::name:
            return csv.text(run.name);
        case Kind::status:
            return csv.text(to_string(run.state));
        case Kind::experiment:
            return csv.text(run.experiment);
        case Kind::started:
            return csv.text(time_text(run.started_ms));
        case Kind::ended:
            return run.ended_ms ? csv.text(time_text(*run.ended_ms)) : csv.none();
        case Kind::duration: {
            constexpr double milliseconds = 1000;
            return run.ended_ms ? csv.real(static_cast<double>(*run.ended_ms - run.started_ms) / milliseconds)
                                : csv.none();
        }
        case Kind::user:
            return or_none(run.user);
        case Kind::parent:
            return or_none(run.parent);
        case Kind::commit:
            return or_none(run.commit);
        case Kind::exit_code:
            return run.exit_code ? csv.integer(*run.exit_code) : csv.none();
        case Kind::param:
            return write_text_cell(csv, run.params, column.key);
        case Kind::tag:
            return write_text_cell(csv, run.tags, column.key);
        default:
            return write_metric_cell(csv, column, run);
    }
}

/// Calls `use` with one run after the other; memory is that of a page.
std::uint64_t for_each_run(track::RunStore& runs, track::ListRequest request, std::optional<std::uint64_t> limit,
                           const Runtime& runtime, const std::function<void(const track::ListedRun&)>& use) {
    constexpr std::uint64_t page_runs = 500;
    std::uint64_t count = 0;
    do {
        runtime.check_stop();
        request.limit = static_cast<std::uint32_t>(limit ? std::min(page_runs, *limit - count) : page_runs);
        const auto page = list_runs(runs, request);
        for (const auto& run : page.runs) use(run);
        count += page.runs.size();
        request.after = page.next;
    } while (!request.after.empty() && (!limit || count < *limit));
    return count;
}

/// One element after the other, in a document or a line each.
class JsonElements {
public:
    JsonElements(Target& target, Format format, std::string_view schema, std::string_view member)
        : target_{target}, is_document_{format == Format::json}, document_{target.buffer(), json::Layout::pretty} {
        if (is_document_) document_.begin_object().key("schema").string(schema).key(member).begin_array();
    }
    void add(const std::function<void(json::Writer&)>& write) {
        if (is_document_) {
            write(document_);
        } else {
            json::Writer line{target_.buffer(), json::Layout::compact};
            write(line);
            target_.buffer() += '\n';
        }
        target_.drain();
    }
    void finish() {
        if (!is_document_) return;
        document_.end_array().end_object();
        target_.buffer() += '\n';
    }

private:
    Target& target_;
    bool is_document_;
    json::Writer document_;
};

std::uint64_t export_runs(Tracking& tracking, const RunsExportOptions& o, Format format, track::ListRequest request,
                          Target& target) {
    auto& runs = tracking.runs();
    const auto columns = columns_of(runs, o, request);
    if (o.columns.empty()) request.values = track::Values::all;
    for (const auto& column : columns) request_column(column, request);
    const auto& runtime = tracking.workspace().runtime();
    if (format == Format::csv) {
        track::CsvWriter csv{target.buffer()};
        for (const auto& column : columns) csv.text(column.title);
        csv.end_row();
        return for_each_run(runs, std::move(request), o.limit, runtime, [&](const track::ListedRun& run) {
            for (const auto& column : columns) write_cell(csv, column, run);
            csv.end_row();
            target.drain();
        });
    }
    JsonElements elements{target, format, "mlo/runs-v1", "runs"};
    const auto count = for_each_run(runs, std::move(request), o.limit, runtime, [&](const track::ListedRun& run) {
        elements.add([&](json::Writer& json) { write_listed_run(json, run); });
    });
    elements.finish();
    return count;
}

/// The metrics among the columns; everything else is known of a run and not of a point.
std::vector<std::string> metrics_of(const RunsExportOptions& o) {
    std::vector<std::string> keys;
    for (const auto& list : o.columns) {
        for (const auto& name : split(list, ',')) {
            auto column = parse_column(trim(name));
            if (column.kind != RunColumn::Kind::metric)
                throw Error{errors::conflicting_options,
                            fmt::format("{} is no metric, and '--metrics all' has points alone", quoted(name))}
                    .hint("join the rows with those of another export by the column 'run'");
            keys.push_back(std::move(column.key));
        }
    }
    return keys;
}

struct PointWriter {
    Target& target;
    track::CsvWriter csv;
    std::optional<JsonElements> elements;

    void write(const std::string& run, std::string_view key, const track::Point& point) {
        if (!elements) {
            csv.text(run);
            csv.text(key);
            csv.integer(point.step);
            csv.text(time_text(point.time_ms));
            csv.real(point.value);
            csv.end_row();
            return target.drain();
        }
        elements->add([&](json::Writer& json) {
            json.begin_object().key("run").string(run).key("key").string(key).key("step").integer(point.step);
            json.key("time").string(time_text(point.time_ms)).key("value").real(point.value).end_object();
        });
    }
};

/// What is there of the points is written; the error says of how many runs they are not.
std::uint64_t export_points(Tracking& tracking, const RunsExportOptions& o, Format format,
                            const track::ListRequest& request, Target& target, std::optional<Error>& failure) {
    const auto keys = metrics_of(o);
    const auto wants = [&](std::string_view key) {
        return keys.empty() || std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    PointWriter writer{target, track::CsvWriter{target.buffer()}, {}};
    if (format == Format::csv) {
        for (const auto* title : {"run", "key", "step", "time", "value"}) writer.csv.text(title);
        writer.csv.end_row();
    } else {
        writer.elements.emplace(target, format, "mlo/runs-points-v1", "points");
    }
    std::uint64_t failed = 0;
    const auto count = for_each_run(
        tracking.runs(), request, o.limit, tracking.workspace().runtime(), [&](const track::ListedRun& run) {
            try {
                tracking.archive().read_points(run.id, wants,
                                               [&](std::string_view key, std::span<const track::Point> points) {
                                                   for (const auto& point : points) writer.write(run.id, key, point);
                                               });
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::corrupt) throw;
                ++failed;
                if (!failure) failure = error;
            }
        });
    if (failure) failure->note(fmt::format("the points of {} could not be read", plural(failed, "run", "runs")));
    if (writer.elements) writer.elements->finish();
    return count;
}

int run(Context& ctx, const RunsExportOptions& o) {
    const auto format = o.format.value_or(ctx.out().is_json() ? Format::json : Format::csv);
    Tracking tracking{ctx, db::Access::read};
    const auto request = to_request(tracking.runs(), o.selection);
    Target target{ctx, o.file};
    std::optional<Error> failure;
    const auto count = o.metrics == Metrics::all ? export_points(tracking, o, format, request, target, failure)
                                                 : export_runs(tracking, o, format, request, target);
    target.finish();
    ctx.out().flush();
    if (!o.file.empty()) ctx.out().message(fmt::format("wrote {} to {}", plural(count, "run", "runs"), quoted(o.file)));
    if (failure) ctx.out().error(*failure);
    return failure ? exit_failed : exit_ok;
}

constexpr Example examples[] = {
    {"mlo runs export -o runs.csv", "a row for each run, a column for each parameter and metric"},
    {"mlo runs export -e fraud -c id,params.lr,metrics.loss.min", "three columns of some"},
    {"mlo runs export --metrics all --format jsonl -w \"status = 'FINISHED'\"", "every point, one a line"}};

}  // namespace

extern const Command runs_export_command{.words = "runs export",
                                         .group = Group::track,
                                         .summary = "write runs, or all their points, as CSV or JSON",
                                         .bind = command_main<RunsExportOptions, declare, run>,
                                         .json_schema = "mlo/runs-v1",
                                         .examples = examples};

}  // namespace mlo::cli
