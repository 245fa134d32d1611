// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/datum.hpp>

#include <algorithm>
#include <cmath>

#include <mlo/json/canonical.hpp>

namespace mlo::pipeline {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

bool same_members(const Datum::Mapping& a, const Datum::Mapping& b) {
    if (a.size() != b.size()) return false;
    const auto sorted = [](const Datum::Mapping& mapping) {
        std::vector<const Datum::Member*> members;
        members.reserve(mapping.size());
        for (const auto& member : mapping) members.push_back(&member);
        std::sort(members.begin(), members.end(), [](const auto* x, const auto* y) { return x->name < y->name; });
        return members;
    };
    const auto left = sorted(a);
    const auto right = sorted(b);
    return std::equal(left.begin(), left.end(), right.begin(),
                      [](const auto* x, const auto* y) { return x->name == y->name && x->value == y->value; });
}

}  // namespace

bool Datum::is_composite() const noexcept {
    return std::holds_alternative<List>(content) || std::holds_alternative<Mapping>(content);
}

const Datum* Datum::find(std::string_view name) const noexcept {
    const auto* const mapping = std::get_if<Mapping>(&content);
    if (mapping == nullptr) return nullptr;
    const auto found =
        std::find_if(mapping->begin(), mapping->end(), [&](const Member& member) { return member.name == name; });
    return found == mapping->end() ? nullptr : &found->value;
}

bool operator==(const Datum& a, const Datum& b) {
    if (a.content.index() != b.content.index()) return false;
    if (const auto* const mapping = std::get_if<Datum::Mapping>(&a.content)) {
        return same_members(*mapping, std::get<Datum::Mapping>(b.content));
    }
    if (const auto* const list = std::get_if<Datum::List>(&a.content)) {
        const auto& other = std::get<Datum::List>(b.content);
        return std::equal(list->begin(), list->end(), other.begin(), other.end());
    }
    if (const auto* const real = std::get_if<double>(&a.content)) {
        const auto other = std::get<double>(b.content);
        return *real == other || (std::isnan(*real) && std::isnan(other));
    }
    if (const auto* const text = std::get_if<std::string>(&a.content)) return *text == std::get<std::string>(b.content);
    if (const auto* const number = std::get_if<std::int64_t>(&a.content)) {
        return *number == std::get<std::int64_t>(b.content);
    }
    if (const auto* const number = std::get_if<std::uint64_t>(&a.content)) {
        return *number == std::get<std::uint64_t>(b.content);
    }
    if (const auto* const truth = std::get_if<bool>(&a.content)) return *truth == std::get<bool>(b.content);
    return true;
}

Datum to_datum(const Value& value) {
    switch (value.kind()) {
        case ValueKind::null:
            return {};
        case ValueKind::boolean:
            return {value.as_boolean()};
        case ValueKind::integer:
            return {value.as_integer()};
        case ValueKind::unsigned_integer:
            return {value.as_unsigned()};
        case ValueKind::real:
            return {value.as_real()};
        case ValueKind::string:
            return {std::string{value.as_string()}};
        case ValueKind::list: {
            Datum::List list;
            list.reserve(value.size());
            for (const auto& item : value.items()) list.push_back(to_datum(item));
            return {std::move(list)};
        }
        case ValueKind::mapping: {
            Datum::Mapping mapping;
            mapping.reserve(value.size());
            for (const auto& member : value.members()) {
                mapping.push_back({std::string{member.name()}, to_datum(member.value)});
            }
            return {std::move(mapping)};
        }
    }
    return {};
}

void write(json::CanonicalWriter& out, const Datum& datum) {
    std::visit(Overloaded{[&](std::monostate) { out.null(); }, [&](bool truth) { out.boolean(truth); },
                          [&](std::int64_t number) { out.integer(number); },
                          [&](std::uint64_t number) { out.unsigned_integer(number); },
                          [&](double number) { out.real(number); }, [&](const std::string& text) { out.string(text); },
                          [&](const Datum::List& list) {
                              out.begin_array();
                              for (const auto& element : list) write(out, element);
                              out.end_array();
                          },
                          [&](const Datum::Mapping& mapping) {
                              out.begin_object();
                              for (const auto& member : mapping) {
                                  out.key(member.name);
                                  write(out, member.value);
                              }
                              out.end_object();
                          }},
               datum.content);
}

std::string canonical(const Datum& datum) {
    json::CanonicalWriter out;
    write(out, datum);
    return out.take();
}

}  // namespace mlo::pipeline
