// SPDX-License-Identifier: Apache-2.0
#include <mlo/toml/parse.hpp>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_UNRELEASED_FEATURES 0
#include <toml++/impl/forward_declarations.h>
#include <toml++/impl/preprocessor.h>
// "[[[a]" fails one of the library's assertions, which are assumptions in clang's release builds. The code behind it
// refuses the text properly, so there it must go.
#undef TOML_ASSERT
#define TOML_ASSERT(expression) static_assert(true)
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expression) static_assert(true)

// Whether 'é' is white space ends, in the library, where it says that nothing can: what then follows is anybody's
// guess.
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#include <toml++/impl/unicode.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_unreachable()

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <mlo/toml/errors.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "scan.hpp"

namespace mlo::toml {
namespace {

TextPlace place_of(const ::toml::source_position& position) noexcept {
    return {std::max(position.line, 1u), std::max(position.column, 1u)};
}

TextPlace place_of(const ::toml::source_region& region) noexcept { return place_of(region.begin); }

std::string text_of(const ::toml::date& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string text_of(const ::toml::time& time) {
    constexpr std::uint32_t nanoseconds_per_microsecond = 1000;
    auto text = fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    const auto microseconds = time.nanosecond / nanoseconds_per_microsecond;
    if (microseconds > 0) text += fmt::format(".{:06}", microseconds);
    return text;
}

std::string text_of(const ::toml::date_time& moment) {
    auto text = text_of(moment.date) + ' ' + text_of(moment.time);
    if (!moment.offset) return text;
    constexpr int minutes_per_hour = 60;
    const int minutes = std::abs(moment.offset->minutes);
    return text + fmt::format("{}{:02}:{:02}", moment.offset->minutes < 0 ? '-' : '+', minutes / minutes_per_hour,
                              minutes % minutes_per_hour);
}

/// What the library says, with its quotes.
std::string shown(std::string_view description) {
    constexpr std::string_view preamble = "Error while parsing ";
    if (description.starts_with(preamble)) description.remove_prefix(preamble.size());
    std::string text;
    for (const auto& piece : split(description, '\'')) text += (text.empty() ? "" : "'") + printable(piece);
    return text;
}

/// Turns the library's tree into a document. The tree's tables are sorted by name; places tell how they were written.
class Converter {
public:
    Converter(std::string_view file, const DocumentLimits& limits) : builder_{std::string{file}, limits} {}

    Document convert(const ::toml::table& root) {
        add_table(root, {});
        return builder_.finish();
    }

private:
    void add(const ::toml::node& node) {
        const auto place = place_of(node.source());
        if (const auto* const table = node.as_table()) return add_table(*table, place);
        if (const auto* const array = node.as_array()) {
            builder_.begin_list(place);
            for (const auto& element : *array) add(element);
            return builder_.end();
        }
        if (const auto* const text = node.as_string()) {
            builder_.string(place, text->get());
        } else if (const auto* const integer = node.as_integer()) {
            builder_.integer(place, integer->get());
        } else if (const auto* const real = node.as_floating_point()) {
            builder_.real(place, real->get());
        } else if (const auto* const truth = node.as_boolean()) {
            builder_.boolean(place, truth->get());
        } else if (const auto* const date = node.as_date()) {
            builder_.string(place, text_of(date->get()));
        } else if (const auto* const time = node.as_time()) {
            builder_.string(place, text_of(time->get()));
        } else {
            const auto* const moment = node.as_date_time();
            MLO_ASSERT(moment != nullptr);
            builder_.string(place, text_of(moment->get()));
        }
    }

    void add_table(const ::toml::table& table, TextPlace place) {
        struct Entry {
            const ::toml::key* key;
            const ::toml::node* value;
        };
        std::vector<Entry> entries;
        entries.reserve(table.size());
        for (const auto& [key, value] : table) entries.push_back({&key, &value});
        const auto order = [](const Entry& entry) {
            const auto at = entry.key->source().begin;
            return std::pair{at.line, at.column};
        };
        std::stable_sort(entries.begin(), entries.end(),
                         [&](const Entry& a, const Entry& b) { return order(a) < order(b); });
        builder_.begin_mapping(place);
        for (const auto& [key, value] : entries) {
            builder_.key(place_of(key->source()), key->str());
            add(*value);
        }
        builder_.end();
    }

    DocumentBuilder builder_;
};

}  // namespace

Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits) {
    check_document_text(text, file, limits);
    check_extent(text, file, limits);
    try {
        return Converter{file, limits}.convert(::toml::parse(text));
    } catch (const ::toml::parse_error& error) {
        throw Error{errors::not_toml, fmt::format("not valid TOML: {}", shown(error.description()))}.at(
            format_place(file, place_of(error.source())));
    }
}

std::string library_version() { return fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH); }

}  // namespace mlo::toml
