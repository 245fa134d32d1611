// SPDX-License-Identifier: Apache-2.0
#include "drift_history.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <mlo/drift/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>
#include <mlo/yaml/parse.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view usual_name = "drift.yaml";

bool is_file(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// The usual file of the nearest folder that has one, up to the workspace's root.
std::string usual_file(Context& ctx) {
    const auto root = ctx.workspace_root();
    auto folder = ctx.cwd();
    for (;;) {
        auto file = path::join(folder, usual_name);
        if (is_file(file)) return file;
        if (root.empty() || folder == root || folder == "/") break;
        folder = std::string{path::parent(folder)};
    }
    throw Error{mlo::errors::path_not_found, fmt::format("there is no {} here or above", quoted(usual_name))}.hint(
        "mlo help drift-checks");
}

}  // namespace

ChecksFile find_checks(Context& ctx, const std::string& named) {
    const auto full = named.empty() ? usual_file(ctx) : path::absolute(named, ctx.cwd());
    ChecksFile file;
    file.shown = named.empty() ? path::below(full, ctx.cwd()).value_or(full) : named;
    file.folder = path::parent(full);
    const auto root = ctx.workspace_root();
    file.history_name = root.empty() ? full : path::below(full, root).value_or(full);
    constexpr std::uint64_t largest = std::uint64_t{16} << 20;
    const auto text = read_file(*ctx.runtime().fs.open_root(file.folder), std::string{path::name(full)}, largest);
    file.checks = drift::read_checks(yaml::parse(text, file.shown));
    return file;
}

void require_check(const ChecksFile& file, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& check : file.checks) {
        if (check.name == name) return;
        names.push_back(check.name);
    }
    auto error =
        Error{drift::errors::check_unknown, fmt::format("{} has no check {}", quoted(file.shown), quoted(name))};
    if (const auto near = closest_match(name, names)) error.note(fmt::format("the nearest is {}", quoted(*near)));
    throw std::move(error);
}

TableOptions table_options(const drift::Reading& reading) {
    TableOptions o;
    constexpr table::Format formats[] = {table::Format::automatic, table::Format::csv, table::Format::jsonl,
                                         table::Format::parquet, table::Format::sqlite};
    bool is_known = reading.format.empty() || reading.format == "auto";
    for (const auto format : formats) {
        if (reading.format != to_string(format)) continue;
        o.format = format;
        is_known = true;
    }
    if (!is_known)
        throw Error{errors::bad_value,
                    fmt::format("'format' takes auto, csv, jsonl, parquet, sqlite, not {}", quoted(reading.format))};
    o.delimiter = reading.delimiter;
    o.quote = reading.quote;
    o.header = reading.header.empty()    ? table::Header::automatic
               : reading.header == "yes" ? table::Header::yes
                                         : table::Header::no;
    o.encoding = reading.encoding;
    o.types_file = reading.types_file;
    o.sqlite_table = reading.sqlite_table;
    o.sample_rows = reading.sample_rows;
    o.joins_by_name = reading.joins_by_name;
    return o;
}

void keep_history(Context& ctx, std::span<const drift::KeptResult> results) {
    if (ctx.workspace_root().empty()) {
        ctx.out().message("no history is kept: there is no workspace here (git init, or mlo init)");
        return;
    }
    auto& workspace = ctx.workspace();
    if (possible_access(ctx) == db::Access::read) {
        ctx.out().warning(
            fmt::format("no history is kept: {} cannot be written", quoted(workspace.layout().store_dir)));
        return;
    }
    (void)workspace::make_folders(workspace.runtime().fs, workspace.layout().store_dir);
    ledger::Ledger ledger{workspace.layout().store_dir, db::Access::write, workspace.runtime()};
    drift::History{ledger}.add(ctx.clone_id(), results);
}

std::string time_of_us(std::int64_t time_us) { return to_rfc3339(Timestamp{std::chrono::microseconds{time_us}}); }

}  // namespace mlo::cli
