// SPDX-License-Identifier: Apache-2.0
#include "checkout_questions.hpp"

#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mlo/workspace/errors.hpp>

namespace mlo::workspace {
namespace {
constexpr std::size_t files_at_once = 32;
}  // namespace

void CheckoutPlanner::hash_questions() {
    std::vector<Question*> unknown;
    std::uint64_t bytes = 0;
    for (auto& question : questions_) {
        if (question.there.kind != FileKind::regular || question.id) continue;
        unknown.push_back(&question);
        bytes += question.there.size;
    }
    if (unknown.empty()) return;
    const auto& runtime = workspace_.runtime();
    const auto progress = runtime.progress.begin("hashing", ProgressUnit::bytes);
    progress->expect(bytes);
    parallel_for(
        (unknown.size() + files_at_once - 1) / files_at_once, runtime.jobs, runtime.stop, [&](std::size_t part) {
            std::unique_ptr<Dir> dir;
            std::string_view folder;
            const auto end = std::min(unknown.size(), (part + 1) * files_at_once);
            for (auto at = part * files_at_once; at < end; ++at) {
                auto& question = *unknown[at];
                if (!dir || path::parent(question.path) != folder) {
                    folder = path::parent(question.path);
                    dir = open_below(workspace_.root(), folder);
                }
                const auto file = dir->open(path::name(question.path));
                const auto id = store::hash_file(*file, *progress, runtime).id;
                // Also that it was the file of the stat that was opened.
                if (!same_file(file->stat(), question.there))
                    throw Error{errors::changed_meanwhile, quoted(question.path) + " changed while it was read"};
                question.id = id;
            }
        });
}

void CheckoutPlanner::settle_questions() {
    for (auto& question : questions_) {
        if (question.id) question.may_go = workspace_.store().find(*question.id).has_value();
        const auto& visit = visits_[question.visit];
        if (!question.may_go && visit.presence == Presence::must_go) visits_[visit.group].holds_obstacle = true;
    }
    for (auto& question : questions_) settle(question);
}

void CheckoutPlanner::settle(Question& question) {
    auto& visit = visits_[question.visit];
    if (visit.presence == Presence::must_go) {
        // The whole group is an obstacle otherwise.
        if (!visits_[visit.group].holds_obstacle) plan_.removals_before.push_back({question.path, question.there});
        return;
    }
    if (auto* const file = std::get_if<FileWrite>(&question.wanted); file != nullptr && question.id == file->id) {
        if (is_executable(question.there) == file->executable) return;
        report(question.path, ChangeKind::mode_changed);
        folder_of(question.visit).modes.push_back({file->name, file->executable, question.there});
        return;
    }
    const bool is_folder = std::holds_alternative<FreshTree>(question.wanted);
    if (!question.may_go) {
        plan_.obstacles.push_back({question.path, is_folder ? Trashed::Return::beside : Trashed::Return::in_place});
        if (std::holds_alternative<std::monostate>(question.wanted)) report(question.path, ChangeKind::deleted);
        return put(question.visit, question.path, std::move(question.wanted), std::nullopt, question.there.kind);
    }
    if (std::holds_alternative<std::monostate>(question.wanted)) {
        report(question.path, ChangeKind::deleted);
        plan_.removals_after.push_back({question.path, question.there});
    } else if (is_folder) {
        report(question.path, ChangeKind::deleted);
        plan_.removals_before.push_back({question.path, question.there});
        put(question.visit, question.path, std::move(question.wanted), std::nullopt, question.there.kind);
    } else {
        put(question.visit, question.path, std::move(question.wanted), question.there, question.there.kind);
    }
}

/// Plans to write; `there` is what it replaces, `seen` what was there when the user looked last.
void CheckoutPlanner::put(std::size_t visit, const std::string& path, Wanted wanted, std::optional<FileStat> there,
                          std::optional<FileKind> seen) {
    if (std::holds_alternative<std::monostate>(wanted)) return;
    auto& folder = folder_of(visit);
    const auto kind_of_change = [&](FileKind kind) {
        if (!seen) return ChangeKind::added;
        return *seen == kind ? ChangeKind::modified : ChangeKind::type_changed;
    };
    const auto count = [&](const FileWrite& file) {
        ++plan_.files;
        plan_.size_bytes += file.size_bytes;
    };
    if (auto* const file = std::get_if<FileWrite>(&wanted)) {
        version_.need(file->id, path);
        report(path, kind_of_change(FileKind::regular));
        count(*file);
        file->expected = there;
        folder.files.push_back(std::move(*file));
    } else if (auto* const link = std::get_if<LinkWrite>(&wanted)) {
        report(path, kind_of_change(FileKind::symlink));
        link->expected = there;
        folder.links.push_back(std::move(*link));
    } else if (auto* const fresh = std::get_if<FreshTree>(&wanted)) {
        for (const auto& each : fresh->folders) {
            const auto here = path::join(path, each.path);
            // What is below comes later in the list: only a folder without any is told by itself.
            if (each.files.empty() && each.links.empty() && each.is_leaf) report(here, ChangeKind::added);
            for (const auto& below : each.links) report(path::join(here, below.name), ChangeKind::added);
            for (const auto& below : each.files) {
                report(path::join(here, below.name), ChangeKind::added);
                count(below);
            }
        }
        folder.fresh.push_back(std::move(*fresh));
    }
}

/// Folders that are left empty go as well; what must go makes way first.
void CheckoutPlanner::finish_visits() {
    for (auto at = visits_.size(); --at > 0;) {
        auto& visit = visits_[at];
        if (visit.presence == Presence::must_go) {
            if (!visits_[visit.group].holds_obstacle)
                plan_.removals_before.push_back({visit.path, visit.stat});
            else if (visit.group == at)
                plan_.obstacles.push_back({visit.path, Trashed::Return::beside});
        } else if (visit.stays) {
            visits_[visit.above].stays = true;
        } else {
            if (visit.was_empty) report(visit.path, ChangeKind::deleted);
            plan_.removals_after.push_back({visit.path, visit.stat});
        }
    }
}

FolderPlan& CheckoutPlanner::folder_of(std::size_t visit) {
    auto& place = visits_[visit].folder;
    if (!place) {
        place = plan_.folders.size();
        plan_.folders.push_back({.path = visits_[visit].path});
    }
    return plan_.folders[*place];
}

}  // namespace mlo::workspace
