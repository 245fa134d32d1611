// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/drift/errors.hpp>
#include <mlo/drift/history.hpp>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::drift {
namespace {

constexpr std::string_view checked_kind = "drift.checked";
constexpr std::string_view schema_name = "mlo/drift-result-v1";
constexpr std::string_view failed_word = "failed";
constexpr std::size_t most_findings = 500;

/// What events of a check have in common. A subject is short: of longer names it has the hash.
std::string subject_of(std::string_view document, std::string_view check) {
    constexpr std::size_t longest_document = 128;
    const auto name =
        document.size() <= longest_document ? std::string{document} : hash::sha256(as_bytes(document)).hex();
    return fmt::format("drift {}:{}", name, check);
}

void write(json::CanonicalWriter& json, const KeptFinding& finding) {
    json.begin_object();
    json.key("column").string(finding.column).key("what").string(finding.what);
    json.key("verdict").string(to_string(finding.outcome));
    json.key("effect").real(finding.effect).key("threshold").real(finding.threshold);
    if (finding.adjusted_p) json.key("adjusted_p").real(*finding.adjusted_p);
    json.end_object();
}

std::string body_of(const KeptResult& result) {
    json::CanonicalWriter json;
    json.begin_object();
    json.key("schema").string(schema_name);
    json.key("document").string(result.document).key("check").string(result.check);
    json.key("time").string(to_rfc3339(result.time));
    json.key("verdict").string(result.outcome ? to_string(*result.outcome) : failed_word);
    if (!result.outcome) json.key("error").string(result.error);
    json.key("reference_rows").unsigned_integer(result.reference_rows);
    json.key("current_rows").unsigned_integer(result.current_rows);
    json.key("columns").unsigned_integer(result.columns);
    json.key("drifted_columns").unsigned_integer(result.drifted);
    if (result.window) {
        json.key("window").begin_object();
        json.key("from_us").integer(result.window->from_us).key("until_us").integer(result.window->until_us);
        json.end_object();
    }
    if (result.reference_data) json.key("reference_data").string(result.reference_data->to_string());
    if (result.current_data) json.key("current_data").string(result.current_data->to_string());
    json.key("findings").begin_array();
    for (std::size_t i = 0; i < std::min(result.findings.size(), most_findings); ++i) write(json, result.findings[i]);
    json.end_array().end_object();
    return json.take();
}

Outcome outcome_of(const Value& value) {
    for (const auto outcome : {Outcome::none, Outcome::drift, Outcome::undecided})
        if (value.as_string() == to_string(outcome)) return outcome;
    value.fail_type("a verdict");
}

std::optional<store::ObjectId> id_of(const Value& root, std::string_view key) {
    const auto value = root.find(key);
    return value ? hash::Digest::parse(value->as_string()) : std::nullopt;
}

KeptFinding finding_of(const Value& value) {
    KeptFinding finding;
    finding.column = value.get("column").as_string();
    finding.what = value.get("what").as_string();
    finding.outcome = outcome_of(value.get("verdict"));
    finding.effect = json::canonical_real(value.get("effect"));
    finding.threshold = json::canonical_real(value.get("threshold"));
    if (const auto p = value.find("adjusted_p")) finding.adjusted_p = json::canonical_real(*p);
    return finding;
}

/// What a newer mlo has added is passed over.
KeptResult result_of(const Value& root) {
    KeptResult result;
    result.document = root.get("document").as_string();
    result.check = root.get("check").as_string();
    const auto time = root.get("time");
    const auto moment = parse_rfc3339(time.as_string());
    if (!moment) time.fail_type("a time");
    result.time = *moment;
    if (const auto verdict = root.get("verdict"); verdict.as_string() == failed_word)
        result.error = root.get("error").as_string();
    else
        result.outcome = outcome_of(verdict);
    result.reference_rows = root.get("reference_rows").as_unsigned();
    result.current_rows = root.get("current_rows").as_unsigned();
    result.columns = root.get("columns").as_unsigned();
    result.drifted = root.get("drifted_columns").as_unsigned();
    if (const auto window = root.find("window"))
        result.window = {window->get("from_us").as_integer(), window->get("until_us").as_integer()};
    result.reference_data = id_of(root, "reference_data");
    result.current_data = id_of(root, "current_data");
    for (const auto& finding : root.get("findings").items()) result.findings.push_back(finding_of(finding));
    return result;
}

}  // namespace

KeptResult kept_result(const Report& report) {
    KeptResult result;
    result.outcome = report.outcome;
    result.reference_rows = report.reference_rows;
    result.current_rows = report.current_rows;
    result.columns = report.columns;
    result.drifted = report.drifted;
    for (const auto& finding : report.findings) {
        if (finding.outcome != Outcome::drift && finding.aspect != Aspect::distribution) continue;
        result.findings.push_back({finding.column, std::string{to_string(finding.aspect)}, finding.outcome,
                                   finding.effect, finding.threshold,
                                   finding.test == Test::none ? std::nullopt : std::optional{finding.adjusted_p}});
    }
    return result;
}

void History::add(const std::string& writer, std::span<const KeptResult> results) {
    std::vector<ledger::NewEvent> events;
    for (const auto& result : results)
        events.push_back({.kind = std::string{checked_kind},
                          .subject = subject_of(result.document, result.check),
                          .ids = {},
                          .body = body_of(result)});
    if (!events.empty()) ledger_.append(writer, events);
}

std::optional<KeptResult> History::read(const ledger::Event& event) {
    if (event.kind != checked_kind || !event.body || ledger_.is_retracted({event.writer, event.seq}))
        return std::nullopt;
    const auto body = ledger_.body(*event.body);
    if (!body) return std::nullopt;
    try {
        const auto document = json::parse(*body, ledger::Place{event.writer, event.seq}.to_string());
        return result_of(document.root());
    } catch (const Error& error) {
        // Whoever wrote it had another idea of what a result is: the rest of the history is as good as it was.
        if (error.kind() != ErrorKind::config) throw;
        return std::nullopt;
    }
}

std::vector<KeptResult> History::of(std::string_view document, std::string_view check) {
    std::vector<KeptResult> results;
    for (const auto& event : ledger_.by_subject(subject_of(document, check)))
        if (auto result = read(event)) results.push_back(std::move(*result));
    return results;
}

std::vector<KeptResult> History::all() {
    std::vector<KeptResult> results;
    ledger_.for_each_since({}, [&](const ledger::Event& event) {
        if (auto result = read(event)) results.push_back(std::move(*result));
    });
    std::ranges::stable_sort(results, {}, &KeptResult::time);
    return results;
}

}  // namespace mlo::drift
