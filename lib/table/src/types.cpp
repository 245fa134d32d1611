// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/table/errors.hpp>
#include <mlo/table/source.hpp>
#include <mlo/util/text.hpp>

namespace mlo::table {
namespace {

constexpr Type all_types[] = {Type::boolean, Type::integer, Type::real, Type::text, Type::date, Type::timestamp};

[[nodiscard]] Type type_of(const Value& value) {
    const auto text = value.as_string();
    std::vector<std::string> names;
    for (const auto type : all_types) {
        if (text == to_string(type)) return type;
        names.emplace_back(to_string(type));
    }
    auto error = Error{errors::types_invalid, fmt::format("there is no type {}", quoted(text))}.at(value.place());
    if (const auto near = closest_match(text, names)) error.note(fmt::format("the nearest is {}", quoted(*near)));
    throw std::move(error).hint("boolean, integer, real, text, date or timestamp");
}

[[nodiscard]] char character_of(const Value& value) {
    const auto text = value.as_string();
    const bool is_fit = text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80 &&
                        std::string_view{"0123456789+-"}.find(text[0]) == std::string_view::npos;
    if (!is_fit)
        throw Error{errors::types_invalid, fmt::format("{} cannot part digits", quoted(text))}
            .at(value.place())
            .hint("one character, such as ',' or '.'");
    return text[0];
}

[[nodiscard]] ValueForm form_of(const Value& value) {
    ValueForm form;
    form.is_wide = true;
    if (value.is(ValueKind::string)) {
        form.type = type_of(value);
        return form;
    }
    value.allow_only({"type", "format", "nulls", "decimal", "thousands"});
    form.type = type_of(value.get("type"));
    const bool is_number = form.type == Type::integer || form.type == Type::real;
    const auto only_for = [&](std::string_view key, bool is_fit, std::string_view types) {
        const auto member = value.find(key);
        if (member && !is_fit)
            throw Error{errors::types_invalid, fmt::format("{} is only for columns of type {}", quoted(key), types)}.at(
                member->place());
        return member;
    };
    if (const auto format =
            only_for("format", form.type == Type::date || form.type == Type::timestamp, "date or timestamp")) {
        form.format = format->as_string();
        if (form.format.find('%') == std::string::npos)
            throw Error{errors::types_invalid, fmt::format("{} is no format", quoted(form.format))}
                .at(format->place())
                .hint("'%d.%m.%Y'");
    }
    if (const auto decimal = only_for("decimal", form.type == Type::real, "real"))
        form.decimal_point = character_of(*decimal);
    if (const auto thousands = only_for("thousands", is_number, "integer or real")) {
        form.thousands = character_of(*thousands);
        if (form.thousands == form.decimal_point)
            throw Error{errors::types_invalid, "the same character parts thousands and decimals"}.at(
                thousands->place());
    }
    if (const auto nulls = value.find("nulls"))
        for (const auto& word : nulls->items()) form.nulls.emplace_back(word.as_string());
    return form;
}

}  // namespace

Types read_types(const Document& document) {
    Types types;
    document.root().allow_only({"schema", "columns"});
    if (const auto schema = document.root().find("schema"); schema && schema->as_string() != "mlo/table-types-v1")
        throw Error{errors::types_invalid,
                    fmt::format("{} is no schema of a file of types", quoted(schema->as_string()))}
            .at(schema->place())
            .hint("schema: mlo/table-types-v1");
    for (const auto& member : document.root().get("columns").members())
        types.columns.emplace(std::string{member.name()}, Types::Column{form_of(member.value), member.key.place()});
    return types;
}

}  // namespace mlo::table
