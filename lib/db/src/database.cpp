// SPDX-License-Identifier: Apache-2.0
#include <mlo/db/database.hpp>

#include <fmt/format.h>

#include <mlo/db/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "connection.hpp"

namespace mlo::db {
namespace {

/// Whether it is the newest version. Throws if this is no database that can ever be.
bool is_current(const State& state, const Schema& schema, const std::string& path) {
    const auto newest = static_cast<std::int64_t>(schema.migrations.size());
    if (state.application_id == 0 && state.version == 0 && state.is_empty) return false;
    if (state.application_id != schema.application_id)
        throw Error{errors::foreign_database, quoted(path) + " is another program's database"}.hint(
            fmt::format("mv {0} {0}.old", path));
    if (state.version > newest)
        throw Error{errors::database_newer, fmt::format("{} has version {} of its tables, this mlo knows {}",
                                                        quoted(path), state.version, newest)}
            .hint("use the mlo that wrote it, or a newer one");
    return state.version == newest;
}

/// Makes one readable as only who may write it can; says `reason` where that is not possible.
void prepare_for_reading(const std::string& path, const Schema& schema, const Runtime& runtime,
                         const std::optional<Error>& reason = {}) {
    try {
        const Database upgraded{path, Access::write, Durability::power, schema, runtime};
    } catch (const Error& error) {
        if (error.code().id != errors::database_read_only.id) throw;
        if (reason) throw Error{*reason};
        throw Error{errors::database_older, quoted(path) + " was written by an older mlo, and cannot be written here"}
            .note(error.message())
            .hint("run any mlo command once where it can be written");
    }
}

}  // namespace

bool Connection::switch_journal(Journaling wanted) {
    const bool wants_log = wanted == Journaling::by_place;
    sqlite3_busy_handler(handle(), nullptr, nullptr);  // others may have it open for hours
    bool is_switched = false;
    int status = SQLITE_OK;
    {
        Statement mode{*this, wants_log ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=PERSIST"};
        try {
            is_switched = mode.step_unchecked() && mode.text(0) == (wants_log ? "wal" : "persist");
        } catch (const Error& error) {
            status = sqlite3_errcode(handle()) & 0xff;
            if (error.code().id != errors::database_locked.id) {
                sqlite3_busy_handler(handle(), on_busy, this);
                throw;
            }
        }
    }
    sqlite3_busy_handler(handle(), on_busy, this);
    return is_switched && status == SQLITE_OK;
}

void Connection::migrate(const Schema& schema, Journaling wanted) {
    if (!gate_->enter_alone(runtime_, patience)) fail(SQLITE_BUSY);
    try {
        auto state = this->state();
        const bool wants_log = wanted == Journaling::by_place && !is_on_network_;
        const bool is_old = !is_current(state, schema, path_);
        // One that others have open stays as it is. A file system that cannot share memory, and does not look like it,
        // keeps the rollback journal too.
        if (state.is_wal != wants_log) static_cast<void>(switch_journal(wanted));
        if (is_old) {
            control("BEGIN IMMEDIATE");
            for (auto version = static_cast<std::size_t>(state.version); version < schema.migrations.size(); ++version)
                execute(std::string{schema.migrations[version]});
            execute(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}",
                                static_cast<std::int32_t>(schema.application_id), schema.migrations.size()));
            control("COMMIT");
        }
    } catch (...) {
        if (sqlite3_get_autocommit(handle()) == 0) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
        gate_->leave_alone();
        throw;
    }
    gate_->leave_alone();
}

void Connection::settle(bool is_wal, Durability durability) {
    is_alone_ = !is_wal && is_writable();
    if (!is_alone_) return;
    // The journal's file stays: on a network, that there is none may be told from a cache, and what a dead process on
    // another machine left half-written would be read.
    static_cast<void>(switch_journal(Journaling::rollback));
    // NORMAL lets a loss of power damage a database with such a journal.
    execute(durability == Durability::power ? "PRAGMA synchronous=EXTRA" : "PRAGMA synchronous=FULL");
}

/// A log needs memory that all share, which machines do not. Whoever is alone with the database can end it.
void Connection::end_log_on_network(Access access) {
    const auto refuse = [&](const Error& error) {
        throw Error{errors::network_file_system,
                    quoted(path_) + " has a write-ahead log, and is on a network file system"}
            .note(error.message())
            .hint("mlo config --local store.dir PATH");
    };
    // With this the index of the log is in the memory of this process, and nobody else gets in.
    execute("PRAGMA locking_mode=EXCLUSIVE");
    try {
        bool is_wal = false;
        {
            Statement mode{*this, "PRAGMA journal_mode"};
            is_wal = mode.step_unchecked() && mode.text(0) == "wal";
        }
        if (is_wal && (access == Access::read || !switch_journal(Journaling::rollback)))
            throw Error{errors::database_locked, "another process has it open"};
    } catch (const Error& error) {
        const auto id = error.code().id;
        if (id != errors::database_locked.id && id != errors::database_io.id && id != errors::database_read_only.id &&
            error.kind() != ErrorKind::io)
            throw;
        refuse(error);
    }
    execute("PRAGMA locking_mode=NORMAL");
    static_cast<void>(integer("PRAGMA schema_version"));  // this lets go of it
}

Database::Database(const std::string& path, Access access, Durability durability, const Schema& schema,
                   const Runtime& runtime, Journaling journaling) {
    MLO_ASSERT(path.starts_with('/') && schema.application_id != 0 && !schema.migrations.empty());
    const auto open = [&] { connection_ = std::make_unique<Connection>(path, access, durability, runtime); };
    if (access == Access::read) {
        try {
            open();
            if (is_current(connection_->state(), schema, path)) return;
            connection_.reset();
            prepare_for_reading(path, schema, runtime);
        } catch (const Error& error) {
            // A log to end, or a journal of a commit that was cut off.
            const auto id = error.code().id;
            if (id != errors::network_file_system.id && id != errors::database_read_only.id) throw;
            connection_.reset();
            prepare_for_reading(path, schema, runtime, error);
        }
        open();
        return;
    }
    open();
    const auto wanted = connection_->is_on_network() ? Journaling::rollback : journaling;
    auto state = connection_->state();
    if (!is_current(state, schema, path) || state.is_wal != (wanted == Journaling::by_place)) {
        connection_->migrate(schema, wanted);
        runtime.fs.open_root(path::parent(path))->sync();
        state = connection_->state();
    }
    connection_->settle(state.is_wal, durability);
}

Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Statement& Database::statement(std::string_view sql) { return connection_->statement(sql); }

void Database::execute(const std::string& sql) {
    connection_->check_transaction(true);
    connection_->execute(sql);
}

std::int64_t Database::last_row_id() const noexcept { return sqlite3_last_insert_rowid(connection_->handle()); }
std::int64_t Database::changes() const noexcept { return sqlite3_changes64(connection_->handle()); }
void Database::checkpoint() { static_cast<void>(connection_->checkpoint(std::chrono::seconds{1}, LogFile::emptied)); }
const std::string& Database::path() const noexcept { return connection_->path(); }

bool wal_works(Dir& folder) noexcept { return !folder.is_on_network(); }

std::string_view sqlite_version() noexcept { return sqlite3_libversion(); }

}  // namespace mlo::db
