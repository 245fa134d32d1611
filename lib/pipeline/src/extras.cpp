// SPDX-License-Identifier: Apache-2.0
#include "extras.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"
#include "quantities.hpp"
#include "stage_reader.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view retries_example = "retries: 3, or {count: 3, delay: 10s, factor: 2, longest: 5m, on: [75]}";
constexpr std::string_view timeout_example = "timeout: 2h, or {after: 2h, grace: 30s}";
constexpr std::string_view resources_example = "resources: {cpus: 2, memory: 4GiB, gpus: 1}";
constexpr std::string_view hooks_example = "on: {failure: 'notify-send failed'}";

std::int32_t read_exit_code(const Value& value, Scope& scope) {
    return static_cast<std::int32_t>(read_count(value, "on", 1, 255, scope));
}

std::vector<std::string> read_hook(const Value& value, Scope& scope) {
    if (value.is(ValueKind::string)) return command_lines(scope.command(value));
    std::vector<std::string> commands;
    for (const auto& item : items_of(value, "on", "a command or a list of commands", hooks_example)) {
        commands.push_back(scope.command(item));
    }
    return commands;
}

Hooks read_hooks(const Value& value, Scope& scope) {
    constexpr std::array<std::string_view, 3> names{"success", "failure", "always"};
    const Fields fields{value, "on", names, hooks_example};
    Hooks hooks;
    if (fields[0]) hooks.success = read_hook(*fields[0], scope);
    if (fields[1]) hooks.failure = read_hook(*fields[1], scope);
    if (fields[2]) hooks.always = read_hook(*fields[2], scope);
    return hooks;
}

}  // namespace

Retries read_retries(const Value& value, Scope& scope) {
    constexpr std::uint64_t most = 1000;
    constexpr std::array<std::string_view, 6> names{"count", "delay", "factor", "longest", "jitter", "on"};
    Retries made;
    if (!value.is(ValueKind::mapping)) {
        made.count = static_cast<std::uint32_t>(read_count(value, "retries", 0, most, scope));
        return made;
    }
    const Fields fields{value, "retries", names, retries_example};
    if (!fields[0]) {
        throw Error{errors::key_missing, "'retries' has no 'count'"}
            .at(value.place())
            .hint(std::string{retries_example});
    }
    made.count = static_cast<std::uint32_t>(read_count(*fields[0], "count", 0, most, scope));
    if (fields[1]) made.delay = read_duration(*fields[1], "delay", scope);
    if (fields[2]) made.factor = read_number(*fields[2], "factor", 1, 100, scope);
    if (fields[3]) made.longest = read_duration(*fields[3], "longest", scope);
    if (fields[4]) made.jitter = read_number(*fields[4], "jitter", 0, 1, scope);
    if (!fields[5]) return made;
    if (fields[5]->is(ValueKind::list)) {
        for (const auto& item : fields[5]->items()) made.exit_codes.push_back(read_exit_code(item, scope));
    } else {
        made.exit_codes.push_back(read_exit_code(*fields[5], scope));
    }
    std::sort(made.exit_codes.begin(), made.exit_codes.end());
    made.exit_codes.erase(std::unique(made.exit_codes.begin(), made.exit_codes.end()), made.exit_codes.end());
    return made;
}

Timeout read_timeout(const Value& value, Scope& scope) {
    constexpr std::array<std::string_view, 2> names{"after", "grace"};
    Timeout made;
    if (!value.is(ValueKind::mapping)) {
        made.after = read_duration(value, "timeout", scope);
        return made;
    }
    const Fields fields{value, "timeout", names, timeout_example};
    if (!fields[0]) {
        throw Error{errors::key_missing, "'timeout' has no 'after'"}
            .at(value.place())
            .hint(std::string{timeout_example});
    }
    made.after = read_duration(*fields[0], "after", scope);
    if (fields[1]) made.grace = read_duration(*fields[1], "grace", scope);
    return made;
}

void read_resources(const Value& value, std::string_view stage, Scope& scope, StageExtras& extras,
                    std::vector<NeedPlace>& needs) {
    constexpr std::uint64_t most = 1'000'000'000;
    extras.needs.clear();
    for (const auto& member : members_of(value, "resources", "a mapping of names and amounts", resources_example)) {
        const auto name = member.name();
        Need need{std::string{name}, name == "memory" ? read_size(member.value, name, scope)
                                                      : read_count(member.value, name, 0, most, scope)};
        if (need.amount == 0) continue;
        if (name != "cpus" && name != "memory" && name != "gpus" && scope.mode() == Scope::Mode::resolve) {
            needs.push_back({need, std::string{stage}, member.key.place()});
        }
        extras.needs.push_back(std::move(need));
    }
    std::sort(extras.needs.begin(), extras.needs.end(), [](const Need& a, const Need& b) { return a.pool < b.pool; });
}

std::shared_ptr<const StageExtras> read_extras(const Value& mapping, std::string_view stage,
                                               const DocumentFacts& document, std::string_view base, Scope& scope,
                                               std::vector<NeedPlace>& needs) {
    const auto retries = mapping.find("retries");
    const auto timeout = mapping.find("timeout");
    const auto resources = mapping.find("resources");
    const auto env = mapping.find("env");
    const auto when = mapping.find("when");
    const auto on = mapping.find("on");
    if (!retries && !timeout && !resources && !env && !when && !on) return document.defaults;
    auto made = document.defaults ? std::make_shared<StageExtras>(*document.defaults) : std::make_shared<StageExtras>();
    if (retries) made->retries = read_retries(*retries, scope);
    if (timeout) made->timeout = read_timeout(*timeout, scope);
    if (resources) read_resources(*resources, stage, scope, *made, needs);
    if (env) made->environment = read_environment(*env, document, base, scope);
    if (when) made->when = read_conditions(*when, document, base, scope);
    if (on) made->hooks = read_hooks(*on, scope);
    return made;
}

}  // namespace mlo::pipeline
