// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/errors.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

#include "aws_exchange.hpp"
#include "aws_source.hpp"
#include "aws_words.hpp"

namespace mlo::net {
namespace {

constexpr std::int64_t answer_version = 1;
constexpr std::uint64_t output_limit_bytes = 1u << 20;

std::string find_absolute(const AwsSources& sources, const std::string& name, const IniOption& setting) {
    if (name.starts_with('/')) return name;
    const auto found =
        name.find('/') == name.npos ? find_program(name, variable(sources, "PATH").value_or("")) : std::nullopt;
    if (found) return *found;
    throw incomplete(setting, "cannot find the program " + quoted(name) + " of 'credential_process'")
        .hint("write its absolute path");
}

}  // namespace

MaybeCredentials credentials_of_process(const AwsContext& context, const std::string& profile) {
    const auto* setting = context.profiles.find(profile, "credential_process");
    if (setting == nullptr) return std::nullopt;
    auto words = split_words(setting->value);
    if (!words || words->empty()) {
        throw incomplete(*setting, "'credential_process' is not a command line")
            .hint("write the absolute path of a program and its arguments, in double quotes where they hold blanks");
    }
    ProcessRequest request{.program = find_absolute(context.sources, words->front(), *setting),
                           .environment = context.sources.variables,
                           .output_limit_bytes = output_limit_bytes};
    request.arguments.assign(words->begin() + 1, words->end());
    auto result = run_process(request);
    // Both streams may hold secrets: neither is repeated.
    wipe(result.error_output);
    const Secret output{result.output};
    wipe(result.output);
    const auto who = "the 'credential_process' of the profile " + quoted(profile);
    const auto hint = "run the command in " + printable(setting->place) + " by hand to see what it says";
    if (result.exit_code != 0) {
        throw Error{errors::aws_process_failed, who + " failed with exit code " + std::to_string(result.exit_code)}
            .at(setting->place)
            .hint(hint);
    }
    FoundCredentials found;
    try {
        found.credentials = read_json(output.reveal(), who, errors::aws_process_failed, [&](const Value& object) {
            if (const auto version = object.get("Version").as_integer(); version != answer_version) {
                throw Error{errors::aws_process_failed,
                            who + " answered in version " + std::to_string(version) + " of its format, not 1"};
            }
            return keys_from_json(object, "SessionToken");
        });
    } catch (Error& error) {
        error.at(setting->place).hint(hint);
        throw;
    }
    found.credentials.origin = who;
    return found;
}

}  // namespace mlo::net
