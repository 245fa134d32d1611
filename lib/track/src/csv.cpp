// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/csv.hpp>

#include <fmt/format.h>

#include <cmath>
#include <mlo/json/writer.hpp>

namespace mlo::track {

void CsvWriter::separate() {
    if (!is_first_) *out_ += ',';
    is_first_ = false;
}

void CsvWriter::text(std::string_view text) {
    separate();
    // Some readers strip spaces outside of quotes.
    const bool is_bare = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos &&
                         text.front() != ' ' && text.back() != ' ';
    if (is_bare) {
        *out_ += text;
        return;
    }
    *out_ += '"';
    for (const char c : text) {
        if (c == '"') *out_ += '"';
        *out_ += c;
    }
    *out_ += '"';
}

void CsvWriter::real(double value) {
    separate();
    if (std::isnan(value))
        *out_ += "NaN";
    else if (std::isinf(value))
        *out_ += value > 0 ? "Inf" : "-Inf";
    else
        json::append_real(*out_, value);
}

void CsvWriter::integer(std::int64_t value) {
    separate();
    *out_ += fmt::format("{}", value);
}

void CsvWriter::end_row() {
    *out_ += "\r\n";
    is_first_ = true;
}

}  // namespace mlo::track
