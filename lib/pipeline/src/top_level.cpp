// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/params.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

#include "document_reader.hpp"
#include "grammar.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view plots_example = "plots: [curve.csv, {loss: {x: step, y: {curve.csv: [train, test]}}}]";
constexpr std::string_view artifacts_example = "artifacts: {model: {path: model.bin, type: model}}";

std::vector<StagePath> read_list(const Value& root, std::string_view name, const DocumentFacts& document,
                                 Scope& scope) {
    std::vector<StagePath> made;
    const auto list = root.find(name);
    if (!list) return made;
    for (const auto& item : items_of(*list, name, "a list of files", fmt::format("{}: [results.json]", name))) {
        made.push_back(read_path(item, name, document, document.folder, scope));
    }
    return made;
}

void check_text_or_list(const Value& value, std::string_view name) {
    if (value.is(ValueKind::string)) return;
    for (const auto& item : items_of(value, name, "a text or a list of texts", plots_example)) {
        static_cast<void>(string_of(item, name, plots_example));
    }
}

void check_axis(const Value& value, std::string_view name) {
    if (value.is(ValueKind::mapping)) {
        for (const auto& member : value.members()) {
            if (name == "x") {
                static_cast<void>(string_of(member.value, name, plots_example));
            } else {
                check_text_or_list(member.value, name);
            }
        }
    } else if (name == "x") {
        static_cast<void>(string_of(value, name, plots_example));
    } else {
        check_text_or_list(value, name);
    }
}

void check_plot(const Member& plot) {
    constexpr std::array<std::string_view, 6> names{"x", "y", "x_label", "y_label", "title", "template"};
    const Fields fields{plot.value, plot.name(), names, plots_example};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!fields[i]) continue;
        if (i < 2) {
            check_axis(*fields[i], names[i]);
        } else {
            static_cast<void>(string_of(*fields[i], names[i], plots_example));
        }
    }
}

void read_plots(const Value& root, Scope& scope, TopLevel& top) {
    const auto list = root.find("plots");
    if (!list) return;
    constexpr std::string_view expected = "a list of files, and of names with properties";
    for (const auto& item : items_of(*list, "plots", expected, plots_example)) {
        if (item.is(ValueKind::string)) {
            top.plots.emplace_back(scope.text(item, "plots", plots_example), Datum{});
            continue;
        }
        for (const auto& member : members_of(item, "plots", expected, plots_example)) {
            if (!member.value.is_null()) check_plot(member);
            top.plots.emplace_back(scope.text(member.key, "plots", plots_example), scope.any(member.value));
        }
    }
}

void read_artifacts(const Value& root, Scope& scope, TopLevel& top) {
    const auto value = root.find("artifacts");
    if (!value) return;
    constexpr std::array<std::string_view, 5> names{"path", "desc", "type", "labels", "meta"};
    for (const auto& member : members_of(*value, "artifacts", "a mapping of artifacts", artifacts_example)) {
        const Fields fields{member.value, member.name(), names, artifacts_example};
        if (!fields[0]) {
            throw Error{errors::key_missing, fmt::format("the artifact {} has no 'path'", quoted(member.name()))}
                .at(member.key.place())
                .hint(std::string{artifacts_example});
        }
        for (std::size_t i = 0; i < 3; ++i) {
            if (fields[i]) static_cast<void>(string_of(*fields[i], names[i], artifacts_example));
        }
        if (fields[3]) {
            for (const auto& label : items_of(*fields[3], "labels", "a list of texts", "labels: [vision, large]")) {
                static_cast<void>(string_of(label, "labels", "labels: [vision, large]"));
            }
        }
        top.artifacts.emplace_back(scope.text(member.key, "artifacts", artifacts_example), scope.any(member.value));
    }
}

}  // namespace

TopLevel read_top_level(const Value& root, const DocumentFacts& document, Scope& scope) {
    TopLevel top;
    top.document = document.index;
    top.params = read_list(root, "params", document, scope);
    top.metrics = read_list(root, "metrics", document, scope);
    read_plots(root, scope, top);
    read_artifacts(root, scope, top);
    return top;
}

void read_pools(const Value& value, std::map<std::string, std::uint64_t>& pools) {
    constexpr std::string_view example = "pools: {license: 2}";
    for (const auto& member : members_of(value, "pools", "a mapping of names and amounts", example)) {
        const std::string name{member.name()};
        if (!member.value.is(ValueKind::integer) || member.value.as_integer() < 1) {
            refuse_type(member.value, name, "a whole number from 1 on", example);
        }
        if (name == "cpus" || name == "memory" || name == "gpus") {
            throw Error{errors::value_invalid, fmt::format("{} is counted by the machine, not by a pool", quoted(name))}
                .at(member.key.place())
                .hint("choose another name for the pool");
        }
        const auto amount = static_cast<std::uint64_t>(member.value.as_integer());
        const auto [at, is_new] = pools.emplace(name, amount);
        if (is_new || at->second == amount) continue;
        throw Error{errors::value_invalid, fmt::format("the pool {} holds {} here and {} in another document",
                                                       quoted(name), amount, at->second)}
            .at(member.value.place())
            .hint("define the pool in one document");
    }
}

void check_needs(const std::vector<NeedPlace>& needs, const std::map<std::string, std::uint64_t>& pools) {
    for (const auto& [need, stage, place] : needs) {
        const auto pool = pools.find(need.pool);
        if (pool == pools.end()) {
            std::vector<std::string> names{"cpus", "memory", "gpus"};
            for (const auto& known : pools) names.push_back(known.first);
            const auto guess = closest_match(need.pool, names);
            throw Error{errors::resource_unknown,
                        fmt::format("{} needs {}, which is no pool of the document", quoted(stage), quoted(need.pool))}
                .at(place)
                .hint(guess ? fmt::format("did you mean {}?", quoted(*guess))
                            : fmt::format("define it at top level: pools: {{{}: 1}}", need.pool));
        }
        if (need.amount <= pool->second) continue;
        throw Error{errors::pool_too_small, fmt::format("{} needs {} of {}, of which there are {}", quoted(stage),
                                                        need.amount, quoted(need.pool), pool->second)}
            .at(place)
            .hint(fmt::format("enlarge the pool: pools: {{{}: {}}}", need.pool, need.amount));
    }
}

Datum read_group_file(std::string_view content, std::string_view file) {
    if (file.ends_with(".toml") || file.ends_with(".py")) return read_params(content, file);
    const auto limits = params_limits(content.size());
    return to_datum(
        (file.ends_with(".json") ? json::parse(content, file, limits) : yaml::parse(content, file, limits)).root());
}

}  // namespace mlo::pipeline
