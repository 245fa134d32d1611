// SPDX-License-Identifier: Apache-2.0
// Writes a parsed value again with either writer: for "what was read can be written and read again".
#pragma once

#include <mlo/util/document.hpp>

namespace mlo::test {

/// `brackets` says what opens and closes lists and mappings, for which the writers have different words.
template <class Writer, class Brackets>
void emit(Writer& writer, const Value& value, const Brackets& brackets) {
    switch (value.kind()) {
        case ValueKind::null:
            writer.null();
            return;
        case ValueKind::boolean:
            writer.boolean(value.as_boolean());
            return;
        case ValueKind::integer:
            writer.integer(value.as_integer());
            return;
        case ValueKind::unsigned_integer:
            writer.unsigned_integer(value.as_unsigned());
            return;
        case ValueKind::real:
            writer.real(value.as_real());
            return;
        case ValueKind::string:
            writer.string(value.as_string());
            return;
        case ValueKind::list:
            brackets.begin_list(writer);
            for (const auto& item : value.items()) emit(writer, item, brackets);
            brackets.end_list(writer);
            return;
        case ValueKind::mapping:
            brackets.begin_mapping(writer);
            for (const auto& member : value.members()) {
                writer.key(member.name());
                emit(writer, member.value, brackets);
            }
            brackets.end_mapping(writer);
            return;
    }
}

struct JsonBrackets {
    void begin_list(auto& writer) const { writer.begin_array(); }
    void end_list(auto& writer) const { writer.end_array(); }
    void begin_mapping(auto& writer) const { writer.begin_object(); }
    void end_mapping(auto& writer) const { writer.end_object(); }
};

struct YamlBrackets {
    void begin_list(auto& writer) const { writer.begin_list(); }
    void end_list(auto& writer) const { writer.end_list(); }
    void begin_mapping(auto& writer) const { writer.begin_mapping(); }
    void end_mapping(auto& writer) const { writer.end_mapping(); }
};

}  // namespace mlo::test
