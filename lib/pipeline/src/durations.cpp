// SPDX-License-Identifier: Apache-2.0
#include "durations.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::pipeline {

namespace {

constexpr std::string_view header = "mlo pipeline-durations 1\n";
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20;
/// As many stages as a document can have.
constexpr std::size_t most_kept = 500'000;

std::string name_of(const Pipeline& pipeline, const Stage& stage) {
    return pipeline.documents.at(stage.document).path + ':' + stage.name;
}

std::string read_text(Dir& dir) {
    try {
        if (!dir.stat(Durations::file_name)) return {};
        return read_file(dir, Durations::file_name, largest_file);
    } catch (const Error&) {
        return {};
    }
}

}  // namespace

Durations::Durations(Dir& private_dir) {
    const auto content = read_text(private_dir);
    std::string_view text = content;
    if (!text.starts_with(header)) return;
    text.remove_prefix(header.size());
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        std::uint32_t duration_ms = 0;
        const auto number = std::from_chars(line.data(), line.data() + line.size(), duration_ms);
        const auto length = static_cast<std::size_t>(number.ptr - line.data());
        if (number.ec != std::errc{} || duration_ms == 0 || length == line.size() || line[length] != ' ') continue;
        known_.insert_or_assign(std::string{line.substr(length + 1)}, duration_ms);
    }
}

std::vector<std::uint32_t> Durations::of(const Pipeline& pipeline) const {
    if (known_.empty()) return {};
    std::vector<std::uint32_t> durations;
    durations.reserve(pipeline.stages.size());
    for (const auto& stage : pipeline.stages) {
        const auto found = known_.find(name_of(pipeline, stage));
        durations.push_back(found == known_.end() ? 0 : found->second);
    }
    return durations;
}

void Durations::learn(const Pipeline& pipeline, std::span<const StageReport> reports) {
    for (const auto& report : reports) {
        const bool has_taken =
            report.outcome == StageOutcome::ran || (report.outcome == StageOutcome::restored && report.duration_ms > 0);
        auto name = name_of(pipeline, pipeline.stages[report.stage]);
        if (!has_taken || name.find('\n') != std::string::npos) continue;
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
        const auto duration_ms =
            static_cast<std::uint32_t>(std::clamp<std::int64_t>(report.duration_ms, std::int64_t{1}, most));
        auto& known = known_[std::move(name)];
        is_changed_ = is_changed_ || known != duration_ms;
        known = duration_ms;
    }
    if (known_.size() <= most_kept) return;
    std::unordered_map<std::string, std::uint32_t> kept;
    for (const auto& stage : pipeline.stages) {
        if (auto found = known_.extract(name_of(pipeline, stage))) kept.insert(std::move(found));
    }
    known_ = std::move(kept);
}

void Durations::save(Dir& private_dir, Random& random) {
    if (!is_changed_) return;
    std::string text{header};
    const std::map<std::string_view, std::uint32_t> sorted{known_.begin(), known_.end()};
    for (const auto& [name, duration_ms] : sorted) {
        text += std::to_string(duration_ms);
        text += ' ';
        text += name;
        text += '\n';
    }
    const auto temporary = temporary_name("mlo", random);
    try {
        // Not synced: to lose it costs an order that is not the best.
        private_dir.create(temporary, 0666)->write(as_bytes(text));
        private_dir.rename(temporary, private_dir, file_name, Replace::yes);
        is_changed_ = false;
    } catch (const Error&) {
        try {
            if (private_dir.stat(temporary)) private_dir.remove(temporary);
        } catch (const Error&) {
            // The disk that has failed once may do so again.
        }
    }
}

}  // namespace mlo::pipeline
