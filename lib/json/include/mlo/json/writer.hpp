// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::json {

/// `pretty`: one member or element a line, two spaces a level. `compact`: no white space at all.
enum class Layout { pretty, compact };

/// Writes JSON in one pass: what `--json` prints.
///
/// Calls follow the nesting: `w.begin_object().key("size").integer(3).end_object()`. A call out of order is a bug
/// (MLO_ASSERT), and so is text that is not UTF-8: see write_path. Duplicate keys are not noticed. Not thread-safe.
class Writer {
public:
    /// Appends to `out`, which must outlive the object; it may be drained and cleared between any two calls.
    Writer(std::string& out, Layout layout) noexcept : out_{&out}, layout_{layout} {}

    Writer& begin_object() { return begin('{', Scope::object); }
    Writer& end_object() { return end('}', Scope::object); }
    Writer& begin_array() { return begin('[', Scope::array); }
    Writer& end_array() { return end(']', Scope::array); }
    Writer& key(std::string_view name);

    Writer& null();
    Writer& boolean(bool value);
    Writer& integer(std::int64_t value);
    Writer& unsigned_integer(std::uint64_t value);
    /// The shortest digits that read back as `value`; NaN and infinities as canonical JSON has them, {"$f":"nan"}.
    Writer& real(double value);
    Writer& string(std::string_view utf8);

    /// True once a whole value has been written.
    [[nodiscard]] bool complete() const noexcept { return scopes_.empty() && wrote_value_; }

private:
    enum class Scope : char { object, array };
    struct Level {
        Scope scope;
        std::uint64_t count = 0;  ///< of members or elements
        bool after_key = false;
    };
    Writer& begin(char bracket, Scope scope);
    Writer& end(char bracket, Scope scope);
    void before_value();
    void after_value() noexcept;
    void separate();
    void new_line();

    std::string* out_;
    Layout layout_;
    std::vector<Level> scopes_;
    bool wrote_value_ = false;
};

/// The member for bytes that need not be UTF-8, such as paths: `"<key>": "..."` where they are, else `"<key>_bytes":
/// "<base64>"`.
void write_path(Writer& writer, std::string_view key, std::string_view bytes);

/// Appends `utf8` in quotes as RFC 8785 escapes it: only quote, backslash and control characters.
void append_quoted(std::string& out, std::string_view utf8);

/// Appends ECMAScript's shortest form of a finite double, with ".0" where that has neither '.' nor 'e': 0.1, 3.0,
/// 1e+21, 5e-324.
void append_real(std::string& out, double value);

}  // namespace mlo::json
