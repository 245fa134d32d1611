// SPDX-License-Identifier: Apache-2.0
// Against what DVC found: tests/data/pipeline/record_templates.py.
#include <catch2/catch.hpp>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/template.hpp>

#include "oracle.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

void merge_all(Context& context, const Value& sources) {
    for (const auto& source : sources.items()) {
        context.merge(test::recorded_datum(source.get("values")), source.get("source").as_string());
    }
}

CommandStyle style_of(const Value& test_case) {
    CommandStyle style;
    if (const auto wanted = test_case.find("style")) {
        if (wanted->get("bool").as_string() == "boolean_optional") style.bools = BoolOptions::boolean_optional;
        if (wanted->get("list").as_string() == "append") style.lists = ListOptions::append;
    }
    return style;
}

struct Answer {
    Datum value;
    std::string error;
    std::string message;
};

Answer answer(const Value& test_case, const Value& usual_sources) {
    try {
        Context context;
        merge_all(context, test_case.find("sources").value_or(usual_sources));
        if (const auto set = test_case.find("set")) {
            for (const auto& member : set->members()) context.set(member.name(), test::recorded_datum(member.value));
        }
        if (const auto local = test_case.find("local")) {
            auto copy = context;
            merge_all(copy, *local);
            context = copy;
        }
        const auto text = test_case.get("template");
        check_templates(text);
        const auto form = test_case.get("form").as_string();
        if (form == "command") return {{resolve_command(text, context, style_of(test_case))}, {}, {}};
        return {resolve(text, context, form == "top" ? Composites::allowed : Composites::refused), {}, {}};
    } catch (const Error& error) {
        const std::pair<const ErrorCode*, std::string> names[] = {{&errors::template_invalid, "invalid"},
                                                                  {&errors::template_unknown, "unknown"},
                                                                  {&errors::template_composite, "composite"},
                                                                  {&errors::context_conflict, "conflict"}};
        for (const auto& [code, name] : names) {
            if (code->id == error.code().id) return {{}, name, error.message()};
        }
        throw;
    }
}

}  // namespace

TEST_CASE("templates yield what they yield in DVC") {
    const auto document = test::recorded("templates.json");
    const auto cases = document.root().items();
    const auto usual_sources = cases.front().get("sources");
    std::size_t deliberate = 0;
    for (std::size_t i = 1; i < cases.size(); ++i) {
        const auto& test_case = cases[i];
        const bool differs = test_case.find("differs").has_value();
        if (differs) ++deliberate;
        const auto expected = test_case.get(differs ? "ours" : "answer");
        const auto actual = answer(test_case, usual_sources);
        INFO("case " << i << " of templates.json: " << canonical(to_datum(test_case.get("template"))) << ": "
                     << actual.message);
        const auto error = expected.find("error");
        CHECK(actual.error == (error ? std::string{error->as_string()} : ""));
        if (!error && actual.error.empty()) {
            CHECK(canonical(actual.value) == canonical(test::recorded_datum(expected.get("value"))));
        }
        if (actual.error != "conflict" || expected.get("text").as_string().find("redefine") == std::string::npos)
            continue;
        // The path and both sources are told by both.
        const auto theirs = std::string{expected.get("text").as_string()};
        for (std::size_t at = theirs.find('\''); at != std::string::npos; at = theirs.find('\'', at + 1)) {
            const auto end = theirs.find('\'', at + 1);
            CHECK(actual.message.find(theirs.substr(at, end + 1 - at)) != std::string::npos);
            at = end;
        }
    }
    CHECK(cases.size() > 1000);
    CHECK(deliberate < 10);
}
