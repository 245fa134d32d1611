// SPDX-License-Identifier: Apache-2.0
#include "disk.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace mlo::test {
namespace {

constexpr std::size_t sector = 512;
constexpr std::size_t page = 4096;

void fill_garbage(std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(0xA5u ^ (i * 37u & 0xFFu));
}

/// `new_bytes`, with what lies between `from` and `to` not written: old bytes where there were some, then zeros or
/// garbage.
enum class Hole { zeros, garbage };
void unwrite(Bytes& content, const Bytes& old_bytes, std::size_t from, std::size_t to, Hole hole) {
    to = std::min(to, content.size());
    if (from >= to) return;
    const auto part = std::span{content}.subspan(from, to - from);
    if (hole == Hole::zeros)
        std::fill(part.begin(), part.end(), std::byte{0});
    else
        fill_garbage(part);
    for (std::size_t i = from; i < std::min(to, old_bytes.size()); ++i) content[i] = old_bytes[i];
}

}  // namespace

Bytes torn_content(const Bytes& old_bytes, const Bytes& new_bytes, const Chooser& choose) {
    enum : std::size_t {
        all,
        none,
        empty,
        cut_page,
        cut_sector,
        zeros,
        garbage,
        first_lost,
        last_lost,
        sectors_lost,
        count
    };
    const bool extends =
        new_bytes.size() >= old_bytes.size() && std::equal(old_bytes.begin(), old_bytes.end(), new_bytes.begin());
    const std::size_t from = extends ? old_bytes.size() : 0;  // what was durable stays
    const std::size_t size = new_bytes.size();
    auto content = new_bytes;
    switch (choose(count)) {
        case none:
            return old_bytes;
        case empty:
            content.resize(from);
            break;
        case cut_page:
            content.resize(std::max(from, size == 0 ? 0 : (size - 1) / page * page));
            break;
        case cut_sector:
            content.resize(std::max(from, size / 2 / sector * sector));
            break;
        case zeros:
            unwrite(content, old_bytes, from, size, Hole::zeros);
            break;
        case garbage:
            unwrite(content, old_bytes, from, size, Hole::garbage);
            break;
        case first_lost:
            unwrite(content, old_bytes, from, (from / page + 1) * page, Hole::zeros);
            break;
        case last_lost:
            unwrite(content, old_bytes, std::max(from, size == 0 ? 0 : (size - 1) / sector * sector), size,
                    Hole::garbage);
            break;
        case sectors_lost:
            for (std::size_t at = from / sector * sector; at < size; at += 2 * sector)
                unwrite(content, old_bytes, std::max(at, from), at + sector, Hole::zeros);
            break;
        default:
            break;
    }
    return content;
}

Disk::Disk() {
    auto& folder = inodes_[root];
    folder.kind = FileKind::directory;
    folder.mode = folder.durable_mode = 0755;
    folder.links = 1;
    folder.mtime_ns = folder.ctime_ns = time_ns_;
}

void Disk::touch(Inode& inode) {
    time_ns_ += 1000;
    inode.mtime_ns = inode.ctime_ns = time_ns_;
}

FileStat Disk::stat(InodeId id) const {
    const auto& found = inodes_.at(id);
    FileStat status;
    status.kind = found.kind;
    status.mode = found.mode;
    status.size = found.kind == FileKind::regular ? found.content->size() : found.target.size();
    status.mtime_ns = found.mtime_ns;
    status.ctime_ns = found.ctime_ns;
    status.inode = id;
    status.device = 1;
    status.links = found.links;
    return status;
}

InodeId Disk::find(InodeId folder, std::string_view name) const {
    const auto& names = inodes_.at(folder).names;
    const auto found = names.find(std::string{name});
    return found == names.end() ? 0 : found->second;
}

int Disk::name_error(InodeId folder, std::string_view name) const {
    if (inodes_.at(folder).links == 0) return ENOENT;  // removed, though still open
    return name.size() > 255 ? ENAMETOOLONG : 0;
}

void Disk::set_name(InodeId folder, std::string_view name, std::optional<InodeId> id) {
    auto& names = inodes_.at(folder).names;
    if (id)
        names[std::string{name}] = *id;
    else
        names.erase(std::string{name});
    touch(inodes_.at(folder));
}

int Disk::create(InodeId folder, std::string_view name, FileKind kind, std::uint32_t mode, std::string_view target,
                 InodeId& made) {
    if (const auto error = name_error(folder, name); error != 0) return error;
    if (find(folder, name) != 0) return EEXIST;
    made = next_inode_++;
    auto& inode = inodes_[made];
    inode.kind = kind;
    inode.mode = inode.durable_mode = mode;
    inode.links = 1;
    inode.content = inode.durable = std::make_shared<Bytes>();
    inode.target = target;
    inode.pending.push_back({sequence_++, {{folder, std::string{name}, made}}});
    unsynced_names_.insert(made);
    set_name(folder, name, made);
    touch(inode);
    return 0;
}

bool Disk::is_below(InodeId folder, InodeId ancestor) const {
    if (folder == ancestor) return true;
    const auto& names = inodes_.at(ancestor).names;
    return std::any_of(names.begin(), names.end(), [&](const auto& entry) {
        return inodes_.at(entry.second).kind == FileKind::directory && is_below(folder, entry.second);
    });
}

int Disk::rename(InodeId folder, std::string_view name, InodeId target_folder, std::string_view target_name,
                 Replace replace) {
    if (const auto error = name_error(folder, name); error != 0) return error;
    const auto moved = find(folder, name);
    if (moved == 0) return ENOENT;
    if (const auto error = name_error(target_folder, target_name); error != 0) return error;
    const auto replaced = find(target_folder, target_name);
    if (replaced != 0 && replace == Replace::no) return EEXIST;
    const bool is_folder = inodes_.at(moved).kind == FileKind::directory;
    if (is_folder && is_below(target_folder, moved)) return EINVAL;
    if (replaced == moved) return 0;
    if (replaced != 0) {
        const bool onto_folder = inodes_.at(replaced).kind == FileKind::directory;
        if (onto_folder && is_below(folder, replaced)) return ENOTEMPTY;
        if (is_folder && !onto_folder) return ENOTDIR;
        if (!is_folder && onto_folder) return EISDIR;
        if (onto_folder && !inodes_.at(replaced).names.empty()) return ENOTEMPTY;
        --inodes_.at(replaced).links;
    }
    NameChange unlink{folder, std::string{name}, std::nullopt};
    NameChange link{target_folder, std::string{target_name}, moved};
    auto& pending = inodes_.at(moved).pending;
    if (folder == target_folder || is_folder) {
        pending.push_back({sequence_++, {std::move(unlink), std::move(link)}});
    } else {
        pending.push_back({sequence_++, {std::move(link)}});
        pending.push_back({sequence_++, {std::move(unlink)}});
    }
    unsynced_names_.insert(moved);
    set_name(folder, name, std::nullopt);
    set_name(target_folder, target_name, moved);
    inodes_.at(moved).ctime_ns = time_ns_;
    return 0;
}

int Disk::link(InodeId folder, std::string_view name, InodeId target_folder, std::string_view target_name) {
    if (const auto error = name_error(folder, name); error != 0) return error;
    const auto id = find(folder, name);
    if (id == 0) return ENOENT;
    if (const auto error = name_error(target_folder, target_name); error != 0) return error;
    if (find(target_folder, target_name) != 0) return EEXIST;
    auto& inode = inodes_.at(id);
    if (inode.kind == FileKind::directory) return EPERM;
    ++inode.links;
    inode.pending.push_back({sequence_++, {{target_folder, std::string{target_name}, id}}});
    unsynced_names_.insert(id);
    set_name(target_folder, target_name, id);
    inode.ctime_ns = time_ns_;
    return 0;
}

int Disk::remove(InodeId folder, std::string_view name, RemoveKind kind) {
    if (const auto error = name_error(folder, name); error != 0) return error;
    const auto id = find(folder, name);
    if (id == 0) return ENOENT;
    auto& inode = inodes_.at(id);
    const bool is_folder = inode.kind == FileKind::directory;
    if (kind == RemoveKind::file && is_folder) return EISDIR;
    if (kind == RemoveKind::folder && !is_folder) return ENOTDIR;
    if (is_folder && !inode.names.empty()) return ENOTEMPTY;
    --inode.links;
    inode.pending.push_back({sequence_++, {{folder, std::string{name}, std::nullopt}}});
    unsynced_names_.insert(id);
    set_name(folder, name, std::nullopt);
    inode.ctime_ns = time_ns_;
    return 0;
}

void Disk::write(InodeId file, std::uint64_t offset, ByteView bytes) {
    auto& inode = inodes_.at(file);
    // Copy on write: durable images and mappings keep the old bytes.
    if (inode.content.use_count() > 1) inode.content = std::make_shared<Bytes>(*inode.content);
    auto& content = *inode.content;
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
    unsynced_content_.insert(file);
    touch(inode);
}

void Disk::clone(InodeId file, InodeId source) {
    inodes_.at(file).content = inodes_.at(source).content;
    unsynced_content_.insert(file);
    touch(inodes_.at(file));
}

void Disk::truncate(InodeId file) {
    inodes_.at(file).content = std::make_shared<Bytes>();
    unsynced_content_.insert(file);
    touch(inodes_.at(file));
}

void Disk::set_mode(InodeId id, std::uint32_t mode) {
    auto& inode = inodes_.at(id);
    inode.mode = mode;
    time_ns_ += 1000;
    inode.ctime_ns = time_ns_;
    if (inode.kind == FileKind::regular) unsynced_content_.insert(id);
}

void Disk::sync_file(InodeId file) {
    auto& inode = inodes_.at(file);
    if (inode.given_up) return;
    inode.durable = inode.content;
    if (inode.mode == inode.durable_mode) unsynced_content_.erase(file);
}

void Disk::flush(Inode& inode, std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
        for (const auto& change : inode.pending[i].changes) {
            auto& name = inodes_.at(change.folder).on_disk[change.name];
            if (name.sequence < inode.pending[i].sequence) name = {change.inode, inode.pending[i].sequence};
        }
    }
    inode.pending.erase(inode.pending.begin(), inode.pending.begin() + static_cast<std::ptrdiff_t>(steps));
}

namespace {

bool touches(const Disk::Step& step, InodeId folder) {
    return std::any_of(step.changes.begin(), step.changes.end(),
                       [&](const auto& change) { return change.folder == folder; });
}

}  // namespace

void Disk::sync_folder(InodeId folder) {
    std::erase_if(unsynced_names_, [&](InodeId id) {
        auto& inode = inodes_.at(id);
        std::size_t steps = 0;
        for (std::size_t i = 0; i < inode.pending.size() && !inode.pending[i].given_up; ++i)
            if (touches(inode.pending[i], folder)) steps = i + 1;
        flush(inode, steps);
        return inode.pending.empty();
    });
}

void Disk::sync_all() {
    for (const auto id : std::set{unsynced_content_}) {
        sync_file(id);
        if (inodes_.at(id).given_up) continue;
        inodes_.at(id).durable_mode = inodes_.at(id).mode;
        unsynced_content_.erase(id);
    }
    std::erase_if(unsynced_names_, [&](InodeId id) {
        auto& inode = inodes_.at(id);
        const auto stop =
            std::find_if(inode.pending.begin(), inode.pending.end(), [](const Step& s) { return s.given_up; });
        flush(inode, static_cast<std::size_t>(stop - inode.pending.begin()));
        return inode.pending.empty();
    });
}

void Disk::fail_sync_folder(InodeId folder) {
    for (const auto id : unsynced_names_)
        for (auto& step : inodes_.at(id).pending) step.given_up = step.given_up || touches(step, folder);
}

void Disk::fail_sync_all() {
    for (const auto id : unsynced_content_) inodes_.at(id).given_up = true;
    for (const auto id : unsynced_names_)
        for (auto& step : inodes_.at(id).pending) step.given_up = true;
}

Disk Disk::crash(const Chooser& choose) const {
    std::map<std::uint64_t, const Step*> kept;
    for (const auto id : unsynced_names_) {
        const auto& pending = inodes_.at(id).pending;
        const auto count = choose(pending.size() + 1);
        for (std::size_t i = 0; i < count; ++i) kept.emplace(pending[i].sequence, &pending[i]);
    }
    std::map<InodeId, std::map<std::string, DurableName>> changed;
    for (const auto& [sequence, step] : kept)
        for (const auto& change : step->changes) changed[change.folder][change.name] = {change.inode, sequence};

    std::map<InodeId, std::map<std::string, InodeId>> names;
    for (const auto& [id, inode] : inodes_) {
        if (inode.kind != FileKind::directory) continue;
        auto merged = inode.on_disk;
        for (const auto& [name, change] : changed[id])
            if (merged[name].sequence < change.sequence) merged[name] = change;
        for (const auto& [name, entry] : merged)
            if (entry.inode) names[id].emplace(name, *entry.inode);
    }
    Disk after;
    after.next_inode_ = next_inode_;
    after.sequence_ = sequence_;
    after.time_ns_ = time_ns_;
    keep_reachable(after, names, choose);
    return after;
}

void Disk::keep_reachable(Disk& after, const std::map<InodeId, std::map<std::string, InodeId>>& names,
                          const Chooser& choose) const {
    std::vector<InodeId> waiting{root};
    after.inodes_.clear();
    while (!waiting.empty()) {
        const auto id = waiting.back();
        waiting.pop_back();
        if (auto& there = after.inodes_[id]; there.links > 0) {  // one file under two names
            ++there.links;
            continue;
        }
        auto& copy = after.inodes_.at(id);
        const auto& inode = inodes_.at(id);
        copy.kind = inode.kind;
        copy.mode = inode.mode == inode.durable_mode || choose(2) == 0 ? inode.mode : inode.durable_mode;
        copy.durable_mode = copy.mode;
        copy.links = 1;
        copy.mtime_ns = inode.mtime_ns;
        copy.ctime_ns = inode.ctime_ns;
        copy.target = inode.target;
        copy.content = inode.durable == inode.content
                           ? inode.content
                           : std::make_shared<Bytes>(torn_content(*inode.durable, *inode.content, choose));
        copy.durable = copy.content;
        const auto entries = names.find(id);
        if (inode.kind != FileKind::directory || entries == names.end()) continue;
        copy.names = entries->second;
        for (const auto& [name, child] : copy.names) {
            copy.on_disk[name] = {child, 0};
            waiting.push_back(child);
        }
    }
}

std::vector<std::string> Disk::not_durable() const {
    std::vector<std::string> paths;
    collect_not_durable(root, "", paths);
    return paths;
}

void Disk::collect_not_durable(InodeId folder, const std::string& path, std::vector<std::string>& into) const {
    const auto& parent = inodes_.at(folder);
    for (const auto& [name, id] : parent.names) {
        const auto& inode = inodes_.at(id);
        const auto child = path + "/" + name;
        if (inode.durable != inode.content || inode.mode != inode.durable_mode || !inode.pending.empty())
            into.push_back(child);
        if (inode.kind == FileKind::directory) collect_not_durable(id, child, into);
    }
    for (const auto& [name, entry] : parent.on_disk)  // removals that a crash may undo
        if (entry.inode && !parent.names.contains(name)) into.push_back(path + "/" + name);
}

}  // namespace mlo::test
