// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/template.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>

#include "context.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view opening = "${";
constexpr std::string_view escaped_opening = "\\${";

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// As Python prints a float.
std::string text_of_real(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

/// One word for a shell, as Python's shlex.quote writes it.
std::string shell_word(std::string_view text) {
    constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!text.empty() && text.find_first_not_of(safe) == std::string_view::npos) return std::string{text};
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string{"'\"'\"'"} : std::string{c};
    return word + '\'';
}

std::string_view kind_of(const Datum& datum) {
    struct Kind {
        std::string_view operator()(std::monostate) const { return name_of(ValueKind::null); }
        std::string_view operator()(bool) const { return name_of(ValueKind::boolean); }
        std::string_view operator()(std::int64_t) const { return name_of(ValueKind::integer); }
        std::string_view operator()(std::uint64_t) const { return name_of(ValueKind::integer); }
        std::string_view operator()(double) const { return name_of(ValueKind::real); }
        std::string_view operator()(const std::string&) const { return name_of(ValueKind::string); }
        std::string_view operator()(const Datum::List&) const { return name_of(ValueKind::list); }
        std::string_view operator()(const Datum::Mapping&) const { return name_of(ValueKind::mapping); }
    };
    return std::visit(Kind{}, datum.content);
}

std::string shown(const Expression& expression) { return quoted(fmt::format("${{{}}}", expression.inner)); }

/// Resolves the texts of one value.
class Resolver {
public:
    Resolver(const Context& context, Composites composites, const CommandStyle* style)
        : reader_{context}, composites_{composites}, style_{style} {}

    Datum resolve(const Value& value) {
        if (value.is(ValueKind::string)) return resolve_text(value.as_string(), value);
        if (value.is(ValueKind::list)) {
            Datum::List list;
            const auto items = value.items();
            list.reserve(items.size());
            for (const auto& item : items) list.push_back(resolve(item));
            return {std::move(list)};
        }
        if (value.is(ValueKind::mapping)) return resolve_mapping(value);
        return to_datum(value);
    }

    Datum resolve_text(std::string_view text, const Value& site) {
        if (text.find(opening) == std::string_view::npos) return {std::string{text}};
        const auto first = next_expression(text, 0);
        if (first && first->begin == 0 && first->end == text.size()) {
            const auto& value = value_of(*first, site);
            if (!value.is_composite() || composites_ == Composites::allowed) return value;
            return {composite_text(value, *first, site)};
        }
        std::string resolved;
        std::size_t at = 0;
        for (auto expression = first; expression; expression = next_expression(text, at)) {
            resolved += text.substr(at, expression->begin - at);
            const auto& value = value_of(*expression, site);
            resolved += value.is_composite() ? composite_text(value, *expression, site) : text_of(value);
            at = expression->end;
        }
        resolved += text.substr(at);
        unescape(resolved);
        return {std::move(resolved)};
    }

private:
    Datum resolve_mapping(const Value& value) {
        Datum::Mapping mapping;
        const auto members = value.members();
        mapping.reserve(members.size());
        bool may_repeat = false;
        for (const auto& member : members) {
            const auto name = member.name();
            if (name.find(opening) == std::string_view::npos) {
                mapping.push_back({std::string{name}, resolve(member.value)});
                continue;
            }
            const auto key = resolve_text(name, member.key);
            if (key.is_composite()) {
                throw Error{errors::template_composite,
                            fmt::format("{} is {}: a key must be a text", quoted(name), kind_of(key))}
                    .at(member.key.place())
                    .hint("name one value in it: 'a.b', 'a[0]'");
            }
            may_repeat = true;
            mapping.push_back({text_of(key), resolve(member.value)});
        }
        return {may_repeat ? without_repeated(std::move(mapping)) : std::move(mapping)};
    }

    /// The last of equal names counts, at the place of the first.
    static Datum::Mapping without_repeated(Datum::Mapping mapping) {
        std::unordered_map<std::string, std::size_t> places;
        Datum::Mapping distinct;
        for (auto& member : mapping) {
            const auto [place, is_new] = places.emplace(member.name, distinct.size());
            if (is_new) {
                distinct.push_back(std::move(member));
            } else {
                distinct[place->second].value = std::move(member.value);
            }
        }
        return distinct;
    }

    /// DVC replaces this after the values are in, so it does so in values too.
    static void unescape(std::string& text) {
        auto found = text.find(escaped_opening);
        if (found == std::string::npos) return;
        std::string plain;
        std::size_t at = 0;
        for (; found != std::string::npos; found = text.find(escaped_opening, at)) {
            plain.append(text, at, found - at).append(opening);
            at = found + escaped_opening.size();
        }
        plain.append(text, at);
        text = std::move(plain);
    }

    const Datum& value_of(const Expression& expression, const Value& site) {
        check(expression, names_, site);
        const auto found = reader_.find(names_);
        if (found.value == nullptr) fail_unknown(expression, found, site);
        return *found.value;
    }

    [[noreturn]] void fail_unknown(const Expression& expression, const ContextReader::Found& found,
                                   const Value& site) const {
        const auto name = names_[found.depth];
        const std::vector<std::string_view> before{names_.begin(),
                                                   names_.begin() + static_cast<std::ptrdiff_t>(found.depth)};
        const auto parent = fmt::format("{}", fmt::join(before, "."));
        Error error{errors::template_unknown,
                    found.parent == nullptr
                        ? fmt::format("{}: nothing is called {}", shown(expression), quoted(name))
                        : fmt::format("{}: {} has no {}", shown(expression), quoted(parent), quoted(name))};
        error.at(site.place());
        if (found.parent != nullptr && !found.parent->is_composite()) {
            error.note(fmt::format("{} is {}", quoted(parent), kind_of(*found.parent)));
        }
        auto guess = closest_match(name, reader_.names_in(found.parent));
        if (guess && !parent.empty()) guess = parent + '.' + *guess;
        if (!guess && found.depth == 0) guess = reader_.path_to(name);
        if (guess) error.hint(fmt::format("did you mean {}?", quoted(*guess)));
        const auto sources = reader_.sources();
        error.note(sources.empty() ? "no file and no 'vars' gives any values"
                                   : fmt::format("values come from {}", fmt::join(sources, ", ")));
        throw std::move(error);
    }

    std::string composite_text(const Datum& value, const Expression& expression, const Value& site) const {
        if (style_ != nullptr && std::holds_alternative<Datum::Mapping>(value.content)) {
            return options(std::get<Datum::Mapping>(value.content), site);
        }
        Error error{errors::template_composite,
                    fmt::format("{} is {}, which cannot stand here", shown(expression), kind_of(value))};
        throw std::move(error).at(site.place());
    }

    [[nodiscard]] std::string options(const Datum::Mapping& mapping, const Value& site) const {
        std::string text;
        add_options(text, mapping, "", site);
        while (!text.empty() && text.back() == ' ') text.pop_back();
        return text;
    }

    void add_options(std::string& text, const Datum::Mapping& mapping, const std::string& prefix,
                     const Value& site) const {
        for (const auto& [name, value] : mapping) {
            const auto option = prefix + name;
            if (const auto* const inner = std::get_if<Datum::Mapping>(&value.content)) {
                add_options(text, *inner, option + '.', site);
            } else if (const auto* const truth = std::get_if<bool>(&value.content)) {
                if (*truth) text += fmt::format("--{} ", option);
                if (!*truth && style_->bools == BoolOptions::boolean_optional) text += fmt::format("--no-{} ", option);
            } else if (const auto* const list = std::get_if<Datum::List>(&value.content)) {
                add_list(text, *list, option, site);
            } else {
                text += fmt::format("--{} {} ", option, option_text(value));
            }
        }
    }

    void add_list(std::string& text, const Datum::List& list, std::string_view option, const Value& site) const {
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (list[i].is_composite()) {
                throw Error{errors::template_composite,
                            fmt::format("{} is a list with {} in it, which no option can stand for", quoted(option),
                                        kind_of(list[i]))}
                    .at(site.place())
                    .hint("name its values one by one: '--option ${list[0]}'");
            }
            const bool is_named = i == 0 || style_->lists == ListOptions::append;
            text += is_named ? fmt::format("--{} {} ", option, option_text(list[i])) : option_text(list[i]) + ' ';
        }
    }

    /// Unlike in other texts, a boolean (in a list) is spelled as Python prints it.
    static std::string option_text(const Datum& value) {
        if (const auto* const text = std::get_if<std::string>(&value.content)) return shell_word(*text);
        if (const auto* const truth = std::get_if<bool>(&value.content)) return *truth ? "True" : "False";
        return text_of(value);
    }

public:
    static void check(const Expression& expression, std::vector<std::string_view>& names, const Value& site) {
        const auto fault = split_expression(expression.inner, names);
        if (!fault) return;
        throw Error{errors::template_invalid, fmt::format("{}: {}", shown(expression), *fault)}
            .at(site.place())
            .hint("Write '\\${' for a text that is not meant for mlo, such as a variable of the shell.");
    }

private:
    ContextReader reader_;
    Composites composites_;
    const CommandStyle* style_;  ///< null: this is no command
    std::vector<std::string_view> names_;
};

void check_text(const Value& text) {
    std::vector<std::string_view> names;
    const auto content = text.as_string();
    std::size_t at = 0;
    while (const auto expression = next_expression(content, at)) {
        Resolver::check(*expression, names, text);
        at = expression->end;
    }
}

}  // namespace

std::optional<Expression> next_expression(std::string_view text, std::size_t from) noexcept {
    for (auto at = text.find(opening, from); at != std::string_view::npos; at = text.find(opening, from)) {
        from = at + opening.size();
        if (at > 0 && text[at - 1] == '\\') continue;
        const auto end = text.find_first_of("}\n", from);
        if (end == std::string_view::npos) return std::nullopt;
        if (text[end] == '}') return Expression{at, end + 1, text.substr(from, end - from)};
        from = end + 1;
    }
    return std::nullopt;
}

std::optional<std::string_view> split_expression(std::string_view inner, std::vector<std::string_view>& names) {
    constexpr std::string_view no_name = "a name is missing";
    names.clear();
    std::size_t at = 0;
    const auto take_name = [&] {
        const auto end = std::min(inner.find_first_of(".[]", at), inner.size());
        if (end == at) return false;
        names.push_back(trim(inner.substr(at, end - at)));
        at = end;
        return true;
    };
    if (!take_name()) return no_name;
    while (true) {
        while (at < inner.size() && is_space(inner[at])) ++at;
        if (at == inner.size()) return std::nullopt;
        const char mark = inner[at++];
        if (mark == ']') return "there is no '[' for ']'";
        if (mark != '.' && mark != '[') return "there must be '.' or '[' after ']'";
        if (!take_name()) return no_name;
        if (mark != '[') continue;
        if (at == inner.size() || inner[at] != ']') return "there is no ']' for '['";
        ++at;
    }
}

bool has_template(std::string_view text) noexcept { return next_expression(text, 0).has_value(); }

Datum resolve(const Value& value, const Context& context, Composites composites) {
    return Resolver{context, composites, nullptr}.resolve(value);
}

std::string resolve_command(const Value& text, const Context& context, const CommandStyle& style) {
    return text_of(Resolver{context, Composites::refused, &style}.resolve_text(text.as_string(), text));
}

void check_templates(const Value& value) {
    if (value.is(ValueKind::string)) return check_text(value);
    if (value.is(ValueKind::list)) {
        for (const auto& item : value.items()) check_templates(item);
    }
    if (!value.is(ValueKind::mapping)) return;
    for (const auto& member : value.members()) {
        check_text(member.key);
        check_templates(member.value);
    }
}

std::string text_of(const Datum& scalar) {
    MLO_ASSERT(!scalar.is_composite());
    if (const auto* const text = std::get_if<std::string>(&scalar.content)) return *text;
    if (const auto* const truth = std::get_if<bool>(&scalar.content)) return *truth ? "true" : "false";
    if (const auto* const number = std::get_if<std::int64_t>(&scalar.content)) return fmt::to_string(*number);
    if (const auto* const number = std::get_if<std::uint64_t>(&scalar.content)) return fmt::to_string(*number);
    if (const auto* const number = std::get_if<double>(&scalar.content)) return text_of_real(*number);
    return "None";
}

}  // namespace mlo::pipeline
