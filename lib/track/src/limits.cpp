// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track {
namespace {

bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"_-.:/ "}.find(c) != std::string_view::npos;
}

/// One line that shows as it is: UTF-8 without control characters, those that turn the direction of text included.
std::string_view line_problem(std::string_view text, std::uint64_t limit_bytes) {
    if (text.empty()) return "it is empty";
    if (text.size() > limit_bytes) return "it is too long";
    if (!is_valid_utf8(text)) return "it is not UTF-8";
    std::string expected;  // printable() also escapes two characters that are harmless
    for (const char c : text) {
        if (c == '\'' || c == '\\') expected += '\\';
        expected += c;
    }
    return printable(text) == expected ? std::string_view{} : "it holds control characters";
}

/// Enough of a long name to know it again.
std::string shown(std::string_view name) {
    constexpr std::size_t enough = 60;
    return name.size() <= enough ? quoted(name) : quoted(std::string{name.substr(0, enough)} + "...");
}

void check_line(std::string_view text, std::uint64_t limit_bytes, std::string_view what) {
    if (const auto problem = line_problem(text, limit_bytes); !problem.empty())
        throw Error{errors::name_invalid, fmt::format("{} cannot be the name of {}: {}", shown(text), what, problem)}
            .note(fmt::format("it has {} of at most {} bytes", format_count(text.size()), limit_bytes));
}

}  // namespace

std::string_view key_problem(std::string_view key) {
    if (const auto problem = line_problem(key, max_key_bytes); !problem.empty()) return problem;
    const auto is_foreign = [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; };
    if (!std::ranges::all_of(key, [&](char c) { return is_plain(c) || is_foreign(c); }))
        return "only letters, digits, '_', '-', '.', ':', '/' and spaces are allowed";
    if (key.front() == '/' || key.back() == '/') return "it starts or ends with '/'";
    for (std::size_t at = 0; at <= key.size();) {
        const auto end = std::min(key.find('/', at), key.size());
        const auto component = key.substr(at, end - at);
        if (component.empty() || component == "." || component == "..") return "it has a component '', '.' or '..'";
        at = end + 1;
    }
    return {};
}

void check_key(std::string_view key, std::string_view what) {
    if (const auto problem = key_problem(key); !problem.empty())
        throw Error{errors::name_invalid, fmt::format("{} cannot be the name of a {}: {}", shown(key), what, problem)}
            .note(fmt::format("it has {} of at most {} bytes", format_count(key.size()), max_key_bytes));
}

void check_run_name(std::string_view name) { check_line(name, max_key_bytes, "a run"); }

void check_experiment_name(std::string_view name) { check_line(name, max_experiment_name_bytes, "an experiment"); }

void check_text(std::string_view text, std::uint64_t limit_bytes, std::string_view what, std::string_view key) {
    const auto subject = key.empty() ? std::string{what} : fmt::format("{} {}", what, shown(key));
    if (text.size() > limit_bytes)
        throw Error{errors::value_invalid, fmt::format("the {} has {} bytes, at most {} are kept", subject,
                                                       format_count(text.size()), format_count(limit_bytes))};
    if (!is_valid_utf8(text)) throw Error{errors::value_invalid, fmt::format("the {} is not UTF-8", subject)};
}

bool is_run_id(std::string_view text) noexcept {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace mlo::track
