// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/store/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <mlo/workspace/sparse.hpp>

#include "scanner.hpp"

namespace mlo::workspace {
namespace {

using State = ScanItem::State;
using store::EntryKind;

constexpr std::size_t batch_size = 128;
constexpr std::size_t problem_limit = 1000;
constexpr int read_attempts = 3;

EntryKind entry_kind(FileKind kind) noexcept {
    if (kind == FileKind::directory) return EntryKind::directory;
    return kind == FileKind::symlink ? EntryKind::symlink : EntryKind::file;
}

store::TreeEntry tree_entry(const ScanItem& item) {
    return {.name = item.name,
            .kind = item.kind,
            .executable = item.executable(),
            .size_bytes = item.stamp.size,
            .id = item.id,
            .target = item.target ? std::string_view{*item.target} : std::string_view{}};
}

/// Troubles of one file or folder, which do not keep the rest from being looked at.
bool is_local(const Error& error) noexcept {
    const auto id = error.code().id;
    return id == mlo::errors::path_not_found.id || id == mlo::errors::permission_denied.id ||
           id == mlo::errors::leads_outside.id || id == mlo::errors::not_a_regular_file.id;
}

}  // namespace

store::StoredBlob HashingSink::file(File& file, Progress& progress) {
    return store::hash_file(file, progress, runtime_);
}

Scanner::Scanner(Workspace& workspace, FileMemory& memory, ContentSink& sink, const ScanOptions& options)
    : workspace_{workspace},
      runtime_{workspace.runtime()},
      memory_{memory},
      sink_{sink},
      options_{options},
      progress_{runtime_.progress.begin("hashing", ProgressUnit::bytes)} {}

ScanResult Scanner::run(const std::string& path, const std::optional<Entry>& previous) {
    const auto stat = workspace_.stat(path);
    if (stat && stat->kind == FileKind::directory) {
        run_folder(path, previous);
    } else if (stat) {
        run_leaf(path, *stat);
    } else if (is_sparse() && previous) {
        const store::TreeEntry entry{.name = path::name(path),
                                     .kind = previous->kind,
                                     .executable = previous->executable,
                                     .size_bytes = previous->size_bytes,
                                     .id = previous->id,
                                     .target = previous->target};
        if (const auto item = left_out(path, entry, result_.files, 0)) result_.entry = to_entry(tree_entry(*item));
    }
    std::sort(result_.problems.begin(), result_.problems.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    result_.read_files = read_files_;
    result_.read_bytes = read_bytes_;
    return std::move(result_);
}

void Scanner::run_leaf(const std::string& path, const FileStat& stat) {
    const std::string folder{path::parent(path)};
    const auto dir = workspace_.open_folder(folder);
    ScanItem item;
    item.name = path::name(path);
    item.kind = entry_kind(stat.kind);
    if (stat.kind == FileKind::other) {
        add_problem(path, errors::unsupported_file, "is neither a file, a folder nor a symbolic link");
        return;
    }
    look_at(*dir, folder, item, memory_.folder(folder).find(item.name));
    if (item.state == State::gone) return;
    if (item.state == State::settled) {
        const CacheEntry entry{.name = item.name, .stamp = item.stamp, .id = item.id};
        memory_.put(folder, {&entry, 1}, CacheWrite::merge);
    }
    result_.entry = to_entry(tree_entry(item));
}

void Scanner::run_folder(const std::string& path, const std::optional<Entry>& previous) {
    // The topmost folder is the only item of one that is never listed.
    const auto top = std::make_shared<ScanFolder>();
    top->items.resize(1);
    top->items[0].name = path::name(path);
    top->items[0].kind = EntryKind::directory;
    top->waiting = 2;  // one more than its folder: it is not to be finished itself
    const auto folder = std::make_shared<ScanFolder>();
    folder->parent = top;
    folder->path = path;
    folder->rules = rules_above(path);
    folder->waiting = 1;
    if (is_sparse() && previous && previous->kind == EntryKind::directory) folder->previous = previous;
    memory_.forget(path);
    queue_.push({.folder = folder});

    const auto alone = workspace_.open_folder("");
    const bool is_done = queue_.run_alone(runtime_.stop, [&](Task&& task) { work(*alone, task); });
    const auto jobs = is_done ? 0u : std::max(runtime_.jobs, 1u);
    std::vector<std::unique_ptr<Dir>> roots(jobs);
    for (auto& root : roots) root = workspace_.open_folder("");
    if (!is_done) queue_.run(jobs, runtime_.stop, [&](std::size_t worker, Task&& task) { work(*roots[worker], task); });
    result_.entry = to_entry(tree_entry(top->items[0]));
    result_.files = top->files;
}

IgnoreRules::Pointer Scanner::rules_above(const std::string& path) {
    IgnoreRules::Pointer rules;
    for (std::size_t end = 0; end != path.npos && end < path.size(); end = path.find('/', end + 1)) {
        const auto folder = std::string_view{path}.substr(0, end);
        rules = IgnoreRules::extend(std::move(rules), folder, *workspace_.open_folder(folder), options_.ignore_file);
    }
    return rules;
}

void Scanner::work(Dir& root, const Task& task) {
    auto& folder = *task.folder;
    try {
        if (task.begin == task.end)
            list(root, task.folder);
        else
            look_at(root, folder, task.begin, task.end);
    } catch (const Error& error) {
        if (!is_local(error)) throw;
        add_problem(folder.path, error);
    }
    finish_part(task.folder);
}

void Scanner::list(Dir& root, const std::shared_ptr<ScanFolder>& folder) {
    if (folder->depth > nesting_limit) {
        add_problem(folder->path.substr(0, 100) + "...", errors::too_deep, "is nested too deeply");
        return;
    }
    const auto dir = open_below(root, folder->path);
    folder->rules = IgnoreRules::extend(folder->rules, folder->path, *dir, options_.ignore_file);
    folder->known = memory_.folder(folder->path);
    folder->items = wanted_items(*dir, *folder);
    std::map<std::string, Entry> previous;
    if (folder->previous) previous = add_left_out(*folder);
    auto& items = folder->items;

    // Batches are pushed last, so they are done first: then this folder's own names no longer wait for its subfolders.
    for (std::size_t index = items.size(); index-- > 0;) {
        if (items[index].kind == EntryKind::directory && items[index].state == State::pending)
            add_subfolder(folder, index, previous);
    }
    for (std::size_t begin = 0; begin < items.size(); begin += batch_size) {
        ++folder->waiting;
        queue_.push({.folder = folder, .begin = begin, .end = std::min(begin + batch_size, items.size())});
    }
}

std::vector<ScanItem> Scanner::wanted_items(Dir& dir, const ScanFolder& folder) {
    auto entries = dir.list();
    std::erase_if(entries, [&](const DirEntry& entry) { return !is_wanted(entry, folder); });
    if (options_.nested == NestedPointers::refuse) refuse_pointers(dir, folder, entries);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::vector<ScanItem> items(entries.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        items[i].name = std::move(entries[i].name);
        items[i].kind = entry_kind(entries[i].kind);
    }
    return items;
}

void Scanner::refuse_pointers(Dir& dir, const ScanFolder& folder, const std::vector<DirEntry>& entries) {
    for (const auto& entry : entries) {
        if (entry.kind != FileKind::regular || !is_pointer_name(entry.name)) continue;
        const auto path = path::join(folder.path, entry.name);
        try {
            const auto name = entry.name.substr(0, entry.name.size() - pointer_suffix.size());
            static_cast<void>(read_pointer(dir, name, path));
        } catch (const Error&) {
            continue;  // Data that happens to be called so.
        }
        add_problem(path, errors::contains_target, "tracks a part of the folder already");
    }
}

bool Scanner::is_wanted(const DirEntry& entry, const ScanFolder& folder) {
    if (is_temporary_name(entry.name)) return false;
    const auto kind = entry.kind == FileKind::directory ? PathKind::folder : PathKind::file;
    if (folder.rules && folder.rules->match(path::join(folder.path, entry.name), kind).ignored()) return false;
    if (const auto reason = unsafe_name_reason(entry.name); !reason.empty()) {
        if (options_.unsafe_names == UnsafeNames::refuse)
            add_problem(path::join(folder.path, entry.name), errors::forbidden_name, reason);
        return false;
    }
    if (entry.kind != FileKind::other) return true;
    add_problem(path::join(folder.path, entry.name), errors::unsupported_file,
                "is neither a file, a folder nor a symbolic link");
    return false;
}

void Scanner::add_subfolder(const std::shared_ptr<ScanFolder>& folder, std::size_t index,
                            const std::map<std::string, Entry>& previous) {
    const auto below = std::make_shared<ScanFolder>();
    below->parent = folder;
    below->index = index;
    below->depth = folder->depth + 1;
    below->path = path::join(folder->path, folder->items[index].name);
    below->rules = folder->rules;
    below->waiting = 1;
    if (const auto at = previous.find(folder->items[index].name); at != previous.end()) below->previous = at->second;
    ++folder->waiting;
    queue_.push({.folder = below});
}

void Scanner::look_at(Dir& root, ScanFolder& folder, std::size_t begin, std::size_t end) {
    const auto dir = open_below(root, folder.path);
    auto next = folder.known.lower_bound(folder.items[begin].name);
    std::uint64_t files = 0;
    for (auto index = begin; index < end; ++index) {
        auto& item = folder.items[index];
        if (item.kind == EntryKind::directory || item.state != State::pending) continue;
        runtime_.check_stop();
        std::optional<CacheEntry> known;
        while (next < folder.known.size()) {
            const auto entry = folder.known[next];
            if (entry.name > item.name) break;
            ++next;
            if (entry.name == item.name) known = entry;
        }
        look_at(*dir, folder.path, item, known);
        if (item.state != State::gone) ++files;
    }
    folder.files += files;
}

void Scanner::look_at(Dir& dir, const std::string& folder_path, ScanItem& item,
                      const std::optional<CacheEntry>& known) {
    try {
        if (item.kind == EntryKind::symlink) {
            item.target = std::make_unique<std::string>(dir.read_link(item.name));
            item.stamp.size = item.target->size();
            item.state = State::unsettled;
            return;
        }
        if (known && options_.trust == Trust::stat_cache) {
            const auto stat = dir.stat(item.name);
            if (stat && stat->kind == FileKind::regular && stamp_of(*stat) == known->stamp && sink_.knows(known->id)) {
                item.stamp = known->stamp;
                item.id = known->id;
                item.state = State::known;
                return;
            }
        }
        read(dir, path::join(folder_path, item.name), item);
    } catch (const Error& error) {
        if (!is_local(error)) throw;
        item.state = State::gone;
        add_problem(path::join(folder_path, item.name), error);
    }
}

void Scanner::read(Dir& dir, const std::string& path, ScanItem& item) {
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
        const auto started = runtime_.clock.now();
        const auto file = dir.open(item.name);
        const auto before = file->stat();
        progress_->expect(before.size);
        store::StoredBlob blob;
        try {
            blob = sink_.file(*file, *progress_);
        } catch (const Error& error) {
            if (error.code().id != store::errors::file_changed.id) throw;
            continue;
        }
        read_bytes_ += blob.size_bytes;
        // By name: a file that was replaced meanwhile is another one.
        const auto after = mutant(Mutant::scan_restat) ? std::optional{before} : dir.stat(item.name);
        if (!after || stamp_of(before) != stamp_of(*after) || blob.size_bytes != before.size) continue;
        item.stamp = stamp_of(before);
        item.id = blob.id;
        item.state = is_settled(before, started) ? State::settled : State::unsettled;
        ++read_files_;
        return;
    }
    item.state = State::gone;
    add_problem(path, errors::file_changed, "changed while it was read");
}

void Scanner::finish_part(std::shared_ptr<ScanFolder> folder) {
    while (folder->waiting.fetch_sub(1) == 1) {
        finish(*folder);
        auto above = folder->parent;
        folder = std::move(above);
    }
}

void Scanner::finish(ScanFolder& folder) {
    record(folder);
    store::TreeWriter writer;
    std::uint64_t size = 0;
    for (const auto& item : folder.items) {
        if (item.state == State::gone || item.state == State::pending) continue;
        if (item.kind != EntryKind::symlink) size += item.stamp.size;
        writer.add(tree_entry(item));
    }
    auto& above = *folder.parent;
    auto& self = above.items[folder.index];
    self.id = sink_.tree(std::move(writer).finish());
    self.stamp.size = size;
    self.state = State::unsettled;
    above.files += folder.files;
}

void Scanner::record(const ScanFolder& folder) {
    bool has_learned = false;
    std::size_t known = 0;
    for (const auto& item : folder.items) {
        if (item.state == State::known) ++known;
        if (item.state == State::settled) has_learned = true;
    }
    if (!has_learned && known == folder.known.size()) {
        if (known > 0) memory_.keep(folder.path);
        return;
    }
    std::vector<CacheEntry> entries;
    entries.reserve(folder.items.size());
    for (const auto& item : folder.items) {
        if (item.state == State::known || item.state == State::settled)
            entries.push_back({.name = item.name, .stamp = item.stamp, .id = item.id});
    }
    memory_.put(folder.path, entries, CacheWrite::replace);
}

void Scanner::add_problem(std::string path, const ErrorCode& code, std::string_view what) {
    const auto shown = quoted(workspace_.shown(path));
    add_problem(std::move(path), Error{code, fmt::format("{} {}", shown, what)});
}

void Scanner::add_problem(std::string path, const Error& error) {
    const std::scoped_lock lock{mutex_};
    ++result_.problem_count;
    if (result_.problems.size() < problem_limit) result_.problems.push_back({std::move(path), error});
}

bool Scanner::is_sparse() const noexcept { return options_.sparse != nullptr && !options_.sparse->everything(); }

ScanResult scan(Workspace& workspace, const std::string& path, const std::optional<Entry>& previous,
                const StatCache& cache, StatCacheUpdate& update, ContentSink& sink, const ScanOptions& options) {
    OneLook memory{cache, update};
    return Scanner{workspace, memory, sink, options}.run(path, previous);
}

ScanResult scan(Workspace& workspace, const std::string& path, const std::optional<Entry>& previous, FileMemory& memory,
                ContentSink& sink, const ScanOptions& options) {
    return Scanner{workspace, memory, sink, options}.run(path, previous);
}

}  // namespace mlo::workspace
