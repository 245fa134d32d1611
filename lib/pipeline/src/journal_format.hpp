// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/pipeline/journal.hpp>
#include <string>
#include <string_view>

/// The form of a journal: lib/pipeline/README.md.
namespace mlo::pipeline::journal {

inline constexpr std::string_view header = "mlo/pipeline-journal-v1\n";

/// A line with its checksum and its end.
[[nodiscard]] std::string encode(const JournalEntry& entry);
/// The same without both: canonical JSON.
[[nodiscard]] std::string to_json(const JournalEntry& entry);
/// Reads just what to_json writes. Throws kind config.
[[nodiscard]] JournalEntry parse_entry(std::string_view json);

/// What was found in a file.
struct Found {
    std::string whole_lines;    ///< those that are well, as they are
    std::uint64_t damaged = 0;  ///< lines that are not
    std::uint64_t cut_off = 0;  ///< bytes of a last line without end
};
/// Tells each entry in order. Throws journal_newer, which names `name`.
[[nodiscard]] Found read(std::string_view text, std::string_view name, const std::function<void(JournalEntry)>& tell);

}  // namespace mlo::pipeline::journal
