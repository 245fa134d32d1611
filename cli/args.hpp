// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mlo::cli {

/// What a shell offers for a value.
enum class Completes : std::uint8_t {
    nothing,
    path,
    directory,
    tracked_path,
    revision,
    config_key,
    command,
    error_code,
    remote,
    run,
    stage
};
[[nodiscard]] std::string_view to_string(Completes completes) noexcept;

/// A number of bytes, written as "64", "64K", "1.5 GiB".
struct ByteSize {
    std::uint64_t bytes = 0;
};

/// A number from 0 to 1, written as "0.1" or "10%".
struct Fraction {
    double value = 0;
};

/// A number from 0 to 100, written as "5", "5%" or "0.5%".
struct Percentage {
    double value = 0;
};

/// One declared option or positional argument: all that the parser, -h, the man page and completion know of it.
struct Argument {
    enum class Kind : std::uint8_t { flag, option, positional, passthrough };
    using Assign = std::function<void(const Argument&, std::string_view)>;

    Kind kind = Kind::flag;
    char short_name = 0;  ///< 0 if there is none
    std::string
        name;  ///< the long name without dashes (may be empty if there is a short one), or the positional's name
    std::string value_name;  ///< empty for a flag
    std::string doc;         ///< lower case, no full stop; "[default: x]" at its end where there is one
    std::string topic;       ///< -h only names it, with the others of this topic; empty: -h describes it
    std::vector<std::string> choices;
    Completes completes = Completes::nothing;
    bool is_repeatable = false;
    bool is_required = false;
    bool is_set = false;  ///< given on the command line
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    Assign assign;  ///< converts and stores one value; throws bad_value

    /// The refinements that a declaration may chain.
    Argument& value(std::string shown_as);
    Argument& completing(Completes what);
    Argument& required();
    Argument& between(std::int64_t lowest, std::int64_t highest);
    Argument& under(std::string_view topic);

    [[nodiscard]] bool is_option() const noexcept { return kind == Kind::flag || kind == Kind::option; }
    /// How messages name it: "--jobs", "-C", "PATH".
    [[nodiscard]] std::string shown() const;
};

template <typename E>
struct Choice {
    std::string_view name;
    E value;
};
template <typename E>
Choice(std::string_view, E) -> Choice<E>;

template <typename T>
concept ArgumentInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// Converts the text of a value, or throws bad_value naming `argument` and what it takes.
void convert(const Argument& argument, std::string_view text, std::string& into);
void convert(const Argument& argument, std::string_view text, ByteSize& into);
void convert(const Argument& argument, std::string_view text, Fraction& into);
void convert(const Argument& argument, std::string_view text, Percentage& into);
[[nodiscard]] std::int64_t convert_integer(const Argument& argument, std::string_view text, std::int64_t lowest,
                                           std::int64_t highest);
[[nodiscard]] std::size_t convert_choice(const Argument& argument, std::string_view text);

template <ArgumentInteger T>
void convert(const Argument& argument, std::string_view text, T& into) {
    constexpr auto highest = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                 ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                                 : std::numeric_limits<std::int64_t>::max();
    into = static_cast<T>(
        convert_integer(argument, text, static_cast<std::int64_t>(std::numeric_limits<T>::min()), highest));
}
template <typename T>
void convert(const Argument& argument, std::string_view text, std::optional<T>& into) {
    convert(argument, text, into.emplace());
}
template <typename T>
void convert(const Argument& argument, std::string_view text, std::vector<T>& into) {
    convert(argument, text, into.emplace_back());
}

/// The declared arguments of one command line and their parser.
///
/// A command declares what it takes, bound to the members of its options struct, which must outlive parse(). Nothing
/// else of the program knows how arguments are spelled: -h, man pages, completion and `mlo __dump-cli` read table().
class Args {
public:
    /// Without a value. `names` is "-n,--dry-run", "--dry-run" or "-n".
    Argument& flag(std::string_view names, bool& into, std::string_view doc);
    /// A flag that counts how often it was given.
    Argument& count(std::string_view names, std::uint32_t& into, std::string_view doc);
    /// With a value: text, an integer, ByteSize, Fraction, Percentage, an optional of these, or a vector of these (then
    /// it may be repeated).
    template <typename T>
    Argument& option(std::string_view names, T& into, std::string_view doc) {
        return bind(add(Argument::Kind::option, names, doc, default_value_name<T>()), into);
    }
    /// With one of a few named values.
    template <typename E>
    Argument& choice(std::string_view names, E& into, std::initializer_list<Choice<E>> choices, std::string_view doc) {
        return bind_choice(add(Argument::Kind::option, names, doc, ""), into, choices);
    }
    /// By place; a vector takes all that are left. Optional unless refined by required().
    template <typename T>
    Argument& positional(std::string_view name, T& into, std::string_view doc) {
        return bind(add(Argument::Kind::positional, name, doc, ""), into);
    }
    /// By place, one of a few named values.
    template <typename E>
    Argument& choice_positional(std::string_view name, E& into, std::initializer_list<Choice<E>> choices,
                                std::string_view doc) {
        return bind_choice(add(Argument::Kind::positional, name, doc, ""), into, choices);
    }
    /// Everything after `--`, verbatim. Without this, what follows `--` are positionals.
    Argument& passthrough(std::string_view name, std::vector<std::string>& into, std::string_view doc);

    /// Sets the bound variables. Throws unknown_option, bad_value, missing_value, unexpected_argument.
    void parse(std::span<const std::string> tokens);
    /// Throws missing_argument if a required argument was not given.
    void check_required() const;
    /// The index of the first token that is neither an option nor an option's value; tokens.size() if there is none.
    /// Options that are not in the table count as flags.
    [[nodiscard]] std::size_t first_word(std::span<const std::string> tokens) const;

    /// In order of declaration.
    [[nodiscard]] const std::deque<Argument>& table() const& noexcept { return table_; }
    [[nodiscard]] const std::deque<Argument>& table() && = delete;
    /// The option that `token` ("--jobs", "--jobs=3", "-j") names, if any.
    [[nodiscard]] const Argument* find_option(std::string_view token) const;

private:
    struct Parser;

    template <typename T>
    static std::string_view default_value_name() {
        if constexpr (ArgumentInteger<typename ValueOf<T>::type>) return "N";
        if constexpr (std::same_as<typename ValueOf<T>::type, ByteSize>) return "SIZE";
        if constexpr (std::same_as<typename ValueOf<T>::type, Fraction>) return "SHARE";
        if constexpr (std::same_as<typename ValueOf<T>::type, Percentage>) return "PERCENT";
        return "";
    }
    template <typename T>
    struct ValueOf {
        using type = T;
    };
    template <typename T>
    struct ValueOf<std::optional<T>> {
        using type = T;
    };
    template <typename T>
    struct ValueOf<std::vector<T>> {
        using type = T;
    };
    template <typename T>
    Argument& bind(Argument& argument, T& into) {
        argument.is_repeatable = requires { into.emplace_back(); };
        argument.assign = [&into](const Argument& self, std::string_view text) { convert(self, text, into); };
        return argument;
    }
    template <typename E>
    Argument& bind_choice(Argument& argument, E& into, std::initializer_list<Choice<E>> choices) {
        std::vector<E> values;
        for (const auto& each : choices) {
            argument.choices.emplace_back(each.name);
            values.push_back(each.value);
        }
        argument.assign = [&into, values = std::move(values)](const Argument& self, std::string_view text) {
            into = values[convert_choice(self, text)];
        };
        return argument;
    }
    [[nodiscard]] std::optional<std::size_t> find_index(std::string_view token) const;
    Argument& add(Argument::Kind kind, std::string_view names, std::string_view doc, std::string_view value_name);

    std::deque<Argument> table_;
};

}  // namespace mlo::cli
