// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <set>

#include "readers.hpp"
#include "records.hpp"

namespace mlo::table {
namespace {

constexpr std::size_t head_bytes = std::size_t{1} << 20;
constexpr std::size_t head_lines = 1000;
/// A table of very many columns is sampled by fewer rows.
constexpr std::uint64_t sampled_cells = 20'000'000;
constexpr std::uint64_t fewest_sampled = 100;

/// Files that one call of the engine's reader takes: they are written alike.
struct Group {
    const Dialect* dialect = nullptr;
    Compression compression = Compression::none;
    InputFiles inputs;
};

[[nodiscard]] std::string byte_text(char c) { return c == '\0' ? "''" : sql_text(std::string(1, c)); }

[[nodiscard]] std::string options_of(const Group& group) {
    return fmt::format(
        "auto_detect = false, header = {}, delim = {}, quote = {}, escape = {}, compression = '{}', "
        "allow_quoted_nulls = false, hive_partitioning = {}",
        group.dialect->has_header, byte_text(group.dialect->delimiter), byte_text(group.dialect->quote),
        group.dialect->quote == '\0' ? "''" : byte_text(group.dialect->escape), name_of(group.compression),
        group.inputs.has_partitions);
}

[[nodiscard]] std::string read_of(const Group& group, const std::function<std::string(std::size_t)>& type_of) {
    std::string columns;
    const auto& titles = group.dialect->titles;
    for (std::size_t i = 0; i < titles.size(); ++i)
        columns += fmt::format("{}{}: '{}'", i == 0 ? "" : ", ", sql_text(titles[i]), type_of(i));
    return fmt::format("read_csv({}, {}, columns = {{{}}})", sql_files(group.inputs), options_of(group), columns);
}

/// The first lines of a compressed file, which the engine unpacks: cells that no delimiter cuts are its lines.
[[nodiscard]] std::string packed_head(const InputFile& file, Connection& connection) {
    InputFiles one;
    one.files.push_back(file);
    const auto lines = connection.rows(fmt::format(
        "SELECT line FROM read_csv({}, auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', "
        "compression = '{}', hive_partitioning = false, columns = {{'line': 'VARCHAR'}}) LIMIT {}",
        sql_files(one), name_of(file.compression), head_lines));
    std::string head;
    for (const auto& line : lines) head += line[0].value_or("") + "\n";
    return head;
}

/// Whole records only, so that the last one is not taken for a torn one.
[[nodiscard]] std::string plain_head(const InputFile& file, const Runtime& runtime) {
    auto head = read_head(file.path, head_bytes, runtime);
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (head.starts_with(mark)) head.erase(0, mark.size());
    if (head.size() + mark.size() >= head_bytes) {
        const auto end = head.rfind('\n');
        if (end != head.npos) head.resize(end + 1);
    }
    return head;
}

[[nodiscard]] std::string encoding_by_mark(std::string_view head) {
    if (head.starts_with(std::string_view{"\xff\xfe\0\0", 4}) || head.starts_with(std::string_view{"\0\0\xfe\xff", 4}))
        return "UTF-32";
    return head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff") ? "UTF-16" : "";
}

[[nodiscard]] bool is_utf8_name(std::string_view name) {
    std::string lower;
    for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return lower == "utf-8" || lower == "utf8" || lower == "ascii" || lower == "us-ascii";
}

[[noreturn]] void throw_different(const Opening& opening, const Dialect& first, const Dialect& other,
                                  const InputFile& file) {
    const auto missing = [](const std::vector<std::string>& in, const std::vector<std::string>& from) {
        std::string names;
        std::size_t count = 0;
        for (const auto& title : in) {
            if (std::find(from.begin(), from.end(), title) != from.end() || ++count > 5) continue;
            names += (names.empty() ? "" : ", ") + quoted(title);
        }
        return count > 5 ? fmt::format("{} and {} more", names, count - 5) : names;
    };
    const auto& first_shown = opening.inputs.files.front().shown;
    auto error = Error{errors::tables_differ,
                       fmt::format("{} and {} have different columns", quoted(first_shown), quoted(file.shown))};
    const auto only_first = missing(first.titles, other.titles);
    const auto only_other = missing(other.titles, first.titles);
    if (!only_first.empty()) error.note(fmt::format("only in {}: {}", quoted(first_shown), only_first));
    if (!only_other.empty()) error.note(fmt::format("only in {}: {}", quoted(file.shown), only_other));
    if (only_first.empty() && only_other.empty()) error.note("they are the same, in another order");
    throw std::move(error).hint("'--union-by-name' joins them by column, with nothing where one lacks a column");
}

[[nodiscard]] std::vector<Dialect> dialects_of(const Opening& opening, Connection& connection) {
    std::vector<Dialect> dialects;
    for (const auto& file : opening.inputs.files) {
        const auto head = file.compression == Compression::none ? plain_head(file, connection.database().runtime())
                                                                : packed_head(file, connection);
        if (trim(head).empty())
            throw Error{errors::table_empty, fmt::format("{} has neither titles nor rows", quoted(file.shown))}.hint(
                "check what wrote it");
        auto dialect = detect_dialect(head, opening.source->csv);
        for (const auto& title : dialect.titles)
            if (!is_valid_utf8(title))
                throw Error{errors::encoding_wrong, fmt::format("{} is not in UTF-8", quoted(file.shown))}
                    .at(file.shown + ":1")
                    .hint("name the encoding that it has: '--encoding windows-1252', '--encoding utf-16', ...");
        if (!dialects.empty() && opening.source->joining == Joining::same_columns &&
            dialect.titles != dialects.front().titles)
            throw_different(opening, dialects.front(), dialect, file);
        dialects.push_back(std::move(dialect));
    }
    return dialects;
}

[[nodiscard]] std::vector<Group> groups_of(const Opening& opening, const std::vector<Dialect>& dialects) {
    std::vector<Group> groups;
    const auto is_alike = [](const Group& group, const Dialect& dialect, const InputFile& file) {
        return group.compression == file.compression && group.dialect->titles == dialect.titles &&
               static_cast<const CellForm&>(*group.dialect) == dialect &&
               group.dialect->has_header == dialect.has_header;
    };
    for (std::size_t i = 0; i < dialects.size(); ++i) {
        const auto& file = opening.inputs.files[i];
        if (groups.empty() || !is_alike(groups.back(), dialects[i], file)) {
            groups.push_back({&dialects[i], file.compression, {}});
            groups.back().inputs.has_partitions = opening.inputs.has_partitions;
        }
        groups.back().inputs.files.push_back(file);
    }
    return groups;
}

/// All columns as texts; those of partitions as the engine reads them.
[[nodiscard]] std::string raw_select(const std::vector<Group>& groups) {
    std::string select;
    for (const auto& group : groups)
        select += (select.empty() ? "" : " UNION ALL BY NAME ") +
                  ("SELECT * FROM " + read_of(group, [](std::size_t) { return "VARCHAR"; }));
    return select;
}

void add_chunk(const Chunk& chunk, std::vector<Evidence>& evidence) {
    for (std::size_t i = 0; i < evidence.size(); ++i) {
        const auto& column = chunk.columns()[i];
        const auto texts = column.texts();
        for (std::size_t row = 0; row < chunk.rows(); ++row) {
            if (column.is_valid(row))
                evidence[i].add(texts[row].view(), chunk.first_row() + row);
            else
                evidence[i].add_null();
        }
    }
}

struct Sampled {
    std::vector<Evidence> columns;
    std::uint64_t rows = 0;
};

/// Some columns of the first rows, or of all.
void sample_some(const std::string& select, std::span<Evidence> columns, std::uint64_t& rows, Opening& opening,
                 Connection& connection) {
    auto& database = connection.database();
    const auto& runtime = database.runtime();
    CursorPlan plan;
    plan.sql = select;
    plan.columns.resize(columns.size());
    plan.inputs = &opening.inputs.files;
    Cursor::Impl cursor{database, std::move(plan)};
    const bool is_whole = opening.source->sample_rows == all_rows;
    const std::uint32_t jobs = is_whole ? std::max<std::uint32_t>(runtime.jobs, 1) : 1;
    std::vector<Sampled> parts(jobs);
    parallel_for(jobs, jobs, runtime.stop, [&](std::size_t job) {
        auto& part = parts[job];
        part.columns.resize(columns.size());
        Chunk chunk;
        while (cursor.next(chunk)) {
            add_chunk(chunk, part.columns);
            part.rows += chunk.rows();
        }
    });
    rows = 0;
    for (const auto& part : parts) {
        rows += part.rows;
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].merge(part.columns[i]);
    }
}

/// All columns, as many at once as there is memory for.
[[nodiscard]] Sampled sample(const std::string& raw, std::span<const std::string> titles, Opening& opening,
                             Connection& connection) {
    constexpr std::uint64_t column_bytes = 256U << 10;  // of a batch of texts on its way through the engine, measured
    constexpr std::uint64_t fewest_at_once = 500;
    const auto at_once = std::max(connection.database().memory_bytes() / column_bytes, fewest_at_once);
    const auto asked_rows = opening.source->sample_rows;
    const auto rows =
        std::min(asked_rows, std::max(fewest_sampled, sampled_cells / std::max<std::uint64_t>(titles.size(), 1)));
    const auto limit = asked_rows == all_rows ? std::string{} : fmt::format(" LIMIT {}", rows);
    Sampled sampled;
    sampled.columns.resize(titles.size());
    for (std::size_t first = 0; first < titles.size(); first += at_once) {
        const auto count = std::min<std::size_t>(at_once, titles.size() - first);
        std::string wanted;
        for (const auto& title : titles.subspan(first, count)) wanted += (wanted.empty() ? "" : ", ") + sql_name(title);
        sample_some(fmt::format("SELECT {} FROM ({}){}", wanted, raw, limit),
                    std::span{sampled.columns}.subspan(first, count), sampled.rows, opening, connection);
    }
    return sampled;
}

[[nodiscard]] std::string shown_byte(char c) {
    return c == '\t' ? "tab" : c == '\0' ? "nothing" : quoted(std::string(1, c));
}

void note_form(Opening& opening, const Dialect& dialect) {
    auto& notes = opening.info.notes;
    constexpr std::string_view ends[] = {"line feeds", "CR LF", "CR", "mixed line ends"};
    notes.push_back(fmt::format("cells are parted by {}, quoted by {}; lines end with {}",
                                shown_byte(dialect.delimiter), shown_byte(dialect.quote),
                                ends[static_cast<std::size_t>(dialect.line_ends)]));
    notes.push_back(dialect.header_reason);
    notes.insert(notes.end(), dialect.notes.begin(), dialect.notes.end());
}

/// For places in messages.
void keep_forms(const std::vector<Group>& groups, Connection& connection) {
    std::map<std::string, CellForm> forms;
    for (const auto& group : groups)
        for (const auto& file : group.inputs.files) forms[file.path] = *group.dialect;
    for (auto& path : connection.database().names.paths)
        if (const auto form = forms.find(path.engine); form != forms.end()) path.cells = form->second;
}

/// The names of all columns. To have the engine say them takes a second where there are 10,000.
[[nodiscard]] std::vector<std::string> titles_of(const std::vector<Group>& groups, const std::string& raw,
                                                 Connection& connection) {
    if (groups.size() == 1 && !groups[0].inputs.has_partitions) return groups[0].dialect->titles;
    std::vector<std::string> titles;
    for (auto& column : describe(connection, raw)) titles.push_back(std::move(column.first));
    return titles;
}

/// Where the values of a group are, to look for one of them again.
struct Place {
    Dialect dialect;
    Group group;
};

[[nodiscard]] std::optional<Misfit> find_again(Database& database, const Place& place, std::size_t column,
                                               const ValueForm& form) {
    const auto& runtime = database.runtime();
    const auto name = sql_name(place.dialect.titles.at(column));
    for (const auto& file : place.group.inputs.files) {
        Group one{&place.dialect, place.group.compression, {}};
        one.inputs.files.push_back(file);
        const auto found = find_misfit(database, "SELECT * FROM " + read_of(one, [](std::size_t) { return "VARCHAR"; }),
                                       name, is_misfit("text", form, Read::by_engine));
        if (!found) continue;
        std::optional<std::uint64_t> line;
        if (file.compression == Compression::none)
            line = line_of_cell(file.path, place.dialect, place.dialect.has_header ? Header::yes : Header::no, column,
                                found->text, runtime);
        return Misfit{found->text, line ? fmt::format("{}:{}", file.shown, *line)
                                        : fmt::format("{}, row {}", file.shown, found->row)};
    }
    return std::nullopt;
}

[[nodiscard]] std::string typed_select(const Group& group, std::span<const std::string> titles,
                                       const std::map<std::string, Inferred>& decided, Database& database) {
    const auto place = std::make_shared<const Place>(Place{*group.dialect, group});
    std::map<std::string, NativeColumn> natives;
    std::vector<std::string> types;
    for (std::size_t i = 0; i < place->dialect.titles.size(); ++i) {
        const auto& title = place->dialect.titles[i];
        const auto& form = decided.at(title).form;
        auto native = native_column(sql_name(title), form, database.names.guards.size());
        types.push_back(native.type);
        natives[title] = std::move(native);
        database.names.guards.push_back(
            {title, form.type, [&database, place, i, form] { return find_again(database, *place, i, form); }});
    }
    std::string columns;
    for (const auto& title : titles) {
        const auto native = natives.find(title);
        if (native == natives.end() && decided.count(title) != 0) continue;  // of other files
        const auto name = sql_name(title);
        columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ",
                               native == natives.end() ? name : native->second.expression, name);
    }
    return fmt::format("SELECT {} FROM {}", columns, read_of(group, [&](std::size_t i) { return types[i]; }));
}

}  // namespace

void prepare_csv(Opening& opening, Scratch& scratch, const Runtime& runtime) {
    const auto& form = opening.source->csv;
    for (auto& file : opening.inputs.files) {
        auto encoding = is_utf8_name(form.encoding) ? std::string{} : form.encoding;
        if (file.compression != Compression::none) {
            if (encoding.empty()) continue;
            throw Error{errors::not_supported,
                        fmt::format("{} is compressed, and in another encoding than UTF-8", quoted(file.shown))}
                .hint(fmt::format("zcat {} | mlo table ... - --encoding {}", quoted(file.shown), form.encoding));
        }
        const auto head = read_head(file.path, head_bytes, runtime);
        if (form.encoding.empty()) encoding = encoding_by_mark(head);
        const auto quote = form.quote.value_or('"');
        const auto ends = encoding.empty() ? detect_dialect(head, form).line_ends : LineEnds::lf;
        if (encoding.empty() && ends != LineEnds::mixed) continue;
        // Whether line ends of another encoding are mixed is seen once they are converted.
        rewrite_text(file, encoding, MendLines::yes, quote, scratch, runtime);
        opening.info.notes.push_back(
            encoding.empty()
                ? fmt::format("{} has mixed line ends: it is read from a copy whose are alike", quoted(file.shown))
                : fmt::format("{} is in {}: it is read from a copy in UTF-8", quoted(file.shown), encoding));
    }
}

void open_csv(Opening& opening, Connection& connection) {
    const auto& source = *opening.source;
    const auto dialects = dialects_of(opening, connection);
    const auto groups = groups_of(opening, dialects);
    note_form(opening, dialects.front());
    keep_forms(groups, connection);
    const auto raw = raw_select(groups);
    const auto titles = titles_of(groups, raw, connection);
    check_types(opening, titles);
    std::set<std::string> known;
    for (const auto& group : groups) known.insert(group.dialect->titles.begin(), group.dialect->titles.end());
    std::vector<std::string> texts;  // the columns that are no partitions
    std::copy_if(titles.begin(), titles.end(), std::back_inserter(texts),
                 [&](const std::string& title) { return known.count(title) != 0; });
    const auto sampled = sample(raw, texts, opening, connection);
    if (source.sample_rows == all_rows) opening.info.rows = sampled.rows;

    std::map<std::string, Inferred> decided;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto asked = source.types.columns.find(texts[i]);
        if (asked != source.types.columns.end())
            decided[texts[i]] = {asked->second.form, "as the file of types says"};
        else if (opening.texts.count(texts[i]) != 0)
            decided[texts[i]] = {{}, "text, as in the table to compare with"};
        else
            decided[texts[i]] = sampled.columns[i].decide(1);
    }
    std::string selects;
    for (const auto& group : groups)
        selects += (selects.empty() ? "" : " UNION ALL BY NAME ") +
                   typed_select(group, titles, decided, connection.database());
    connection.run(fmt::format("CREATE VIEW {} AS {}", sql_name(source.name), selects));
    for (const auto& title : titles) {
        const auto found = decided.find(title);
        opening.info.columns.push_back({{title, Type::text, TimeUnit::day, {}},
                                        found == decided.end() ? "from the names of folders" : found->second.evidence});
    }
}

}  // namespace mlo::table
