// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/results.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mlo/ledger/errors.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "result_body.hpp"

namespace mlo::pipeline {
namespace {

/// Whether both say the same of what the stage made: sizes, MD5 and flags follow from the ids and the key.
bool same_outputs(const StageResult& a, const StageResult& b) {
    return std::equal(a.outs.begin(), a.outs.end(), b.outs.begin(), b.outs.end(),
                      [](const OutputRecord& x, const OutputRecord& y) {
                          return x.path == y.path && x.state->kind == y.state->kind && x.state->id == y.state->id &&
                                 x.state->is_executable == y.state->is_executable;
                      });
}

bool is_among(const std::vector<StageResult>& known, const StageResult& result) {
    return std::any_of(known.begin(), known.end(), [&](const StageResult& each) { return same_outputs(each, result); });
}

}  // namespace

Results::Results(ledger::Ledger& ledger, std::string writer, LogSink& log)
    : ledger_{ledger}, writer_{std::move(writer)}, log_{log} {}

std::vector<StageResult> Results::find(const hash::Digest& key) {
    std::vector<StageResult> found;
    for (const auto& event : ledger_.by_subject(key.to_string())) {
        if (event.kind != stage_result_kind || !event.body) continue;
        const auto body = ledger_.body(*event.body);
        if (!body || ledger_.is_retracted({event.writer, event.seq})) continue;
        try {
            auto result = parse_result(*body, ledger::Place{event.writer, event.seq}.to_string());
            result.key = key;
            result.writer = event.writer;
            result.time_ms =
                std::chrono::duration_cast<std::chrono::milliseconds>(event.time.time_since_epoch()).count();
            if (!is_among(found, result)) found.push_back(std::move(result));
        } catch (const Error& error) {
            if (error.code().id != errors::result_invalid.id) throw;
            log_.log(LogLevel::warning, fmt::format("a result is passed over: {}", error.message()));
        }
    }
    return found;
}

void Results::publish(std::span<const StageResult> results) {
    std::vector<ledger::NewEvent> events;
    std::map<hash::Digest, std::vector<StageResult>> known;
    for (const auto& result : results) {
        const auto [place, is_first] = known.try_emplace(result.key);
        if (is_first) place->second = find(result.key);
        if (is_among(place->second, result)) continue;
        place->second.push_back(result);
        ledger::NewEvent event{.kind = std::string{stage_result_kind}, .subject = result.key.to_string()};
        for (const auto& out : result.outs) {
            MLO_ASSERT(out.state && out.state->id);
            if (out.is_cached) event.ids.push_back({*out.state->id, out.state->kind});
        }
        event.body = to_canonical_json(result);
        if (!fits(event)) {
            log_.log(LogLevel::warning, fmt::format("a result of {} is too large to be published",
                                                    plural(result.outs.size(), "output", "outputs")));
            continue;
        }
        events.push_back(std::move(event));
    }
    if (!events.empty()) ledger_.append(writer_, events);
}

}  // namespace mlo::pipeline
