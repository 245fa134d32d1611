// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/scheduler.hpp>
#include <mlo/util/text.hpp>
#include <queue>
#include <set>
#include <utility>

namespace mlo::pipeline {
namespace {

enum class Phase : std::uint8_t { elsewhere, waiting, ready, deciding, queued, running, done, failed, skipped };

/// Where a stage stands in a line: what has the longest path behind it is first.
struct Rank {
    std::uint64_t behind_ms = 0;  ///< with its own
    std::uint32_t place = 0;      ///< in the graph's order
    std::uint32_t stage = 0;

    friend bool operator<(const Rank& a, const Rank& b) noexcept {
        return a.behind_ms != b.behind_ms ? a.behind_ms > b.behind_ms : a.place < b.place;
    }
};
struct IsAfter {
    bool operator()(const Rank& a, const Rank& b) const noexcept { return b < a; }
};
using Line = std::priority_queue<Rank, std::vector<Rank>, IsAfter>;

std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return a + std::min(b, ~a); }

/// By pool: its number and how much of it.
using Amounts = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

std::string in_words(const std::string& pool, std::uint64_t amount) {
    return pool == "memory" ? format_bytes(amount) + " of memory" : fmt::format("{} of {}", amount, quoted(pool));
}

}  // namespace

struct Scheduler::State {
    State(const Pipeline& pipeline, const Graph& its_graph, std::span<const std::uint32_t> selected, Limits its_limits,
          KeepGoing keeps_going, std::span<const std::uint32_t> durations_ms)
        : graph{its_graph}, limits{std::move(its_limits)}, keep_going{keeps_going}, free_jobs{limits.jobs} {
        MLO_ASSERT(limits.jobs > 0 && (durations_ms.empty() || durations_ms.size() == graph.size()));
        phases.resize(graph.size());
        missing.resize(graph.size());
        ranks.resize(graph.size());
        kinds.resize(graph.size());
        for (const auto& [name, amount] : limits.pools) free.push_back(amount);
        for (const auto stage : selected) phases[stage] = Phase::waiting;
        std::map<Amounts, std::uint32_t> known_kinds;
        for (const auto stage : graph.order()) {
            if (phases[stage] != Phase::waiting) continue;
            auto needs = needs_of(pipeline, pipeline.stages[stage]);
            const auto number = static_cast<std::uint32_t>(known_kinds.size());
            kinds[stage] = known_kinds.try_emplace(std::move(needs), number).first->second;
        }
        lines.resize(known_kinds.size());
        amounts.resize(known_kinds.size());
        for (const auto& [needs, kind] : known_kinds) amounts[kind] = needs;
        rank_all(durations_ms);
        for (const auto stage : graph.order()) {
            if (phases[stage] != Phase::waiting) continue;
            for (const auto need : graph.needs(stage)) missing[stage] += phases[need] != Phase::elsewhere ? 1u : 0u;
        }
        for (const auto stage : graph.order())
            if (phases[stage] == Phase::waiting && missing[stage] == 0) make_ready(stage);
    }

    Amounts needs_of(const Pipeline& pipeline, const Stage& stage) const {
        Amounts needs;
        if (!stage.extras) return needs;
        for (const auto& need : stage.extras->needs) {
            const auto found = limits.pools.find(need.pool);
            const auto most = found == limits.pools.end() ? 0 : found->second;
            if (need.amount > most)
                throw Error{
                    errors::need_too_large,
                    fmt::format("stage {} asks for {}, and there is {}", quoted(pipeline.address(stage)),
                                in_words(need.pool, need.amount), most == 0 ? "none" : in_words(need.pool, most))}
                    .at(pipeline.place(stage, stage.place))
                    .hint(most == 0
                              ? fmt::format("run it on a machine that has {}, or take it out of 'resources'", need.pool)
                              : fmt::format("let it ask for at most {}, or run it on a larger machine",
                                            in_words(need.pool, most)));
            if (need.amount > 0)
                needs.emplace_back(static_cast<std::uint32_t>(std::distance(limits.pools.begin(), found)), need.amount);
        }
        return needs;
    }

    /// What takes how long is known of some stages; the others take as long as those on average.
    void rank_all(std::span<const std::uint32_t> durations_ms) {
        std::uint64_t total = 0;
        std::uint64_t known = 0;
        for (std::size_t stage = 0; stage < durations_ms.size(); ++stage) {
            if (phases[stage] != Phase::waiting || durations_ms[stage] == 0) continue;
            total += durations_ms[stage];
            ++known;
        }
        const auto usual = known == 0 ? 1 : std::max<std::uint64_t>(1, total / known);
        const auto order = graph.order();
        for (auto place = order.size(); place-- > 0;) {
            const auto stage = order[place];
            if (phases[stage] != Phase::waiting) continue;
            std::uint64_t behind = 0;
            for (const auto other : graph.needed_by(stage)) behind = std::max(behind, ranks[other].behind_ms);
            const bool is_known = !durations_ms.empty() && durations_ms[stage] > 0;
            ranks[stage] = {sum(behind, is_known ? durations_ms[stage] : usual), static_cast<std::uint32_t>(place),
                            stage};
        }
    }

    void make_ready(std::uint32_t stage) {
        phases[stage] = Phase::ready;
        ready.push(ranks[stage]);
    }

    void move(std::uint32_t stage, Phase from, Phase to) {
        MLO_ASSERT(stage < phases.size() && phases[stage] == from);
        phases[stage] = to;
    }

    /// The line of its kind, whose first may change, stands elsewhere among the lines then.
    template <class Change>
    void change_line(std::uint32_t kind, const Change& change) {
        auto& line = lines[kind];
        if (!line.empty()) firsts.erase({line.top(), kind});
        change(line);
        if (!line.empty()) firsts.insert({line.top(), kind});
    }

    [[nodiscard]] static bool fits(const Amounts& needs, const std::vector<std::uint64_t>& there) {
        return std::all_of(needs.begin(), needs.end(),
                           [&](const auto& need) { return there[need.first] >= need.second; });
    }

    std::optional<std::uint32_t> next_to_start() {
        if (is_stopped || free_jobs == 0 || nothing_fits) return std::nullopt;
        auto there = free;
        bool is_kept = false;
        for (const auto& [rank, kind] : firsts) {
            const auto& needs = amounts[kind];
            if (fits(needs, there)) return start(rank.stage, kind);
            if (std::exchange(is_kept, true)) continue;
            for (const auto& [pool, amount] : needs) there[pool] -= std::min(there[pool], amount);
        }
        nothing_fits = true;
        return std::nullopt;
    }

    std::uint32_t start(std::uint32_t stage, std::uint32_t kind) {
        change_line(kind, [](Line& line) { line.pop(); });
        for (const auto& [pool, amount] : amounts[kind]) free[pool] -= amount;
        --free_jobs;
        --queued;
        ++active;
        move(stage, Phase::queued, Phase::running);
        return stage;
    }

    std::vector<std::uint32_t> skip_behind(std::uint32_t stage) {
        std::vector<std::uint32_t> found{stage};
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (const auto other : graph.needed_by(found[i])) {
                if (phases[other] != Phase::waiting) continue;
                phases[other] = Phase::skipped;
                found.push_back(other);
            }
        }
        found.erase(found.begin());
        std::sort(found.begin(), found.end(), [&](auto a, auto b) { return ranks[a].place < ranks[b].place; });
        return found;
    }

    const Graph& graph;
    Limits limits;
    KeepGoing keep_going;
    std::uint32_t free_jobs;
    std::vector<std::uint64_t> free;  ///< by pool, in the order of Limits::pools
    std::vector<Phase> phases;
    std::vector<std::uint32_t> missing;  ///< how many that it needs are not done
    std::vector<Rank> ranks;
    std::vector<std::uint32_t> kinds;  ///< stages of one kind have the same needs
    std::vector<Amounts> amounts;      ///< by kind
    Line ready;
    std::vector<Line> lines;                          ///< queued stages by kind
    std::set<std::pair<Rank, std::uint32_t>> firsts;  ///< the first of each line that is not empty, and its kind
    std::size_t queued = 0;
    std::size_t active = 0;     ///< running, or being decided about
    bool nothing_fits = false;  ///< since the last change of what is queued or free
    bool is_stopped = false;
};

Scheduler::Scheduler(const Pipeline& pipeline, const Graph& graph, std::span<const std::uint32_t> selected,
                     Limits limits, KeepGoing keep_going, std::span<const std::uint32_t> durations_ms)
    : state_{std::make_unique<State>(pipeline, graph, selected, std::move(limits), keep_going, durations_ms)} {}

Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

std::optional<std::uint32_t> Scheduler::next_to_decide() {
    if (state_->is_stopped || state_->ready.empty()) return std::nullopt;
    const auto stage = state_->ready.top().stage;
    state_->ready.pop();
    state_->move(stage, Phase::ready, Phase::deciding);
    ++state_->active;
    return stage;
}

void Scheduler::must_run(std::uint32_t stage) {
    state_->move(stage, Phase::deciding, Phase::queued);
    state_->change_line(state_->kinds[stage], [&](Line& line) { line.push(state_->ranks[stage]); });
    state_->nothing_fits = false;
    ++state_->queued;
    --state_->active;
}

std::optional<std::uint32_t> Scheduler::next_to_start() { return state_->next_to_start(); }

void Scheduler::release(std::uint32_t stage) {
    state_->move(stage, Phase::running, Phase::deciding);
    for (const auto& [pool, amount] : state_->amounts[state_->kinds[stage]]) state_->free[pool] += amount;
    ++state_->free_jobs;
    state_->nothing_fits = false;
}

void Scheduler::done(std::uint32_t stage) {
    state_->move(stage, Phase::deciding, Phase::done);
    --state_->active;
    for (const auto other : state_->graph.needed_by(stage))
        if (state_->phases[other] == Phase::waiting && --state_->missing[other] == 0) state_->make_ready(other);
}

std::vector<std::uint32_t> Scheduler::failed(std::uint32_t stage) {
    state_->move(stage, Phase::deciding, Phase::failed);
    --state_->active;
    if (state_->keep_going == KeepGoing::no) state_->is_stopped = true;
    return state_->skip_behind(stage);
}

std::vector<std::uint32_t> Scheduler::skipped(std::uint32_t stage) {
    state_->move(stage, Phase::deciding, Phase::skipped);
    --state_->active;
    return state_->skip_behind(stage);
}

void Scheduler::stop() { state_->is_stopped = true; }

bool Scheduler::is_finished() const noexcept {
    return state_->active == 0 && (state_->is_stopped || (state_->ready.empty() && state_->queued == 0));
}

std::vector<std::uint32_t> Scheduler::left() const {
    std::vector<std::uint32_t> found;
    for (const auto stage : state_->graph.order()) {
        const auto phase = state_->phases[stage];
        if (phase >= Phase::waiting && phase <= Phase::running) found.push_back(stage);
    }
    return found;
}

}  // namespace mlo::pipeline
