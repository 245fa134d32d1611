// SPDX-License-Identifier: Apache-2.0
#include "commit_dir.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30;

/// What nobody may do to a commit.
[[noreturn]] void refuse() { assertion_failed("a commit is only read", __FILE__, __LINE__); }

class CommitFile final : public File {
public:
    explicit CommitFile(std::string content) : content_{std::move(content)} {}

    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        if (offset >= content_.size()) return 0;
        const auto rest = as_bytes(content_).subspan(static_cast<std::size_t>(offset));
        const auto count = std::min(rest.size(), into.size());
        std::copy_n(rest.begin(), count, into.begin());
        return count;
    }
    FileStat stat() override {
        FileStat stat{};
        stat.kind = FileKind::regular;
        stat.size = content_.size();
        return stat;
    }
    void set_caching(Caching) noexcept override {}
    void read_ahead() noexcept override {}
    void read_once(std::uint64_t, std::uint64_t) noexcept override {}
    void write(std::span<const std::byte>) override { refuse(); }
    void sync() override { refuse(); }
    void set_mode(std::uint32_t) override { refuse(); }
    bool clone_from(File&) override { refuse(); }
    std::unique_ptr<Mapping> map(std::uint64_t) override { refuse(); }
    bool try_lock(LockMode) override { refuse(); }
    bool try_flock() override { refuse(); }
    void rewrite(std::span<const std::byte>) override { refuse(); }

private:
    std::string content_;
};

class CommitDir final : public Dir {
public:
    CommitDir(CommitFiles& files, std::string path)
        : files_{files}, path_{std::move(path)}, shown_{fmt::format("{}:{}", files.commit(), path_)} {}

    std::unique_ptr<Dir> open_dir(std::string_view relative) override {
        auto path = relative.empty() || relative == "." ? path_ : path::join(path_, relative);
        if (!files_.is_folder(path)) throw not_found(path);
        return std::make_unique<CommitDir>(files_, std::move(path));
    }
    std::vector<DirEntry> list() override {
        std::vector<DirEntry> entries;
        const auto prefix = path_.empty() ? std::string{} : path_ + '/';
        const auto& paths = files_.paths();
        for (auto at = std::lower_bound(paths.begin(), paths.end(), prefix);
             at != paths.end() && at->starts_with(prefix); ++at) {
            const auto rest = std::string_view{*at}.substr(prefix.size());
            const auto slash = rest.find('/');
            const auto kind = slash == std::string_view::npos ? FileKind::regular : FileKind::directory;
            const auto name = rest.substr(0, slash);
            if (entries.empty() || entries.back().name != name) entries.push_back({std::string{name}, kind});
        }
        return entries;
    }
    std::optional<FileStat> stat(std::string_view name) override {
        const auto path = path::join(path_, name);
        FileStat stat{};
        stat.kind = FileKind::regular;
        if (files_.is_file(path)) return stat;
        stat.kind = FileKind::directory;
        return files_.is_folder(path) ? std::optional{stat} : std::nullopt;
    }
    std::unique_ptr<File> open(std::string_view name) override {
        return std::make_unique<CommitFile>(files_.read(path::join(path_, name)));
    }
    FileStat stat_self() override {
        FileStat stat{};
        stat.kind = FileKind::directory;
        return stat;
    }
    bool is_on_network() noexcept override { return false; }
    const std::string& path() const noexcept override { return shown_; }

    std::unique_ptr<File> create(std::string_view, std::uint32_t) override { refuse(); }
    std::unique_ptr<File> open_lock(std::string_view) override { refuse(); }
    bool make_dir(std::string_view) override { refuse(); }
    void rename(std::string_view, Dir&, std::string_view, Replace) override { refuse(); }
    bool link(std::string_view, Dir&, std::string_view) override { refuse(); }
    void remove(std::string_view) override { refuse(); }
    void remove_dir(std::string_view) override { refuse(); }
    void make_symlink(std::string_view, std::string_view) override { refuse(); }
    std::string read_link(std::string_view) override { refuse(); }
    void sync() override { refuse(); }
    void sync_file_system() override { refuse(); }
    void set_mode(std::uint32_t) override { refuse(); }

private:
    [[nodiscard]] Error not_found(const std::string& path) const {
        return Error{errors::path_not_found, fmt::format("{} is not in commit {}", quoted(path), files_.commit())};
    }

    CommitFiles& files_;
    std::string path_;
    std::string shown_;
};

}  // namespace

CommitFiles::CommitFiles(git::Repository& repository, std::string commit)
    : repository_{repository}, commit_{std::move(commit)} {
    for (auto& blob : repository_.blobs_with_suffix(commit_, "", "", 0)) paths_.push_back(std::move(blob.path));
    std::sort(paths_.begin(), paths_.end());
}

bool CommitFiles::is_file(std::string_view path) const {
    const auto found = std::lower_bound(paths_.begin(), paths_.end(), path);
    return found != paths_.end() && *found == path;
}

bool CommitFiles::is_folder(std::string_view path) const {
    if (path.empty()) return true;
    const auto prefix = std::string{path} + '/';
    const auto found = std::lower_bound(paths_.begin(), paths_.end(), prefix);
    return found != paths_.end() && found->starts_with(prefix);
}

std::string CommitFiles::read(std::string_view path) {
    if (auto content = repository_.blob(commit_, path, largest_file)) return std::move(*content);
    throw Error{errors::path_not_found, fmt::format("{} is not in commit {}", quoted(path), commit_)};
}

std::unique_ptr<Dir> open_commit(CommitFiles& files) { return std::make_unique<CommitDir>(files, ""); }

}  // namespace mlo::pipeline
