// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/workspace.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "work_queue.hpp"

namespace mlo::workspace {

/// A name in a folder that is being scanned. Kept small: a folder may hold millions.
struct ScanItem {
    enum class State : std::uint8_t {
        pending,   ///< not looked at yet, or a folder that is not finished yet
        gone,      ///< not part of the result
        known,     ///< the stat cache answered
        settled,   ///< read, and may be recorded
        unsettled  ///< read, but may change unseen; or nothing that the stat cache records
    };

    std::string name;
    std::unique_ptr<std::string> target;  ///< symbolic links
    FileStamp stamp;                      ///< of a folder only the size
    store::ObjectId id;
    store::EntryKind kind = store::EntryKind::file;
    State state = State::pending;

    [[nodiscard]] store::Executable executable() const noexcept {
        const bool is_set = kind == store::EntryKind::file && (stamp.mode & 0100u) != 0;
        return is_set ? store::Executable::yes : store::Executable::no;
    }
};

/// A folder from being listed until its tree is made.
struct ScanFolder {
    std::shared_ptr<ScanFolder> parent;
    std::size_t index = 0;  ///< among the parent's items
    int depth = 0;
    std::string path;
    IgnoreRules::Pointer rules;
    std::optional<Entry> previous;  ///< what the last version has here, with a sparse set
    std::vector<ScanItem> items;    ///< sorted by name
    StatCache::Folder known;
    std::atomic<std::uint64_t> files = 0;  ///< files and links in it and below
    std::atomic<std::size_t> waiting = 0;  ///< batches and folders that are not finished
};

/// One run of scan(). Folders are listed and their names looked at in batches by all threads; whoever finishes the last
/// part of a folder makes its tree and hands it to the folder above.
class Scanner {
public:
    Scanner(Workspace& workspace, FileMemory& memory, ContentSink& sink, const ScanOptions& options);

    [[nodiscard]] ScanResult run(const std::string& path, const std::optional<Entry>& previous);

private:
    struct Task {
        std::shared_ptr<ScanFolder> folder;
        std::size_t begin = 0;
        std::size_t end = 0;  ///< equal to begin: list the folder
    };

    void run_folder(const std::string& path, const std::optional<Entry>& previous);
    void run_leaf(const std::string& path, const FileStat& stat);
    void work(Dir& root, const Task& task);
    void list(Dir& root, const std::shared_ptr<ScanFolder>& folder);
    [[nodiscard]] std::vector<ScanItem> wanted_items(Dir& dir, const ScanFolder& folder);
    [[nodiscard]] bool is_wanted(const DirEntry& entry, const ScanFolder& folder);
    void refuse_pointers(Dir& dir, const ScanFolder& folder, const std::vector<DirEntry>& entries);
    void add_subfolder(const std::shared_ptr<ScanFolder>& folder, std::size_t index,
                       const std::map<std::string, Entry>& previous);
    void look_at(Dir& root, ScanFolder& folder, std::size_t begin, std::size_t end);
    void look_at(Dir& dir, const std::string& folder_path, ScanItem& item, const std::optional<CacheEntry>& known);
    void read(Dir& dir, const std::string& path, ScanItem& item);
    void finish_part(std::shared_ptr<ScanFolder> folder);
    void finish(ScanFolder& folder);
    void record(const ScanFolder& folder);
    /// Adds what is absent on purpose; returns what the version before has for the folders that are there.
    [[nodiscard]] std::map<std::string, Entry> add_left_out(ScanFolder& folder);
    [[nodiscard]] std::optional<ScanItem> left_out(const std::string& path, const store::TreeEntry& entry,
                                                   std::uint64_t& files, int depth);
    [[nodiscard]] IgnoreRules::Pointer rules_above(const std::string& path);
    void add_problem(std::string path, const ErrorCode& code, std::string_view what);
    void add_problem(std::string path, const Error& error);
    /// True if sparse patterns are set.
    [[nodiscard]] bool is_sparse() const noexcept;

    Workspace& workspace_;
    const Runtime& runtime_;
    FileMemory& memory_;
    ContentSink& sink_;
    const ScanOptions& options_;
    WorkQueue<Task> queue_;
    std::unique_ptr<Progress> progress_;
    std::mutex mutex_;
    ScanResult result_;
    std::atomic<std::uint64_t> read_files_ = 0;
    std::atomic<std::uint64_t> read_bytes_ = 0;
};

}  // namespace mlo::workspace
