// SPDX-License-Identifier: Apache-2.0
#include "folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/background_writer.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <set>
#include <vector>

namespace mlo::remote {
namespace {

constexpr std::string_view uploads_name = ".tmp";
constexpr std::uint64_t block_bytes = 1u << 20;
constexpr std::int64_t hour_ns = 3'600'000'000'000;
constexpr std::int64_t week_ns = 7 * 24 * hour_ns;
constexpr std::uint32_t access_bits = 0777;
constexpr std::uint32_t read_bits = 0444;

constexpr Traits folder_traits{.scheme = "file",
                               .can_write = true,
                               .can_list = true,
                               .can_range = true,
                               .has_exclusive_put = true,
                               .is_durable = true,
                               .piece_bytes = 4u << 20};

/// What `open` opens; null if it is not there.
template <class Open>
auto find(Open open) -> decltype(open()) {
    try {
        return open();
    } catch (const Error& error) {
        if (&error.code() == &mlo::errors::path_not_found) return nullptr;
        throw;
    }
}

Info info_of(const FileStat& status) {
    return {.size_bytes = status.size, .modified = Timestamp{std::chrono::nanoseconds{status.mtime_ns}}};
}

/// A file that is being written, in the folder of uploads, and locked so that nobody takes it for a dead one. Removed
/// unless it was published.
class Upload {
public:
    Upload(Dir& uploads, std::string name, LogSink& log)
        : uploads_{uploads}, name_{std::move(name)}, log_{log}, file_{uploads.create(name_, 0666)} {
        try {
            static_cast<void>(file_->try_lock(LockMode::exclusive));
        } catch (const Error& error) {
            // A share without locks: others go by the age of the file.
            log_.log(LogLevel::debug, fmt::format("not locked: {}", error.message()));
        }
    }
    ~Upload() {
        if (is_published_) return;
        try {
            uploads_.remove(name_);
        } catch (const Error& error) {
            log_.log(LogLevel::debug, fmt::format("an unfinished upload stays: {}", error.message()));
        }
    }
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    [[nodiscard]] File& file() noexcept { return *file_; }
    void publish(Dir& folder, std::string_view name, Replace replace) {
        uploads_.rename(name_, folder, name, replace);
        is_published_ = true;
    }

private:
    Dir& uploads_;
    std::string name_;
    LogSink& log_;
    std::unique_ptr<File> file_;
    bool is_published_ = false;
};

class FolderRemote final : public Remote {
public:
    FolderRemote(std::string root, const Surroundings& surroundings, const Runtime& runtime)
        : root_{std::move(root)}, traffic_{surroundings.traffic}, runtime_{runtime} {}

    void get(const Key& key, ByteRange range, Sink& sink) override {
        ++traffic_.requests;
        const auto root = find_root();
        if (!root) throw no_such_place();
        const auto folder = find([&] { return root->open_dir(key.folder()); });
        const auto status = folder ? value_status(*folder, key) : std::nullopt;
        const auto file = status ? find([&] { return folder->open(key.name()); }) : nullptr;
        if (!file) throw Error{errors::key_absent, fmt::format("{} is not in {}", quoted(key.text()), quoted(root_))};
        if (range.offset >= status->size) return;
        auto left = std::min(range.size_bytes, status->size - range.offset);
        if (left > block_bytes) file->read_once(range.offset, left);
        Bytes block(std::min(left, block_bytes));
        for (auto at = range.offset; left > 0;) {
            runtime_.check_stop();
            const auto count = file->read(std::span{block}.first(std::min<std::uint64_t>(left, block.size())), at);
            if (count == 0) return;  // shorter than it was: for those who check what they get
            sink.write(ByteView{block}.first(count));
            at += count;
            left -= count;
        }
    }

    PutResult put(const Key& key, Source& source) override {
        ++traffic_.requests;
        const auto root = open_or_make_root();
        const auto folder = make_folders(*root, key);
        if (value_status(*folder, key)) return found_there(*folder);
        const auto uploads = open_uploads(*root);
        Upload upload{*uploads, runtime_.random.hex(16), runtime_.log};
        fill(upload, *uploads, *root, key, source);
        try {
            upload.publish(*folder, key.name(), Replace::no);
        } catch (const Error& error) {
            if (&error.code() != &mlo::errors::already_exists || !value_status(*folder, key)) throw;
            return found_there(*folder);
        }
        if (!mutant(Mutant::remote_folder_sync)) folder->sync();
        return PutResult::created;
    }

    void replace(const Key& key, Source& source) override {
        ++traffic_.requests;
        const auto root = open_or_make_root();
        const auto folder = make_folders(*root, key);
        static_cast<void>(value_status(*folder, key));  // nothing but a value is replaced
        const auto uploads = open_uploads(*root);
        Upload upload{*uploads, runtime_.random.hex(16), runtime_.log};
        fill(upload, *uploads, *root, key, source);
        upload.publish(*folder, key.name(), Replace::yes);
        if (!mutant(Mutant::remote_folder_sync)) folder->sync();
    }

    std::optional<Info> stat(const Key& key) override {
        ++traffic_.requests;
        const auto folder = find_folder(key.folder());
        const auto status = folder ? value_status(*folder, key) : std::nullopt;
        return status ? std::optional{info_of(*status)} : std::nullopt;
    }

    void list(const Prefix& prefix, const std::function<void(const Listed&)>& visit) override {
        ++traffic_.requests;
        if (const auto folder = find_folder(prefix.folder())) visit_folder(*folder, prefix.text(), visit);
    }

    void remove(const Key& key) override {
        ++traffic_.requests;
        const auto folder = find_folder(key.folder());
        if (!folder) return;
        try {
            folder->remove(key.name());
        } catch (const Error& error) {
            if (&error.code() != &mlo::errors::path_not_found) throw;
        }
        // Also where somebody else removed it: they may have been killed before this.
        if (!mutant(Mutant::remote_remove_sync)) folder->sync();
    }

    const Traits& traits() const noexcept override { return folder_traits; }
    const std::string& shown() const noexcept override { return root_; }

private:
    [[nodiscard]] Error no_such_place() const {
        return Error{errors::no_such_place, fmt::format("there is no folder {}", quoted(root_))}.hint(
            "is the drive mounted? Otherwise correct the URL: mlo remote list");
    }

    /// Null if the root is not there but the first put would make it.
    [[nodiscard]] std::unique_ptr<Dir> find_root() const {
        if (auto root = find([&] { return runtime_.fs.open_root(root_); })) return root;
        if (!find([&] { return runtime_.fs.open_root(path::parent(root_)); })) throw no_such_place();
        return nullptr;
    }

    [[nodiscard]] std::unique_ptr<Dir> find_folder(std::string_view relative) const {
        const auto root = find_root();
        return root ? find([&] { return root->open_dir(relative); }) : nullptr;
    }

    /// The status of a key's file; nothing if there is none, or the folder of other keys. Throws not_a_regular_file for
    /// anything else: nothing below the root is followed.
    static std::optional<FileStat> value_status(Dir& folder, const Key& key) {
        const auto status = folder.stat(key.name());
        if (!status || status->kind == FileKind::regular) return status;
        if (status->kind == FileKind::directory) return std::nullopt;
        throw Error{mlo::errors::not_a_regular_file,
                    fmt::format("{} is not a regular file", quoted(path::join(folder.path(), key.name())))};
    }

    /// Whoever put it may have been killed before its name was durable.
    static PutResult found_there(Dir& folder) {
        if (!mutant(Mutant::remote_folder_sync)) folder.sync();
        return PutResult::existed;
    }

    std::unique_ptr<Dir> open_or_make_root() {
        auto root = find_root();
        if (!root) {
            const auto above = runtime_.fs.open_root(path::parent(root_));
            above->make_dir(path::name(root_));
            if (!mutant(Mutant::remote_parent_sync)) above->sync();
        } else if (must_settle("")) {
            settle_root();
        }
        settled("");
        return root ? std::move(root) : runtime_.fs.open_root(root_);
    }

    /// Whoever made the root may have been killed before its name was durable.
    void settle_root() {
        std::unique_ptr<Dir> above;
        try {
            above = runtime_.fs.open_root(path::parent(root_));
        } catch (const Error& error) {
            // Not readable for us, so we did not make the root.
            runtime_.log.log(LogLevel::debug, error.message());
            return;
        }
        if (!mutant(Mutant::remote_parent_sync)) above->sync();
    }

    /// Opens the folder of `key`, making what is missing, durably.
    std::unique_ptr<Dir> make_folders(Dir& root, const Key& key) {
        auto folder = root.open_dir("");
        std::string relative;
        for (const auto& name : path::components(key.folder())) {
            relative = path::join(relative, name);
            const bool is_new = folder->make_dir(name);
            // One that was there may have been made by somebody who was killed before this.
            if (is_new || must_settle(relative)) {
                if (!mutant(Mutant::remote_parent_sync)) folder->sync();
                settled(relative);
            }
            folder = folder->open_dir(name);
            if (is_new) adopt_mode(*folder, root);
        }
        return folder;
    }

    [[nodiscard]] bool must_settle(const std::string& relative) {
        const std::lock_guard guard{mutex_};
        return !settled_.contains(relative);
    }
    void settled(const std::string& relative) {
        const std::lock_guard guard{mutex_};
        settled_.insert(relative);
    }

    std::unique_ptr<Dir> open_uploads(Dir& root) {
        const bool is_new = root.make_dir(uploads_name);
        auto uploads = root.open_dir(uploads_name);
        if (is_new) adopt_mode(*uploads, root);
        return uploads;
    }

    /// Who may use the root may use all of it, whatever the umask of the one who pushed first. Kept: setgid, sticky.
    void adopt_mode(Dir& made, Dir& root) {
        const auto wanted = root.stat_self().mode & access_bits;
        const auto mode = made.stat_self().mode;
        if ((mode & access_bits) == wanted) return;
        try {
            made.set_mode((mode & ~access_bits) | wanted);
        } catch (const Error& error) {
            // Shares that emulate modes may refuse; they have other means to say who may do what.
            runtime_.log.log(LogLevel::debug, error.message());
        }
    }

    void adopt_mode(File& made, Dir& root) {
        const auto wanted = root.stat_self().mode & read_bits;
        try {
            made.set_mode(wanted);
        } catch (const Error& error) {
            runtime_.log.log(LogLevel::debug, error.message());
        }
    }

    /// Brings all of `source` into `upload`, durably.
    void fill(Upload& upload, Dir& uploads, Dir& root, const Key& key, Source& source) {
        auto& file = upload.file();
        if (!has_cleared_.exchange(true)) clear_dead_uploads(uploads, file.stat().mtime_ns);
        const auto size = source.size_bytes();
        auto* const local = source.file();
        if (local != nullptr && file.clone_from(*local)) {
            if (file.stat().size != size) throw source_changed(key);
        } else {
            copy(file, key, source, size);
        }
        if (!mutant(Mutant::remote_sync)) file.sync();
        adopt_mode(file, root);
    }

    void copy(File& file, const Key& key, Source& source, std::uint64_t size) {
        BackgroundWriter writer{file, 1};  // several uploads run at once as it is
        Bytes block(std::min(size, block_bytes));
        for (std::uint64_t at = 0; at < size;) {
            runtime_.check_stop();
            const auto part = std::span{block}.first(std::min<std::uint64_t>(size - at, block.size()));
            if (source.read(part, at) != part.size()) throw source_changed(key);
            writer.write(part);
            at += part.size();
        }
        writer.finish();
    }

    static Error source_changed(const Key& key) {
        return Error{errors::source_changed,
                     fmt::format("what was to be stored as {} changed its size meanwhile", quoted(key.text()))};
    }

    /// Removes what killed uploads left. `now_ns` is by the clock of the file system, as the times of its files are.
    void clear_dead_uploads(Dir& uploads, std::int64_t now_ns) {
        for (const auto& entry : uploads.list()) {
            if (entry.kind != FileKind::regular) continue;
            try {
                const auto status = uploads.stat(entry.name);
                if (status && is_dead(uploads, entry.name, now_ns - status->mtime_ns)) uploads.remove(entry.name);
            } catch (const Error& error) {
                runtime_.log.log(LogLevel::debug, fmt::format("leftovers of another push stay: {}", error.message()));
            }
        }
    }

    /// Young ones may not have their lock yet; old ones are dead even where locks do not work.
    static bool is_dead(Dir& uploads, const std::string& name, std::int64_t age_ns) {
        if (age_ns < hour_ns) return false;
        return age_ns >= week_ns || uploads.open_lock(name)->try_lock(LockMode::exclusive);
    }

    void visit_folder(Dir& folder, const std::string& prefix, const std::function<void(const Listed&)>& visit) const {
        runtime_.check_stop();
        auto entries = folder.list();
        // What is no key is not ours: unfinished uploads, 'lost+found', what a file manager leaves.
        std::erase_if(entries, [&](const DirEntry& entry) {
            const bool is_ours = entry.kind == FileKind::regular || entry.kind == FileKind::directory;
            return !is_ours || !Key::is_valid(prefix + entry.name);
        });
        // In order of keys: a folder's continue with '/', which sorts after '-' and '.'.
        for (auto& entry : entries) entry.name += entry.kind == FileKind::directory ? "/" : "";
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        for (const auto& entry : entries) {
            if (entry.kind == FileKind::directory) {
                const auto name = std::string_view{entry.name}.substr(0, entry.name.size() - 1);
                const auto below = find([&] { return folder.open_dir(name); });
                if (below) visit_folder(*below, prefix + entry.name, visit);
            } else if (const auto status = folder.stat(entry.name)) {
                visit({Key{prefix + entry.name}, info_of(*status)});
            }
        }
    }

    std::string root_;
    Traffic& traffic_;
    Runtime runtime_;
    std::atomic<bool> has_cleared_ = false;
    std::mutex mutex_;
    std::set<std::string, std::less<>> settled_;  ///< folders whose names are known to be durable; "" is the root
};

bool is_this_machine(std::string_view authority) {
    return authority.empty() || (authority.size() == 9 && std::equal(authority.begin(), authority.end(), "localhost",
                                                                     [](char a, char b) { return (a | 0x20) == b; }));
}

}  // namespace

std::unique_ptr<Remote> open_folder(const Url& url, std::string_view text, const Surroundings& surroundings,
                                    const Runtime& runtime) {
    if (url.is_path)
        return std::make_unique<FolderRemote>(path::absolute(url.path, surroundings.base), surroundings, runtime);
    const auto shown = without_secrets(text);
    if (!is_this_machine(url.authority)) {
        throw Error{errors::foreign_host, fmt::format("{} is on another machine", quoted(shown))}.hint(
            "mount the folder here, or write 'file:///path' for one of this machine");
    }
    if (!url.path.starts_with('/'))
        throw Error{errors::bad_url, fmt::format("the URL {} has no absolute path", quoted(shown))}.hint(
            "file:///path, or a plain path");
    if (url.path.find_first_of("?#") != url.path.npos)
        throw Error{errors::bad_url, fmt::format("the URL {} holds a '?' or '#'", quoted(shown))}.hint(
            "'%3F' and '%23' in a file: URL, or a plain path");
    return std::make_unique<FolderRemote>(path::normalize(percent_decode(url.path, shown)), surroundings, runtime);
}

}  // namespace mlo::remote
