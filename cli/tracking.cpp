// SPDX-License-Identifier: Apache-2.0
#include "tracking.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/track/housekeeping.hpp>
#include <mlo/track/journal.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "errors.hpp"

namespace mlo::cli {
namespace {

/// A folder for one job's scratch store, for this user alone.
std::string make_scratch(Context& ctx) {
    auto folder = path::join(ctx.environment().get("TMPDIR").value_or("/tmp"), "mlo-" + ctx.runtime().random.hex(8));
    if (::mkdir(folder.c_str(), 0700) != 0) throw_system_error(errno, "create", folder);
    return folder;
}

bool is_same(Dir& a, Dir& b) {
    const auto [left, right] = std::pair{a.stat_self(), b.stat_self()};
    return left.inode == right.inode && left.device == right.device;
}

std::string runs_path(const std::string& store_dir) { return path::join(store_dir, track::RunStore::file_name); }

}  // namespace

db::Access possible_access(Context& ctx) {
    const auto& store = ctx.workspace().layout().store_dir;
    const auto cannot_write = [](const std::string& path) {
        return ::access(path.c_str(), W_OK) != 0 && errno != ENOENT;
    };
    const bool reads = cannot_write(store) || cannot_write(runs_path(store)) ||
                       cannot_write(path::join(store, ledger::Ledger::file_name));
    return reads ? db::Access::read : db::Access::write;
}

Tracking::Tracking(Context& ctx, const At& at)
    : workspace_{ctx.workspace()},
      folder_{workspace::make_folders(workspace_.runtime().fs, at.folder)},
      runs_{runs_path(at.folder), at.access, workspace_.runtime()},
      ledger_{at.folder, at.access, workspace_.runtime()},
      archive_{runs_,
               ledger_,
               workspace_.store(),
               *folder_,
               at.access == db::Access::write ? ctx.clone_id() : std::string{},
               workspace_.runtime()} {}

Tracking::Tracking(Context& ctx, db::Access least)
    : Tracking{ctx, At{ctx.workspace().layout().store_dir, least == db::Access::write ? least : possible_access(ctx)}} {
    if (!runs_.is_writable()) {
        ctx.out().warning(fmt::format("{} cannot be written: runs are shown as they were last written down",
                                      mlo::quoted(workspace_.layout().store_dir)));
        return;
    }
    const auto merged = track::merge_journals(runs_, archive_, track::journals_path(workspace_.layout().store_dir),
                                              workspace_.runtime());
    for (const auto& problem : merged.problems) ctx.out().warning(problem);
    for (const auto& run : track::tidy_up(runs_, archive_, workspace_.layout().store_dir, workspace_.runtime()))
        ctx.out().warning(fmt::format("run {} has ended without a word: it is marked LOST", short_id(run)));
}

Tracking::Tracking(Context& ctx, const std::string& journals)
    : Tracking{ctx, At{make_scratch(ctx), db::Access::write}} {
    scratch_ = folder_->path();
    (void)workspace::make_folders(workspace_.runtime().fs, journals);
    runs_.journal_to(journals);
}

Tracking::~Tracking() {
    std::error_code ignored;
    if (!scratch_.empty()) std::filesystem::remove_all(scratch_, ignored);
}

std::optional<std::string> journals_folder(Context& ctx) {
    const auto& store = ctx.workspace().layout().store_dir;
    const auto storage = ctx.config().text("runs.storage").value_or("auto");
    const bool is_wanted = storage == "journal" ||
                           (storage == "auto" && !db::wal_works(*workspace::make_folders(ctx.runtime().fs, store)));
    return is_wanted ? std::optional{track::journals_path(store)} : std::nullopt;
}

std::string Tracking::resolve(const std::string& text) { return runs_.resolve(text); }

std::string named_run(const Context& ctx, const std::string& named, std::string_view way) {
    auto run = named.empty() ? ctx.environment().get("MLO_RUN_ID").value_or("") : named;
    if (run.empty())
        throw Error{track::errors::no_current_run, "there is no run to record in: MLO_RUN_ID is not set"}.hint(
            fmt::format("run this inside of 'mlo track -- CMD', or name a run: {}", way));
    return run;
}

CurrentRun::CurrentRun(Context& ctx, const std::string& named) {
    const auto& environment = ctx.environment();
    const auto wanted = named_run(ctx, named, "--run RUN");
    const auto store = environment.get("MLO_RUN_STORE");
    const auto folder = store ? *store : ctx.workspace().layout().store_dir;
    if (!store) (void)workspace::make_folders(ctx.runtime().fs, folder);
    runs_.emplace(runs_path(folder), db::Access::write, ctx.runtime());
    id_ = runs_->resolve(wanted);
}

std::vector<std::string> untracked_environment(const Context& ctx) {
    std::vector<std::string> variables;
    for (const auto& entry : ctx.environment().entries()) {
        const auto name = std::string_view{entry}.substr(0, entry.find('='));
        if (name != "MLO_RUN_ID" && name != "MLO_RUN_STORE" && name != "MLO_METRICS") variables.push_back(entry);
    }
    variables.emplace_back("MLO_UNTRACKED=1");
    variables.emplace_back("MLO_METRICS=/dev/null");
    return variables;
}

bool is_untracked(const Context& ctx, const std::string& named) {
    const auto& environment = ctx.environment();
    return named.empty() && !environment.get("MLO_RUN_ID") && environment.get("MLO_UNTRACKED");
}

bool wants_observed(const Context& ctx) { return ctx.environment().get("MLO_RUN_ID").has_value(); }

track::Input observed(const std::string& path, const workspace::Entry& entry) {
    const bool is_tree = entry.kind == store::EntryKind::directory;
    return {.role = track::InputRole::observed,
            .path = path,
            .kind = is_tree ? store::ObjectKind::tree : store::ObjectKind::blob,
            .id = entry.id};
}

void record_observed(Context& ctx, std::span<const track::Input> inputs) {
    if (inputs.empty() || !wants_observed(ctx)) return;
    const auto run = ctx.environment().get("MLO_RUN_ID").value_or("");
    try {
        const auto& folder = ctx.workspace().layout().store_dir;
        auto& fs = ctx.runtime().fs;
        const auto named = ctx.environment().get("MLO_RUN_STORE").value_or(folder);
        const auto there = fs.open_root(named);
        if (!there->stat(track::RunStore::file_name)) return;
        track::RunStore runs{runs_path(named), db::Access::write, ctx.runtime()};
        if (!is_same(*there, *fs.open_root(folder)) && runs.journals() != track::journals_path(folder)) return;
        const auto status = runs.status(run);
        if (!is_open(status.state) || status.is_deleted) return;
        runs.record(run, {.inputs = inputs});
    } catch (const Error& error) {
        const auto id = error.code().id;
        if (id == mlo::errors::interrupted.id) throw;
        if (error.kind() == ErrorKind::not_found || id == track::errors::run_ended.id) return;
        ctx.out().warning(fmt::format("run {} does not know of it: {}", short_id(run), error.message()));
    }
}

void declare_run(Args& args, std::string& into) {
    args.option("--run", into, "the run to record in [default: MLO_RUN_ID, which 'mlo track' sets]")
        .value("RUN")
        .completing(Completes::run);
}

std::pair<std::string, std::string> split_assignment(std::string_view text, std::string_view what) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        throw Error{errors::bad_value, fmt::format("{} is no KEY=VALUE for {}", quoted(text), what)};
    return {std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}};
}

std::vector<std::pair<std::string, std::string>> split_assignments(const std::vector<std::string>& texts,
                                                                   std::string_view what) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& text : texts) pairs.push_back(split_assignment(text, what));
    return pairs;
}

double parse_metric_value(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string_view rest = lower;
    const bool is_negative = rest.starts_with('-');
    if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
    const double sign = is_negative ? -1 : 1;
    if (rest == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (rest == "inf" || rest == "infinity") return sign * std::numeric_limits<double>::infinity();
    double value = 0;
    const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    const bool is_number = !rest.empty() && ((rest.front() >= '0' && rest.front() <= '9') || rest.front() == '.');
    if (!is_number || result.ptr != rest.data() + rest.size() || result.ec != std::errc{})
        throw Error{errors::bad_value, fmt::format("{} is no number", quoted(text))}.hint(
            "write a decimal number, nan, inf or -inf");
    return sign * value;
}

std::string short_id(std::string_view id) { return std::string{id.substr(0, 8)}; }

Paint paint_of(track::RunState state) noexcept {
    switch (state) {
        case track::RunState::finished:
            return Paint::good;
        case track::RunState::failed:
        case track::RunState::killed:
        case track::RunState::lost:
            return Paint::bad;
        default:
            return Paint::changed;
    }
}

std::string format_duration_ms(std::int64_t milliseconds) {
    if (milliseconds < 0) return "-";
    const auto seconds = milliseconds / 1000;
    if (seconds < 10) return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
    return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3600);
}

std::string format_moment_ms(std::int64_t time_ms, const Output& out) {
    if (!out.is_terminal())
        return to_rfc3339(std::chrono::floor<std::chrono::seconds>(Timestamp{std::chrono::milliseconds{time_ms}}));
    const std::time_t seconds = static_cast<std::time_t>(time_ms / 1000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", parts);
}

}  // namespace mlo::cli
