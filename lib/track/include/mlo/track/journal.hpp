// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/archive.hpp>
#include <mlo/track/run_store.hpp>
#include <string>
#include <string_view>
#include <vector>

/// Journals of runs (lib/track/README.md), which are written through a RunStore (journal_to) and read here.
namespace mlo::track {

/// What was read of journals.
struct MergedJournals {
    std::vector<std::string> runs;      ///< that something came for
    std::uint64_t frames = 0;           ///< that count now
    std::vector<std::string> problems;  ///< in sentences: files that are no journals, runs that could not be taken
};

/// `<store>/journals`.
[[nodiscard]] std::string journals_path(std::string_view store_dir);

/// Takes what the journals in `folder` have beyond what was taken before, and removes those of sealed runs that have
/// nothing more. Cheap if there are none. Any number of processes may do it at once, and others append meanwhile.
MergedJournals merge_journals(RunStore& runs, Archive& archive, const std::string& folder, const Runtime& runtime);

/// The same for files that came from elsewhere, and folders of such, which stay as they are. Throws path_not_found.
MergedJournals import_journals(RunStore& runs, Archive& archive, const std::vector<std::string>& paths,
                               const Runtime& runtime);

}  // namespace mlo::track
