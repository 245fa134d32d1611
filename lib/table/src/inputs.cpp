// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <mlo/table/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::table {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr std::string_view parquet_magic = "PAR1";
constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};
constexpr int deepest_folder = 64;

[[nodiscard]] bool has_pattern(std::string_view path) { return path.find_first_of("*?[") != path.npos; }

[[nodiscard]] bool is_hidden(std::string_view name) { return name.starts_with('.') || name.starts_with('_'); }

/// What is at `path`, symbolic links followed: the user named it.
[[nodiscard]] std::optional<struct stat> look(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return status;
}

[[nodiscard]] std::vector<std::string> names_in(const std::string& folder, const Runtime& runtime) {
    runtime.check_stop();
    std::vector<std::string> names;
    for (auto& entry : runtime.fs.open_root(folder)->list())
        if (!is_hidden(entry.name)) names.push_back(std::move(entry.name));
    std::sort(names.begin(), names.end());
    return names;
}

void add_folder(const std::string& folder, int depth, std::vector<std::string>& found, const Runtime& runtime) {
    if (depth > deepest_folder) return;
    for (const auto& name : names_in(folder, runtime)) {
        const auto path = path::join(folder, name);
        const auto status = look(path);
        if (!status) continue;
        if (S_ISDIR(status->st_mode))
            add_folder(path, depth + 1, found, runtime);
        else if (S_ISREG(status->st_mode) && format_of_name(name) != Format::automatic)
            found.push_back(path);
    }
}

void add_matches(const std::string& folder, std::span<const std::string> parts, int depth,
                 std::vector<std::string>& found, const Runtime& runtime) {
    if (depth > deepest_folder) return;
    const auto& part = parts.front();
    const auto rest = parts.subspan(1);
    if (part == "**") {
        if (!rest.empty()) add_matches(folder, rest, depth + 1, found, runtime);
        for (const auto& name : names_in(folder, runtime)) {
            const auto path = path::join(folder, name);
            const auto status = look(path);
            if (!status) continue;
            if (S_ISDIR(status->st_mode))
                add_matches(path, parts, depth + 1, found, runtime);
            else if (rest.empty())
                found.push_back(path);
        }
        return;
    }
    std::vector<std::string> names;
    if (!has_pattern(part)) {
        names.push_back(part);
    } else {
        for (auto& name : names_in(folder, runtime))
            if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) names.push_back(std::move(name));
    }
    for (const auto& name : names) {
        const auto path = path::join(folder, name);
        const auto status = look(path);
        if (!status) continue;
        if (!rest.empty()) {
            if (S_ISDIR(status->st_mode)) add_matches(path, rest, depth + 1, found, runtime);
        } else if (!S_ISDIR(status->st_mode)) {
            found.push_back(path);
        } else {
            add_folder(path, depth + 1, found, runtime);
        }
    }
}

/// Where the part of a path begins that was looked for, not named.
[[nodiscard]] std::string base_of(const std::string& named) {
    const auto pattern = named.find_first_of("*?[");
    return pattern == named.npos ? named : std::string{path::parent(named.substr(0, pattern + 1))};
}

struct Found {
    std::string path;
    std::string base;  ///< empty: it was named itself
};

[[nodiscard]] std::vector<Found> expand(const Source& source, const Runtime& runtime) {
    std::vector<Found> all;
    for (const auto& named : source.paths) {
        const auto status = look(named);
        if (status && !S_ISDIR(status->st_mode)) {
            all.push_back({named, {}});
            continue;
        }
        std::vector<std::string> found;
        if (status) {
            add_folder(named, 0, found, runtime);
        } else if (has_pattern(named)) {
            const auto parts = path::components(named);
            add_matches("/", parts, 0, found, runtime);
        } else {
            throw Error{mlo::errors::path_not_found, fmt::format("there is no {}", quoted(source.shown))}.hint(
                "check the spelling; paths are relative to the current folder");
        }
        if (found.empty())
            throw Error{errors::nothing_matches, fmt::format("{} names no file of a table", quoted(source.shown))}.hint(
                status ? fmt::format("name a file, or a pattern such as {}", quoted(source.shown + "/*"))
                       : "quote patterns, so that the shell leaves them alone, and check the spelling");
        const auto base = base_of(named);
        for (auto& path : found) all.push_back({std::move(path), base});
    }
    return all;
}

[[nodiscard]] bool has_partition(const Found& found) {
    if (found.base.empty()) return false;
    const auto below = path::below(path::normalize(found.path), path::normalize(found.base));
    return below && path::parent(*below).find('=') != std::string_view::npos;
}

/// What the engine would take for more than a name, or for a partition that is none.
[[nodiscard]] bool needs_link(const Found& found) {
    const auto is_special = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
               std::string_view{"*?[]{}\\%"}.find(c) != std::string_view::npos;
    };
    return std::any_of(found.path.begin(), found.path.end(), is_special) || !is_valid_utf8(found.path) ||
           found.path.find("://") != found.path.npos;
}

/// A name of its own for the engine, in which only the partitions are left of the folders.
[[nodiscard]] std::string link_to(const Found& found, Scratch& scratch) {
    auto* dir = &scratch.dir();
    std::vector<std::unique_ptr<Dir>> opened;
    auto place = scratch.fresh_name("");
    (void)dir->make_dir(place);
    opened.push_back(dir->open_dir(place));
    const auto below = found.base.empty() ? std::nullopt : path::below(found.path, found.base);
    for (const auto& part : path::components(below ? path::parent(*below) : std::string_view{})) {
        const auto equals = part.find('=');
        if (equals == part.npos) continue;
        std::string name;
        for (const char c : part) {
            const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  std::string_view{"-_.=%"}.find(c) != std::string_view::npos;
            name += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        (void)opened.back()->make_dir(name);
        opened.push_back(opened.back()->open_dir(name));
        place = path::join(place, name);
    }
    opened.back()->make_symlink(found.path, "file");
    return scratch.path_of(path::join(place, "file"));
}

[[nodiscard]] FileStat stat_of(const std::string& path) {
    const auto status = look(path);
    if (!status) throw Error{mlo::errors::path_not_found, fmt::format("there is no {}", quoted(path))};
    FileStat result;
    result.kind = S_ISREG(status->st_mode) ? FileKind::regular : FileKind::other;
    result.size = static_cast<std::uint64_t>(status->st_size);
    result.mtime_ns = static_cast<std::int64_t>(status->st_mtim.tv_sec) * 1'000'000'000 + status->st_mtim.tv_nsec;
    result.inode = status->st_ino;
    result.device = status->st_dev;
    return result;
}

[[nodiscard]] InputFile spool(const Stream& stream, Scratch& scratch, const Runtime& runtime) {
    InputFile file;
    const auto name = scratch.fresh_name("");
    const auto into = scratch.dir().create(name, 0600);
    const auto progress = runtime.progress.begin("reading", ProgressUnit::bytes);
    stream.produce([&](ByteView bytes) {
        runtime.check_stop();
        into->write(bytes);
        progress->advance(bytes.size());
    });
    file.shown = stream.shown;
    file.path = scratch.path_of(name);
    return file;
}

[[nodiscard]] Compression compression_of(std::string_view head) {
    if (head.starts_with(gzip_magic)) return Compression::gzip;
    return head.starts_with(zstd_magic) ? Compression::zstd : Compression::none;
}

/// Content first: a name says little, and standard input has none.
[[nodiscard]] Format format_of(std::string_view head, std::string_view name) {
    if (head.starts_with(parquet_magic)) return Format::parquet;
    if (head.starts_with(sqlite_magic)) return Format::sqlite;
    if (const auto by_name = format_of_name(name); by_name != Format::automatic) return by_name;
    const auto first = head.find_first_not_of(" \t\r\n");
    return first != head.npos && head[first] == '{' ? Format::jsonl : Format::csv;
}

}  // namespace

std::string_view to_string(Format format) noexcept {
    constexpr std::string_view names[] = {"automatic", "csv", "jsonl", "parquet", "sqlite"};
    return names[static_cast<std::size_t>(format)];
}

Format format_of_name(std::string_view name) noexcept {
    for (const std::string_view packed : {".gz", ".zst"})
        if (name.ends_with(packed)) name.remove_suffix(packed.size());
    struct Row {
        std::string_view suffix;
        Format format;
    };
    constexpr Row rows[] = {{".csv", Format::csv},       {".tsv", Format::csv},         {".jsonl", Format::jsonl},
                            {".ndjson", Format::jsonl},  {".parquet", Format::parquet}, {".pq", Format::parquet},
                            {".sqlite", Format::sqlite}, {".sqlite3", Format::sqlite},  {".db", Format::sqlite}};
    for (const auto& row : rows)
        if (name.ends_with(row.suffix)) return row.format;
    return Format::automatic;
}

std::unique_ptr<File> open_input(const std::string& path, const Runtime& runtime) {
    char resolved[PATH_MAX];
    if (::realpath(path.c_str(), resolved) == nullptr) throw_system_error(errno, "open", path);
    return runtime.fs.open_root(path::parent(resolved))->open(path::name(resolved));
}

std::string read_head(const std::string& path, std::size_t limit_bytes, const Runtime& runtime) {
    const auto file = open_input(path, runtime);
    std::string head(limit_bytes, '\0');
    head.resize(file->read(std::as_writable_bytes(std::span{head.data(), head.size()}), 0));
    return head;
}

void for_each_block(const std::string& path, std::size_t block_bytes, const Runtime& runtime,
                    const std::function<void(std::string_view)>& sink) {
    const auto file = open_input(path, runtime);
    file->read_ahead();
    std::string block(block_bytes, '\0');
    for (std::uint64_t offset = 0;;) {
        runtime.check_stop();
        const auto size = file->read(std::as_writable_bytes(std::span{block.data(), block.size()}), offset);
        if (size == 0) return;
        sink(std::string_view{block}.substr(0, size));
        offset += size;
    }
}

namespace {

[[nodiscard]] std::string shown_path(const std::string& path, const std::string& current) {
    return current.empty() ? path : path::below(path, current).value_or(path);
}

}  // namespace

InputFiles find_inputs(const Source& source, Scratch& scratch, const Runtime& runtime) {
    constexpr std::size_t magic_bytes = 512;
    InputFiles inputs;
    const auto found = expand(source, runtime);
    inputs.has_partitions =
        !found.empty() && source.streams.empty() && std::all_of(found.begin(), found.end(), has_partition);
    const bool misleads = inputs.has_partitions && found.front().base.find('=') != std::string::npos;
    const bool is_named = source.paths.size() == 1 && found.size() == 1 && found[0].base.empty();
    for (const auto& each : found) {
        InputFile file;
        file.original = each.path;
        file.shown = is_named ? source.shown : shown_path(each.path, source.current_folder);
        file.path = misleads || needs_link(each) ? link_to(each, scratch) : each.path;
        file.status = stat_of(each.path);
        if (file.status.kind != FileKind::regular)
            throw Error{mlo::errors::not_a_regular_file, fmt::format("{} is no file", quoted(file.shown))}.hint(
                fmt::format("read it as standard input: mlo table head - < {}", quoted(file.shown)));
        inputs.files.push_back(std::move(file));
    }
    for (const auto& stream : source.streams) inputs.files.push_back(spool(stream, scratch, runtime));
    auto format = source.format;
    for (auto& file : inputs.files) {
        const auto head = read_head(file.path, magic_bytes, runtime);
        if (head.empty())
            throw Error{errors::table_empty, fmt::format("{} is empty", quoted(file.shown))}
                .note("even a table without rows has a line of titles")
                .hint("check what wrote it");
        file.compression = compression_of(head);
        check_whole(file, runtime);
        const auto& name = file.original.empty() ? file.shown : file.original;
        const auto own = file.compression == Compression::none       ? format_of(head, name)
                         : format_of_name(name) != Format::automatic ? format_of_name(name)
                                                                     : Format::csv;
        if (format == Format::automatic) format = own;
        if (source.format == Format::automatic && own != format)
            throw Error{errors::tables_differ, fmt::format("{} is {}, and {} is {}", quoted(inputs.files[0].shown),
                                                           to_string(format), quoted(file.shown), to_string(own))}
                .hint("name files of one format only, or say '--from FORMAT'");
    }
    inputs.format = format;
    return inputs;
}

void check_unchanged(const std::vector<InputFile>& files) {
    for (const auto& file : files) {
        if (file.original.empty()) continue;
        const auto found = look(file.original);
        const auto is_same = found && stat_of(file.original) == file.status;
        if (is_same) continue;
        throw Error{errors::table_changed, fmt::format("{} changed while it was being read", quoted(file.shown))}.hint(
            "run the command again once nothing writes to it");
    }
}

}  // namespace mlo::table
