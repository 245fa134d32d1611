// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "extras.hpp"
#include "grammar.hpp"
#include "quantities.hpp"
#include "stage_reader.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view env_example = "env: {variables: [LANG], set: {OMP_NUM_THREADS: 2}, secrets: [API_KEY]}";
constexpr std::string_view fingerprint_example =
    "fingerprint: [{file: uv.lock}, {packages: pip}, {tool: python3 --version}]";

bool is_variable_name(std::string_view name) noexcept {
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
           std::all_of(name.begin(), name.end(), is_word);
}

/// "sha256:" and 64 digits, alone or behind the name of an image: a tag may mean another image tomorrow.
bool is_digest(std::string_view text) noexcept {
    constexpr std::string_view algorithm = "sha256:";
    const auto at = text.rfind(algorithm);
    if (at == text.npos || (at > 0 && text[at - 1] != '@')) return false;
    const auto digits = text.substr(at + algorithm.size());
    return digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == digits.npos;
}

class EnvironmentReader {
public:
    EnvironmentReader(const DocumentFacts& document, std::string_view base, Scope& scope)
        : document_{document}, base_{base}, scope_{scope} {}

    StageEnvironment read(const Value& value) {
        constexpr std::array<std::string_view, 4> names{"variables", "set", "secrets", "fingerprint"};
        const Fields fields{value, "env", names, env_example};
        StageEnvironment made;
        if (fields[0]) made.variables = read_names(*fields[0], names[0]);
        if (fields[1]) read_set(*fields[1], made);
        if (fields[2]) made.secrets = read_names(*fields[2], names[2]);
        if (fields[3]) read_fingerprints(*fields[3], made);
        std::sort(made.variables.begin(), made.variables.end());
        std::sort(made.set.begin(), made.set.end());
        std::sort(made.secrets.begin(), made.secrets.end());
        return made;
    }

private:
    std::string name_of_variable(const Value& value, std::string_view list) {
        auto name = scope_.text(value, list, env_example);
        if (scope_.is_open(name)) return name;
        if (!is_variable_name(name)) {
            refuse_value(value, list, "names of variables: letters, digits and '_', no digit first", Datum{name},
                         env_example);
        }
        const auto [at, is_new] = users_.try_emplace(name, list);
        if (is_new) return name;
        throw Error{errors::keys_exclude,
                    fmt::format("the variable {} stands in 'env' twice, first in {}", quoted(name), quoted(at->second))}
            .at(value.place())
            .hint("name each variable once: in 'variables', 'set' or 'secrets'");
    }

    std::vector<std::string> read_names(const Value& value, std::string_view list) {
        std::vector<std::string> made;
        for (const auto& item : items_of(value, list, "a list of names of variables", env_example)) {
            made.push_back(name_of_variable(item, list));
        }
        return made;
    }

    void read_set(const Value& value, StageEnvironment& made) {
        for (const auto& member : members_of(value, "set", "a mapping of variables and values", env_example)) {
            auto name = name_of_variable(member.key, "set");
            auto datum = scope_.any(member.value);
            if (datum.is_null() || datum.is_composite()) {
                refuse_value(member.value, member.name(), "a text, a number, true or false", datum, env_example);
            }
            auto text = text_of(datum);
            if (text.find('\0') != text.npos) {
                refuse_value(member.value, member.name(), "a text without zero bytes", datum, env_example);
            }
            made.set.emplace_back(std::move(name), std::move(text));
        }
    }

    void read_fingerprints(const Value& value, StageEnvironment& made) {
        constexpr std::array<std::string_view, 4> names{"file", "packages", "tool", "container"};
        constexpr std::string_view expected = "a list of single mappings: file, packages, tool or container";
        for (const auto& item : items_of(value, "fingerprint", expected, fingerprint_example)) {
            const auto members = members_of(item, "fingerprint", expected, fingerprint_example);
            if (members.size() != 1) refuse_type(item, "fingerprint", expected, fingerprint_example);
            const auto& member = members.front();
            const auto found = std::find(names.begin(), names.end(), member.name());
            if (found == names.end()) throw unknown_key(member.key, "'fingerprint'", names);
            Fingerprint print{.kind = static_cast<FingerprintKind>(found - names.begin()),
                              .subject = scope_.text(member.value, member.name(), fingerprint_example),
                              .place = member.value.text_place()};
            if (!scope_.is_open(print.subject)) check(print, member.value);
            made.fingerprints.push_back(std::move(print));
        }
    }

    void check(Fingerprint& print, const Value& value) const {
        if (print.kind == FingerprintKind::file) {
            const auto at = checked_path(print.subject, value, document_, base_);
            if (at.reach != Reach::workspace || at.path.empty()) {
                refuse_value(value, "file", "a file of the workspace", Datum{print.subject}, fingerprint_example);
            }
            print.subject = at.path;
        } else if (print.kind == FingerprintKind::packages && print.subject != "pip") {
            refuse_value(value, "packages", "'pip'", Datum{print.subject}, fingerprint_example);
        } else if (print.kind == FingerprintKind::container && !is_digest(print.subject)) {
            refuse_value(value, "container", "a digest: 'sha256:' and 64 hex digits, alone or after NAME@",
                         Datum{print.subject},
                         "a tag may mean another image tomorrow: docker inspect tells the digest");
        } else if (trim(print.subject).empty()) {
            refuse_value(value, "tool", "a command that tells a version", Datum{print.subject}, fingerprint_example);
        }
    }

    const DocumentFacts& document_;
    std::string_view base_;
    Scope& scope_;
    std::map<std::string, std::string_view> users_;
};

}  // namespace

StageEnvironment read_environment(const Value& value, const DocumentFacts& document, std::string_view base,
                                  Scope& scope) {
    return EnvironmentReader{document, base, scope}.read(value);
}

}  // namespace mlo::pipeline
