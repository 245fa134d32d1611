// SPDX-License-Identifier: Apache-2.0
#include "args.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/util/text.hpp>

#include "errors.hpp"

namespace mlo::cli {

namespace {

[[noreturn]] void reject(const Argument& argument, std::string_view text, std::string_view expected) {
    throw Error{errors::bad_value,
                fmt::format("{} takes {}, not {}", quoted(argument.shown()), expected, quoted(text))};
}

std::string spelled(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool is_lower = c >= 'a' && c <= 'z';
        result += is_lower ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c;
    }
    return result;
}

}  // namespace

std::string_view to_string(Completes completes) noexcept {
    switch (completes) {
        case Completes::nothing:
            return "nothing";
        case Completes::path:
            return "path";
        case Completes::directory:
            return "directory";
        case Completes::tracked_path:
            return "tracked_path";
        case Completes::revision:
            return "revision";
        case Completes::config_key:
            return "config_key";
        case Completes::command:
            return "command";
        case Completes::error_code:
            return "error_code";
        case Completes::remote:
            return "remote";
        case Completes::run:
            return "run";
        case Completes::stage:
            return "stage";
    }
    return "nothing";
}

Argument& Argument::value(std::string shown_as) {
    value_name = std::move(shown_as);
    return *this;
}

Argument& Argument::completing(Completes what) {
    completes = what;
    return *this;
}

Argument& Argument::required() {
    is_required = true;
    return *this;
}

Argument& Argument::between(std::int64_t lowest, std::int64_t highest) {
    minimum = lowest;
    maximum = highest;
    return *this;
}

Argument& Argument::under(std::string_view of_topic) {
    topic = of_topic;
    return *this;
}

std::string Argument::shown() const {
    if (!is_option()) return value_name;
    return name.empty() ? std::string{'-', short_name} : "--" + name;
}

void convert(const Argument&, std::string_view text, std::string& into) { into = text; }

void convert(const Argument& argument, std::string_view text, ByteSize& into) {
    const auto bytes = parse_bytes(text);
    if (!bytes) reject(argument, text, "a size such as 512, 64KiB or 1.5GB");
    into.bytes = *bytes;
}

namespace {

/// All of `text` as a number from 0 to `most`.
std::optional<double> number_up_to(std::string_view text, double most) {
    double number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_right = error == std::errc{} && stop == end && number >= 0 && number <= most;
    return is_right ? std::optional{number} : std::nullopt;
}

std::string_view without_percent_sign(std::string_view text) {
    return text.substr(0, text.size() - (text.ends_with('%') ? 1 : 0));
}

}  // namespace

void convert(const Argument& argument, std::string_view text, Fraction& into) {
    const double most = text.ends_with('%') ? 100 : 1;
    const auto number = number_up_to(without_percent_sign(text), most);
    if (!number) reject(argument, text, "a number from 0 to 1, or a percentage");
    into.value = *number / most;
}

void convert(const Argument& argument, std::string_view text, Percentage& into) {
    const auto number = number_up_to(without_percent_sign(text), 100);
    if (!number) reject(argument, text, "a percentage from 0 to 100, such as 5%");
    into.value = *number;
}

std::int64_t convert_integer(const Argument& argument, std::string_view text, std::int64_t lowest,
                             std::int64_t highest) {
    lowest = std::max(lowest, argument.minimum);
    highest = std::min(highest, argument.maximum);
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number < lowest || number > highest) {
        reject(argument, text, fmt::format("a whole number from {} to {}", lowest, highest));
    }
    return number;
}

std::size_t convert_choice(const Argument& argument, std::string_view text) {
    const auto found = std::find(argument.choices.begin(), argument.choices.end(), text);
    if (found != argument.choices.end()) return static_cast<std::size_t>(found - argument.choices.begin());
    const auto expected = fmt::format("one of {}", fmt::join(argument.choices, ", "));
    if (const auto guess = closest_match(text, argument.choices)) {
        throw Error{errors::bad_value,
                    fmt::format("{} takes {}, not {}", quoted(argument.shown()), expected, quoted(text))}
            .hint(fmt::format("did you mean '{}'?", *guess));
    }
    reject(argument, text, expected);
}

Argument& Args::add(Argument::Kind kind, std::string_view names, std::string_view doc, std::string_view value_name) {
    Argument argument;
    argument.kind = kind;
    argument.doc = doc;
    if (kind == Argument::Kind::positional || kind == Argument::Kind::passthrough) {
        argument.name = names;
        argument.value_name = spelled(names);
    } else {
        for (const auto& each : split(names, ',')) {
            if (each.starts_with("--")) {
                argument.name = each.substr(2);
            } else {
                MLO_ASSERT(each.size() == 2 && each[0] == '-');
                argument.short_name = each[1];
            }
        }
        if (kind == Argument::Kind::option) {
            argument.value_name = !value_name.empty() ? std::string{value_name} : spelled(argument.name);
        }
    }
    return table_.emplace_back(std::move(argument));
}

Argument& Args::flag(std::string_view names, bool& into, std::string_view doc) {
    auto& argument = add(Argument::Kind::flag, names, doc, "");
    argument.assign = [&into](const Argument&, std::string_view) { into = true; };
    return argument;
}

Argument& Args::count(std::string_view names, std::uint32_t& into, std::string_view doc) {
    auto& argument = add(Argument::Kind::flag, names, doc, "");
    argument.is_repeatable = true;
    argument.assign = [&into](const Argument&, std::string_view) { ++into; };
    return argument;
}

Argument& Args::passthrough(std::string_view name, std::vector<std::string>& into, std::string_view doc) {
    return bind(add(Argument::Kind::passthrough, name, doc, ""), into);
}

std::optional<std::size_t> Args::find_index(std::string_view token) const {
    const bool is_long = token.starts_with("--");
    const auto name = is_long ? token.substr(2, token.find('=') - 2) : token.substr(1, 1);
    if (name.empty()) return std::nullopt;
    for (std::size_t i = 0; i < table_.size(); ++i) {
        const auto& each = table_[i];
        if (!each.is_option()) continue;
        if (is_long ? each.name == name : each.short_name == name.front()) return i;
    }
    return std::nullopt;
}

const Argument* Args::find_option(std::string_view token) const {
    const auto index = find_index(token);
    return index ? &table_[*index] : nullptr;
}

std::size_t Args::first_word(std::span<const std::string> tokens) const {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string_view token = tokens[i];
        if (token == "--") return tokens.size();
        if (token.size() < 2 || token[0] != '-') return i;
        const bool is_long = token[1] == '-';
        if (is_long && token.find('=') != token.npos) continue;
        // In a cluster such as -qC the first option that takes a value takes the rest, or the next token.
        for (std::size_t at = 1; at < token.size(); ++at) {
            const auto* option = is_long ? find_option(token) : find_option(std::string{'-', token[at]});
            const bool takes_value = option != nullptr && option->kind == Argument::Kind::option;
            if (takes_value && (is_long || at + 1 == token.size())) ++i;
            if (takes_value || is_long) break;
        }
    }
    return tokens.size();
}

/// One pass over the tokens.
struct Args::Parser {
    Args& args;
    std::span<const std::string> tokens;
    std::size_t next = 0;
    std::vector<std::string_view> words;

    void set(Argument& argument, std::string_view value) {
        argument.is_set = true;
        argument.assign(argument, value);
    }

    Argument& option(std::string_view token) {
        if (const auto index = args.find_index(token)) return args.table_[*index];
        throw_unknown(token);
    }

    [[noreturn]] void throw_unknown(std::string_view token) {
        const auto shown = token.substr(0, token.find('='));
        Error error{errors::unknown_option, fmt::format("unknown option {}", quoted(shown))};
        std::vector<std::string> names;
        for (const auto& each : args.table_) {
            if (each.is_option() && !each.name.empty()) names.push_back("--" + each.name);
        }
        if (token.starts_with("--")) {
            if (const auto guess = closest_match(shown, names)) error.hint(fmt::format("did you mean '{}'?", *guess));
        }
        throw error;
    }

    std::string_view value_of(const Argument& argument) {
        if (next < tokens.size()) return tokens[next++];
        throw Error{errors::missing_value,
                    fmt::format("option {} needs a value: {}", quoted(argument.shown()), argument.doc)};
    }

    void long_option(std::string_view token) {
        auto& argument = option(token);
        const auto equals = token.find('=');
        if (argument.kind == Argument::Kind::flag) {
            if (equals != token.npos) {
                throw Error{errors::missing_value, fmt::format("option {} takes no value", quoted(argument.shown()))};
            }
            set(argument, "");
        } else {
            set(argument, equals != token.npos ? token.substr(equals + 1) : value_of(argument));
        }
    }

    void short_options(std::string_view token) {
        for (std::size_t at = 1; at < token.size(); ++at) {
            auto& argument = option(std::string{'-', token[at]});
            if (argument.kind == Argument::Kind::flag) {
                set(argument, "");
                continue;
            }
            set(argument, at + 1 < token.size() ? token.substr(at + 1) : value_of(argument));
            return;
        }
    }

    void run() {
        while (next < tokens.size()) {
            const std::string_view token = tokens[next++];
            if (token == "--") break;
            if (token.starts_with("--")) {
                long_option(token);
            } else if (token.size() > 1 && token[0] == '-') {
                short_options(token);
            } else {
                words.push_back(token);
            }
        }
        const auto is_passthrough = [](const Argument& each) { return each.kind == Argument::Kind::passthrough; };
        const auto rest = std::find_if(args.table_.begin(), args.table_.end(), is_passthrough);
        for (; next < tokens.size(); ++next) {
            if (rest != args.table_.end()) {
                set(*rest, tokens[next]);
            } else {
                words.push_back(tokens[next]);
            }
        }
        assign_words();
    }

    void assign_words() {
        std::size_t used = 0;
        for (auto& each : args.table_) {
            if (each.kind != Argument::Kind::positional) continue;
            while (used < words.size()) {
                set(each, words[used++]);
                if (!each.is_repeatable) break;
            }
        }
        if (used < words.size()) {
            throw Error{errors::unexpected_argument, fmt::format("unexpected argument {}", quoted(words[used]))};
        }
    }
};

void Args::parse(std::span<const std::string> tokens) { Parser{*this, tokens, 0, {}}.run(); }

void Args::check_required() const {
    for (const auto& each : table_) {
        if (!each.is_required || each.is_set) continue;
        throw Error{errors::missing_argument, fmt::format("missing {}: {}", quoted(each.shown()), each.doc)};
    }
}

}  // namespace mlo::cli
