// SPDX-License-Identifier: Apache-2.0
#include "scope.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "grammar.hpp"

namespace mlo::pipeline {

bool may_be_template(std::string_view text) noexcept { return text.find("${") != text.npos; }

bool may_hold_template(const Value& value) {
    if (value.is(ValueKind::string)) return may_be_template(value.as_string());
    if (value.is(ValueKind::list)) {
        const auto items = value.items();
        return std::any_of(items.begin(), items.end(), may_hold_template);
    }
    if (!value.is(ValueKind::mapping)) return false;
    const auto members = value.members();
    return std::any_of(members.begin(), members.end(), [](const Member& member) {
        return may_be_template(member.name()) || may_hold_template(member.value);
    });
}

Variables& Scope::own() {
    if (!own_) own_ = document_->get();
    return *own_;
}

const Context& Scope::context() { return own_ ? own_->context() : document_->get().context(); }

bool Scope::is_open(std::string_view text) const noexcept { return mode_ == Mode::check && may_be_template(text); }

std::string Scope::text(const Value& value, std::string_view name, std::string_view example) {
    const auto written = string_of(value, name, example);
    if (!may_be_template(written) || mode_ == Mode::check) return std::string{written};
    auto made = resolve(value, context(), Composites::refused);
    if (auto* const text = std::get_if<std::string>(&made.content)) return std::move(*text);
    throw Error{errors::template_unfit,
                fmt::format("{} must be a text, but {} is {}", quoted(name), quoted(written), canonical(made))}
        .at(value.place())
        .hint("put the value in quotes where it is set, if it is meant as a text");
}

std::string Scope::command(const Value& value) {
    const auto written = string_of(value, "cmd", "cmd: python train.py");
    if (!may_be_template(written) || mode_ == Mode::check) return std::string{written};
    return resolve_command(value, context(), *style_);
}

Datum Scope::any(const Value& value) {
    if (mode_ == Mode::check || !may_hold_template(value)) return to_datum(value);
    return resolve(value, context(), Composites::refused);
}

}  // namespace mlo::pipeline
