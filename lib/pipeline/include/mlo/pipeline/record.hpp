// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlo/hash/digest.hpp>
#include <mlo/pipeline/datum.hpp>
#include <mlo/pipeline/stage.hpp>
#include <mlo/store/object_id.hpp>

namespace mlo::pipeline {

/// What was at a path at one moment. What mlo saw has an id; what a dvc.lock tells has none, but an MD5.
struct PathState {
    store::ObjectKind kind = store::ObjectKind::blob;
    std::optional<store::ObjectId> id{};
    bool is_executable = false;    ///< files
    std::uint64_t size_bytes = 0;  ///< of a folder: all files in it
    std::uint64_t files = 0;       ///< of a folder: files and links in it, at any depth
    std::string md5{};             ///< DVC's dialect: what DVC calls it, "<32 hex>" or "<32 hex>.dir"; else ""
    bool is_dos2unix_md5 = false;  ///< that of DVC before 3.0, which takes CRLF of texts for LF
    friend bool operator==(const PathState&, const PathState&) = default;
};

/// By whatever both have: ids and whether it is executable, or (one of them without id) MD5s as DVC compares them.
/// False if they have nothing in common.
[[nodiscard]] bool same_content(const PathState& a, const PathState& b) noexcept;

struct DependencyRecord {
    std::string path;  ///< as written
    PathState state{};
    friend bool operator==(const DependencyRecord&, const DependencyRecord&) = default;
};

struct OutputRecord {
    std::string path;  ///< as written
    OutputRole role = OutputRole::data;
    bool is_cached = true;
    bool is_persistent = false;
    std::optional<PathState> state{};  ///< nothing: not made yet
    friend bool operator==(const OutputRecord&, const OutputRecord&) = default;
};

/// Values of one file of parameters, by key as the stage names it, in order of key; of a whole file: one entry, "".
struct ParamsRecord {
    std::string file;  ///< as written
    std::vector<Datum::Member> values{};
};

/// One thing of the environment: "variable LANG", "set OMP_NUM_THREADS", "file uv.lock", "packages pip",
/// "tool python3 --version", "container". The text, or (file, packages, tool) the SHA-256 of what was read, as hex;
/// null: the variable is not set.
struct EnvironmentRecord {
    std::string name;
    std::optional<std::string> value{};
    friend bool operator==(const EnvironmentRecord&, const EnvironmentRecord&) = default;
};

/// What a result follows from, and what it is: the content of locks and of the run cache.
struct StageRecord {
    std::vector<std::string> commands{};  ///< Stage::written_commands
    CommandForm command_form = CommandForm::text;
    std::string wdir{};                            ///< relative to the document's folder
    std::vector<DependencyRecord> deps{};          ///< sorted by path
    std::vector<ParamsRecord> params{};            ///< the default file first, the others sorted
    std::vector<EnvironmentRecord> environment{};  ///< sorted by name
    std::vector<OutputRecord> outs{};              ///< sorted by path
};

/// SHA-256 of what the result follows from (everything in the record but the states of its outputs), as canonical JSON,
/// versioned: lib/pipeline/README.md. Sizes, counts and MD5 do not count.
[[nodiscard]] hash::Digest key_of(const StageRecord& record);
/// The text that key_of hashes.
[[nodiscard]] std::string key_text(const StageRecord& record);

/// One thing that differs between two records of a stage, or that forces it to run.
struct Reason {
    enum class Field : std::uint8_t { command, wdir, dependency, param, environment, output, forced, never_ran };
    Field field = Field::command;
    std::string name{};                   ///< the path, the key ("params.yaml:lr"), the variable
    std::optional<std::string> before{};  ///< as it can be shown: an id, a value as JSON; nothing: it was not there
    std::optional<std::string> after{};
    friend bool operator==(const Reason&, const Reason&) = default;
};

/// What differs in what the results follow from, in the order of Field, then name. Equal keys if and only if none, as
/// long as both records have ids (or both MD5s only). Where just one has, MD5s are compared; a dependency that has
/// nothing to compare by differs. What a lock told is to be compared with `as_locked` (lock.hpp).
[[nodiscard]] std::vector<Reason> differences(const StageRecord& before, const StageRecord& after);

}  // namespace mlo::pipeline
