// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/params.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/toml/parse.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/text.hpp>
#include <mlo/yaml/parse.hpp>

#include "context.hpp"
#include "python_params.hpp"

namespace mlo::pipeline {
namespace {

/// DVC opens files as texts, where Python makes every line break "\n".
std::string with_plain_line_breaks(std::string_view content) {
    std::string plain;
    plain.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (content[i] != '\r') {
            plain += content[i];
        } else if (i + 1 == content.size() || content[i + 1] != '\n') {
            plain += '\n';
        }
    }
    return plain;
}

bool has_ending(std::string_view file, std::string_view ending) {
    if (file.size() <= ending.size()) return false;
    const auto tail = file.substr(file.size() - ending.size());
    // What is only an ending (".py") has none, as in Python's suffix.
    if (file[file.size() - ending.size() - 1] == '/') return false;
    return std::equal(tail.begin(), tail.end(), ending.begin(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

// NaN and the infinities, which Python writes into JSON, go through the parser as texts that nobody writes.
struct Special {
    std::string_view word;
    std::string_view text;
    double value;
};
constexpr Special specials[] = {
    {"NaN", "\x7f$f:nan\x7f", std::numeric_limits<double>::quiet_NaN()},
    {"-Infinity", "\x7f$f:-inf\x7f", -std::numeric_limits<double>::infinity()},
    {"Infinity", "\x7f$f:inf\x7f", std::numeric_limits<double>::infinity()},
};

/// The text with those words outside of strings replaced; nothing if there are none.
std::optional<std::string> with_specials_marked(std::string_view text) {
    std::string marked;
    std::size_t copied = 0;
    for (std::size_t at = text.find_first_of("\"NI-"); at < text.size(); at = text.find_first_of("\"NI-", at)) {
        if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\') ++at;
            }
            at = std::min(at + 1, text.size());
            continue;
        }
        const auto rest = text.substr(at);
        const auto* const special = std::find_if(std::begin(specials), std::end(specials),
                                                 [&](const Special& each) { return rest.starts_with(each.word); });
        if (special == std::end(specials)) {
            ++at;
            continue;
        }
        marked.append(text.substr(copied, at - copied)).append("\"").append(special->text).append("\"");
        at += special->word.size();
        copied = at;
    }
    if (copied == 0) return std::nullopt;
    return marked.append(text.substr(copied));
}

void restore_specials(Datum& datum) {
    if (auto* const list = std::get_if<Datum::List>(&datum.content)) {
        for (auto& element : *list) restore_specials(element);
    } else if (auto* const mapping = std::get_if<Datum::Mapping>(&datum.content)) {
        for (auto& member : *mapping) restore_specials(member.value);
    } else if (const auto* const text = std::get_if<std::string>(&datum.content)) {
        const auto* const special = std::find_if(std::begin(specials), std::end(specials),
                                                 [&](const Special& each) { return *text == each.text; });
        if (special != std::end(specials)) datum.content = special->value;
    }
}

Datum checked(const Document& document) {
    const auto root = document.root();
    if (root.is_null()) return {Datum::Mapping{}};
    if (root.is(ValueKind::mapping)) return to_datum(root);
    throw Error{errors::params_not_a_mapping,
                fmt::format("{} holds {}, not a mapping", quoted(document.file()), name_of(root.kind()))}
        .at(root.place())
        .hint("give each value a name: 'lr: 0.1'");
}

Datum read_json(std::string_view content, std::string_view file, const DocumentLimits& limits) {
    if (trim(content).empty()) return {Datum::Mapping{}};
    const auto marked = with_specials_marked(content);
    if (!marked) return checked(json::parse(content, file, limits));
    auto datum = checked(json::parse(*marked, file, limits));
    restore_specials(datum);
    return datum;
}

/// Looks for `key` from `from` on in `top`; each node is reached in one way only, so the cost is that of the nodes.
const Datum* find_from(const Datum& top, std::string_view key) {
    if (key.empty()) return &top;
    if (const auto* const list = std::get_if<Datum::List>(&top.content)) {
        const bool is_bracketed = key.front() == '[';
        const auto end = std::min(key.find_first_of(is_bracketed ? "]" : ".["), key.size());
        if (is_bracketed && end == key.size()) return nullptr;
        const auto* const element = list_element(*list, key.substr(is_bracketed ? 1 : 0, end - (is_bracketed ? 1 : 0)));
        if (element == nullptr) return nullptr;
        auto rest = key.substr(is_bracketed ? end + 1 : end);
        if (rest.starts_with('.')) {
            rest.remove_prefix(1);
            if (rest.empty()) return nullptr;
        }
        return find_from(*element, rest);
    }
    if (!std::holds_alternative<Datum::Mapping>(top.content)) return nullptr;
    for (auto end = std::min(key.find_first_of(".["), key.size());;
         end = std::min(key.find_first_of(".[", end + 1), key.size())) {
        if (const auto* const member = top.find(key.substr(0, end))) {
            auto rest = key.substr(end);
            const bool has_dot = rest.starts_with('.');
            if (has_dot) rest.remove_prefix(1);
            const bool is_whole = !has_dot || !rest.empty();
            const bool may_go_on = rest.empty() || has_dot || std::holds_alternative<Datum::List>(member->content);
            if (is_whole && may_go_on) {
                if (const auto* const found = find_from(*member, rest)) return found;
            }
        }
        if (end == key.size()) return nullptr;
    }
}

}  // namespace

DocumentLimits params_limits(std::uint64_t size_bytes) noexcept {
    constexpr std::uint64_t most_behind_aliases = 1'000'000;
    constexpr std::uint64_t most_values = 100'000'000;
    DocumentLimits limits;
    limits.size_bytes = largest_params_bytes;
    limits.nodes = static_cast<std::uint32_t>(std::min(size_bytes + most_behind_aliases, most_values));
    return limits;
}

Datum read_params(std::string_view content, std::string_view file, const DocumentLimits& limits) {
    if (has_ending(file, ".json")) return read_json(content, file, limits);
    std::string plain;
    const bool has_breaks = content.find('\r') != std::string_view::npos;
    if (has_ending(file, ".toml")) {
        if (has_breaks) content = plain = with_plain_line_breaks(content);
        return checked(toml::parse(content, file, limits));
    }
    if (!has_ending(file, ".py")) return checked(yaml::parse(content, file, limits, yaml::Extensions::dvc));
    check_document_text(content, file, limits);
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (content.starts_with(byte_order_mark)) content.remove_prefix(byte_order_mark.size());
    if (has_breaks) content = plain = with_plain_line_breaks(content);
    return python_params(content, file, limits);
}

Datum read_params(std::string_view content, std::string_view file) {
    return read_params(content, file, params_limits(content.size()));
}

const Datum* find_key(const Datum& top, std::string_view key) { return find_from(top, key); }

}  // namespace mlo::pipeline
