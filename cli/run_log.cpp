// SPDX-License-Identifier: Apache-2.0
#include "run_log.hpp"

#include <fmt/format.h>

#include <mlo/report/ci_log.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t most_held_back_bytes = 1U << 20U;

std::string in_words(const Error& error) {
    auto text = fmt::format("error[MLO-{}]: {}", error.code().id, error.message());
    if (!error.place().empty()) text += fmt::format("\n  --> {}", error.place());
    for (const auto& note : error.notes()) text += fmt::format("\n  = {}", note);
    if (const auto step = next_step(error); !step.empty()) text += fmt::format("\n  help: {}", step);
    return text;
}

}  // namespace

CiSystem ci_system(const Environment& environment) {
    if (environment.get("GITHUB_ACTIONS") == "true") return CiSystem::github;
    return environment.get("GITLAB_CI") == "true" ? CiSystem::gitlab : CiSystem::none;
}

RunLog::RunLog(Context& ctx, CiSystem system) : ctx_{ctx}, system_{system} {}

RunLog::~RunLog() {
    // Where an error ends all.
    while (!held_back_.empty()) ended(std::string{held_back_.begin()->first});
    close();
}

void RunLog::begun(const std::string& stage) { groups_of_.try_emplace(stage, 0); }

void RunLog::line(const std::string& stage, const std::string& text) {
    if (ctx_.out().verbosity() == Verbosity::quiet) return;
    if (system_ == CiSystem::none) {
        show(stage, text);
        return;
    }
    if (!groups_of_.contains(stage)) {
        open(stage);
        show(stage, text);
        return;
    }
    if (owner_.empty()) {
        owner_ = stage;
        show_held_back(stage);
    }
    if (stage == owner_) {
        open(stage);
        show(stage, text);
        return;
    }
    auto& held_back = held_back_[stage];
    held_back.lines.push_back(text);
    held_back.size_bytes += text.size();
    if (held_back.size_bytes > most_held_back_bytes) show_held_back(stage);
}

void RunLog::ended(const std::string& stage) {
    show_held_back(stage);
    if (open_ == stage) close();
    if (owner_ == stage) owner_.clear();
    groups_of_.erase(stage);
}

void RunLog::show_held_back(const std::string& stage) {
    const auto found = held_back_.find(stage);
    if (found == held_back_.end()) return;
    const auto lines = std::move(found->second.lines);
    held_back_.erase(found);
    open(stage);
    for (const auto& text : lines) show(stage, text);
}

void RunLog::show(const std::string& stage, const std::string& text) {
    ctx_.out().message(harmless(fmt::format("{} | {}", printable(stage), text)));
}

void RunLog::open(const std::string& stage) {
    if (open_ == stage) return;
    close();
    open_ = stage;
    const auto known = groups_of_.find(stage);
    const bool is_first = known != groups_of_.end() && ++known->second == 1;
    const auto title = printable(stage) + (is_first ? "" : " (continued)");
    if (system_ == CiSystem::github) {
        command(report::github_command("group", {}, title));
    } else {
        const auto now = now_s();
        open_id_ = fmt::format("mlo_{}_{}", now, ++last_group_);
        command(report::gitlab_section_start(now, open_id_, title));
    }
}

void RunLog::close() {
    if (open_.empty()) return;
    open_.clear();
    command(system_ == CiSystem::github ? report::github_command("endgroup", {}, "")
                                        : report::gitlab_section_end(now_s(), open_id_));
}

std::int64_t RunLog::now_s() const {
    const auto now = ctx_.runtime().clock.now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

void RunLog::message(std::string_view text) {
    close();
    ctx_.out().message(harmless(text));
}

void RunLog::warning(std::string_view text) {
    close();
    ctx_.out().warning(harmless(text));
}

void RunLog::error(const Error& error) {
    close();
    if (ctx_.out().is_json()) {
        // The answer has it as well: it is no answer of its own.
        command(in_words(harmless(error)));
        return;
    }
    ctx_.out().error(harmless(error));
}

void RunLog::hint(std::string_view text) {
    close();
    ctx_.out().hint(harmless(text));
}

void RunLog::command(std::string_view text) { ctx_.out().console().line(text); }

std::string RunLog::harmless(std::string_view text) const {
    switch (system_) {
        case CiSystem::github:
            return report::without_github_commands(text);
        case CiSystem::gitlab:
            return report::without_gitlab_sections(text);
        case CiSystem::none:
            break;
    }
    return std::string{text};
}

Error RunLog::harmless(const Error& error) const {
    if (system_ == CiSystem::none) return error;
    Error made{error.code(), harmless(error.message())};
    if (!error.place().empty()) made.at(harmless(error.place()));
    for (const auto& note : error.notes()) made.note(harmless(note));
    if (!error.hint_text().empty()) made.hint(harmless(error.hint_text()));
    return made;
}

}  // namespace mlo::cli
