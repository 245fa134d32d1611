// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mlo/pipeline/datum.hpp>
#include <mlo/util/error.hpp>

/// What documents say, with templates resolved. Everything here is text and numbers: nothing was looked for on disk.
namespace mlo::pipeline {

/// Where a path leads. `outside`: an absolute path, or one that leaves the workspace. `url`: it has a scheme.
enum class Reach : std::uint8_t { workspace, outside, url };

struct StagePath {
    std::string path;     ///< of the workspace, plain, without a slash at its end; beyond it, absolute or the URL
    std::string written;  ///< as the document has it, relative to the stage's wdir: what DVC's lock calls it
    Reach reach = Reach::workspace;
    TextPlace place;
};

enum class OutputRole : std::uint8_t { data, metric, plot };

struct StageOutput {
    StagePath at;
    OutputRole role = OutputRole::data;
    bool is_cached = true;       ///< `cache`: false leaves it to git; its id is recorded, its bytes are not stored
    bool is_persistent = false;  ///< `persist`: not removed before the command runs
    bool is_pushed = true;       ///< `push`
    bool is_temporary = false;   ///< `temp`: may go once all who need it are done
    std::string remote;          ///< `remote`; "": any
    Datum properties;            ///< a mapping of the rest: `desc type labels meta`, and how to plot it; or null
};

/// Keys of one file of parameters, dots between the names of mappings within each other.
struct StageParams {
    StagePath file;
    std::vector<std::string> keys;  ///< sorted, distinct; none: the whole file
};

struct Retries {
    std::uint32_t count = 0;           ///< attempts after the first
    std::chrono::nanoseconds delay{};  ///< before the first of them
    double factor = 2;                 ///< each further delay is so many times longer
    std::chrono::nanoseconds longest{std::chrono::minutes{5}};
    double jitter = 0.1;                   ///< a delay is longer or shorter by up to this part of it
    std::vector<std::int32_t> exit_codes;  ///< only after these; none: after any
};

struct Timeout {
    std::chrono::nanoseconds after{};                          ///< of one attempt; 0: none
    std::chrono::nanoseconds grace{std::chrono::seconds{10}};  ///< between TERM and KILL
};

/// So much of something that there is only so much of: "cpus", "gpus", "memory" (bytes), or a pool of the document.
struct Need {
    std::string pool;
    std::uint64_t amount = 1;
    friend bool operator==(const Need&, const Need&) = default;
};

/// What the result depends on besides files and parameters, as a text that can be compared: the content of a lock
/// `file`, the list of installed `packages` (subject: "pip"), what a `tool` answers (subject: a command line), the
/// digest of a `container`.
enum class FingerprintKind : std::uint8_t { file, packages, tool, container };
struct Fingerprint {
    FingerprintKind kind = FingerprintKind::file;
    std::string subject;  ///< a file: its path in the workspace
    TextPlace place;
};

struct StageEnvironment {
    std::vector<std::string> variables;                    ///< the caller's, whose values count; sorted
    std::vector<std::pair<std::string, std::string>> set;  ///< set for the command, and count; sorted
    std::vector<std::string> secrets;                      ///< the caller's, masked, and count for nothing; sorted
    std::vector<Fingerprint> fingerprints;
};

enum class Comparison : std::uint8_t { equal, unequal, one_of, at_least, at_most, above, below, matches };
enum class Subject : std::uint8_t { param, metric, branch };

/// One test of `when`; a stage runs if all of them hold. A branch is compared with shell patterns: `matches` any one of
/// a list of them, or is `unequal` to one.
struct Condition {
    Subject subject = Subject::param;
    StagePath file;   ///< of parameters or metrics; a metrics file is a dependency in the graph
    std::string key;  ///< with dots; "" for branch
    Comparison comparison = Comparison::equal;
    Datum value;  ///< one_of: a list
    TextPlace place;
};

/// Commands that run when the stage has ended, in its wdir; what they do counts for nothing.
struct Hooks {
    std::vector<std::string> success;
    std::vector<std::string> failure;
    std::vector<std::string> always;
};

/// The keys that DVC does not know, for those few stages that have some.
struct StageExtras {
    Retries retries;
    Timeout timeout;
    std::vector<Need> needs;  ///< sorted by pool
    StageEnvironment environment;
    std::vector<Condition> when;
    Hooks hooks;
};

enum class CommandForm : std::uint8_t { text, list };

struct Stage {
    std::string name;                   ///< unique in its document: "fit", "fit@small"
    std::string group;                  ///< of `foreach` and `matrix`: "fit"; else ""
    std::uint32_t document = 0;         ///< index into Pipeline::documents
    TextPlace place;                    ///< of its name
    std::vector<std::string> commands;  ///< each runs in a shell of its own, in order, until one fails; may be empty
    CommandForm command_form = CommandForm::text;
    /// The command as the lock has it: the text whole (form text), or each element.
    std::vector<std::string> written_commands;
    TextPlace command_place;
    std::string wdir;                 ///< of the workspace
    std::vector<StagePath> deps;      ///< in written order
    std::vector<StageParams> params;  ///< the default file first, then as written; a file once
    std::vector<StageOutput> outs;    ///< outs, metrics, plots, each in written order
    bool is_frozen = false;
    bool always_runs = false;
    std::string description;
    Datum meta;
    std::shared_ptr<const StageExtras> extras;  ///< null: as StageExtras{} says
    /// What is wrong with it, where that counts only for who selects it (a template that cannot be resolved). Then
    /// only name, group, document and place mean anything.
    std::shared_ptr<const Error> broken;
};

}  // namespace mlo::pipeline
