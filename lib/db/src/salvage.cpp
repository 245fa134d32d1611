// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <mlo/db/check.hpp>
#include <mlo/db/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "connection.hpp"
#include "page_file.hpp"

namespace mlo::db {
namespace {

/// A transaction is held in memory until it commits.
constexpr std::uint32_t pages_per_transaction = 1024;

struct Column {
    std::string name;
    std::string type;
    bool can_be_null = true;
};

/// A table of the new database, its columns in the order in which rows hold them.
struct Table {
    std::string name;
    bool has_row_ids = true;
    std::vector<Column> columns;
    std::optional<std::size_t> row_id_column;  ///< which is stored as NULL
    std::string insert;
    std::uint64_t rows = 0;
};

bool fits(const Field& field, const Column& column) {
    if (std::holds_alternative<std::nullptr_t>(field)) return column.can_be_null;
    if (column.type == "INTEGER" || column.type == "INT") return std::holds_alternative<std::int64_t>(field);
    // A whole number is stored as an integer.
    if (column.type == "REAL")
        return std::holds_alternative<double>(field) || std::holds_alternative<std::int64_t>(field);
    if (column.type == "TEXT") return std::holds_alternative<std::string>(field);
    if (column.type == "BLOB") return std::holds_alternative<Bytes>(field);
    return true;
}

bool fits(const Cell& cell, const Table& table) {
    if (cell.fields.empty() || cell.fields.size() > table.columns.size()) return false;
    for (std::size_t i = 0; i < cell.fields.size(); ++i)
        if (!fits(cell.fields[i], table.columns[i])) return false;
    return true;
}

std::string in_quotes(std::string_view name) { return fmt::format("\"{}\"", name); }

void describe_columns(Connection& target, Table& table) {
    std::vector<std::pair<std::int64_t, Column>> found;  // with the place in the primary key, from 1
    auto& select = target.statement(R"(SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid)");
    select.bind_all(table.name);
    std::int64_t keys = 0;
    while (select.step()) {
        const auto key = select.integer(3);
        found.emplace_back(key, Column{std::string{select.text(0)}, std::string{select.text(1)},
                                       select.integer(2) == 0 && (table.has_row_ids || key == 0)});
        keys = std::max(keys, key);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!table.has_row_ids || keys != 1 || found[i].first != 1 || found[i].second.type != "INTEGER") continue;
        table.row_id_column = i;
        found[i].second.can_be_null = true;
    }
    // Without row ids, the key comes first.
    if (!table.has_row_ids)
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            const auto rank = [](std::int64_t key) { return key == 0 ? INT64_MAX : key; };
            return rank(a.first) < rank(b.first);
        });
    std::string names;
    std::string marks;
    for (const auto& [key, column] : found) {
        names += (names.empty() ? "" : ", ") + in_quotes(column.name);
        marks += marks.empty() ? "?" : ", ?";
        table.columns.push_back(column);
    }
    table.insert = fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES ({})", in_quotes(table.name), names, marks);
}

std::vector<Table> tables_of(Connection& target) {
    std::vector<Table> tables;
    auto& select = target.statement(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name");
    while (select.step()) {
        tables.emplace_back();
        tables.back().name = select.text(0);
        tables.back().has_row_ids = select.integer(1) == 0;
    }
    for (auto& table : tables) describe_columns(target, table);
    return tables;
}

/// Goes through all pages once, and copies what it finds.
class Sweep {
public:
    Sweep(PageFile& pages, Connection& target, const Runtime& runtime)
        : pages_{pages}, target_{target}, runtime_{runtime}, tables_{tables_of(target)}, is_done_(pages.count() + 1) {
        result_.pages = pages.count();
    }

    Salvage run() {
        target_.begin();
        const auto roots = read_roots();
        for (auto& table : tables_)
            if (const auto root = roots.find(table.name); root != roots.end()) walk(root->second, &table);
        for (const auto& [name, root] : roots) walk(root, nullptr);
        for (const auto page : pages_.free_pages()) mark(page);
        for (std::uint32_t page = 2; page <= pages_.count(); ++page)
            if (!is_done_[page]) take_orphan(page);
        target_.commit();
        for (const auto& table : tables_) result_.tables.push_back({table.name, table.rows});
        return std::move(result_);
    }

private:
    using Roots = std::map<std::string, std::uint32_t, std::less<>>;

    /// Of tables and indexes, as the damaged schema has them.
    Roots read_roots() {
        Roots roots;
        const auto pages = subtree(1);
        if (is_cut_off_) ++result_.unreadable_pages;
        for (const auto page : pages) {
            const auto bytes = pages_.read(page);
            if (PageFile::type_of(page, bytes) == PageType::other) ++result_.unreadable_pages;
            for (const auto& cell : pages_.cells(page, bytes, result_.unreadable_pages)) {
                const auto* const name = cell.fields.size() > 3 ? std::get_if<std::string>(&cell.fields[1]) : nullptr;
                const auto* const root = cell.fields.size() > 3 ? std::get_if<std::int64_t>(&cell.fields[3]) : nullptr;
                if (name == nullptr || root == nullptr || *root < 2 || *root > UINT32_MAX) continue;
                roots.emplace(*name, static_cast<std::uint32_t>(*root));
            }
            mark(page);
        }
        return roots;
    }

    void mark(std::uint32_t page) {
        if (page < is_done_.size()) is_done_[page] = true;
    }

    /// The pages of the tree below, the root included, that are not done yet.
    std::vector<std::uint32_t> subtree(std::uint32_t root) {
        std::vector<std::uint32_t> found;
        std::vector<std::uint32_t> open{root};
        std::vector<bool> is_met(is_done_.size());
        while (!open.empty()) {
            const auto page = open.back();
            open.pop_back();
            is_cut_off_ = is_cut_off_ || page >= is_met.size();
            if (page >= is_met.size() || is_met[page] || is_done_[page]) continue;
            is_met[page] = true;
            found.push_back(page);
            const auto children = pages_.children(page, pages_.read(page));
            open.insert(open.end(), children.begin(), children.end());
        }
        std::sort(found.begin(), found.end());
        return found;
    }

    /// Takes what the tree holds of the table; without one, the tree is an index's or nobody's.
    void walk(std::uint32_t root, Table* table) {
        is_cut_off_ = false;
        const auto pages = subtree(root);
        if (table != nullptr && is_cut_off_) ++result_.unreadable_pages;
        for (const auto page : pages) {
            const auto bytes = pages_.read(page);
            const auto type = PageFile::type_of(page, bytes);
            if (table == nullptr) {
                if (type == PageType::index_leaf || type == PageType::index_interior) mark(page);
                continue;
            }
            // A damaged pointer may lead into another table: then that one gets the page as an orphan.
            const bool is_read = holds_rows_of(*table, type) ? take(page, bytes, {table})
                                                             : table->has_row_ids && type == PageType::table_interior;
            if (is_read)
                mark(page);
            else
                ++result_.unreadable_pages;
        }
    }

    static bool holds_rows_of(const Table& table, PageType type) {
        return table.has_row_ids ? type == PageType::table_leaf
                                 : type == PageType::index_leaf || type == PageType::index_interior;
    }

    /// A page that nothing leads to any more. Its rows tell whose it is, if they fit one table alone.
    void take_orphan(std::uint32_t page) {
        const auto bytes = pages_.read(page);
        const auto type = PageFile::type_of(page, bytes);
        std::vector<Table*> candidates;
        for (auto& table : tables_)
            if (holds_rows_of(table, type)) candidates.push_back(&table);
        if (!candidates.empty()) static_cast<void>(take(page, bytes, candidates));
    }

    /// Stores the rows of the page if they all fit one of the tables, and no other.
    bool take(std::uint32_t page, ByteView bytes, const std::vector<Table*>& candidates) {
        std::uint64_t unreadable = 0;
        const auto cells = pages_.cells(page, bytes, unreadable);
        Table* chosen = nullptr;
        for (auto* const table : candidates) {
            const bool is_fitting = std::all_of(cells.begin(), cells.end(), [&](const Cell& cell) {
                return fits(cell, *table) && (candidates.size() == 1 || cell.fields.size() == table->columns.size());
            });
            if (!is_fitting) continue;
            if (chosen != nullptr) return false;
            chosen = table;
        }
        if (chosen == nullptr) return false;
        result_.unreadable_pages += unreadable;
        for (const auto& cell : cells) store(cell, *chosen);
        if (++pages_in_transaction_ == pages_per_transaction) {
            runtime_.check_stop();
            target_.commit();
            target_.begin();
            pages_in_transaction_ = 0;
        }
        return true;
    }

    void store(const Cell& cell, Table& table) {
        auto& insert = target_.statement(table.insert);
        for (std::size_t i = 0; i < cell.fields.size(); ++i) {
            const auto parameter = static_cast<int>(i + 1);
            if (i == table.row_id_column)
                insert.bind(parameter, cell.row_id);
            else
                std::visit([&](const auto& value) { bind(insert, parameter, value); }, cell.fields[i]);
        }
        try {
            insert.run();
            table.rows += static_cast<std::uint64_t>(sqlite3_changes64(target_.handle()));
        } catch (const Error& error) {
            if (error.code().id != errors::row_refused.id) throw;
            ++result_.refused_rows;
        }
    }

    static void bind(Statement& insert, int parameter, const Bytes& value) { insert.bind(parameter, ByteView{value}); }
    static void bind(Statement& insert, int parameter, double value) {
        // A NaN can only be damage.
        if (value == value)
            insert.bind(parameter, value);
        else
            insert.bind(parameter, nullptr);
    }
    template <class T>
    static void bind(Statement& insert, int parameter, const T& value) {
        insert.bind(parameter, value);
    }

    PageFile& pages_;
    Connection& target_;
    const Runtime& runtime_;
    std::vector<Table> tables_;
    std::vector<bool> is_done_;
    std::uint32_t pages_in_transaction_ = 0;
    bool is_cut_off_ = false;  ///< the tree that was walked last goes on behind the end of the file
    Salvage result_;
};

}  // namespace

Salvage salvage(const std::string& damaged, const std::string& into, const Schema& schema, const Runtime& runtime) {
    const auto folder = runtime.fs.open_root(path::parent(damaged));
    const std::string name{path::name(damaged)};
    if (!folder->stat(name)) throw_system_error(ENOENT, "read", damaged);
    if (runtime.fs.open_root(path::parent(into))->stat(path::name(into))) throw_system_error(EEXIST, "make", into);
    Gate gate{damaged + ".lock"};
    if (!gate.enter_alone(runtime, patience)) throw_failure(nullptr, damaged, SQLITE_BUSY);
    PageFile pages{*folder, name};
    if (pages.application_id() == schema.application_id && pages.version() > schema.migrations.size())
        throw Error{errors::database_newer,
                    fmt::format("{} is damaged and was written by a newer mlo: version {} of its tables, this mlo "
                                "knows {}",
                                quoted(damaged), pages.version(), schema.migrations.size())}
            .hint("run the command with the mlo that wrote it, or a newer one");
    { const Database made{into, Access::write, Durability::power, schema, runtime}; }
    Connection target{into, Access::write, Durability::power, runtime};
    // Rows whose parents are lost are kept.
    target.execute("PRAGMA foreign_keys=OFF");
    auto result = Sweep{pages, target, runtime}.run();
    static_cast<void>(target.checkpoint(patience, LogFile::emptied));
    gate.leave_alone();
    return result;
}

}  // namespace mlo::db
