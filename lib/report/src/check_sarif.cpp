// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <mlo/hash/digest.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/report/check_report.hpp>
#include <mlo/report/ci_log.hpp>
#include <mlo/util/text.hpp>
#include <span>
#include <string>
#include <vector>

#include "check_case.hpp"
#include "forms.hpp"
#include "plain_text.hpp"

namespace mlo::report {
namespace {

using Outcome = CheckCase::Outcome;

/// GitHub takes no file with more.
constexpr std::size_t most_results = 25'000;

struct Rule {
    std::string id;
    std::string text;  ///< what it means that it was broken
};

/// The results, and the rules that they break.
struct Results {
    struct Result {
        CheckCase one;
        std::size_t rule;
    };
    std::vector<Rule> rules;
    std::vector<Result> results;
    std::size_t left_out = 0;
};

/// A message of SARIF, in which braces are placeholders (3.11.5) and `[text](target)` is a link (3.11.6).
std::string message_text(std::string_view bytes) {
    const auto plain = plain_output(bytes);
    const bool may_have_link = plain.find("](") != plain.npos;
    std::string text;
    for (const char c : plain) {
        if (c == '{' || c == '}') text += c;
        if (may_have_link && (c == '[' || c == ']' || c == '\\')) text += '\\';
        text += c;
    }
    return text;
}

std::string prefix_of(const CheckReport& report) {
    const auto tool = trim(report.tool);
    const auto space = tool.rfind(' ');
    const auto word = xml_characters(space == tool.npos ? tool : tool.substr(space + 1));
    return word.empty() ? "check" : word;
}

Rule rule_of(const CheckCase& one, const std::string& prefix) {
    if (one.outcome == Outcome::broken) return {prefix + "/failed", "The check could not be run."};
    if (one.finding == nullptr || one.finding->what.empty()) return {prefix, "The check did not pass."};
    auto what = plain_output(one.finding->what);
    return {fmt::format("{}/{}", prefix, xml_characters(one.finding->what)),
            fmt::format("A column differs from what is expected of it: {}.", what)};
}

/// What passed is no result: code scanning would show it as an alert.
bool is_result(const CheckCase& one) { return one.outcome != Outcome::passed; }

bool is_error(const CheckCase& one) { return one.outcome == Outcome::failed || one.outcome == Outcome::broken; }

Results results_of(const CheckReport& report) {
    std::vector<CheckCase> cases;
    for (const auto& check : report.checks) {
        const auto of_check = cases_of(check);
        std::copy_if(of_check.begin(), of_check.end(), std::back_inserter(cases), is_result);
    }
    Results made;
    if (cases.size() > most_results) {
        std::stable_partition(cases.begin(), cases.end(), is_error);
        made.left_out = cases.size() - most_results;
        cases.resize(most_results);
    }
    const auto prefix = prefix_of(report);
    std::map<std::string, std::size_t> indices;
    for (const auto& one : cases) {
        auto rule = rule_of(one, prefix);
        const auto [at, is_new] = indices.emplace(rule.id, made.rules.size());
        if (is_new) made.rules.push_back(std::move(rule));
        made.results.push_back({one, at->second});
    }
    return made;
}

/// Relative to the repository's root, or that of the file system.
std::string uri_of(const CheckReport& report, const Check& check) {
    // GitHub refuses the whole file if one result has no place.
    std::string name = "mlo";
    for (const auto* const candidate : {&check.name, &report.title, &check.file})
        if (!candidate->empty()) name = *candidate;
    const auto path = std::filesystem::path{name}.lexically_normal().string();
    return (path.starts_with('/') ? "file://" : "") + net::percent_encode(path, net::Slash::keep);
}

void write_place(json::Writer& writer, const CheckReport& report, const Check& check) {
    writer.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
    writer.key("artifactLocation").begin_object().key("uri").string(uri_of(report, check)).end_object();
    if (!check.file.empty() && check.line > 0) {
        writer.key("region").begin_object().key("startLine").unsigned_integer(check.line);
        if (check.column > 0) writer.key("startColumn").unsigned_integer(check.column);
        writer.end_object();
    }
    writer.end_object().end_object().end_array();
}

/// Which result it is, on any day: of the same place of the same check.
std::string fingerprint(const CheckCase& one, const std::string& rule_id) {
    std::string text;
    const std::string none;
    for (const auto* const part : {&rule_id, &one.check->name, one.finding == nullptr ? &none : &one.finding->subject})
        text += fmt::format("{}:{}", part->size(), *part);
    return hash::sha256(std::as_bytes(std::span{text})).hex().substr(0, 16);
}

void write_numbers(json::Writer& writer, const CheckCase& one) {
    writer.key("properties").begin_object().key("check").string(xml_characters(one.check->name));
    if (one.finding != nullptr) {
        const auto write = [&](std::string_view key, const std::optional<double>& value) {
            if (value && std::isfinite(*value)) writer.key(key).real(*value);
        };
        writer.key("column").string(xml_characters(one.finding->subject));
        write("effect", one.finding->effect);
        if (one.finding->effect) write("threshold", one.finding->threshold);
        write("p", one.finding->p);
    }
    writer.end_object();
}

void write_result(json::Writer& writer, const CheckReport& report, const Results& all, const Results::Result& result,
                  std::map<std::string, std::size_t>& occurrences) {
    const auto& one = result.one;
    const auto& rule = all.rules[result.rule];
    const auto subject =
        one.finding == nullptr ? one.check->name : fmt::format("{}: {}", one.check->name, name_of(one));
    const auto message = one.outcome == Outcome::broken ? details_of(one) : message_of(one);
    const auto hash = fingerprint(one, rule.id);
    writer.begin_object().key("ruleId").string(rule.id).key("ruleIndex").unsigned_integer(result.rule);
    writer.key("level").string(is_error(one) ? "error" : "note");
    writer.key("message").begin_object();
    writer.key("text").string(message_text(fmt::format("{}: {}", subject, message))).end_object();
    write_place(writer, report, *one.check);
    writer.key("partialFingerprints").begin_object();
    writer.key("primaryLocationLineHash").string(fmt::format("{}:{}", hash, ++occurrences[hash])).end_object();
    write_numbers(writer, one);
    writer.end_object();
}

void write_tool(json::Writer& writer, const CheckReport& report, const std::vector<Rule>& rules) {
    const auto text = [&](std::string_view key, std::string_view value) {
        writer.key(key).begin_object().key("text").string(message_text(value)).end_object();
    };
    writer.key("tool").begin_object().key("driver").begin_object();
    writer.key("name").string(report.tool.empty() ? "mlo" : xml_characters(report.tool));
    if (!report.version.empty()) writer.key("version").string(xml_characters(report.version));
    writer.key("rules").begin_array();
    for (const auto& rule : rules) {
        writer.begin_object().key("id").string(rule.id);
        text("shortDescription", rule.text);
        text("fullDescription", rule.text);
        text("help", "The message says what was found. The alert closes when the check passes.");
        writer.key("defaultConfiguration").begin_object().key("level").string("error").end_object();
        writer.key("properties").begin_object().key("tags").begin_array().string("data").end_array().end_object();
        writer.end_object();
    }
    writer.end_array().end_object().end_object();
}

void write_invocation(json::Writer& writer, const CheckReport& report, const Results& all) {
    writer.key("invocations").begin_array().begin_object();
    writer.key("executionSuccessful").boolean(report.count(Check::Outcome::broken) == 0);
    writer.key("startTimeUtc").string(utc_time(report.began_ms) + "Z");
    writer.key("endTimeUtc").string(utc_time(report.began_ms + report.duration_ms) + "Z");
    if (all.left_out > 0) {
        const auto message = fmt::format("{} left out", plural(all.left_out, "result is", "results are"));
        writer.key("toolExecutionNotifications").begin_array().begin_object().key("level").string("warning");
        writer.key("message").begin_object().key("text").string(message).end_object().end_object().end_array();
    }
    writer.end_object().end_array();
}

}  // namespace

void write_sarif(const CheckReport& report, const TextSink& sink) {
    const auto all = results_of(report);
    std::string text;
    json::Writer writer{text, json::Layout::pretty};
    writer.begin_object().key("$schema").string("https://json.schemastore.org/sarif-2.1.0.json");
    writer.key("version").string("2.1.0").key("runs").begin_array().begin_object();
    write_tool(writer, report, all.rules);
    write_invocation(writer, report, all);
    writer.key("results").begin_array();
    std::map<std::string, std::size_t> occurrences;
    for (const auto& result : all.results) {
        write_result(writer, report, all, result, occurrences);
        sink(text);
        text.clear();
    }
    writer.end_array().end_object().end_array().end_object();
    sink(text + "\n");
}

}  // namespace mlo::report
