// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/observer.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/pipeline/stage.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::pipeline {

/// Whether tools are asked for their fingerprints. Otherwise these records have no value.
enum class Tools : std::uint8_t { ask, leave };

/// What commands of stages find around them, and what of that counts. A tool is asked once, packages are listed once in
/// the life of the object, for each set of variables that the stage sets. Thread-safe.
class Surroundings {
public:
    /// `variables` are the caller's, KEY=VALUE. All must outlive the object.
    Surroundings(workspace::Workspace& workspace, Observer& observer, const std::vector<std::string>& variables,
                 Tools tools = Tools::ask);

    /// What the key of a stage holds, sorted by name; never a secret. Throws fingerprint_failed: a file that is not
    /// there, a tool that fails, no packages.
    [[nodiscard]] std::vector<EnvironmentRecord> records(const Stage& stage);

    /// What its commands run with, KEY=VALUE: the caller's variables, what the stage sets, DVC_ROOT (unless the caller
    /// has one) and, of the stage's `address` (Pipeline::address), DVC_STAGE and MLO_STAGE.
    [[nodiscard]] std::vector<std::string> variables_for(const Stage& stage, std::string_view address) const;

    /// What is to be masked: the values of its secrets that are set and not empty, and, of 8 bytes or more, those of
    /// the caller's variables whose names tell of one (track::names_a_secret); the longest first.
    [[nodiscard]] std::vector<std::string> secrets_of(const Stage& stage) const;

    /// Gives what tools were not asked for the values that `known` has.
    void assume_tools(std::vector<EnvironmentRecord>& records, const std::vector<EnvironmentRecord>& known) const;

private:
    [[nodiscard]] EnvironmentRecord record_of(const Stage& stage, const Fingerprint& fingerprint);
    [[nodiscard]] std::string hash_of_file(const Stage& stage, const Fingerprint& fingerprint);
    [[nodiscard]] std::string hash_of_packages(const Stage& stage, const Fingerprint& fingerprint);
    [[nodiscard]] std::string hash_of_tool(const Stage& stage, const Fingerprint& fingerprint);
    [[nodiscard]] std::vector<std::string> with_set(const Stage& stage) const;

    std::string root_;
    Runtime runtime_;
    Observer& observer_;
    Tools tools_;
    std::map<std::string, std::string, std::less<>> variables_;
    std::mutex mutex_;
    std::map<std::vector<std::string>, std::string> answers_;  ///< by kind, subject and what is set
};

}  // namespace mlo::pipeline
