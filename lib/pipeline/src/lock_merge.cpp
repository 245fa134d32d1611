// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/lock_merge.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/pipeline/lock.hpp>
#include <mlo/util/text.hpp>

#include "lock_text.hpp"

namespace mlo::pipeline {

namespace {

enum class Side : std::uint8_t { ours, theirs };

/// The text as it would be, had the conflicts in it been settled for one side.
std::string settled(const std::string& text, Side side) {
    enum class In : std::uint8_t { both, ours, base, theirs } in = In::both;
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto newline = text.find('\n', at);
        const auto next = newline == std::string::npos ? text.size() : newline + 1;
        const auto line = std::string_view{text}.substr(at, next - at);
        at = next;
        if (in == In::both && line.starts_with("<<<<<<< "))
            in = In::ours;
        else if (in == In::ours && line.starts_with("||||||| "))
            in = In::base;
        else if ((in == In::ours || in == In::base) && trim(line) == "=======")
            in = In::theirs;
        else if (in == In::theirs && line.starts_with(">>>>>>> "))
            in = In::both;
        else if (in == In::both || (in == In::ours && side == Side::ours) || (in == In::theirs && side == Side::theirs))
            result += line;
    }
    return result;
}

/// The lines of a stage, the last one ended; nothing: there is no such stage.
using Block = std::optional<std::string>;

Block block_of(const LockText& lock, std::string_view stage) {
    const auto* const block = lock.find(stage);
    if (block == nullptr) return std::nullopt;
    std::string text{lock.text_of(*block)};
    if (!text.ends_with('\n')) text += '\n';
    return text;
}

/// What stands around the stages: two sides that differ in it both have it right, so either will do.
std::string_view pick(std::string_view base, std::string_view ours, std::string_view theirs) {
    return ours.empty() || (ours == base && !theirs.empty()) ? theirs : ours;
}

class Merger {
public:
    Merger(Dialect dialect, const std::string& file, const workspace::MergeTexts& texts)
        : dialect_{dialect},
          base_{dialect, file, settled(texts.base, Side::ours)},
          other_base_{dialect, file, settled(texts.base, Side::theirs)},
          ours_{dialect, file, texts.ours},
          theirs_{dialect, file, texts.theirs} {}

    LockMerge merge() {
        std::string body;
        for (const auto stage : stages()) add(stage, body);
        report_.text = pick(base_.head(), ours_.head(), theirs_.head());
        if (body.empty()) {
            report_.text += report_.text.empty() ? "" : "stages: {}\n";
        } else {
            report_.text += "stages:\n";
        }
        report_.text += pick(base_.lead(), ours_.lead(), theirs_.lead());
        report_.text += body;
        report_.text += pick(base_.tail(), ours_.tail(), theirs_.tail());
        return std::move(report_);
    }

private:
    /// Of both sides, in the order of a lock: sorted by name, or as they came about.
    [[nodiscard]] std::vector<std::string_view> stages() const {
        std::vector<std::string_view> names;
        for (const auto& block : ours_.blocks()) names.push_back(block.name);
        for (const auto& block : theirs_.blocks())
            if (ours_.find(block.name) == nullptr) names.push_back(block.name);
        if (dialect_ == Dialect::mlo) std::sort(names.begin(), names.end());
        return names;
    }

    void add(std::string_view stage, std::string& body) {
        const auto base = block_of(base_, stage);
        const auto ours = block_of(ours_, stage);
        const auto theirs = block_of(theirs_, stage);
        const bool has_one_base = base == block_of(other_base_, stage);
        if (ours == theirs || (has_one_base && theirs == base)) {
            body += ours.value_or("");
        } else if (has_one_base && ours == base) {
            body += theirs.value_or("");
            ++report_.taken;
        } else {
            report_.conflicts.emplace_back(stage);
            body += workspace::conflict_text(ours.value_or(""), "", theirs.value_or(""));
        }
    }

    Dialect dialect_;
    LockText base_;
    LockText other_base_;
    LockText ours_;
    LockText theirs_;
    LockMerge report_;
};

}  // namespace

LockMerge merge_locks(Dialect dialect, const std::string& file, const workspace::MergeTexts& texts) {
    try {
        return Merger{dialect, file, texts}.merge();
    } catch (const Error& error) {
        LockMerge failed;
        failed.obstacle = error;
        failed.text = workspace::conflict_text(texts.ours, fmt::format("# {}\n", error.message()), texts.theirs);
        return failed;
    }
}

}  // namespace mlo::pipeline
