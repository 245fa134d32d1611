// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlo::track {

/// Writes rows of comma-separated values as RFC 4180 has them: CRLF, quotes where they are needed. Numbers are written
/// so that reading them gives the same double: NaN, Inf and -Inf as Python, pandas and R read them.
class CsvWriter {
public:
    /// Appends to `out`, which must outlive the object; it may be cleared between two calls.
    explicit CsvWriter(std::string& out) noexcept : out_{&out} {}

    /// Bytes as they are; an empty text is "", which is not the same as none.
    void text(std::string_view text);
    void real(double value);
    void integer(std::int64_t value);
    void none() { separate(); }
    void end_row();

private:
    void separate();

    std::string* out_;
    bool is_first_ = true;
};

}  // namespace mlo::track
