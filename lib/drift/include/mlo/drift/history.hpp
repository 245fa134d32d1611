// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/drift/checks.hpp>
#include <mlo/drift/compare.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/store/object_id.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What checks found, in the ledger: events `drift.checked`, whose body is schemas/drift-result-v1.json.
namespace mlo::drift {

/// One comparison, as it is kept.
struct KeptFinding {
    std::string column;
    std::string what;  ///< to_string(Aspect)
    Outcome outcome = Outcome::none;
    double effect = 0;
    double threshold = 0;
    std::optional<double> adjusted_p;  ///< nothing: there was no test

    friend bool operator==(const KeptFinding&, const KeptFinding&) = default;
};

/// A check that was run.
struct KeptResult {
    std::string document;  ///< the file of checks, from the workspace's root
    std::string check;
    Timestamp time;                  ///< of which it was asked
    std::optional<Outcome> outcome;  ///< nothing: it failed
    std::string error;               ///< then: the code and the message
    std::uint64_t reference_rows = 0;
    std::uint64_t current_rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t drifted = 0;
    std::optional<Window::Span> window;                  ///< of the current table
    std::optional<store::ObjectId> reference_data = {};  ///< the version that it was, if it was one
    std::optional<store::ObjectId> current_data = {};
    std::vector<KeptFinding> findings;  ///< distributions and drifts, the latter first
};
/// The result of a comparison, without names and time.
[[nodiscard]] KeptResult kept_result(const Report& report);

/// The history of checks in a ledger. One thread at a time.
class History {
public:
    explicit History(ledger::Ledger& ledger) : ledger_{ledger} {}

    /// Adds to the history under the clone's id `writer`: all or none, durable when it returns. At most 500 findings
    /// of a result are kept.
    void add(const std::string& writer, std::span<const KeptResult> results);
    /// What is kept of this check, the oldest first.
    [[nodiscard]] std::vector<KeptResult> of(std::string_view document, std::string_view check);
    /// What is kept of all checks, the oldest first.
    [[nodiscard]] std::vector<KeptResult> all();

private:
    [[nodiscard]] std::optional<KeptResult> read(const ledger::Event& event);

    ledger::Ledger& ledger_;
};

}  // namespace mlo::drift
