// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/fs.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::test {

using InodeId = std::uint64_t;

/// Answers "which of `alternatives` (at least 1) happened?" with a number below it. Crash states are explored by
/// asking.
using Chooser = std::function<std::size_t(std::size_t alternatives)>;

enum class FullSync { no, yes };
enum class RemoveKind { file, folder };

/// A file system's state in memory: what programs see now, and what of it a power cut cannot take away.
///
/// The law of what a crash may leave:
/// - Names. Each create, link, rename, removal is one step in the history of its inode. A crash keeps any prefix of
/// each inode's
///   steps since they were made durable, independently of all other inodes; sync_folder makes the steps of its names
///   durable. A rename within one folder is atomic; one across folders is two steps (linked, then unlinked), so both
///   names may be there.
/// - A folder is reached only through names: what lies below one whose own name was lost is lost too.
/// - Bytes. Until sync_file, content may be old, new, cut at a block, zeros, garbage, or torn at 512 bytes, whatever
/// happened
///   to the names (a rename may precede its data). Mode changes are promised only by sync_all.
/// - After a failed sync nothing later makes durable what it was to make durable, though it reports success.
/// Calls return 0 or an error number as the system call would. Not thread-safe: FaultFs locks around it.
class Disk {
public:
    static constexpr InodeId root = 1;

    struct NameChange {
        InodeId folder;
        std::string name;
        std::optional<InodeId> inode;  ///< nothing: the name goes
    };
    struct Step {
        std::uint64_t sequence;
        std::vector<NameChange> changes;
        bool given_up = false;
    };
    struct DurableName {
        std::optional<InodeId> inode;
        std::uint64_t sequence = 0;
    };
    struct Inode {
        FileKind kind = FileKind::regular;
        std::uint32_t mode = 0;
        std::uint32_t durable_mode = 0;
        std::uint64_t links = 0;
        std::int64_t mtime_ns = 0;
        std::int64_t ctime_ns = 0;
        std::shared_ptr<Bytes> content;              ///< of a regular file; not to be changed while shared
        std::shared_ptr<Bytes> durable;              ///< what a crash leaves at least
        std::string target;                          ///< of a symbolic link
        std::map<std::string, InodeId> names;        ///< of a folder
        std::map<std::string, DurableName> on_disk;  ///< of a folder
        std::vector<Step> pending;                   ///< of this inode's own names, oldest first
        bool given_up = false;                       ///< a sync of its content failed
    };

    Disk();

    [[nodiscard]] const Inode& inode(InodeId id) const { return inodes_.at(id); }
    [[nodiscard]] FileStat stat(InodeId id) const;
    /// The entry `name` of a folder: 0 if absent.
    [[nodiscard]] InodeId find(InodeId folder, std::string_view name) const;
    /// Why no such name can be looked up in a folder; 0 if it can.
    [[nodiscard]] int name_error(InodeId folder, std::string_view name) const;

    int create(InodeId folder, std::string_view name, FileKind kind, std::uint32_t mode, std::string_view target,
               InodeId& made);
    int rename(InodeId folder, std::string_view name, InodeId target_folder, std::string_view target_name,
               Replace replace);
    /// One more name of what `name` is: one step, like a creation.
    int link(InodeId folder, std::string_view name, InodeId target_folder, std::string_view target_name);
    int remove(InodeId folder, std::string_view name, RemoveKind kind);
    void write(InodeId file, std::uint64_t offset, ByteView bytes);
    void clone(InodeId file, InodeId source);
    void truncate(InodeId file);
    void set_mode(InodeId id, std::uint32_t mode);

    void sync_file(InodeId file);
    void sync_folder(InodeId folder);
    void sync_all();
    /// As the kernel after a write-back error: the pages are taken for clean, the bytes may be gone.
    void fail_sync_file(InodeId file) { inodes_.at(file).given_up = true; }
    void fail_sync_folder(InodeId folder);
    void fail_sync_all();

    /// The state after a power cut now, everything durable; `choose` decides what was lost.
    [[nodiscard]] Disk crash(const Chooser& choose) const;
    /// Paths whose name or content a crash might lose or change now.
    [[nodiscard]] std::vector<std::string> not_durable() const;
    [[nodiscard]] std::int64_t now_ns() const noexcept { return time_ns_; }

private:
    void touch(Inode& inode);
    void flush(Inode& inode, std::size_t steps);
    void set_name(InodeId folder, std::string_view name, std::optional<InodeId> id);
    [[nodiscard]] bool is_below(InodeId folder, InodeId ancestor) const;
    void keep_reachable(Disk& after, const std::map<InodeId, std::map<std::string, InodeId>>& names,
                        const Chooser& choose) const;
    void collect_not_durable(InodeId folder, const std::string& path, std::vector<std::string>& into) const;

    std::map<InodeId, Inode> inodes_;
    std::set<InodeId> unsynced_names_;    ///< inodes with pending steps
    std::set<InodeId> unsynced_content_;  ///< inodes whose content or mode is newer than the disk's
    InodeId next_inode_ = root + 1;
    std::uint64_t sequence_ = 1;
    std::int64_t time_ns_ = 1'767'225'600'000'000'000;  ///< 2026-01-01; every change takes a microsecond
};

/// What a crash may leave of a file that held `old_bytes` at its last sync and `new_bytes` now.
[[nodiscard]] Bytes torn_content(const Bytes& old_bytes, const Bytes& new_bytes, const Chooser& choose);

}  // namespace mlo::test
