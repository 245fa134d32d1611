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

void open_for_reading(const std::string& path, const Schema& schema, const Runtime& runtime) {
    try {
        const Database upgraded{path, Access::write, Durability::power, schema, runtime};
    } catch (const Error& error) {
        if (error.code().id != errors::database_read_only.id) throw;
        throw Error{errors::database_older, quoted(path) + " was written by an older mlo, and cannot be written here"}
            .note(error.message());
    }
}

}  // namespace

void Connection::switch_to_log() {
    auto& mode = statement("PRAGMA journal_mode=WAL");
    const bool is_switched = mode.step_unchecked() && mode.text(0) == "wal";
    mode.reset();
    if (!is_switched)
        throw Error{errors::network_file_system,
                    quoted(path_) + " would be a database on a file system that cannot share memory"}
            .hint("mlo config --local store.dir PATH");
}

void Connection::migrate(const Schema& schema) {
    if (!gate_->enter_alone(runtime_, patience)) fail(SQLITE_BUSY);
    try {
        auto state = this->state();
        if (!is_current(state, schema, path_) || !state.is_wal) {
            if (!state.is_wal) switch_to_log();
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

Database::Database(const std::string& path, Access access, Durability durability, const Schema& schema,
                   const Runtime& runtime) {
    MLO_ASSERT(path.starts_with('/') && schema.application_id != 0 && !schema.migrations.empty());
    const auto folder = runtime.fs.open_root(path::parent(path));
    if (!wal_works(*folder))
        throw Error{errors::network_file_system, quoted(path) + " would be a database on a network file system"}.hint(
            "mlo config --local store.dir PATH");
    connection_ = std::make_unique<Connection>(path, access, durability, runtime);
    const auto state = connection_->state();
    const bool is_ready = is_current(state, schema, path);
    if (access == Access::read) {
        if (is_ready) return;

        connection_.reset();
        open_for_reading(path, schema, runtime);
        connection_ = std::make_unique<Connection>(path, access, durability, runtime);
        return;
    }
    if (is_ready && state.is_wal) return;
    connection_->migrate(schema);
    folder->sync();
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
