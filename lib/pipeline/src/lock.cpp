// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/lock.hpp>

#include <algorithm>
#include <map>

#include "lock_format.hpp"
#include "lock_text.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view mlo_head =
    "# What each stage's last result followed from, written by mlo: commit it, do not edit it (man "
    "mlo-pipeline-lock).\n"
    "schema: mlo/pipeline-lock-v1\n";
constexpr std::string_view dvc_head = "schema: '2.0'\n";

/// What is to be written in place of what is there; nothing: the stage is gone.
struct Change {
    std::optional<std::string> block{};
    std::optional<StageRecord> record{};
    std::uint64_t order = 0;
};

struct Piece {
    std::string_view name;
    std::string_view text;
};

void append_lines(std::string& out, std::string_view lines, std::string_view line_end) {
    out += lines;
    if (!out.empty() && out.back() != '\n') out += line_end;
}

}  // namespace

struct Lock::State {
    State(Dialect its_dialect, std::string file, std::string its_text)
        : dialect{its_dialect}, text{its_dialect, std::move(file), std::move(its_text)} {}

    Dialect dialect;
    LockText text;
    std::map<std::string, Change, std::less<>> changes{};
    std::uint64_t next_order = 0;

    [[nodiscard]] std::string block_of(std::string_view stage, const StageRecord& record) const;
    [[nodiscard]] std::vector<Piece> pieces() const;
};

std::string Lock::State::block_of(std::string_view stage, const StageRecord& record) const {
    auto block = dialect == Dialect::mlo ? write_mlo_stage(stage, record) : write_dvc_stage(stage, record);
    if (text.line_end() == "\n") return block;
    std::string result;
    for (const char c : block) result += c == '\n' ? std::string{"\r\n"} : std::string{c};
    return result;
}

std::vector<Piece> Lock::State::pieces() const {
    std::vector<Piece> pieces;
    pieces.reserve(text.blocks().size() + changes.size());
    for (const auto& block : text.blocks()) {
        const auto change = changes.empty() ? changes.end() : changes.find(block.name);
        if (change == changes.end()) {
            pieces.push_back({block.name, text.text_of(block)});
        } else if (change->second.block) {
            pieces.push_back({block.name, *change->second.block});
        }
    }
    std::vector<const std::pair<const std::string, Change>*> added;
    for (const auto& change : changes) {
        if (change.second.block && text.find(change.first) == nullptr) added.push_back(&change);
    }
    std::sort(added.begin(), added.end(),
              [](const auto* a, const auto* b) { return a->second.order < b->second.order; });
    for (const auto* const change : added) pieces.push_back({change->first, *change->second.block});
    if (dialect == Dialect::mlo) {
        const auto before = [](const Piece& a, const Piece& b) { return a.name < b.name; };
        if (!std::is_sorted(pieces.begin(), pieces.end(), before))
            std::stable_sort(pieces.begin(), pieces.end(), before);
    }
    return pieces;
}

Lock::Lock(Dialect dialect, std::string file, std::string text)
    : state_{std::make_unique<State>(dialect, std::move(file), std::move(text))} {}
Lock::~Lock() = default;
Lock::Lock(Lock&&) noexcept = default;
Lock& Lock::operator=(Lock&&) noexcept = default;

std::optional<StageRecord> Lock::find(std::string_view stage) const {
    if (const auto change = state_->changes.find(stage); change != state_->changes.end()) return change->second.record;
    const auto* const block = state_->text.find(stage);
    if (block == nullptr) return std::nullopt;
    return state_->text.read(*block, state_->dialect == Dialect::mlo ? read_mlo_stage : read_dvc_stage);
}

void Lock::put(std::string_view stage, const StageRecord& record) {
    auto& changes = state_->changes;
    auto block = state_->block_of(stage, record);
    if (const auto* const old = state_->text.find(stage); old != nullptr && state_->text.text_of(*old) == block) {
        if (const auto change = changes.find(stage); change != changes.end()) changes.erase(change);
        return;
    }
    auto& change = changes.try_emplace(std::string{stage}, Change{.order = state_->next_order}).first->second;
    if (change.order == state_->next_order) state_->next_order += 1;
    change.block = std::move(block);
    change.record = as_locked(state_->dialect, record);
}

void Lock::erase(std::string_view stage) {
    auto& changes = state_->changes;
    if (state_->text.find(stage) != nullptr) {
        changes.insert_or_assign(std::string{stage}, Change{});
    } else if (const auto change = changes.find(stage); change != changes.end()) {
        changes.erase(change);
    }
}

std::vector<std::string> Lock::stages() const {
    std::vector<std::string> names;
    for (const auto& piece : state_->pieces()) names.emplace_back(piece.name);
    return names;
}

bool Lock::is_changed() const noexcept { return !state_->changes.empty(); }

std::string Lock::text() const {
    const auto& text = state_->text;
    if (!is_changed()) return text.original();
    const auto pieces = state_->pieces();
    const auto line_end = text.line_end();
    std::string out;
    out.reserve(text.original().size() + (std::size_t{1} << 16));
    const auto head = text.head();
    append_lines(out, head.empty() ? state_->dialect == Dialect::mlo ? mlo_head : dvc_head : head, line_end);
    out.append(pieces.empty() ? "stages: {}" : "stages:").append(line_end);
    append_lines(out, text.lead(), line_end);
    for (const auto& piece : pieces) append_lines(out, piece.text, line_end);
    out += text.tail();
    return out;
}

std::string Lock::path_for(std::string_view document) {
    const auto slash = document.rfind('/');
    const auto dot = document.rfind('.');
    const auto name = slash == std::string_view::npos ? 0 : slash + 1;
    const bool has_ending = dot != std::string_view::npos && dot > name;
    return std::string{has_ending ? document.substr(0, dot) : document} + ".lock";
}

}  // namespace mlo::pipeline
