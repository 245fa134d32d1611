// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/ledger/event.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::ledger {
namespace {

/// Writes a value of canonical JSON again: {"$f":...} and {"$b":...} as what they stand for, keys without their escape.
/// False if a key has half an escape.
bool write_again(json::CanonicalWriter& writer, const Value& value) {
    if (value.is(ValueKind::list)) {
        writer.begin_array();
        for (const auto& item : value.items())
            if (!write_again(writer, item)) return false;
        writer.end_array();
        return true;
    }
    if (!value.is(ValueKind::mapping)) {
        writer.value(value);
        return true;
    }
    if (value.size() == 1 && value.find("$f")) {
        writer.real(json::canonical_real(value));
        return true;
    }
    if (value.size() == 1 && value.find("$b")) {
        writer.bytes(as_bytes(json::canonical_bytes(value)));
        return true;
    }
    writer.begin_object();
    for (const auto& member : value.members()) {
        if (member.name().starts_with('$') && !member.name().starts_with("$$")) return false;
        writer.key(json::canonical_key(member));
        if (!write_again(writer, member.value)) return false;
    }
    writer.end_object();
    return true;
}

}  // namespace

bool is_canonical(std::string_view text) {
    try {
        const auto document = json::parse(text, "body", {.size_bytes = max_body_bytes});
        json::CanonicalWriter writer;
        return write_again(writer, document.root()) && writer.take() == text;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        return false;
    }
}

}  // namespace mlo::ledger
