// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <mlo/json/writer.hpp>
#include <mlo/util/error.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "console.hpp"

namespace mlo::cli {

class Environment;

enum class ColorMode : std::uint8_t { automatic, always, never };
enum class Verbosity : std::uint8_t { quiet, normal, verbose, debug };
enum class Form : std::uint8_t { text, json };
/// What a piece of text means; colour only repeats what the words say.
enum class Paint : std::uint8_t { plain, bold, good, bad, changed, faint, ink_1, ink_2, ink_3, ink_4, ink_5, ink_6 };
/// A colour to tell lines apart by: those of equal numbers, and of every sixth, are equal.
[[nodiscard]] constexpr Paint ink(std::size_t number) noexcept {
    return static_cast<Paint>(static_cast<std::size_t>(Paint::ink_1) + number % 6);
}

/// Rows of cells that are aligned when shown.
struct Table {
    enum class Align : std::uint8_t { left, right };
    struct Column {
        std::string title;
        Align align = Align::left;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;
};

/// The two streams of a command: standard output is the answer, standard error is for people. Answers come from one
/// thread; messages from any.
class Output {
public:
    struct Options {
        Form form = Form::text;
        Verbosity verbosity = Verbosity::normal;
        ColorMode color = ColorMode::automatic;
    };

    explicit Output(const Environment& environment);
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    void configure(const Options& options) { options_ = options; }

    [[nodiscard]] bool is_json() const noexcept { return options_.form == Form::json; }
    [[nodiscard]] Verbosity verbosity() const noexcept { return options_.verbosity; }

    /// One line of the answer. The overload with arguments formats them as fmt::format does.
    void line(std::string_view text);
    template <typename First, typename... Rest>
    void line(fmt::format_string<First, Rest...> format, First&& first, Rest&&... rest) {
        line(std::string_view{fmt::format(format, std::forward<First>(first), std::forward<Rest>(rest)...)});
    }
    /// Bytes of the answer as they are.
    void write(std::string_view bytes);
    /// Titles and rows; nothing for a table without rows. Printed by display width of plain characters.
    void table(const Table& table);
    /// The JSON document of this command: {"schema": schema, ...}; `members` writes the rest of the object.
    void document(std::string_view schema, const std::function<void(json::Writer&)>& members);
    /// Hands over what has gathered, if it is much: for documents that do not fit into memory, between two elements.
    void drain() { write(""); }
    /// `text` in colour where standard output shows colours, else as it is.
    [[nodiscard]] std::string painted(Paint paint, std::string_view text) const;

    /// What changed, in past tense; not with --quiet.
    void message(std::string_view text);
    /// What to type next; not with --quiet.
    void hint(std::string_view command);
    void warning(std::string_view text);
    /// The diagnostic form of an error: at most six lines, all notes with --verbose. With --json also a document on
    /// standard output, if nothing of another one has left yet.
    void error(const Error& error);

    /// Hands everything to the system. Throws output_failed or PipeClosed.
    void flush();
    /// Forgets what has not left yet (an answer that an error cut short).
    void discard() noexcept { buffer_.clear(); }
    /// True if standard output is a terminal.
    [[nodiscard]] bool is_terminal() const noexcept;
    [[nodiscard]] std::size_t width() const noexcept;
    [[nodiscard]] Console& console() noexcept { return console_; }

private:
    [[nodiscard]] bool shows_color(int fd) const noexcept;
    void error_document(const Error& error);

    Options options_;
    bool color_forced_ = false;   // FORCE_COLOR
    bool color_refused_ = false;  // NO_COLOR
    bool terminal_is_dumb_ = false;
    bool has_written_ = false;
    std::string buffer_;
    Console console_;
};

/// `text` with the escape sequences of `paint` around it.
[[nodiscard]] std::string with_color(Paint paint, std::string_view text);
/// What to do next, as every error is told: its own hint, or for what lies outside of the command line and the files of
/// the project the command that explains it. Empty for none.
[[nodiscard]] std::string next_step(const Error& error);
/// How many columns `text` takes on a terminal: UTF-8 characters; wide and combining ones are counted as one.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

}  // namespace mlo::cli
