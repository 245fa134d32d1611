// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run_compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <set>
#include <utility>

namespace mlo::track {
namespace {

constexpr std::string_view usage_fact = "usage.";
constexpr std::string_view usage_metric = "system/";

std::string as_utf8(const std::string& bytes) { return is_valid_utf8(bytes) ? bytes : printable(bytes); }

/// The keys of all maps whose values are not everywhere the same.
template <class T, class Same>
std::vector<Difference<T>> differences(const std::vector<std::map<std::string, T>>& maps, Same same) {
    std::set<std::string> keys;
    for (const auto& map : maps)
        for (const auto& [key, value] : map) keys.insert(key);
    std::vector<Difference<T>> found;
    for (const auto& key : keys) {
        Difference<T> difference{key, {}};
        for (const auto& map : maps) {
            const auto at = map.find(key);
            difference.values.push_back(at == map.end() ? std::nullopt : std::optional{at->second});
        }
        const auto& first = difference.values.front();
        const bool is_same =
            std::all_of(difference.values.begin(), difference.values.end(), [&](const std::optional<T>& each) {
                return each.has_value() == first.has_value() && (!first || same(*first, *each));
            });
        if (!is_same) found.push_back(std::move(difference));
    }
    return found;
}

template <class T, class Get, class Same = std::equal_to<>>
std::vector<Difference<T>> differences_of(std::span<const RunDocument> runs, Get get, Same same = {}) {
    std::vector<std::map<std::string, T>> maps;
    for (const auto& run : runs) maps.push_back(get(run));
    return differences<T>(maps, same);
}

void put(Facts& facts, const char* key, const std::string& text) {
    if (!text.empty()) facts.emplace(key, as_utf8(text));
}

Facts facts_of(const std::map<std::string, std::string>& texts) {
    Facts facts;
    for (const auto& [key, text] : texts) facts.emplace(as_utf8(key), as_utf8(text));
    return facts;
}

Facts run_facts(const RunDocument& run) {
    Facts facts;
    put(facts, "directory", run.directory);
    if (run.exit_code) facts.emplace("exit_code", std::int64_t{*run.exit_code});
    put(facts, "experiment", run.experiment.name);
    put(facts, "note", run.note);
    if (run.signal) facts.emplace("signal", std::int64_t{*run.signal});
    put(facts, "status", std::string{to_string(run.state)});
    put(facts, "user", run.user);
    return facts;
}

Facts code_facts(const RunDocument& run) {
    Facts facts;
    put(facts, "branch", run.source.branch);
    put(facts, "commit", run.source.commit);
    put(facts, "remote", run.source.remote);
    if (run.source.diff)
        facts.emplace("uncommitted", run.source.diff->to_string());
    else if (run.source.is_dirty.value_or(false))
        facts.emplace("uncommitted", "not kept");
    else if (!run.source.is_dirty && !run.source.commit.empty())
        facts.emplace("uncommitted", "not looked at");
    return facts;
}

/// Several of one name are one value: what was given, in order.
Facts seed_facts(const RunDocument& run) {
    std::map<std::string, std::string> seeds;
    for (const auto& seed : run.seeds) {
        auto& value = seeds[seed.name];
        value += (value.empty() ? "" : " ") + seed.value;
    }
    return facts_of(seeds);
}

enum class Usage : std::uint8_t { no, yes };

template <class T>
void take_if(std::map<std::string, T>& into, const std::map<std::string, T>& from, std::string_view start,
             Usage usage) {
    for (const auto& [key, value] : from)
        if (key.starts_with(start) == (usage == Usage::yes)) into.emplace(key, value);
}

Facts machine_facts(const RunDocument& run, Usage usage) {
    Facts facts;
    if (usage == Usage::no)
        for (const auto& [key, fact] : run.host) facts.emplace("host." + key, fact);
    take_if(facts, run.hardware, usage_fact, usage);
    return facts;
}

bool is_same_point(const std::optional<Point>& a, const std::optional<Point>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return Point{a->step, 0, a->value} == Point{b->step, 0, b->value};
}

bool is_same_metric(const MetricSummary& a, const MetricSummary& b) {
    return a.count == b.count && is_same_point(a.last, b.last) && is_same_point(a.min, b.min) &&
           is_same_point(a.max, b.max);
}

std::vector<Difference<MetricSummary>> metric_differences(std::span<const RunDocument> runs, Usage usage) {
    return differences_of<MetricSummary>(
        runs,
        [&](const RunDocument& run) {
            std::map<std::string, MetricSummary> metrics;
            take_if(metrics, run.metrics, usage_metric, usage);
            return metrics;
        },
        is_same_metric);
}

template <class Item>
std::vector<Difference<std::vector<Item>>> object_differences(std::span<const RunDocument> runs,
                                                              std::vector<Item> RunDocument::*member) {
    return differences_of<std::vector<Item>>(runs, [&](const RunDocument& run) {
        std::map<std::string, std::vector<Item>> by_path;
        for (const auto& item : run.*member) by_path[item.path].push_back(item);
        return by_path;
    });
}

/// "numpy==1.26.4" as name and version.
void add_packages(Facts& facts, std::string_view kind, std::string_view list) {
    for (const auto& line : split(list, '\n')) {
        const auto sign = line.find("==");
        if (sign == std::string::npos) continue;
        facts.emplace(fmt::format("{} {}", kind, as_utf8(line.substr(0, sign))), as_utf8(line.substr(sign + 2)));
    }
}

/// Lists that are the same are not read. Where one that differs is not here, the ids stand for it.
void compare_packages(std::span<const RunDocument> runs, const ReadText& read, Comparison& comparison) {
    const auto lists = differences_of<store::ObjectId>(runs, [](const RunDocument& run) { return run.packages; });
    for (const auto& list : lists) {
        std::vector<Facts> packages(runs.size());
        bool is_whole = true;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (!list.values[i]) continue;
            const auto text = read(*list.values[i]);
            if (text)
                add_packages(packages[i], list.key, *text);
            else
                comparison.unknown.push_back(
                    fmt::format("the list of packages ({}) of run {} is not here", list.key, runs[i].id));
            is_whole = is_whole && text.has_value();
        }
        if (!is_whole) {
            packages.assign(runs.size(), {});
            for (std::size_t i = 0; i < runs.size(); ++i)
                if (list.values[i]) packages[i].emplace(list.key, list.values[i]->to_string());
        }
        auto found = differences<Fact>(packages, std::equal_to<>{});
        std::move(found.begin(), found.end(), std::back_inserter(comparison.packages));
    }
}

}  // namespace

Comparison compare(std::span<const RunDocument> runs, const ReadText& read) {
    Comparison comparison;
    comparison.run = differences_of<Fact>(runs, run_facts);
    auto commands = differences_of<std::vector<std::string>>(runs, [](const RunDocument& run) {
        std::map<std::string, std::vector<std::string>> command;
        if (!run.command.empty()) command.emplace("command", run.command);
        return command;
    });
    if (!commands.empty()) comparison.command = std::move(commands.front());
    comparison.code = differences_of<Fact>(runs, code_facts);
    comparison.params = differences_of<Fact>(runs, [](const RunDocument& run) { return facts_of(run.params); });
    comparison.tags = differences_of<Fact>(runs, [](const RunDocument& run) { return facts_of(run.tags); });
    comparison.seeds = differences_of<Fact>(runs, seed_facts);
    comparison.metrics = metric_differences(runs, Usage::no);
    comparison.inputs = object_differences(runs, &RunDocument::inputs);
    comparison.outputs = object_differences(runs, &RunDocument::outputs);
    comparison.environment =
        differences_of<Fact>(runs, [](const RunDocument& run) { return facts_of(run.environment); });
    compare_packages(runs, read, comparison);
    comparison.host = differences_of<Fact>(runs, [](const RunDocument& run) { return machine_facts(run, Usage::no); });
    comparison.usage =
        differences_of<Fact>(runs, [](const RunDocument& run) { return machine_facts(run, Usage::yes); });
    comparison.usage_metrics = metric_differences(runs, Usage::yes);
    return comparison;
}

ReadText read_from(store::ObjectStore& objects, std::uint64_t limit_bytes) {
    return [&objects, limit_bytes](const store::ObjectId& id) -> std::optional<std::string> {
        if (!objects.contains(id)) return std::nullopt;
        const auto bytes = objects.read_all(id, limit_bytes);
        return std::string{as_text(bytes)};
    };
}

}  // namespace mlo::track
