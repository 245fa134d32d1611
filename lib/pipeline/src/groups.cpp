// SPDX-License-Identifier: Apache-2.0
#include "groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::size_t most_stages = 500'000;
constexpr std::string_view matrix_example = "matrix: {model: [cnn, xgb], depth: '${depths}'}";

/// As in a mapping of Python: a key that comes again keeps its place, and takes the later value.
class Collector {
public:
    void add(std::string key, Datum item) {
        const auto [at, is_new] = index_.try_emplace(key, made_.items.size());
        if (is_new) {
            made_.items.push_back({std::move(key), std::move(item)});
        } else {
            made_.items[at->second].item = std::move(item);
        }
    }
    [[nodiscard]] GroupItems take(bool has_key) {
        made_.has_key = has_key;
        return std::move(made_);
    }

private:
    GroupItems made_;
    std::unordered_map<std::string, std::size_t> index_;
};

[[noreturn]] void refuse(const Value& at, std::string_view name, std::string_view expected, const Datum& found,
                         std::string_view example) {
    throw Error{errors::not_iterable, fmt::format("{} must be {}, not {}", quoted(name), expected, canonical(found))}
        .at(at.place())
        .hint(std::string{example});
}

/// How an element is called in the name of its stage. DVC calls what came from a template by Python's name for it: a
/// stage of `[true]` is `s@true`, of `${flags}` with the same list `s@True`, and locks know it by that.
std::string called(const Datum& element, const Value* written) {
    const auto* const truth = std::get_if<bool>(&element.content);
    const bool is_resolved = written == nullptr || written->is(ValueKind::string);
    if (truth != nullptr && is_resolved) return *truth ? "True" : "False";
    return text_of(element);
}

/// A list of the matrix, resolved.
struct Dimension {
    std::string name;
    Datum::List values;
    std::vector<std::string> names;
};

/// What the elements of a list are called; `written` is the list, or the template that it came from.
std::vector<std::string> names_of(const Datum::List& list, const Value& written) {
    const auto items = written.is(ValueKind::list) ? written.items() : std::vector<Value>{};
    std::vector<std::string> names;
    names.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        names.push_back(list[i].is_composite() ? "" : called(list[i], items.empty() ? nullptr : &items[i]));
    }
    return names;
}

std::vector<Dimension> dimensions_of(const Value& matrix, const Context& context) {
    std::vector<Dimension> dimensions;
    for (const auto& member : matrix.members()) {
        auto values = resolve(member.value, context, Composites::allowed);
        auto* const list = std::get_if<Datum::List>(&values.content);
        if (list == nullptr) refuse(member.value, member.name(), "a list", values, matrix_example);
        auto name = resolve(member.key, context, Composites::refused);
        auto names = names_of(*list, member.value);
        dimensions.push_back({text_of(name), std::move(*list), std::move(names)});
    }
    return dimensions;
}

GroupItems items_of(Datum data, const std::vector<std::string>& names, const Value& at) {
    Collector made;
    if (auto* const mapping = std::get_if<Datum::Mapping>(&data.content)) {
        check_stage_count(mapping->size(), at);
        for (auto& member : *mapping) made.add(std::move(member.name), std::move(member.value));
        return made.take(true);
    }
    auto* const list = std::get_if<Datum::List>(&data.content);
    if (list == nullptr) {
        refuse(at, "foreach", "a list or a mapping", data, "foreach: [a, b], {a: 1, b: 2} or ${name}");
    }
    check_stage_count(list->size(), at);
    const bool by_index = std::any_of(list->begin(), list->end(), [](const Datum& d) { return d.is_composite(); });
    for (std::size_t i = 0; i < list->size(); ++i) {
        made.add(by_index ? std::to_string(i) : names[i], std::move((*list)[i]));
    }
    return made.take(false);
}

}  // namespace

void check_stage_count(std::size_t count, const Value& at) {
    if (count <= most_stages) return;
    throw Error{errors::too_many_stages, fmt::format("more than {} stages", format_count(most_stages))}
        .at(at.place())
        .hint("loop within the command instead, or split the document");
}

GroupItems items_of_data(Datum data, const Value& at) {
    std::vector<std::string> names;
    if (const auto* const list = std::get_if<Datum::List>(&data.content)) {
        for (const auto& element : *list) names.push_back(element.is_composite() ? "" : text_of(element));
    }
    return items_of(std::move(data), names, at);
}

GroupItems items_of_foreach(const Value& iterable, const Context& context) {
    auto data = resolve(iterable, context, Composites::allowed);
    const auto* const list = std::get_if<Datum::List>(&data.content);
    const auto names = list == nullptr ? std::vector<std::string>{} : names_of(*list, iterable);
    return items_of(std::move(data), names, iterable);
}

void check_matrix(const Value& matrix) {
    for (const auto& member : members_of(matrix, "matrix", "a mapping of lists", matrix_example)) {
        if (member.value.is(ValueKind::list)) continue;
        if (member.value.is(ValueKind::string) && may_be_template(member.value.as_string())) continue;
        refuse_type(member.value, member.name(), "a list", matrix_example);
    }
}

GroupItems items_of_matrix(const Value& matrix, const Context& context) {
    const auto dimensions = dimensions_of(matrix, context);
    std::size_t count = 1;
    for (const auto& dimension : dimensions) {
        count *= dimension.values.size();
        check_stage_count(count, matrix);
    }
    Collector made;
    for (std::size_t number = 0; number < count; ++number) {
        std::string key;
        Datum::Mapping item;
        auto below = count;
        for (const auto& dimension : dimensions) {
            below /= dimension.values.size();
            const auto index = number / below % dimension.values.size();
            const auto& value = dimension.values[index];
            if (!key.empty() || !item.empty()) key += '-';
            key += value.is_composite() ? fmt::format("{}{}", dimension.name, index) : dimension.names[index];
            item.push_back({dimension.name, value});
        }
        made.add(std::move(key), Datum{std::move(item)});
    }
    return made.take(true);
}

}  // namespace mlo::pipeline
