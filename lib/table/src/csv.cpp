// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>

#include "readers.hpp"

namespace mlo::table {
namespace {

constexpr std::size_t head_bytes = std::size_t{1} << 20;
constexpr std::size_t head_lines = 1000;
/// A table of very many columns is sampled by fewer rows.
constexpr std::uint64_t sampled_cells = 20'000'000;
constexpr std::uint64_t fewest_sampled = 100;

[[nodiscard]] std::string_view name_of(Compression compression) {
    return compression == Compression::none ? "none" : compression == Compression::gzip ? "gzip" : "zstd";
}

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
               group.dialect->delimiter == dialect.delimiter && group.dialect->quote == dialect.quote &&
               group.dialect->escape == dialect.escape && group.dialect->has_header == dialect.has_header;
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

[[nodiscard]] Sampled sample(const std::string& select, std::size_t columns, std::uint64_t rows, Opening& opening,
                             Connection& connection) {
    auto& database = connection.database();
    const auto& runtime = database.runtime();
    CursorPlan plan;
    plan.sql = select;
    plan.columns.resize(columns);
    plan.inputs = &opening.inputs.files;
    if (rows != all_rows)
        plan.sql += fmt::format(
            " LIMIT {}", std::min(rows, std::max(fewest_sampled, sampled_cells / std::max<std::uint64_t>(columns, 1))));
    Cursor::Impl cursor{database, std::move(plan)};
    const std::uint32_t jobs = rows == all_rows ? std::max<std::uint32_t>(runtime.jobs, 1) : 1;
    std::vector<Sampled> parts(jobs);
    parallel_for(jobs, jobs, runtime.stop, [&](std::size_t job) {
        auto& part = parts[job];
        part.columns.resize(columns);
        Chunk chunk;
        while (cursor.next(chunk)) {
            add_chunk(chunk, part.columns);
            part.rows += chunk.rows();
        }
    });
    for (std::size_t job = 1; job < jobs; ++job) {
        parts[0].rows += parts[job].rows;
        for (std::size_t i = 0; i < columns; ++i) parts[0].columns[i].merge(parts[job].columns[i]);
    }
    return std::move(parts[0]);
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
    const auto raw = raw_select(groups);
    const auto described = describe(connection, raw);
    std::vector<std::string> titles;
    std::vector<std::size_t> texts;  // the columns that are no partitions
    const auto is_title = [&](const std::string& name) {
        return std::any_of(dialects.begin(), dialects.end(), [&](const Dialect& dialect) {
            return std::find(dialect.titles.begin(), dialect.titles.end(), name) != dialect.titles.end();
        });
    };
    std::string wanted;
    for (std::size_t i = 0; i < described.size(); ++i) {
        titles.push_back(described[i].first);
        if (!is_title(titles.back())) continue;
        texts.push_back(i);
        wanted += (wanted.empty() ? "" : ", ") + sql_name(titles.back());
    }
    check_types(opening, titles);
    const auto sampled =
        sample(fmt::format("SELECT {} FROM ({})", wanted, raw), texts.size(), source.sample_rows, opening, connection);
    if (source.sample_rows == all_rows) opening.info.rows = sampled.rows;

    std::map<std::string, ValueForm> forms;
    std::vector<std::string> evidence(described.size(), "from the names of folders");
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& title = titles[texts[i]];
        auto decided = sampled.columns[i].decide(1);
        if (const auto asked = source.types.columns.find(title); asked != source.types.columns.end()) {
            decided.form = asked->second.form;
            decided.evidence = "as the file of types says";
        }
        forms[title] = decided.form;
        evidence[texts[i]] = decided.evidence;
    }
    std::string selects;
    for (const auto& group : groups) {
        std::string columns;
        for (const auto& title : titles) {
            const auto form = forms.find(title);
            const auto& own = group.dialect->titles;
            if (form != forms.end() && std::find(own.begin(), own.end(), title) == own.end()) continue;
            const auto name = sql_name(title);
            columns +=
                fmt::format("{}{} AS {}", columns.empty() ? "" : ", ",
                            form == forms.end() ? name : native_column(name, title, form->second).expression, name);
        }
        const auto read = read_of(group, [&](std::size_t i) {
            const auto& title = group.dialect->titles[i];
            return native_column(sql_name(title), title, forms.at(title)).type;
        });
        selects += fmt::format("{}SELECT {} FROM {}", selects.empty() ? "" : " UNION ALL BY NAME ", columns, read);
    }
    connection.run(fmt::format("CREATE VIEW {} AS {}", sql_name(source.name), selects));
    for (std::size_t i = 0; i < titles.size(); ++i)
        opening.info.columns.push_back({{titles[i], Type::text, TimeUnit::day, {}}, evidence[i]});
}

}  // namespace mlo::table
