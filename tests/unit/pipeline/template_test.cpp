// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/template.hpp>
#include <mlo/yaml/parse.hpp>

using namespace mlo;
using namespace mlo::pipeline;
using Catch::Matchers::Contains;

namespace {

Datum datum(std::string_view text) { return to_datum(yaml::parse(text, "test.yaml").root()); }

Context context_with(std::string_view yaml, std::string_view source = "params.yaml") {
    Context context;
    context.merge(datum(yaml), source);
    return context;
}

Datum resolved(std::string_view yaml, const Context& context) {
    const auto document = yaml::parse(yaml, "dvc.yaml");
    return resolve(document.root(), context, Composites::refused);
}

template <class Action>
Error error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    throw 0;
}

}  // namespace

TEST_CASE("an unknown name is told with its place, a guess and where values come from") {
    auto context = context_with("{train: {lr: 0.1, depth: 3}, list: [1]}");
    context.merge(datum("{seed: 7}"), "vars of dvc.yaml:2:3");
    auto error = error_of([&] { resolved("stages:\n  fit: [x, 'a ${trian.lr}']\n", context); });
    CHECK(error.code().id == errors::template_unknown.id);
    CHECK(error.place() == "dvc.yaml:2:12");
    CHECK(error.message() == "'${trian.lr}': nothing is called 'trian'");
    CHECK(error.hint_text() == "did you mean 'train'?");
    REQUIRE(error.notes().size() == 1);
    CHECK(error.notes()[0] == "values come from params.yaml, vars of dvc.yaml:2:3");

    error = error_of([&] { resolved("${train.dept}", context); });
    CHECK(error.message() == "'${train.dept}': 'train' has no 'dept'");
    CHECK(error.hint_text() == "did you mean 'train.depth'?");
    error = error_of([&] { resolved("${seed.x}", context); });
    CHECK(error.notes()[0] == "'seed' is an integer");
    CHECK(error.hint_text().empty());
    error = error_of([&] { resolved("${list[4]}", context); });
    CHECK(error.message() == "'${list[4]}': 'list' has no '4'");
    // A member of exactly one mapping may be meant.
    error = error_of([&] { resolved("${depth}", context); });
    CHECK(error.hint_text() == "did you mean 'train.depth'?");
    error = error_of([&] { resolved("${x}", Context{}); });
    CHECK(error.notes()[0] == "no file and no 'vars' gives any values");
}

TEST_CASE("a key that is wrong is told at the key") {
    const auto context = context_with("{a: {b: 1}}");
    CHECK(error_of([&] { resolved("x:\n  ${a.c}: 1\n", context); }).place() == "dvc.yaml:2:3");
    const auto error = error_of([&] {
        const auto document = yaml::parse("${a}: 1", "dvc.yaml");
        (void)resolve(document.root(), context, Composites::allowed);
    });
    CHECK(error.code().id == errors::template_composite.id);
    CHECK(error.place() == "dvc.yaml:1:1");
}

TEST_CASE("what is wrong with an expression is said") {
    const auto message = [&](std::string_view text) {
        const auto document = yaml::parse(text, "dvc.yaml");
        const auto error = error_of([&] { check_templates(document.root()); });
        CHECK(error.code().id == errors::template_invalid.id);
        CHECK_THAT(error.hint_text(), Contains("\\${"));
        return error.message();
    };
    CHECK(message("x ${} y") == "'${}': a name is missing");
    CHECK(message("'${a[0}'") == "'${a[0}': there is no ']' for '['");
    CHECK(message("'${a]}'") == "'${a]}': there is no '[' for ']'");
    CHECK(message("'${a[0]b}'") == "'${a[0]b}': there must be '.' or '[' after ']'");
    CHECK(message("{k: [{'${.}': 1}]}") == "'${.}': a name is missing");
    const auto fine = yaml::parse("{k: ['${a}', 3, null], '${b}': '\\${'}", "dvc.yaml");
    CHECK_NOTHROW(check_templates(fine.root()));
}

TEST_CASE("texts with templates are told from others") {
    CHECK(has_template("${a}"));
    CHECK(has_template("\\${a} ${b}"));
    CHECK(has_template("${a\n${b}"));
    CHECK_FALSE(has_template("\\${a}"));
    CHECK_FALSE(has_template("${a"));
    CHECK_FALSE(has_template("$a {b}"));
    CHECK_FALSE(has_template(""));
}

TEST_CASE("copies of a context share what they had and keep what they add to themselves") {
    auto base = context_with("{a: {x: 1}, b: 2}");
    auto first = base;
    auto second = base;
    first.merge(datum("{a: {y: 2}, c: 3}"), "first");
    second.merge(datum("{a: {y: 5}}"), "second");
    second.set("item", datum("[7, 8]"));
    CHECK(*first.find("a") == datum("{x: 1, y: 2}"));
    CHECK(*second.find("a") == datum("{x: 1, y: 5}"));
    CHECK(*base.find("a") == datum("{x: 1}"));
    CHECK(base.find("c") == nullptr);
    CHECK(base.find("item") == nullptr);
    CHECK(*second.find("item[-1]") == datum("8"));
    CHECK(second.find("item[") == nullptr);
    auto third = second;
    second.set("item", datum("9"));
    CHECK(*third.find("item") == datum("[7, 8]"));
    // What was merged last may be merged into again, and tells where each part is from.
    third.merge(datum("{a: {z: 1}}"), "third");
    CHECK(*third.find("a") == datum("{x: 1, y: 5, z: 1}"));
    for (const auto* clash : {"x:first-source", "y:second", "z:third"}) {
        const std::string text = clash;
        const auto error = error_of([&] { third.merge(datum(fmt::format("{{a: {{{}: 0}}}}", text[0])), "last"); });
        CHECK(error.code().id == errors::context_conflict.id);
        const auto source = text.substr(2) == "first-source" ? std::string{"params.yaml"} : text.substr(2);
        CHECK(error.message() ==
              fmt::format("cannot set 'a.{}' from 'last': it comes from '{}' already", text[0], source));
    }
    // What could not be merged has changed nothing.
    CHECK(*third.find("a") == datum("{x: 1, y: 5, z: 1}"));
}

TEST_CASE("large mappings are found in, also when merged") {
    std::string yaml = "w:\n";
    for (int i = 0; i < 1000; ++i) yaml += fmt::format("  k{}: {{v: {}}}\n", i, i);
    auto context = context_with(yaml);
    auto copy = context;
    copy.merge(datum("{w: {k5: {t: x}, extra: 1}}"), "more");
    for (int i = 0; i < 1000; i += 37) {
        CHECK(*context.find(fmt::format("w.k{}.v", i)) == datum(fmt::to_string(i)));
        CHECK(*copy.find(fmt::format("w[k{}].v", i)) == datum(fmt::to_string(i)));
    }
    CHECK(*copy.find("w.extra") == datum("1"));
    CHECK(*copy.find("w.k5.t") == datum("x"));
    CHECK(context.find("w.extra") == nullptr);
    CHECK(context.find("w.k1000") == nullptr);
}

TEST_CASE("a text with many openings and no end is read once") {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += "${";
    CHECK_FALSE(has_template(text));
    text += "\n" + text;
    CHECK_FALSE(has_template(text));
    CHECK(has_template(text + "}"));
}

TEST_CASE("scalars are spelled as DVC spells them in texts") {
    CHECK(text_of(datum("true")) == "true");
    CHECK(text_of(datum("null")) == "None");
    CHECK(text_of(datum("1.0")) == "1.0");
    CHECK(text_of(datum("1e-5")) == "1e-05");
    CHECK(text_of(datum("100000000000000000.0")) == "1e+17");
    CHECK(text_of(datum("x y")) == "x y");
}
