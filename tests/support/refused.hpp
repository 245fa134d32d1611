// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <failure.hpp>
#include <string>

namespace mlo::test {

/// The Error that `action` throws on one line: `<code> <place> <message>[ = <note>...][ help: <hint>]`; "nothing" if it
/// ends well.
template <class Action>
[[nodiscard]] std::string refused(Action&& action) {
    const auto error = error_of(action);
    if (!error) return "nothing";
    auto line = std::string{error->code().id} + " " + error->place() + " " + error->message();
    for (const auto& note : error->notes()) line += " = " + note;
    if (!error->hint_text().empty()) line += " help: " + error->hint_text();
    return line;
}

}  // namespace mlo::test
