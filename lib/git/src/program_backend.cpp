// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <mlo/git/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>
#include <unordered_set>

#include "backend.hpp"
#include "git_program.hpp"

namespace mlo::git {
namespace {

bool is_regular_mode(std::string_view mode) { return mode.starts_with("100"); }

std::uint64_t to_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The NUL-terminated items of git's -z output.
template <class Use>
void for_each_item(std::string_view output, Use use) {
    while (!output.empty()) {
        const auto end = std::min(output.find('\0'), output.size());
        if (end > 0) use(output.substr(0, end));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
}

/// Which files fit into a patch, by their sizes: the patch itself is not made of what does not.
class PatchBudget {
public:
    explicit PatchBudget(const PatchLimits& limits) noexcept : limits_{limits} {}
    bool take(std::uint64_t size_before, std::uint64_t size_after) noexcept {
        if (size_before > limits_.file_bytes || size_after > limits_.file_bytes) return false;
        const auto bytes = (size_before + size_after) * 5 / 4 + 500;  // base 85, a header
        if (bytes > limits_.total_bytes - taken_bytes_) return false;
        taken_bytes_ += bytes;
        return true;
    }
    /// A new file costs a start of git.
    bool take_process() noexcept { return processes_ < 500 && ++processes_ > 0; }

private:
    PatchLimits limits_;
    std::uint64_t taken_bytes_ = 0;
    unsigned processes_ = 0;
};

class ProgramBackend final : public Backend {
public:
    ProgramBackend(const Layout& layout, const Environment& environment, std::string program)
        : layout_{layout}, git_{layout, environment, std::move(program)} {}

    std::optional<std::string> resolve(const std::string& revision) override {
        auto result = run({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
        if (result.exit_code == 1) return std::nullopt;
        // An ambiguous or malformed name exits with 128, as does a repository that cannot be read: tell them apart.
        if (result.exit_code != 0) {
            require({"rev-parse", "--git-dir"});
            return std::nullopt;
        }
        const auto id = trim(result.output);
        if (id.find_first_not_of("0123456789abcdef") != id.npos) return std::nullopt;  // "^HEAD" excludes a commit
        return std::string{id};
    }

    std::optional<std::string> head() override { return resolve("HEAD"); }

    std::optional<std::string> branch() override {
        auto result = run({"symbolic-ref", "--quiet", "HEAD"});
        if (result.exit_code == 1) return std::nullopt;
        if (result.exit_code != 0) fail(result);
        constexpr std::string_view prefix = "refs/heads/";
        const auto name = trim(result.output);
        if (!name.starts_with(prefix)) return std::nullopt;
        return std::string{name.substr(prefix.size())};
    }

    Changes changes(const PatchLimits& limits) override {
        const auto before = head() ? "HEAD" : std::string{trim(require({"hash-object", "-t", "tree", "--stdin"}))};
        Changes changes;
        PatchBudget budget{limits};
        std::vector<std::string> wanted;
        const auto differing = differing_files(before);
        for (const auto& file : differing) {
            changes.paths.push_back(file.path);
            const bool fits = file.is_patchable && budget.take(file.size_before, size_of(file.path));
            (fits ? wanted : changes.left_out).push_back(file.path);
        }
        if (!wanted.empty()) changes.patch = patch_of(before, wanted);
        for_each_item(
            require({"ls-files", "-z", "--others", "--exclude-standard", "--full-name"}), [&](std::string_view found) {
                const std::string path{found};
                changes.paths.push_back(path);
                const bool fits = !path.ends_with('/') && budget.take(0, size_of(path)) && budget.take_process();
                if (fits)
                    changes.new_files.push_back({path, patch_of_new(path)});
                else
                    changes.left_out.push_back(path);
            });
        return changes;
    }

    std::vector<Blob> blobs_with_suffix(const std::string& commit, const std::string& folder, std::string_view suffix,
                                        std::uint64_t limit_bytes) override {
        std::vector<std::string> arguments{"ls-tree", "-r", "-z", "--full-tree", commit};
        if (!folder.empty()) arguments.insert(arguments.end(), {"--", folder + "/"});
        std::vector<Blob> blobs;
        for_each_item(require(arguments), [&](std::string_view line) {
            if (auto blob = parse_entry(line); blob && blob->path.ends_with(suffix)) blobs.push_back(std::move(*blob));
        });
        read(commit, blobs, limit_bytes);
        return blobs;
    }

    std::optional<Blob> blob(const std::string& commit, const std::string& path, std::uint64_t limit_bytes) override {
        std::vector<Blob> blobs;
        for_each_item(require({"ls-tree", "-z", "--full-tree", commit, "--", path}), [&](std::string_view line) {
            if (auto blob = parse_entry(line); blob && blob->path == path) blobs.push_back(std::move(*blob));
        });
        if (blobs.empty()) return std::nullopt;
        read(commit, blobs, limit_bytes);
        return std::move(blobs.front());
    }

    std::vector<TrackedPath> tracked(std::span<const std::string> paths) override {
        std::vector<std::string> arguments{"ls-files", "-z", "--stage", "--full-name"};
        std::unordered_set<std::string> wanted;
        const bool everything = std::find(paths.begin(), paths.end(), "") != paths.end();
        // A list of paths may exceed what a command line holds; then the whole index is listed and picked from.
        constexpr std::size_t most_arguments = 200;
        const bool by_argument = !everything && paths.size() <= most_arguments;
        if (by_argument) arguments.emplace_back("--");
        for (const auto& path : paths) {
            wanted.insert(path);
            if (!by_argument) continue;
            arguments.push_back(":(top,literal)" + path);
            for (auto above = path::parent(path); !above.empty(); above = path::parent(above)) {
                arguments.push_back(":(top,literal)" + std::string{above});
            }
        }
        std::vector<TrackedPath> found;
        for_each_item(require(arguments), [&](std::string_view line) {
            const auto tab = line.find('\t');
            if (tab == std::string_view::npos) return;
            const auto mode = line.substr(0, 6);
            const auto kind = mode == "160000"   ? TrackedKind::submodule
                              : mode == "120000" ? TrackedKind::symlink
                                                 : TrackedKind::file;
            TrackedPath entry{std::string{line.substr(tab + 1)}, kind};
            if (everything || is_wanted(entry, wanted, paths)) found.push_back(std::move(entry));
        });
        return found;
    }

    std::vector<std::string> ignored(std::span<const std::string> paths) override {
        std::string input;
        for (const auto& path : paths) input.append("./").append(path).push_back('\0');  // "./:x" is no magic
        auto result = run({"check-ignore", "--no-index", "-z", "--stdin"}, std::move(input));
        if (result.exit_code > 1) fail(result);
        std::unordered_set<std::string> matched;
        for_each_item(result.output, [&](std::string_view path) { matched.emplace(path.substr(2)); });
        std::vector<std::string> found;
        std::copy_if(paths.begin(), paths.end(), std::back_inserter(found),
                     [&](const std::string& path) { return matched.contains(path); });
        return found;
    }

    std::vector<Reference> references() override {
        // One of the two ids is that of a commit, or neither is.
        const auto output =
            require({"for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)"});
        std::vector<Reference> found;
        for (const auto& line : split(output, '\n')) {
            const auto fields = split(line, ' ');
            if (fields.size() < 5) continue;
            if (fields[0] == "commit") found.push_back({fields[4], fields[1]});
            if (fields[2] == "commit") found.push_back({fields[4], fields[3]});
        }
        if (run({"symbolic-ref", "--quiet", "HEAD"}).exit_code != 0) {
            if (auto commit = head()) found.push_back({"HEAD", std::move(*commit)});
        }
        return found;
    }

    History history(std::span<const std::string> commits) override {
        std::string input;
        for (const auto& commit : commits) input.append(commit).push_back('\n');
        History history;
        for (auto& line : split(require({"rev-list", "--stdin"}, std::move(input)), '\n')) {
            if (!line.empty()) history.commits.push_back(std::move(line));
        }
        const auto ends = shallow_commits(layout_);
        const std::unordered_set<std::string> shallow{ends.begin(), ends.end()};
        history.complete = std::none_of(history.commits.begin(), history.commits.end(),
                                        [&](const std::string& commit) { return shallow.contains(commit); });
        return history;
    }

    Divergence divergence(const std::string& left, const std::string& right) override {
        const auto counts = split(trim(require({"rev-list", "--left-right", "--count", left + "..." + right})), '\t');
        return {to_number(counts.front()), to_number(counts.back())};
    }

    std::string patch_between(const CodeState& before, const CodeState& after, const std::string& scratch) override {
        // What is not below the scratch folder is only read: GIT_OBJECT_DIRECTORY takes all new objects.
        std::string objects;
        for (const char c : path::join(layout_.common_dir, "objects")) {
            if (c == '"' || c == '\\') objects += '\\';
            objects += c;
        }
        const std::vector<std::string> places{"GIT_OBJECT_DIRECTORY=" + scratch,
                                              "GIT_ALTERNATE_OBJECT_DIRECTORIES=\"" + objects + '"'};
        const auto before_tree = make_tree(before, path::join(scratch, "before"), places);
        const auto after_tree = make_tree(after, path::join(scratch, "after"), places);
        return git_.with(places).require(diff({"--patch", "--binary", "--no-color", "--src-prefix=a/",
                                               "--dst-prefix=b/", before_tree, after_tree, "--"}));
    }

    std::optional<std::string> setting(const std::string& key) override {
        auto result = run({"config", "-z", "--get", key});
        if (result.exit_code == 1) return std::nullopt;
        if (result.exit_code != 0) fail(result);
        return result.output.substr(0, result.output.find('\0'));
    }

private:
    ProcessResult run(const std::vector<std::string>& arguments, std::string input = {}) {
        return git_.run(arguments, std::move(input));
    }
    std::string require(const std::vector<std::string>& arguments, std::string input = {}) {
        return git_.require(arguments, std::move(input));
    }
    [[noreturn]] void fail(const ProcessResult& result) { git_.fail(result); }

    struct DifferingFile {
        std::string path;
        std::string id_before;  ///< all zeros: none
        std::uint64_t size_before = 0;
        bool is_patchable = true;
    };

    /// What `git diff --raw` says: ":<mode> <mode> <id> <id> <status>\0<path>\0".
    std::vector<DifferingFile> differing_files(const std::string& before) {
        std::vector<DifferingFile> files;
        std::vector<std::string> fields;
        const auto is_file = [](std::string_view mode) {
            return mode == "000000" || mode == "120000" || is_regular_mode(mode);
        };
        for_each_item(require(diff({"--raw", "-z", "--no-abbrev", before})), [&](std::string_view item) {
            if (fields.empty()) {
                fields = split(item.substr(1), ' ');
                return;
            }
            if (fields.size() == 5)
                files.push_back({std::string{item}, fields[2], 0, is_file(fields[0]) && is_file(fields[1])});
            fields.clear();
        });
        std::unordered_set<std::string> unmerged;
        for_each_item(require({"ls-files", "-z", "--unmerged", "--full-name"}),
                      [&](std::string_view item) { unmerged.emplace(item.substr(item.find('\t') + 1)); });
        std::string ids;
        for (auto& file : files) file.is_patchable = file.is_patchable && !unmerged.contains(file.path);
        for (const auto& file : files) ids += file.id_before + '\n';
        if (ids.empty()) return files;
        const auto sizes = split(require({"cat-file", "--batch-check=%(objectsize)"}, ids), '\n');
        for (std::size_t i = 0; i < std::min(files.size(), sizes.size()); ++i)
            files[i].size_before = to_number(sizes[i]);
        return files;
    }

    /// The id of the tree that a state is, by way of the index file `index`.
    std::string make_tree(const CodeState& state, const std::string& index, std::vector<std::string> variables) {
        if (state.patch.empty() && !state.commit.empty()) return state.commit + "^{tree}";
        variables.push_back("GIT_INDEX_FILE=" + index);
        const auto git = git_.with(variables);
        git.require({"read-tree", state.commit.empty() ? "--empty" : state.commit});
        if (!state.patch.empty())
            git.require({"apply", "--cached", "--whitespace=nowarn", "--no-ignore-whitespace", "-"}, state.patch);
        return std::string{trim(git.require({"write-tree", "--missing-ok"}))};
    }

    std::string patch_of(const std::string& before, const std::vector<std::string>& paths) {
        auto arguments =
            diff({"--patch", "--binary", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", before, "--"});
        for (const auto& path : paths) arguments.push_back(":(top,literal)" + path);
        return require(arguments);
    }

    std::string patch_of_new(const std::string& path) {
        auto result = run(diff({"--no-index", "--patch", "--binary", "--no-color", "--src-prefix=a/", "--dst-prefix=b/",
                                "--", "/dev/null", path}));
        if (result.exit_code > 1) fail(result);
        return std::move(result.output);
    }

    /// `git diff` that runs no program which the repository's configuration names, filters of attributes included.
    std::vector<std::string> diff(std::vector<std::string> arguments) {
        std::vector<std::string> all;
        if (!filters_) {
            auto listed = run({"config", "-z", "--name-only", "--get-regexp", "^filter\\..*\\.(clean|process)$"});
            if (listed.exit_code > 1) fail(listed);
            filters_.emplace();
            for_each_item(listed.output,
                          [&](std::string_view key) { filters_->emplace_back(key.substr(0, key.rfind('.'))); });
        }
        for (const auto& filter : *filters_) {
            for (const char* setting : {".clean=", ".process=", ".required=false"})
                all.insert(all.end(), {"-c", filter + setting});
        }
        all.insert(all.end(), {"diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--full-index"});
        all.insert(all.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
        return all;
    }

    std::uint64_t size_of(const std::string& path) const {
        struct stat found {};
        return ::lstat(path::join(layout_.work_tree, path).c_str(), &found) == 0
                   ? static_cast<std::uint64_t>(found.st_size)
                   : 0;
    }

    /// "<mode> <type> <id>\t<path>"; nothing but regular files.
    static std::optional<Blob> parse_entry(std::string_view line) {
        const auto tab = line.find('\t');
        if (tab == std::string_view::npos || !is_regular_mode(line)) return std::nullopt;
        const auto fields = split(line.substr(0, tab), ' ');
        if (fields.size() != 3) return std::nullopt;
        return Blob{
            .path = std::string{line.substr(tab + 1)}, .id = fields[2], .content = {}, .state = BlobState::complete};
    }

    static bool is_wanted(const TrackedPath& entry, const std::unordered_set<std::string>& wanted,
                          std::span<const std::string> paths) {
        for (std::string_view at = entry.path; !at.empty(); at = path::parent(at)) {
            if (wanted.contains(std::string{at})) return true;
        }
        return entry.kind == TrackedKind::submodule && std::any_of(paths.begin(), paths.end(), [&](const auto& path) {
                   return path::is_within(path, entry.path);
               });
    }

    /// Fills in what each blob holds, and which are not here.
    void read(const std::string& commit, std::vector<Blob>& blobs, std::uint64_t limit_bytes) {
        // cat-file dies at the first object that a partial clone lacks; rev-list names them all.
        std::unordered_set<std::string> missing;
        if (!blobs.empty() && has_promisor(layout_)) {
            for (const auto& line :
                 split(require({"rev-list", "--no-walk", "--objects", "--missing=print", commit}), '\n')) {
                if (line.starts_with('?')) missing.insert(line.substr(1));
            }
        }
        std::string sized;
        for (auto& blob : blobs) {
            if (missing.contains(blob.id)) {
                blob.state = BlobState::missing;
            } else {
                sized += blob.id + '\n';
            }
        }
        if (sized.empty()) return;
        std::unordered_map<std::string, std::uint64_t> sizes;  // of the blobs that are here
        for (const auto& line : split(require({"cat-file", "--batch-check"}, sized), '\n')) {
            const auto fields = split(line, ' ');
            if (fields.size() == 3 && fields[1] == "blob") sizes[fields[0]] = to_number(fields[2]);
        }
        std::string wanted;
        for (auto& blob : blobs) {
            const auto size = sizes.find(blob.id);
            if (size == sizes.end()) {
                blob.state = BlobState::missing;
            } else if (size->second > limit_bytes) {
                blob.state = BlobState::too_large;
            } else {
                wanted += blob.id + '\n';
            }
        }
        if (!wanted.empty()) take_contents(require({"cat-file", "--batch"}, wanted), blobs);
    }

    /// `output` is "<id> blob <size>\n<content>\n" for each complete blob in order.
    void take_contents(std::string_view output, std::vector<Blob>& blobs) {
        for (auto& blob : blobs) {
            if (blob.state != BlobState::complete) continue;
            const auto line = output.substr(0, output.find('\n'));
            const auto fields = split(line, ' ');
            const auto size = fields.size() == 3 ? to_number(fields[2]) : output.size();
            if (fields[0] != blob.id || output.size() < line.size() + 2 + size) {
                throw Error{errors::git_failed, "git gave no content of " + quoted(blob.path)};
            }
            blob.content = output.substr(line.size() + 1, size);
            output.remove_prefix(line.size() + 2 + size);
        }
    }

    Layout layout_;
    GitProgram git_;
    std::optional<std::vector<std::string>> filters_;  ///< "filter.NAME" that have a program, once asked for
};

}  // namespace

std::unique_ptr<Backend> open_program(const Layout& layout, const Environment& environment, std::string program) {
    return std::make_unique<ProgramBackend>(layout, environment, std::move(program));
}

}  // namespace mlo::git
