// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::yaml {

/// Writes YAML in block style, in the order of the calls: pointers, locks and fresh config files.
///
/// Calls follow the nesting: `w.begin_mapping().key("size").integer(3).end_mapping()`. A call out of order and text
/// that is not UTF-8 are bugs (MLO_ASSERT). Duplicate keys are not noticed. What is written reads back the same with
/// yaml::parse; strings are quoted wherever any YAML version would take them for something else. Not thread-safe.
class Writer {
public:
    /// Appends to `out`, which must outlive the object.
    explicit Writer(std::string& out) noexcept : out_{&out} {}

    Writer& begin_mapping();
    Writer& end_mapping();
    Writer& begin_list();
    Writer& end_list();
    Writer& key(std::string_view name);

    Writer& null();
    Writer& boolean(bool value);
    Writer& integer(std::int64_t value);
    Writer& unsigned_integer(std::uint64_t value);
    Writer& real(double value);
    Writer& string(std::string_view utf8);

private:
    enum class Scope : char { mapping, list };
    struct Level {
        Scope scope;
        std::uint32_t indent;  ///< of the keys or dashes
        std::uint64_t count = 0;
        bool after_key = false;
    };
    void begin(Scope scope);
    void end(Scope scope, std::string_view empty);
    void start_line();
    void start_entry();
    void scalar(std::string_view text);

    std::string* out_;
    std::vector<Level> levels_;
    bool after_dash_ = false;  ///< the next entry goes on the line of a list's dash
};

/// How a scalar is spelled on one line: plain where that is safe, else in double quotes.
[[nodiscard]] std::string scalar_text(std::string_view utf8);
[[nodiscard]] std::string scalar_text(double value);

}  // namespace mlo::yaml
