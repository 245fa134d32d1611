// SPDX-License-Identifier: Apache-2.0
#include "run_view.hpp"

#include <fmt/format.h>

#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "pipelines.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

using pipeline::StageOutcome;

constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_running = 4;

/// One line of what a stage prints: what a carriage return wrote over is gone, other control characters are shown.
std::string shown_line(std::string_view text) {
    while (text.ends_with('\r')) text.remove_suffix(1);
    if (const auto last = text.rfind('\r'); last != std::string_view::npos) text.remove_prefix(last + 1);
    std::string shown;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '\t' || c == '\x1b' || code >= 0x20) shown += c;
    }
    return shown;
}

Paint paint_of(StageOutcome outcome) {
    switch (outcome) {
        case StageOutcome::failed:
        case StageOutcome::cancelled:
            return Paint::bad;
        case StageOutcome::ran:
        case StageOutcome::restored:
        case StageOutcome::recorded:
            return Paint::good;
        case StageOutcome::would_run:
        case StageOutcome::would_restore:
        case StageOutcome::would_record:
        case StageOutcome::may_run:
            return Paint::changed;
        default:
            return Paint::faint;
    }
}

/// Whether they are told at the end: of what began they were told then.
bool tells_reasons(StageOutcome outcome) {
    switch (outcome) {
        case StageOutcome::restored:
        case StageOutcome::recorded:
        case StageOutcome::would_run:
        case StageOutcome::would_restore:
        case StageOutcome::would_record:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string words_of(const pipeline::StageReport& report) {
    switch (report.outcome) {
        case StageOutcome::up_to_date:
            return "is up to date";
        case StageOutcome::restored:
            if (report.run.empty()) return "restored from the store";
            return fmt::format("restored from run {}, which took {}", short_id(report.run),
                               format_duration_ms(report.duration_ms));
        case StageOutcome::recorded:
            return "recorded as it is";
        case StageOutcome::ran:
            return fmt::format("done in {}", format_duration_ms(report.duration_ms));
        case StageOutcome::skipped:
            return "skipped";
        case StageOutcome::failed:
            return "failed";
        case StageOutcome::blocked:
            return "cannot run";
        case StageOutcome::not_started:
            return "not started";
        case StageOutcome::cancelled:
            return "stopped";
        case StageOutcome::would_run:
            return "would run";
        case StageOutcome::would_restore:
            return "would be restored from the store";
        case StageOutcome::would_record:
            return "would be recorded as it is";
        case StageOutcome::may_run:
            return "might run";
    }
    return "";
}

RunView::~RunView() {
    ctx_.out().console().set_live_line("");
    // What ran after the ends of stages may have ended within a line.
    while (!unfinished_.empty()) finish_lines(std::string{unfinished_.begin()->first});
}

void RunView::planned(std::size_t /*stages*/) {}

void RunView::line(const std::string& stage, std::string_view text) {
    log_.message(fmt::format("{}: {}", printable(stage), text));
}

void RunView::begun(const std::string& stage, std::span<const pipeline::Reason> reasons, std::uint32_t attempt) {
    log_.begun(stage);
    if (attempt == 1) trace_.begun(stage);
    if (attempt > 1) {
        line(stage, fmt::format("begins again, attempt {}", attempt));
    } else {
        line(stage, reasons.empty() ? "begins" : fmt::format("begins: {}", describe(reasons)));
    }
}

void RunView::output(const std::string& stage, OutputStream /*stream*/, ByteView bytes) {
    trace_.output(stage, bytes);
    auto& open = unfinished_[stage];
    for (auto text = as_text(bytes); !text.empty();) {
        const auto end = text.find('\n');
        const auto part = text.substr(0, end);
        if (open.size() + part.size() > longest_line) {
            log_.line(stage, shown_line(open));
            open.clear();
        }
        open += part;
        if (end == std::string_view::npos) return;
        log_.line(stage, shown_line(open));
        open.clear();
        text.remove_prefix(end + 1);
    }
}

void RunView::finish_lines(const std::string& stage) {
    const auto open = unfinished_.find(stage);
    if (open == unfinished_.end()) return;
    if (!open->second.empty()) log_.line(stage, shown_line(open->second));
    unfinished_.erase(open);
}

void RunView::retried(const std::string& stage, const Error& error, std::chrono::nanoseconds delay) {
    finish_lines(stage);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(delay).count();
    line(stage, fmt::format("{}; again in {}", error.message(), format_duration_ms(milliseconds)));
}

void RunView::ended(const pipeline::StageReport& report) {
    finish_lines(report.name);
    const bool is_bad = report.outcome == StageOutcome::failed || report.outcome == StageOutcome::cancelled;
    trace_.ended(report.name, is_bad ? RunTrace::Ended::badly : RunTrace::Ended::well);
    log_.ended(report.name);
    const bool is_quiet = report.outcome == StageOutcome::up_to_date || report.outcome == StageOutcome::not_started;
    if (!is_quiet || !report.notes.empty() || ctx_.out().verbosity() >= Verbosity::verbose) {
        auto text = std::string{ctx_.out().painted(paint_of(report.outcome), words_of(report))};
        std::string why = tells_reasons(report.outcome) ? describe(report.reasons) : "";
        for (const auto& note : report.notes) why += (why.empty() ? "" : "; ") + note;
        if (!is_quiet || !why.empty() || ctx_.out().verbosity() >= Verbosity::verbose) {
            line(report.name, why.empty() ? text : fmt::format("{}: {}", text, why));
        }
    }
    if (report.error && report.outcome == StageOutcome::failed) log_.error(*report.error);
}

void RunView::status(const pipeline::EngineStatus& status) {
    auto& console = ctx_.out().console();
    if (!console.has_live_line() || ctx_.globals().hides_progress) return;
    std::string text = fmt::format("[{}/{}]", status.finished, status.selected);
    for (std::size_t i = 0; i < status.running.size() && i < most_running; ++i) {
        text += fmt::format("{} {}", i == 0 ? "" : ",", printable(status.running[i]));
    }
    if (status.running.size() > most_running) text += fmt::format(" and {} more", status.running.size() - most_running);
    console.set_live_line(text.substr(0, console.width() - 1));
}

}  // namespace mlo::cli
