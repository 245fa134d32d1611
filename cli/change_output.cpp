// SPDX-License-Identifier: Apache-2.0
#include "change_output.hpp"

#include <algorithm>
#include <array>
#include <mlo/util/text.hpp>

namespace mlo::cli {

using workspace::Change;
using workspace::ChangeKind;
using workspace::Entry;

namespace {

struct Row {
    ChangeKind kind;
    char letter;
    Paint paint;
};
constexpr std::array rows{
    Row{ChangeKind::added, 'A', Paint::good},           Row{ChangeKind::deleted, 'D', Paint::bad},
    Row{ChangeKind::modified, 'M', Paint::changed},     Row{ChangeKind::type_changed, 'T', Paint::changed},
    Row{ChangeKind::mode_changed, 'X', Paint::changed}, Row{ChangeKind::renamed, 'R', Paint::changed}};

const Row& row_of(ChangeKind kind) noexcept {
    return *std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.kind == kind; });
}

std::string described(const Entry& entry) {
    if (entry.kind == store::EntryKind::symlink) return "-> " + printable(entry.target);
    if (entry.kind == store::EntryKind::directory) return "empty directory";
    return format_bytes(entry.size_bytes);
}

void write_entry(json::Writer& json, const Entry& entry) {
    json.begin_object().key("kind").string(to_string(entry.kind));
    if (entry.kind == store::EntryKind::symlink) {
        json::write_path(json, "target", entry.target);
    } else {
        json.key("id").string(entry.id.to_string());
        json.key("size").unsigned_integer(entry.size_bytes);
    }
    if (entry.kind == store::EntryKind::file)
        json.key("executable").boolean(entry.executable == store::Executable::yes);
    json.end_object();
}

}  // namespace

char letter_of(ChangeKind kind) noexcept { return row_of(kind).letter; }

std::string painted_word(const Output& out, ChangeKind kind, std::size_t width) {
    const auto word = to_string(kind);
    // Padded outside of the colour, so that columns are the same with and without.
    return out.painted(row_of(kind).paint, word) + std::string(width - std::min(width, word.size()), ' ');
}

std::string detail_of(const Change& change) {
    if (!change.before) return described(*change.after);
    if (!change.after) return described(*change.before);
    switch (change.kind) {
        case ChangeKind::mode_changed:
            return change.after->executable == store::Executable::yes ? "now executable" : "no longer executable";
        case ChangeKind::type_changed:
            return fmt::format("{} -> {}", to_string(change.before->kind), to_string(change.after->kind));
        case ChangeKind::renamed:
            return described(*change.after);
        default:
            break;
    }
    if (change.after->kind == store::EntryKind::symlink) return described(*change.after);
    return fmt::format("{} -> {}", described(*change.before), described(*change.after));
}

std::string shown_paths(const workspace::Workspace& workspace, const Change& change) {
    auto path = printable(workspace.shown(change.path));
    if (change.kind != ChangeKind::renamed) return path;
    return fmt::format("{} -> {}", printable(workspace.shown(change.old_path)), path);
}

std::string count_changes(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& row : rows) {
        const auto count = std::count_if(changes.begin(), changes.end(),
                                         [&](const Change& change) { return change.kind == row.kind; });
        if (count == 0) continue;
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}", format_count(static_cast<std::uint64_t>(count)), to_string(row.kind));
    }
    return text;
}

void write_change(json::Writer& json, const Change& change) {
    json.begin_object().key("change").string(to_string(change.kind));
    json::write_path(json, "path", change.path);
    if (change.kind == ChangeKind::renamed) json::write_path(json, "old_path", change.old_path);
    if (change.before) {
        json.key("before");
        write_entry(json, *change.before);
    }
    if (change.after) {
        json.key("after");
        write_entry(json, *change.after);
    }
    json.end_object();
}

void write_problem(json::Writer& json, const std::string& path, const Error& error) {
    json.begin_object();
    json::write_path(json, "path", path);
    json.key("code").string(fmt::format("MLO-{}", error.code().id)).key("message").string(error.message());
    if (!error.place().empty()) json.key("place").string(error.place());
    json.end_object();
}

std::string shell_word(const std::string& path) {
    constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+=:@%,";
    if (!path.empty() && path.find_first_not_of(safe) == path.npos && path[0] != '-') return path;
    if (printable(path) != path) return fmt::format("$'{}'", printable(path));
    return fmt::format("'{}'", path);
}

}  // namespace mlo::cli
