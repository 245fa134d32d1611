// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <mlo/db/statement.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

/// SQLite databases that any number of processes write at once. What holds for each of them: lib/db/README.md.
namespace mlo::db {

class Connection;

enum class Access : std::uint8_t { read, write };

/// What a commit survives once Transaction::commit has returned: the death of the process (some 50 us), or a loss of
/// power as well (a few ms).
enum class Durability : std::uint8_t { process, power };

/// How a commit is kept apart from what was there before. `by_place`: in a write-ahead log, beside which others go on
/// reading, where the file system lets processes share memory; else in SQLite's rollback journal, which lets one
/// transaction at a time have the database, on all machines. `rollback`: in that anywhere.
enum class Journaling : std::uint8_t { by_place, rollback };

/// An SQL script that leads from one version of a schema to the next. Every table is STRICT.
using Migration = std::string_view;

/// What a database holds. The first migration makes version 1 out of nothing; rows are added, never changed. Views: the
/// owner keeps them alive (they are constants).
struct Schema {
    std::uint32_t application_id = 0;  ///< tells the databases of mlo apart; not 0
    std::span<const Migration> migrations;
};

/// A connection to one database file. Used by one thread at a time; may be handed from one to another between calls.
/// Not to be carried over fork().
///
/// Every call may throw: database_corrupt, database_locked (after 30 s of waiting), database_full, database_read_only,
/// database_io; and interrupted once the runtime's stop token asks for it, from waiting and from long statements.
class Database {
public:
    /// Access::write makes the file, and brings an older schema to the newest version; any number of processes may do
    /// that at once. Access::read wants the file to be there and changes nothing in it; it also works where nothing can
    /// be written. A database that is journaled otherwise is changed over when nobody else has it open, and used as it
    /// is where it can be. `path` is absolute, in a folder that exists. Throws database_missing (kind not_found),
    /// database_newer, database_older (only where it cannot be written), not_a_database, foreign_database, and
    /// network_file_system for one with a write-ahead log where that does not work and cannot be ended.
    Database(const std::string& path, Access access, Durability durability, const Schema& schema,
             const Runtime& runtime, Journaling journaling = Journaling::by_place);
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

    /// The statement of this text: compiled once, and kept. It is handed out reset and without bindings, so do not ask
    /// for the same text again while its rows are being read.
    [[nodiscard]] Statement& statement(std::string_view sql);
    /// Runs a script of statements without rows, within a Transaction.
    void execute(const std::string& sql);

    [[nodiscard]] std::int64_t last_row_id() const noexcept;
    /// Rows that the last INSERT, UPDATE or DELETE changed.
    [[nodiscard]] std::int64_t changes() const noexcept;
    /// Moves what is in the write-ahead log into the database, as commits do by themselves whenever 16 MiB have
    /// gathered there; nothing without such a log. Where readers or writers are in the way, less or nothing is moved.
    /// For processes that have time: the first to open the database reads the whole log, some 10 ms for 16 MiB.
    void checkpoint();

    [[nodiscard]] const std::string& path() const noexcept;

private:
    friend class Transaction;
    friend class Snapshot;
    std::unique_ptr<Connection> connection_;
};

/// A transaction that writes: it alone does, from its start on; others wait. Keep it short. All or nothing.
class Transaction {
public:
    explicit Transaction(Database& database);
    /// Undoes everything unless commit() was called.
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// When it returns, all is stored as the Durability says. When it throws, nothing is, but for a failed sync: then
    /// that is only known after the database was opened again. Resets every statement.
    void commit();

private:
    Connection& connection_;
    bool is_open_ = true;
};

/// An unchanging view for several reads; writers are not held up. A long one keeps the write-ahead log from being
/// reused.
class Snapshot {
public:
    explicit Snapshot(Database& database);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Connection& connection_;
};

/// Whether databases in this folder can have a write-ahead log: false on network file systems, whose clients share no
/// memory.
[[nodiscard]] bool wal_works(Dir& folder) noexcept;

/// Of the library in use: "3.40.1".
[[nodiscard]] std::string_view sqlite_version() noexcept;

}  // namespace mlo::db
