// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/environment.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/hash/digest.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/track/environment.hpp>
#include <mlo/track/packages.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

/// The same whatever shell the user has: the command line is part of the document.
constexpr std::string_view shell = "/bin/sh";
constexpr std::uint64_t most_output_bytes = std::uint64_t{1} << 20;
/// A shorter value is too often a word that means something else.
constexpr std::size_t shortest_undeclared_bytes = 8;
constexpr std::size_t most_lines = 3;

const StageEnvironment& environment_of(const Stage& stage) {
    static const StageEnvironment nothing;
    return stage.extras ? stage.extras->environment : nothing;
}

std::string_view word_of(FingerprintKind kind) noexcept {
    switch (kind) {
        case FingerprintKind::file:
            return "file";
        case FingerprintKind::packages:
            return "packages";
        case FingerprintKind::tool:
            return "tool";
        case FingerprintKind::container:
            break;
    }
    return "container";
}

Error failure(const Stage& stage, const std::string& what) {
    return Error{errors::fingerprint_failed,
                 fmt::format("the environment of stage {} cannot be told: {}", quoted(stage.name), what)}
        .hint("mend that, or take it out of 'fingerprint'");
}

std::string sha256_of(std::string_view text) { return hash::sha256(as_bytes(text)).hex(); }

/// What an answer depends on besides the caller's variables, which stay as they are.
std::vector<std::string> key_of_answer(const Stage& stage, const Fingerprint& fingerprint) {
    std::vector<std::string> key{std::string{word_of(fingerprint.kind)}, fingerprint.subject};
    for (const auto& [name, value] : environment_of(stage).set) key.push_back(name + '=' + value);
    return key;
}

}  // namespace

Surroundings::Surroundings(workspace::Workspace& workspace, Observer& observer,
                           const std::vector<std::string>& variables, Tools tools)
    : root_{workspace.layout().root}, runtime_{workspace.runtime()}, observer_{observer}, tools_{tools} {
    for (const auto& variable : variables) {
        const auto equals = variable.find('=');
        // As getenv does: the first of a name counts.
        if (equals != variable.npos) variables_.try_emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
}

std::vector<EnvironmentRecord> Surroundings::records(const Stage& stage) {
    const auto& environment = environment_of(stage);
    std::vector<EnvironmentRecord> records;
    for (const auto& name : environment.variables) {
        EnvironmentRecord record{.name = "variable " + name};
        if (const auto found = variables_.find(name); found != variables_.end()) record.value = found->second;
        records.push_back(std::move(record));
    }
    for (const auto& [name, value] : environment.set) records.push_back({.name = "set " + name, .value = value});
    for (const auto& fingerprint : environment.fingerprints) records.push_back(record_of(stage, fingerprint));
    std::sort(records.begin(), records.end(),
              [](const auto& a, const auto& b) { return std::tie(a.name, a.value) < std::tie(b.name, b.value); });
    return records;
}

EnvironmentRecord Surroundings::record_of(const Stage& stage, const Fingerprint& fingerprint) {
    if (fingerprint.kind == FingerprintKind::container) return {.name = "container", .value = fingerprint.subject};
    EnvironmentRecord record{.name = fmt::format("{} {}", word_of(fingerprint.kind), fingerprint.subject)};
    if (fingerprint.kind == FingerprintKind::file) {
        record.value = hash_of_file(stage, fingerprint);
        return record;
    }
    if (fingerprint.kind == FingerprintKind::tool && tools_ == Tools::leave) return record;
    // One at a time: whoever comes later finds the answer.
    const std::scoped_lock lock{mutex_};
    const auto key = key_of_answer(stage, fingerprint);
    auto found = answers_.find(key);
    if (found == answers_.end()) {
        auto answer = fingerprint.kind == FingerprintKind::tool ? hash_of_tool(stage, fingerprint)
                                                                : hash_of_packages(stage, fingerprint);
        found = answers_.emplace(key, std::move(answer)).first;
    }
    record.value = found->second;
    return record;
}

std::string Surroundings::hash_of_file(const Stage& stage, const Fingerprint& fingerprint) {
    const std::vector<std::string> paths{fingerprint.subject};
    const auto seen = observer_.look(paths).front();
    if (seen.error) throw failure(stage, seen.error->message());
    if (!seen.state) throw failure(stage, quoted(fingerprint.subject) + " is not there");
    return seen.state->id->hex();
}

std::string Surroundings::hash_of_packages(const Stage& stage, const Fingerprint& fingerprint) {
    const auto packages = track::read_packages(track::package_places({}, with_set(stage)), runtime_);
    if (const auto found = packages.lists.find(fingerprint.subject); found != packages.lists.end())
        return sha256_of(found->second);
    auto error = failure(stage, fmt::format("no packages of {} were found", quoted(fingerprint.subject)));
    for (const auto& loss : packages.losses) error.note(loss);
    throw Error{std::move(error)};
}

std::string Surroundings::hash_of_tool(const Stage& stage, const Fingerprint& fingerprint) {
    const auto result = run_process({.program = std::string{shell},
                                     .arguments = {"-c", fingerprint.subject},
                                     .directory = root_,
                                     .environment = with_set(stage),
                                     .output_limit_bytes = most_output_bytes});
    if (result.exit_code == 0) return sha256_of(result.output + result.error_output);
    auto error = failure(stage, fmt::format("{} ended with {}", quoted(fingerprint.subject), result.exit_code));
    std::size_t lines = 0;
    for (const auto& line : split(result.error_output, '\n'))
        if (!trim(line).empty() && lines++ < most_lines) error.note(printable(line));
    throw Error{std::move(error)};
}

std::vector<std::string> Surroundings::with_set(const Stage& stage) const {
    auto all = variables_;
    for (const auto& [name, value] : environment_of(stage).set) all.insert_or_assign(name, value);
    std::vector<std::string> variables;
    for (const auto& [name, value] : all) variables.push_back(fmt::format("{}={}", name, value));
    return variables;
}

std::vector<std::string> Surroundings::variables_for(const Stage& stage, std::string_view address) const {
    auto variables = with_set(stage);
    const auto set = [&](std::string_view name, std::string_view value) {
        const auto start = fmt::format("{}=", name);
        std::erase_if(variables, [&](const std::string& variable) { return variable.starts_with(start); });
        variables.push_back(start + std::string{value});
    };
    if (!variables_.contains("DVC_ROOT")) set("DVC_ROOT", root_);
    set("DVC_STAGE", address);
    set("MLO_STAGE", address);
    return variables;
}

std::vector<std::string> Surroundings::secrets_of(const Stage& stage) const {
    std::vector<std::string> values;
    for (const auto& name : environment_of(stage).secrets)
        if (const auto found = variables_.find(name); found != variables_.end() && !found->second.empty())
            values.push_back(found->second);
    for (const auto& [name, value] : variables_)
        if (value.size() >= shortest_undeclared_bytes && track::names_a_secret(name)) values.push_back(value);
    // One may be the start of another.
    std::sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) {
        return std::pair{b.size(), a} < std::pair{a.size(), b};
    });
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

void Surroundings::assume_tools(std::vector<EnvironmentRecord>& records,
                                const std::vector<EnvironmentRecord>& known) const {
    if (tools_ == Tools::ask) return;
    const auto prefix = fmt::format("{} ", word_of(FingerprintKind::tool));
    for (auto& record : records) {
        if (!record.name.starts_with(prefix)) continue;
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const EnvironmentRecord& each) { return each.name == record.name; });
        if (found != known.end()) record.value = found->value;
    }
}

}  // namespace mlo::pipeline
