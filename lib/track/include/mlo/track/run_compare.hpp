// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/git/repository.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mlo::track {

/// Something that is not the same in all runs that are compared: a value for each run, in their order; nothing for one
/// that has none.
template <class T>
struct Difference {
    std::string key;
    std::vector<std::optional<T>> values;
    friend bool operator==(const Difference&, const Difference&) = default;
};

/// What differs between runs, each part sorted by key. What always differs is not compared: names, ids and times.
struct Comparison {
    std::vector<Difference<Fact>> run;  ///< status, exit_code, signal, directory, experiment, user, note
    std::optional<Difference<std::vector<std::string>>> command;
    std::vector<Difference<Fact>> code;  ///< commit, branch, remote; uncommitted: the id of the diff
    std::vector<Difference<Fact>> params;
    std::vector<Difference<Fact>> tags;
    std::vector<Difference<Fact>> seeds;
    std::vector<Difference<MetricSummary>> metrics;        ///< times apart
    std::vector<Difference<std::vector<Input>>> inputs;    ///< by path
    std::vector<Difference<std::vector<Output>>> outputs;  ///< by path
    std::vector<Difference<Fact>> environment;
    std::vector<Difference<Fact>> packages;                ///< "pip numpy": its version
    std::vector<Difference<Fact>> host;                    ///< and hardware
    std::vector<Difference<Fact>> usage;                   ///< what the job used of the machine
    std::vector<Difference<MetricSummary>> usage_metrics;  ///< "system/..."
    std::vector<std::string> unknown;                      ///< what could not be compared, in sentences
};

/// Hands out an object as text; nothing if it is not here.
using ReadText = std::function<std::optional<std::string>(const store::ObjectId&)>;

/// Compares two runs or more. Bytes that are no UTF-8 are as printable() shows them.
[[nodiscard]] Comparison compare(std::span<const RunDocument> runs, const ReadText& read);

/// Up to `limit_bytes` of an object that is here.
[[nodiscard]] ReadText read_from(store::ObjectStore& objects, std::uint64_t limit_bytes);

/// The patch from the code of one run, what was not committed included (as far as the run looked), to that of the
/// other. git works in a folder that is made in `folder` and removed. Throws no_code for a run without a commit or
/// whose diff is not here, and what git::Repository::patch_between throws.
[[nodiscard]] std::string code_between(git::Repository& repository, const RunDocument& before, const RunDocument& after,
                                       const ReadText& read, Dir& folder, const Runtime& runtime);

}  // namespace mlo::track
