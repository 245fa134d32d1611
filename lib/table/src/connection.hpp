// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/table/session.hpp>

#include "api.hpp"
#include "dialect.hpp"
#include "guards.hpp"
#include "inputs.hpp"

namespace mlo::table {

/// Whose SQL failed: that decides whether it is a bug.
enum class Author : std::uint8_t { mlo, user };

/// What is needed to tell a failure of the engine in the words of who asked.
struct Names {
    struct Path {
        std::string engine;  ///< what the engine calls a file
        std::string shown;
        std::string plain;  ///< where its text can be read as it is, else empty
        CellForm cells;     ///< of CSV, once it is known
        /// Of JSON lines: looks for the first line that is no object. Nothing if there is none.
        std::function<std::optional<std::uint64_t>()> find_bad_line;
    };
    std::vector<Path> paths;
    Guards guards;
};

/// Throws the Error that fits what the engine says.
[[noreturn]] void throw_failure(duckdb_error_type type, std::string_view message, Author author, const Names& names,
                                const Runtime& runtime);

/// A database of the engine in memory, locked down.
class Database {
public:
    struct Settings {
        std::uint32_t threads = 1;
        std::uint64_t memory_bytes = 0;
        std::string spill_folder;
        std::vector<std::string> readable;  ///< the files that can be reached
    };
    Database(std::shared_ptr<const Engine> engine, const Settings& settings, const Runtime& runtime);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] const Api& api() const noexcept { return engine_->api(); }
    [[nodiscard]] const Runtime& runtime() const noexcept { return runtime_; }
    [[nodiscard]] duckdb_database handle() const noexcept { return handle_; }
    [[nodiscard]] std::uint64_t memory_bytes() const noexcept { return memory_bytes_; }

    Names names;  ///< filled in as files become known

private:
    std::shared_ptr<const Engine> engine_;
    Runtime runtime_;
    std::uint64_t memory_bytes_;
    duckdb_database handle_ = nullptr;
};

/// The engine's handle of an answer on its way, as long as this lives.
struct PendingEnd {
    const Api& api;
    duckdb_pending_result handle = nullptr;
    explicit PendingEnd(const Api& its_api) : api{its_api} {}
    ~PendingEnd() { api.destroy_pending(&handle); }
    PendingEnd(const PendingEnd&) = delete;
    PendingEnd& operator=(const PendingEnd&) = delete;
};

/// Its handle of an answer.
struct ResultEnd {
    const Api& api;
    duckdb_result result{};
    explicit ResultEnd(const Api& its_api) : api{its_api} {}
    ~ResultEnd() { api.destroy_result(&result); }
    ResultEnd(const ResultEnd&) = delete;
    ResultEnd& operator=(const ResultEnd&) = delete;
};

/// Its handle of a type.
class TypeEnd {
public:
    TypeEnd(const Api& api, duckdb_logical_type handle) noexcept : api_{api}, handle_{handle} {}
    ~TypeEnd() { api_.destroy_logical_type(&handle_); }
    TypeEnd(const TypeEnd&) = delete;
    TypeEnd& operator=(const TypeEnd&) = delete;
    [[nodiscard]] duckdb_logical_type get() const noexcept { return handle_; }

private:
    const Api& api_;
    duckdb_logical_type handle_;
};

/// One line of work with a Database. The stop token interrupts what runs on it.
class Connection {
public:
    explicit Connection(Database& database);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Database& database() noexcept { return database_; }
    [[nodiscard]] const Api& api() const noexcept { return database_.api(); }
    [[nodiscard]] duckdb_connection handle() const noexcept { return handle_; }

    /// The answer to a statement of ours.
    void query(const std::string& sql, ResultEnd& answer);
    /// Statements of ours without an answer.
    void run(const std::string& sql);
    /// The answer to a statement of ours, all of whose columns are texts.
    [[nodiscard]] std::vector<std::vector<std::optional<std::string>>> rows(const std::string& sql);
    [[nodiscard]] std::uint64_t count(const std::string& sql);

private:
    Database& database_;
    duckdb_connection handle_ = nullptr;
    std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

/// A statement that was compiled.
class Prepared {
public:
    Prepared(Connection& connection, std::string_view sql, Author author);
    ~Prepared();
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;
    [[nodiscard]] duckdb_prepared_statement handle() const noexcept { return handle_; }

private:
    const Api& api_;
    duckdb_prepared_statement handle_ = nullptr;
};

/// A column of an answer as the engine has it.
struct RawColumn {
    std::string name;
    duckdb_type type;
};
/// The columns that `sql`, one SELECT, answers with. Throws sql_refused for anything else.
[[nodiscard]] std::vector<RawColumn> columns_of(Connection& connection, std::string_view sql, Author author);

/// `expression`, of `type`, as the nearest Type. Sets `column.type` and its unit.
[[nodiscard]] std::string as_column(const std::string& expression, duckdb_type type, Wide wide, ColumnType& column);
[[nodiscard]] std::string_view name_of(duckdb_type type) noexcept;
/// The type that the engine spells so: "DECIMAL(18,3)", "STRUCT(a BIGINT)[]".
[[nodiscard]] duckdb_type type_of(std::string_view declared) noexcept;

/// What a Cursor reads, and what it says of its progress.
struct CursorPlan {
    std::string sql;
    std::vector<ColumnType> columns;
    Author author = Author::mlo;
    const std::vector<InputFile>* inputs = nullptr;  ///< to be unchanged at the end
};

class Cursor::Impl {
public:
    Impl(Database& database, CursorPlan plan);
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const std::vector<ColumnType>& columns() const noexcept { return plan_.columns; }
    [[nodiscard]] bool next(Chunk& chunk);

private:
    void begin();
    [[noreturn]] void fail(duckdb_error_type type, const char* reason);
    void tell_progress();
    void check_inputs();

    CursorPlan plan_;
    Connection connection_;
    std::unique_ptr<Prepared> prepared_;
    PendingEnd pending_;  ///< also where beginning throws
    ResultEnd result_;
    bool is_over_ = false;
    std::uint64_t row_ = 0;
    std::uint64_t total_bytes_ = 0;
    std::uint64_t told_bytes_ = 0;
    std::unique_ptr<Progress> progress_;
    std::mutex mutex_;
};

}  // namespace mlo::table
