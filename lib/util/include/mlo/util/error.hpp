// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// What sort of trouble an error is. The process's exit code follows from it (exit_codes.hpp).
enum class ErrorKind { usage, config, not_found, conflict, corrupt, io, network, auth, locked, unsupported, internal };

/// One row of a component's errors.def: a stable identity that users can look up with `mlo explain`.
/// `id` is a letter of the component and a three-digit number ("S007"), shown as MLO-S007. Numbers are never reused.
struct ErrorCode {
    std::string_view id;
    ErrorKind kind;
    std::string_view cause;  ///< one or two sentences: when this happens
    std::string_view cure;   ///< one or two sentences: what to do
};

/// The one exception class of mlo: a stable code, one line that says what and where, and the way out.
///
/// The message is lower case without a full stop, with its subject in single quotes. Context is added on the way up:
/// `throw Error{errors::pack_corrupt, "..."}.at("data.mlo:3:7").note("...").hint("mlo fetch data")`.
class Error : public std::exception {
public:
    Error(const ErrorCode& code, std::string message) : code_{&code}, message_{std::move(message)} {}

    /// Sets the place, as `file`, `file:line` or `file:line:column`; the innermost place wins.
    Error& at(std::string place) &;
    Error&& at(std::string place) && { return std::move(at(std::move(place))); }
    /// Adds a line of fact ("= ...").
    Error& note(std::string text) &;
    Error&& note(std::string text) && { return std::move(note(std::move(text))); }
    /// Sets what to do next ("help: ..."): a command to type wherever there is one; the innermost hint wins.
    Error& hint(std::string text) &;
    Error&& hint(std::string text) && { return std::move(hint(std::move(text))); }

    /// Sets how long the other side wants to be left alone before it is asked again; the innermost wish wins.
    Error& again_after(std::chrono::seconds pause) &;
    Error&& again_after(std::chrono::seconds pause) && { return std::move(again_after(pause)); }

    [[nodiscard]] const ErrorCode& code() const noexcept { return *code_; }
    [[nodiscard]] ErrorKind kind() const noexcept { return code_->kind; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] const std::string& place() const noexcept { return place_; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }
    [[nodiscard]] const std::string& hint_text() const noexcept { return hint_; }
    [[nodiscard]] std::optional<std::chrono::seconds> again_after() const noexcept { return again_after_; }
    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

private:
    const ErrorCode* code_;
    std::string message_;
    std::string place_;
    std::vector<std::string> notes_;
    std::string hint_;
    std::optional<std::chrono::seconds> again_after_;
};

/// Reports a bug in mlo (kind internal): see MLO_ASSERT.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace mlo

/// States what the code relies on. A violation is a bug: it throws an Error of kind internal, in every build.
#define MLO_ASSERT(condition) \
    (static_cast<bool>(condition) ? static_cast<void>(0) : ::mlo::assertion_failed(#condition, __FILE__, __LINE__))
