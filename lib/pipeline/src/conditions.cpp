// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "extras.hpp"
#include "grammar.hpp"
#include "quantities.hpp"
#include "stage_reader.hpp"

namespace mlo::pipeline {
namespace {

constexpr std::string_view when_example =
    "when: {params: {train.enabled: true}, metrics: {'eval.json:auc': {min: 0.8}}, branch: [main]}";
constexpr std::array<std::string_view, 5> comparison_names{"min", "max", "above", "below", "not"};
constexpr std::array<Comparison, 5> comparisons{Comparison::at_least, Comparison::at_most, Comparison::above,
                                                Comparison::below, Comparison::unequal};

class ConditionsReader {
public:
    ConditionsReader(const DocumentFacts& document, std::string_view base, Scope& scope)
        : document_{document}, base_{base}, scope_{scope} {}

    std::vector<Condition> read(const Value& value) {
        constexpr std::array<std::string_view, 3> names{"params", "metrics", "branch"};
        const Fields fields{value, "when", names, when_example};
        if (fields[0]) read_subject(Subject::param, *fields[0]);
        if (fields[1]) read_subject(Subject::metric, *fields[1]);
        if (fields[2]) read_branch(*fields[2]);
        return std::move(made_);
    }

private:
    /// "file:key"; of parameters also "key" of params.yaml.
    void name(const Value& key, Subject subject, Condition& made) {
        auto text = scope_.text(key, "when", when_example);
        const auto colon = text.find(':');
        made.subject = subject;
        made.place = key.text_place();
        if (colon == text.npos && subject == Subject::metric && !scope_.is_open(text)) {
            throw Error{errors::value_invalid, fmt::format("{} does not say which file the metric is in", quoted(text))}
                .at(key.place())
                .hint(fmt::format("write the file before it: 'metrics.json:{}'", text));
        }
        auto file = colon == text.npos ? std::string{"params.yaml"} : text.substr(0, colon);
        made.key = colon == text.npos ? text : text.substr(colon + 1);
        made.file = checked_path(std::move(file), key, document_, base_);
        if (made.file.reach == Reach::workspace && !made.key.empty()) return;
        throw Error{errors::path_invalid, fmt::format("{} names no value in a file of the workspace", quoted(text))}
            .at(key.place())
            .hint(std::string{when_example});
    }

    void add(const Condition& named, Comparison comparison, const Value& at, Datum value) {
        auto made = named;
        made.comparison = comparison;
        made.value = std::move(value);
        made.place = at.text_place();
        made_.push_back(std::move(made));
    }

    void read_subject(Subject subject, const Value& value) {
        for (const auto& member : members_of(value, "when", "a mapping of what must hold", when_example)) {
            Condition named;
            name(member.key, subject, named);
            if (member.value.is(ValueKind::mapping)) {
                read_comparisons(named, member);
            } else {
                const bool is_list = member.value.is(ValueKind::list);
                add(named, is_list ? Comparison::one_of : Comparison::equal, member.value, scope_.any(member.value));
            }
        }
    }

    void read_comparisons(const Condition& named, const Member& member) {
        const Fields fields{member.value, member.name(), comparison_names, when_example};
        bool is_empty = true;
        for (std::size_t i = 0; i < comparison_names.size(); ++i) {
            if (!fields[i]) continue;
            is_empty = false;
            const auto& value = *fields[i];
            if (comparisons[i] == Comparison::unequal) {
                add_unequal(named, value);
                continue;
            }
            auto bound = scope_.any(value);
            const auto* const text = std::get_if<std::string>(&bound.content);
            const bool is_number =
                std::holds_alternative<std::int64_t>(bound.content) || std::holds_alternative<double>(bound.content);
            if (!is_number && !(text != nullptr && scope_.is_open(*text))) {
                refuse_value(value, comparison_names[i], "a number", bound,
                             fmt::format("{}: 0.8", comparison_names[i]));
            }
            add(named, comparisons[i], value, std::move(bound));
        }
        if (is_empty)
            refuse_type(member.value, member.name(), "a value, a list, or some of min, max, above, below, not",
                        when_example);
    }

    /// Not one of a list: unlike each.
    void add_unequal(const Condition& named, const Value& value) {
        if (!value.is(ValueKind::list)) return add(named, Comparison::unequal, value, scope_.any(value));
        for (const auto& item : value.items()) add(named, Comparison::unequal, item, scope_.any(item));
    }

    void read_branch(const Value& value) {
        Condition named;
        named.subject = Subject::branch;
        if (value.is(ValueKind::mapping)) {
            constexpr std::array<std::string_view, 1> names{"not"};
            const Fields fields{value, "branch", names, "branch: {not: main}"};
            if (!fields[0])
                refuse_type(value, "branch", "a pattern, a list of patterns, or {not: PATTERN}", when_example);
            for (const auto& pattern : patterns(*fields[0])) {
                add(named, Comparison::unequal, *fields[0], pattern);
            }
            return;
        }
        add(named, Comparison::matches, value, {patterns(value)});
    }

    Datum::List patterns(const Value& value) {
        constexpr std::string_view example = "branch: [main, 'release/*']";
        Datum::List made;
        if (value.is(ValueKind::string)) {
            made.push_back({scope_.text(value, "branch", example)});
            return made;
        }
        for (const auto& item : items_of(value, "branch", "a pattern or a list of patterns", example)) {
            made.push_back({scope_.text(item, "branch", example)});
        }
        return made;
    }

    const DocumentFacts& document_;
    std::string_view base_;
    Scope& scope_;
    std::vector<Condition> made_;
};

}  // namespace

std::vector<Condition> read_conditions(const Value& value, const DocumentFacts& document, std::string_view base,
                                       Scope& scope) {
    return ConditionsReader{document, base, scope}.read(value);
}

}  // namespace mlo::pipeline
