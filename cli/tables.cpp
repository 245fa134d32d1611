// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <mlo/config/places.hpp>
#include <mlo/table/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/workspace.hpp>
#include <mlo/yaml/parse.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr std::string_view standard_input = "-";

[[nodiscard]] bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

[[nodiscard]] table::Stream standard_input_stream() {
    return {"standard input", [](const std::function<void(ByteView)>& sink) {
                std::vector<std::byte> block(std::size_t{1} << 20);
                for (;;) {
                    const auto size = ::read(STDIN_FILENO, block.data(), block.size());
                    if (size < 0 && errno == EINTR) continue;
                    if (size < 0) throw_system_error(errno, "read", "standard input");
                    if (size == 0) return;
                    sink({block.data(), static_cast<std::size_t>(size)});
                }
            }};
}

[[nodiscard]] table::Stream object_stream(workspace::Workspace& workspace, const std::string& shown,
                                          const store::ObjectId& id) {
    return {shown, [&workspace, id](const std::function<void(ByteView)>& sink) { workspace.store().read(id, sink); }};
}

/// A path in a revision, as the user wrote it: nothing if it is none.
struct Versioned {
    std::string revision;
    std::string path;
    std::string seen;  ///< the path as it is seen from the current folder
};

[[nodiscard]] std::optional<Versioned> as_version(const std::string& name) {
    const auto colon = name.find(':');
    const auto at = name.substr(0, colon).rfind('@');
    if (at != name.npos && at > 0)
        return Versioned{
            name.substr(at + 1, colon == name.npos ? name.npos : colon - at - 1),
            colon == name.npos ? name.substr(0, at) : path::join(name.substr(0, at), name.substr(colon + 1)),
            {}};
    if (colon == name.npos || colon == 0) return std::nullopt;
    return Versioned{name.substr(0, colon), name.substr(colon + 1), {}};
}

/// What a version holds at its path.
struct FoundVersion {
    std::string path;  ///< in the workspace
    workspace::Entry entry;
};

[[nodiscard]] FoundVersion find_version(Context& ctx, const Versioned& version, workspace::StoredTrees& trees) {
    auto& workspace = ctx.workspace();
    const auto path = workspace.from_user(version.seen);
    const auto commit = workspace.required_repository().resolve(version.revision);
    const auto list = find_targets_at(workspace, commit, {&path, 1});
    require_tracked(workspace, list, {&path, 1});
    for (const auto& broken : list.broken)
        if (path::is_within(path, broken.path)) throw Error{broken.error};
    const auto* const target = list.around(path);
    std::optional<workspace::Entry> entry;
    if (target != nullptr) entry = find_entry(*target, path, trees);
    if (!entry)
        throw Error{table::errors::nothing_matches,
                    fmt::format("revision {} holds no {}", quoted(version.revision), quoted(version.path))}
            .hint(fmt::format("mlo ls --rev {}", version.revision));
    return {path, std::move(*entry)};
}

/// A version, unless there is a file of that name.
[[nodiscard]] std::optional<Versioned> named_version(Context& ctx, const TableOptions& o, const std::string& name) {
    if (exists(place_of(ctx, o, name))) return std::nullopt;
    auto version = as_version(name);
    if (version) version->seen = o.folder.empty() ? version->path : place_of(ctx, o, version->path);
    return version;
}

/// The files of a version, a folder's in the order of their names.
void add_version(Context& ctx, const std::string& name, const Versioned& version, table::Source& source) {
    auto& workspace = ctx.workspace();
    workspace::StoredTrees trees{workspace.store()};
    const auto found = find_version(ctx, version, trees);
    const auto& path = found.path;
    const auto& entry = found.entry;
    std::vector<track::Input> inputs;
    const auto add = [&](const std::string& at, const workspace::Entry& file) {
        source.streams.push_back(
            object_stream(workspace, at == path ? name : fmt::format("{}:{}", version.revision, at), file.id));
        inputs.push_back(observed(at, file));
    };
    if (entry.kind == store::EntryKind::file) {
        add(path, entry);
    } else if (entry.kind == store::EntryKind::directory) {
        list_entries(
            path, entry, trees, workspace::Depth::all, [&](const std::string& at, const workspace::Entry& below) {
                if (below.kind == store::EntryKind::file && table::format_of_name(at) != table::Format::automatic)
                    add(at, below);
            });
    }
    if (inputs.empty())
        throw Error{table::errors::nothing_matches, fmt::format("{} names no file of a table", quoted(name))}.hint(
            fmt::format("mlo ls -R --rev {} {}", version.revision, quoted(version.path)));
    record_observed(ctx, inputs);
}

[[nodiscard]] std::optional<char> one_character(std::string_view option, const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (text == "tab" || text == "\\t") return '\t';
    if (text == "none" && option == "--quote") return '\0';
    const bool is_fit =
        text.size() == 1 && static_cast<unsigned char>(text[0]) >= 0x20 && static_cast<unsigned char>(text[0]) < 0x7f;
    if (!is_fit)
        throw Error{errors::bad_value, fmt::format("{} takes one character, not {}", option, quoted(text))}.hint(
            option == "--quote" ? "--quote none says that nothing is quoted" : "--delimiter tab");
    return text[0];
}

[[nodiscard]] std::uint64_t sample_of(const std::string& text) {
    if (text.empty()) return table::usual_sample_rows;
    if (text == "all") return table::all_rows;
    std::uint64_t rows = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), rows);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || rows == 0)
        throw Error{errors::bad_value, fmt::format("--sample-rows takes a number or 'all', not {}", quoted(text))};
    return rows;
}

[[nodiscard]] table::Types types_of(Context& ctx, const TableOptions& o) {
    const auto& file = o.types_file;
    if (file.empty()) return {};
    const auto full = place_of(ctx, o, file);
    constexpr std::uint64_t largest = std::uint64_t{16} << 20;
    const auto text = read_file(*ctx.runtime().fs.open_root(path::parent(full)), path::name(full), largest);
    return table::read_types(yaml::parse(text, file));
}

}  // namespace

void declare_tables(Args& args, TableOptions& o, TableHelp help) {
    const auto topic = help == TableHelp::names ? "how tables are read" : "";
    args.choice("--from", o.format,
                {Choice{"auto", table::Format::automatic},
                 {"csv", table::Format::csv},
                 {"jsonl", table::Format::jsonl},
                 {"parquet", table::Format::parquet},
                 {"sqlite", table::Format::sqlite}},
                "the format of what is read [default: auto, by content and name]")
        .under(topic);
    args.option("--delimiter", o.delimiter, "what parts cells of CSV: one character, or tab [default: found out]")
        .value("CHAR")
        .under(topic);
    args.option("--quote", o.quote, "what quotes cells of CSV: one character, or none [default: \"]")
        .value("CHAR")
        .under(topic);
    args.choice("--header", o.header,
                {Choice{"auto", table::Header::automatic}, {"yes", table::Header::yes}, {"no", table::Header::no}},
                "whether the first row of CSV has titles [default: auto, unless a value is in it]")
        .under(topic);
    args.option("--encoding", o.encoding, "of CSV, as iconv(1) calls it [default: UTF-8, or as a byte order mark says]")
        .value("NAME")
        .under(topic);
    args.option("--types", o.types_file, "a file that says what columns are read as: mlo-table-types(5)")
        .value("FILE")
        .completing(Completes::path)
        .under(topic);
    args.option("--sample-rows", o.sample_rows, "rows that decide the types of CSV, or all [default: 20480]")
        .value("N")
        .under(topic);
    args.flag("--union-by-name", o.joins_by_name,
              "join files of different columns, with nothing where one lacks a column")
        .under(topic);
    args.option("--table", o.sqlite_table, "the table of an SQLite database").value("NAME").under(topic);
    args.option("--memory", o.memory, "how much the engine may keep in memory [default: half of what there is]")
        .under(topic);
    args.option("-j,--jobs", o.jobs, "threads [default: core.jobs, else one per processor]").between(1, 1024);
}

std::string place_of(Context& ctx, const TableOptions& o, const std::string& name) {
    return path::absolute(name, o.folder.empty() ? ctx.cwd() : o.folder);
}

table::EnginePlace engine_place(Context& ctx) {
    char buffer[PATH_MAX];
    const auto size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    const std::string_view program{buffer, size > 0 ? static_cast<std::size_t>(size) : 0};
    table::EnginePlace place;
    place.library = path::normalize(path::join(path::parent(program), MLO_ENGINE_PATH));
    if (!place.library.starts_with('/')) place.library = "/proc/self/exe is not known";
    const auto cache = config::cache_folder(ctx.environment().entries());
    if (!cache.empty()) place.memory = path::join(cache, "table-engine");
    return place;
}

table::Source table_source(Context& ctx, std::string name, std::span<const std::string> names, const TableOptions& o) {
    table::Source source;
    source.name = std::move(name);
    source.shown = names.size() == 1 ? names[0] : fmt::format("{} and {} more", names[0], names.size() - 1);
    source.current_folder = ctx.cwd();
    for (const auto& each : names) {
        if (each == standard_input) {
            if (::isatty(STDIN_FILENO) != 0)
                throw Error{errors::missing_argument, "standard input is a terminal: there is no table on it"}.hint(
                    "mlo table head - < FILE");
            source.streams.push_back(standard_input_stream());
            continue;
        }
        const auto full = place_of(ctx, o, each);
        const auto colon = each.rfind(':');
        if (!exists(full) && colon != each.npos && colon > 0 && exists(place_of(ctx, o, each.substr(0, colon)))) {
            source.paths.push_back(place_of(ctx, o, each.substr(0, colon)));
            source.sqlite_table = each.substr(colon + 1);
            continue;
        }
        if (const auto version = named_version(ctx, o, each))
            add_version(ctx, each, *version, source);
        else
            source.paths.push_back(full);
    }
    source.format = o.format;
    source.csv = {one_character("--delimiter", o.delimiter), one_character("--quote", o.quote), o.header, o.encoding};
    source.types = types_of(ctx, o);
    source.joining = o.joins_by_name ? table::Joining::by_name : table::Joining::same_columns;
    if (!o.sqlite_table.empty()) source.sqlite_table = o.sqlite_table;
    source.sample_rows = sample_of(o.sample_rows);
    return source;
}

std::optional<store::ObjectId> version_id(Context& ctx, const std::string& name, const TableOptions& o) {
    const auto version = named_version(ctx, o, name);
    if (!version) return std::nullopt;
    workspace::StoredTrees trees{ctx.workspace().store()};
    return find_version(ctx, *version, trees).entry.id;
}

table::Session open_tables(Context& ctx, std::vector<table::Source> sources, const TableOptions& o) {
    auto runtime = ctx.runtime();
    runtime.jobs = ctx.jobs(o.jobs);
    table::SessionOptions options;
    options.scratch_parent = ctx.environment().get("TMPDIR").value_or("/tmp");
    if (!options.scratch_parent.starts_with('/'))
        options.scratch_parent = path::absolute(options.scratch_parent, ctx.cwd());
    if (o.memory) options.memory_bytes = o.memory->bytes;
    return table::Session{table::Engine::open(engine_place(ctx), runtime), std::move(sources), options, runtime};
}

}  // namespace mlo::cli
