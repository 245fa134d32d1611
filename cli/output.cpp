// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "environment.hpp"
#include "errors.hpp"

namespace mlo::cli {

namespace {

constexpr std::size_t buffer_limit = 64u << 10;
constexpr std::size_t shown_notes = 3;

std::string padded(std::string_view cell, std::size_t width, Table::Align align) {
    const auto taken = display_width(cell);
    const std::string space(width > taken ? width - taken : 0, ' ');
    return align == Table::Align::left ? std::string{cell} + space : space + std::string{cell};
}

/// Messages quote user bytes, so this is text already; a slip must not cost the report.
std::string valid_text(const std::string& text) { return is_valid_utf8(text) ? text : printable(text); }

}  // namespace

std::string with_color(Paint paint, std::string_view text) {
    std::string_view code;
    switch (paint) {
        case Paint::plain:
            return std::string{text};
        case Paint::bold:
            code = "1";
            break;
        case Paint::good:
            code = "32";
            break;
        case Paint::bad:
            code = "1;31";
            break;
        case Paint::changed:
            code = "33";
            break;
        case Paint::faint:
            code = "2";
            break;
        case Paint::ink_1:
            code = "36";
            break;
        case Paint::ink_2:
            code = "33";
            break;
        case Paint::ink_3:
            code = "35";
            break;
        case Paint::ink_4:
            code = "32";
            break;
        case Paint::ink_5:
            code = "34";
            break;
        case Paint::ink_6:
            code = "31";
            break;
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::size_t display_width(std::string_view text) noexcept {
    // Painted cells are measured too: an escape sequence "ESC [ ... m" takes no room.
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\x1b') {
            at = std::min(text.find('m', at), text.size());
        } else if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) {
            ++width;
        }
    }
    return width;
}

Output::Output(const Environment& environment)
    : color_forced_{environment.get("FORCE_COLOR").has_value()},
      color_refused_{environment.get("NO_COLOR").has_value()},
      terminal_is_dumb_{environment.get("TERM").value_or("dumb") == "dumb"},
      console_{STDERR_FILENO, terminal_is_dumb_ ? Terminal::dumb : Terminal::capable} {}

bool Output::is_terminal() const noexcept { return ::isatty(STDOUT_FILENO) == 1; }

std::size_t Output::width() const noexcept { return is_terminal() ? Console{STDOUT_FILENO}.width() : 80; }

bool Output::shows_color(int fd) const noexcept {
    if (options_.color != ColorMode::automatic) return options_.color == ColorMode::always;
    if (color_refused_) return false;
    if (color_forced_) return true;
    return !terminal_is_dumb_ && ::isatty(fd) == 1;
}

void Output::write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= buffer_limit) flush();
}

void Output::line(std::string_view text) {
    buffer_ += text;
    write("\n");
}

void Output::flush() {
    if (buffer_.empty()) return;
    const auto bytes = std::exchange(buffer_, {});
    has_written_ = true;
    const int error_number = write_fully(STDOUT_FILENO, bytes);
    if (error_number == EPIPE) throw PipeClosed{};
    if (error_number != 0) {
        throw Error{errors::output_failed,
                    fmt::format("cannot write to standard output: {}", std::strerror(error_number))};
    }
}

void Output::table(const Table& table) {
    if (table.rows.empty()) return;
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        auto width = display_width(table.columns[i].title);
        for (const auto& row : table.rows) width = std::max(width, display_width(row.at(i)));
        widths.push_back(width);
    }
    const auto row_text = [&](auto&& cell) {
        std::string text;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            text += padded(cell(i), widths[i], table.columns[i].align);
            text += "  ";
        }
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    };
    const bool has_titles = std::any_of(table.columns.begin(), table.columns.end(),
                                        [](const auto& column) { return !column.title.empty(); });
    if (has_titles) line(painted(Paint::bold, row_text([&](std::size_t i) { return table.columns[i].title; })));
    for (const auto& row : table.rows) line(row_text([&](std::size_t i) { return row[i]; }));
}

void Output::document(std::string_view schema, const std::function<void(json::Writer&)>& members) {
    json::Writer writer{buffer_, json::Layout::pretty};
    writer.begin_object().key("schema").string(schema);
    members(writer);
    writer.end_object();
    line("");
}

std::string Output::painted(Paint paint, std::string_view text) const {
    return shows_color(STDOUT_FILENO) ? with_color(paint, text) : std::string{text};
}

void Output::message(std::string_view text) {
    if (options_.verbosity != Verbosity::quiet) console_.line(text);
}

void Output::hint(std::string_view command) {
    if (options_.verbosity != Verbosity::quiet) console_.line(fmt::format("  next: {}", command));
}

void Output::warning(std::string_view text) {
    const auto label = shows_color(STDERR_FILENO) ? with_color(Paint::changed, "warning:") : "warning:";
    console_.line(fmt::format("{} {}", label, text));
}

std::string next_step(const Error& error) {
    if (!error.hint_text().empty()) return error.hint_text();
    if (error.code().id == mlo::errors::interrupted.id) return {};  // it says so itself
    switch (error.kind()) {
        case ErrorKind::usage:
        case ErrorKind::config:
        case ErrorKind::not_found:
        case ErrorKind::conflict:
            return {};
        default:
            return fmt::format("mlo explain MLO-{}", error.code().id);
    }
}

void Output::error(const Error& error) {
    const bool in_color = shows_color(STDERR_FILENO);
    const auto paint = [&](Paint how, std::string_view words) {
        return in_color ? with_color(how, words) : std::string{words};
    };
    auto text =
        fmt::format("{}: {}", paint(Paint::bad, fmt::format("error[MLO-{}]", error.code().id)), error.message());
    if (!error.place().empty()) text += fmt::format("\n  --> {}", error.place());
    const auto& notes = error.notes();
    const bool shows_all = options_.verbosity >= Verbosity::verbose || notes.size() <= shown_notes;
    const auto shown = shows_all ? notes.size() : shown_notes - 1;
    for (std::size_t i = 0; i < shown; ++i) text += fmt::format("\n  = {}", notes[i]);
    if (!shows_all) text += fmt::format("\n  = and {} more: add -v to see them", notes.size() - shown);
    if (const auto step = next_step(error); !step.empty())
        text += fmt::format("\n  {} {}", paint(Paint::bold, "help:"), step);
    console_.line(text);
    if (is_json()) error_document(error);
}

void Output::error_document(const Error& error) {
    discard();
    if (has_written_) return;
    document("mlo/error-v1", [&](json::Writer& json) {
        json.key("code").string(fmt::format("MLO-{}", error.code().id));
        json.key("kind").string(to_string(error.kind()));
        json.key("message").string(valid_text(error.message()));
        if (!error.place().empty()) json.key("place").string(valid_text(error.place()));
        json.key("notes").begin_array();
        for (const auto& note : error.notes()) json.string(valid_text(note));
        json.end_array();
        if (const auto step = next_step(error); !step.empty()) json.key("help").string(valid_text(step));
    });
}

}  // namespace mlo::cli
