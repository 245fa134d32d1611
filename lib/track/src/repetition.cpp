// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mlo/track/environment.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/repetition.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <set>

namespace mlo::track {
namespace {

/// A '*' at one end stands for anything. Paths are left out: they belong to a machine.
constexpr std::array repeated_names{
    std::string_view{"LANG"},        std::string_view{"LC_*"},         std::string_view{"TZ"},
    std::string_view{"PYTHON*"},     std::string_view{"CUBLAS_*"},     std::string_view{"CUDNN_*"},
    std::string_view{"CUDA_LA*"},    std::string_view{"OMP_*"},        std::string_view{"GOMP_*"},
    std::string_view{"KMP_*"},       std::string_view{"MKL_*"},        std::string_view{"OPENBLAS_*"},
    std::string_view{"BLIS_*"},      std::string_view{"VECLIB_*"},     std::string_view{"NUMEXPR_*"},
    std::string_view{"NUMBA_*"},     std::string_view{"TORCH*"},       std::string_view{"PYTORCH_*"},
    std::string_view{"PL_*"},        std::string_view{"TF_*"},         std::string_view{"XLA_*"},
    std::string_view{"JAX_*"},       std::string_view{"KERAS_*"},      std::string_view{"TOKENIZERS_*"},
    std::string_view{"DEEPSPEED_*"}, std::string_view{"ACCELERATE_*"}, std::string_view{"*SEED"},
};
constexpr std::array place_endings{std::string_view{"PATH"},   std::string_view{"HOME"}, std::string_view{"DIR"},
                                   std::string_view{"CACHE"},  std::string_view{"FILE"}, std::string_view{"PREFIX"},
                                   std::string_view{"STARTUP"}};

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
    if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
    return name == pattern;
}

bool is_repeated(std::string_view name) {
    const auto fits = [&](std::string_view pattern) { return matches(pattern, name); };
    const auto is_place = [&](std::string_view ending) { return name.ends_with(ending); };
    return std::any_of(repeated_names.begin(), repeated_names.end(), fits) &&
           std::none_of(place_endings.begin(), place_endings.end(), is_place);
}

/// `text` with `from` at its start, or after '=' or ':', replaced where it is a whole path or leads into one.
std::string moved(std::string_view text, const Move& move) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
        const bool may_start = at == 0 || text[at - 1] == '=' || text[at - 1] == ':';
        const auto rest = text.substr(at);
        const bool leads_there =
            may_start && rest.starts_with(move.from) &&
            (rest.size() == move.from.size() || rest[move.from.size()] == '/' || rest[move.from.size()] == ':');
        if (leads_there) {
            result += move.to;
            at += move.from.size();
        } else {
            result += text[at++];
        }
    }
    return result;
}

bool is_masked(std::string_view text) { return text.find(masked) != std::string_view::npos; }

/// "name==version" lines.
std::map<std::string, std::string> parse_packages(std::string_view list) {
    std::map<std::string, std::string> packages;
    for (const auto& line : split(list, '\n')) {
        const auto equals = line.find("==");
        if (equals != std::string::npos) packages[line.substr(0, equals)] = line.substr(equals + 2);
    }
    return packages;
}

bool is_close(double a, double b, double relative) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (a == b) return true;
    if (std::isinf(a) || std::isinf(b)) return false;
    return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

bool is_close(const std::optional<Point>& a, const std::optional<Point>& b, double relative) {
    return a && b ? is_close(a->value, b->value, relative) : a.has_value() == b.has_value();
}

bool is_same(const MetricSummary& a, const MetricSummary& b, double relative) {
    return a.count == b.count && is_close(a.last.value, b.last.value, relative) && is_close(a.min, b.min, relative) &&
           is_close(a.max, b.max, relative);
}

std::map<std::string_view, const Output*> by_path(const std::vector<Output>& outputs) {
    std::map<std::string_view, const Output*> found;
    for (const auto& output : outputs) found[output.path] = &output;
    return found;
}

}  // namespace

JobPlan plan_job(const RunDocument& run, std::span<const std::string> command, std::span<const std::string> environment,
                 const Move& move) {
    JobPlan plan;
    const bool is_recorded = command.empty();
    for (const auto& word : is_recorded ? std::span<const std::string>{run.command} : command) {
        if (is_recorded && is_masked(word))
            throw Error{
                errors::run_not_repeatable,
                fmt::format("the command of {} had a secret, which was not kept: {}", quoted(run.id), quoted(word))}
                .hint("mlo repro RUN -- CMD, with the secret in its place");
        plan.command.push_back(moved(word, move));
        if (plan.command.back() != word)
            plan.notes.push_back(fmt::format("{} became {}", quoted(word), quoted(plan.command.back())));
        else if (word.find(move.from) != std::string::npos)
            plan.notes.push_back(
                fmt::format("{} names {}, where nothing is as it was", quoted(word), quoted(move.from)));
    }
    if (plan.command.empty())
        throw Error{errors::run_not_repeatable, fmt::format("the run {} has no command", quoted(run.id))}.hint(
            "mlo repro RUN -- CMD");

    std::set<std::string_view> kept;
    for (const auto& [name, value] : run.environment) {
        if (!is_repeated(name)) continue;
        kept.insert(name);
        if (is_masked(value))
            plan.notes.push_back(fmt::format("the value of {} was not kept: it is as it is now", name));
        else
            plan.environment.push_back(name + "=" + value);
    }
    for (const auto& variable : environment) {
        const auto name = std::string_view{variable}.substr(0, variable.find('='));
        const auto recorded = kept.contains(name) ? run.environment.find(std::string{name}) : run.environment.end();
        if (recorded != run.environment.end() && !is_masked(recorded->second)) {
            if (variable.substr(std::min(variable.size(), name.size() + 1)) != recorded->second)
                plan.notes.push_back(fmt::format("{} is {} as it was", name, quoted(recorded->second)));
        } else if (is_repeated(name) && recorded == run.environment.end()) {
            plan.notes.push_back(fmt::format("{} is not set, as it was", name));
        } else {
            plan.environment.push_back(name == "PYTHONPATH" ? moved(variable, move) : variable);
        }
    }
    return plan;
}

std::vector<std::string> package_changes(std::string_view before, std::string_view now) {
    const auto then = parse_packages(before);
    const auto today = parse_packages(now);
    std::vector<std::string> changes;
    for (const auto& [name, version] : then) {
        const auto found = today.find(name);
        if (found == today.end())
            changes.push_back(fmt::format("{} {} is missing", name, version));
        else if (found->second != version)
            changes.push_back(fmt::format("{} {}, now {}", name, version, found->second));
    }
    for (const auto& [name, version] : today)
        if (!then.contains(name)) changes.push_back(fmt::format("{} {} is new", name, version));
    return changes;
}

Verdict::Answer Verdict::answer() const noexcept {
    const auto differs = [](const auto& each) { return !each.is_same; };
    if (!ended_alike || std::any_of(metrics.begin(), metrics.end(), differs) ||
        std::any_of(outputs.begin(), outputs.end(), differs))
        return Answer::different;
    return metrics.empty() && outputs.empty() ? Answer::nothing_to_compare : Answer::same;
}

Verdict compare_results(const RunDocument& before, const RunDocument& after, const Tolerance& tolerance) {
    Verdict verdict;
    // What was no job of ours (mlo track start) has no exit code.
    const bool has_codes = before.exit_code && after.exit_code;
    verdict.ended_alike = before.state == after.state && before.signal == after.signal &&
                          (!has_codes || before.exit_code == after.exit_code);

    std::set<std::string> keys;
    for (const auto* run : {&before, &after})
        for (const auto& [key, summary] : run->metrics)
            if (!key.starts_with("system/")) keys.insert(key);
    for (const auto& key : tolerance.ignored) keys.erase(key);
    for (const auto& key : keys) {
        MetricVerdict metric{.key = key, .before = {}, .after = {}};
        if (const auto found = before.metrics.find(key); found != before.metrics.end()) metric.before = found->second;
        if (const auto found = after.metrics.find(key); found != after.metrics.end()) metric.after = found->second;
        metric.is_same = metric.before && metric.after && is_same(*metric.before, *metric.after, tolerance.relative);
        verdict.metrics.push_back(std::move(metric));
    }

    const auto then = by_path(before.outputs);
    const auto now = by_path(after.outputs);
    std::set<std::string_view> paths;
    for (const auto& [path, output] : then) paths.insert(path);
    for (const auto& [path, output] : now) paths.insert(path);
    for (const auto path : paths) {
        OutputVerdict output{.path = std::string{path}, .before = {}, .after = {}};
        if (const auto found = then.find(path); found != then.end()) output.before = *found->second;
        if (const auto found = now.find(path); found != now.end()) output.after = *found->second;
        output.is_same = output.before && output.after && output.before->id == output.after->id;
        verdict.outputs.push_back(std::move(output));
    }
    return verdict;
}

}  // namespace mlo::track
