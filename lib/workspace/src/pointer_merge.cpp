// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/pointer_merge.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/workspace.hpp>
#include <span>
#include <utility>

namespace mlo::workspace {
namespace {

constexpr std::size_t explained_conflicts = 100;
constexpr std::size_t named_folders = 3;

Tracked to_tracked(const Pointer& pointer) { return {.entry = to_entry(pointer), .files = pointer.files}; }

std::string to_text(const Tracked& tracked, std::string_view name) {
    const auto& entry = tracked.entry;
    const bool is_file = entry.kind == store::EntryKind::file;
    return format_pointer({.name = std::string{name},
                           .id = entry.id,
                           .kind = is_file ? PointerKind::file : PointerKind::directory,
                           .executable = entry.executable,
                           .size_bytes = entry.size_bytes,
                           .files = is_file ? 0 : tracked.files});
}

/// The two sides of a text that conflict_text made; nothing if it is no such text.
std::optional<std::pair<std::string, std::string>> sides_of(std::string_view text) {
    enum class In { nothing, ours, explanation, theirs, end } in = In::nothing;
    std::pair<std::string, std::string> sides;
    for (const auto& line : split(text, '\n')) {
        if (in == In::nothing && line.starts_with("<<<<<<<"))
            in = In::ours;
        else if (in == In::ours && line.starts_with("|||||||"))
            in = In::explanation;
        else if ((in == In::ours || in == In::explanation) && line == "=======")
            in = In::theirs;
        else if (in == In::theirs && line.starts_with(">>>>>>>"))
            in = In::end;
        else if (in == In::ours)
            sides.first.append(line).append("\n");
        else if (in == In::theirs)
            sides.second.append(line).append("\n");
        else if (in != In::explanation && !line.empty())
            return std::nullopt;
    }
    if (in != In::end) return std::nullopt;
    return sides;
}

/// Of several common ancestors git makes one first, by this very merge: it may have conflicts.
MergeBase base_of(std::string_view text, std::string_view shown) {
    if (text.empty()) return {};
    if (const auto sides = sides_of(text))
        return {.one = to_entry(parse_pointer_of_any_name(sides->first, shown)),
                .other = to_entry(parse_pointer_of_any_name(sides->second, shown))};
    const auto entry = to_entry(parse_pointer_of_any_name(text, shown));
    return {.one = entry, .other = entry};
}

std::string explanation_of(std::span<const MergeConflict> conflicts) {
    std::string text;
    for (const auto& conflict : conflicts.first(std::min(conflicts.size(), explained_conflicts)))
        text += fmt::format("# {}: {}\n", printable(conflict.path), describe(conflict));
    if (conflicts.size() > explained_conflicts)
        text += fmt::format("# and {} more\n", format_count(conflicts.size() - explained_conflicts));
    return text;
}

Error missing_error(Workspace& workspace, std::span<const std::string> paths, std::string_view target) {
    Error error{errors::objects_missing,
                fmt::format("to merge {}, {} of its folders {} not in the store of this clone", quoted(target),
                            paths.size() == 1 ? "the list of one" : fmt::format("the lists of {}", paths.size()),
                            paths.size() == 1 ? "is" : "are")};
    for (const auto& path : paths.first(std::min(paths.size(), named_folders))) error.note(quoted(path));
    if (paths.size() > named_folders) error.note(fmt::format("and {} more", paths.size() - named_folders));
    if (const auto damage = workspace.store().find_index_damage()) error.note(damage->message());
    return error;
}

/// Merges what can be read.
PointerMerge merge(Workspace& workspace, std::string_view path, const MergeTexts& texts) {
    const auto shown = [&](std::string_view side) { return fmt::format("{} ({})", path, side); };
    const auto ours = parse_pointer_of_any_name(texts.ours, shown("ours"));
    const auto theirs = parse_pointer_of_any_name(texts.theirs, shown("theirs"));
    const auto base = base_of(texts.base, shown("base"));
    const std::string target{path.substr(0, path.size() - pointer_suffix.size())};
    const auto name = path::name(target);

    auto& store = workspace.store();
    StoredTrees trees{store};
    std::unique_ptr<store::Ingest> ingest;
    const auto add = [&](ByteView bytes) {
        if (!ingest) ingest = store.begin_ingest(store::LargeFiles::automatic);
        return ingest->add_bytes(bytes);
    };
    auto merged = merge_trees(target, base, to_tracked(ours), to_tracked(theirs), trees, add);
    if (!merged.missing.empty()) throw missing_error(workspace, merged.missing, target);
    if (ingest) {
        ingest->commit();
        // Who made the store's folder may have been killed before its name was durable.
        workspace.runtime().fs.open_root(path::parent(workspace.layout().store_dir))->sync();
    }
    PointerMerge result;
    result.conflicts = std::move(merged.conflicts);
    result.taken = merged.taken;
    result.is_theirs = merged.ours == to_tracked(theirs);
    result.text = to_text(merged.ours, name);
    if (!result.conflicts.empty())
        result.text = conflict_text(result.text, explanation_of(result.conflicts), to_text(merged.theirs, name));
    return result;
}

}  // namespace

std::string conflict_text(std::string_view ours, std::string_view explanation, std::string_view theirs) {
    std::string text;
    const auto append = [&](std::string_view part) {
        text += part;
        if (!text.ends_with('\n')) text += '\n';
    };
    append("<<<<<<< ours");
    append(ours);
    if (!explanation.empty()) {
        append("||||||| in conflict");
        append(explanation);
    }
    append("=======");
    append(theirs);
    append(">>>>>>> theirs");
    return text;
}

PointerMerge merge_pointers(Workspace& workspace, std::string_view pointer_path, const MergeTexts& texts) {
    MLO_ASSERT(is_pointer_name(path::name(pointer_path)));
    try {
        return merge(workspace, pointer_path, texts);
    } catch (const Error& error) {
        PointerMerge failed;
        failed.obstacle = error;
        failed.text = conflict_text(texts.ours, fmt::format("# {}\n", error.message()), texts.theirs);
        return failed;
    }
}

}  // namespace mlo::workspace
