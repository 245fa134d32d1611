// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mlo/db/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::db {
namespace {

/// So many steps of SQLite's machine (some ms) pass between looks at the stop token.
constexpr int steps_between_looks = 100'000;

[[nodiscard]] std::int64_t size_of(const std::string& path) noexcept {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : -1;
}

/// For reading where nothing can be written and there is no write-ahead log: then nobody changes it.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              std::string_view{"/-._~"}.find(c) != std::string_view::npos;
        uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return uri + "?immutable=1";
}

DatabaseHandle open_handle(const std::string& name, const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int status = sqlite3_open_v2(name.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    DatabaseHandle handle{raw};
    if (status != SQLITE_OK) throw_failure(raw, path, status);
    return handle;
}

class SnapshotEnd {
public:
    explicit SnapshotEnd(Connection& connection) : connection_{connection} {}
    ~SnapshotEnd() { connection_.end_snapshot(); }
    SnapshotEnd(const SnapshotEnd&) = delete;
    SnapshotEnd& operator=(const SnapshotEnd&) = delete;

private:
    Connection& connection_;
};

}  // namespace

Connection::Connection(std::string path, Access access, Durability durability, const Runtime& runtime)
    : path_{std::move(path)}, runtime_{runtime} {
    // SQLite takes what is shorter than its smallest page for a new database, and writes over it.
    const auto size = size_of(path_);
    if (size > 0 && size < 512 && size_of(path_ + "-journal") <= 0) fail(SQLITE_NOTADB);
    // It would also remove the log of an empty file, which holds what is left.
    if (size == 0 && size_of(path_ + "-wal") > 0)
        throw Error{errors::database_corrupt, quoted(path_) + " is damaged"}
            .note("it is empty, but there is a write-ahead log beside it")
            .hint("mlo doctor");
    is_on_network_ = !wal_works(*runtime_.fs.open_root(path::parent(path_)));
    if (access == Access::write) {
        try {
            gate_.emplace(path_ + ".lock");
        } catch (const Error& error) {
            if (error.code().id != mlo::errors::permission_denied.id) throw;
            throw Error{errors::database_read_only, quoted(path_) + " cannot be written"}
                .note(error.message())
                .hint(read_only_hint(path_));
        }
    }
    open(access);
    configure(durability);
    if (is_on_network_) end_log_on_network(access);
}

Connection::~Connection() = default;

void Connection::open(Access access) {
    if (access == Access::write) {
        handle_ = open_handle(path_, path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        if (sqlite3_db_readonly(handle(), "main") != 0)
            throw Error{errors::database_read_only, quoted(path_) + " cannot be written"}.hint(read_only_hint(path_));
        return;
    }
    if (size_of(path_) < 0) {
        if (errno != ENOENT && errno != ENOTDIR) throw_system_error(errno, "open", path_);
        throw Error{errors::database_missing, quoted(path_) + " does not exist"}.hint(
            "nothing has been recorded here yet; is this the right repository? mlo doctor");
    }
    handle_ = open_handle(path_, path_, SQLITE_OPEN_READONLY);
    const bool is_still = ::access(std::string{path::parent(path_)}.c_str(), W_OK) != 0 && size_of(path_ + "-wal") <= 0;
    if (!is_still) return;
    const int status = first_read();
    // With a journal to roll back, the file is half of two states.
    if (sqlite3_extended_errcode(handle()) == SQLITE_READONLY_ROLLBACK) return;
    if ((status & 0xff) == SQLITE_CANTOPEN || (status & 0xff) == SQLITE_READONLY)
        handle_ = open_handle(immutable_uri(path_), path_, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

int Connection::first_read() noexcept {
    return sqlite3_exec(handle(), "PRAGMA schema_version", nullptr, nullptr, nullptr);
}

void Connection::configure(Durability durability) {
    sqlite3_extended_result_codes(handle(), 1);
    sqlite3_busy_handler(handle(), on_busy, this);
    sqlite3_progress_handler(
        handle(), steps_between_looks,
        [](void* self) { return static_cast<Connection*>(self)->runtime_.stop.stop_requested() ? 1 : 0; }, this);
    // This takes the place of the automatic checkpoint, which would run outside the gate.
    sqlite3_wal_hook(
        handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Connection*>(self)->log_bytes_ = std::int64_t{pages} * 4096;
            ++static_cast<Connection*>(self)->commits_;
            return SQLITE_OK;
        },
        this);
    constexpr std::pair<int, int> settings[] = {
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, {SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},          {SQLITE_DBCONFIG_DQS_DDL, 0},   {SQLITE_DBCONFIG_ENABLE_FKEY, 1}};
    for (const auto& [setting, value] : settings) {
        const int status = sqlite3_db_config(handle(), setting, value, nullptr);
        if (status != SQLITE_OK) fail(status);
    }
    // Pages that spill into the log before the commit would be written outside what the gate is for: a transaction is
    // held in memory until it commits.
    execute(
        fmt::format("PRAGMA synchronous={}; PRAGMA cache_spill=OFF; PRAGMA cache_size=-16384; PRAGMA "
                    "temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA journal_size_limit={}",
                    durability == Durability::power ? "FULL" : "NORMAL", checkpoint_bytes));
}

int Connection::on_busy(void* self, int count) noexcept {
    auto& connection = *static_cast<Connection*>(self);
    try {
        if (count == 0) connection.waiting_.emplace(connection.runtime_, patience);
        return connection.waiting_->wait() ? 1 : 0;
    } catch (...) {
        connection.trouble_ = std::current_exception();
        return 0;
    }
}

void Connection::fail(int status, std::string_view doing) {
    if (auto trouble = std::exchange(trouble_, nullptr)) std::rethrow_exception(trouble);
    throw_failure(handle(), path_, status, doing);
}

Statement& Connection::statement(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end())
        found =
            statements_.emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(*this, sql))
                .first;
    auto& statement = found->second;
    statement.reset();
    sqlite3_clear_bindings(statement.handle_);
    return statement;
}

void Connection::execute(const std::string& sql) {
    const int status = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) fail(status, sql);
}

std::int64_t Connection::integer(std::string_view sql) {
    Statement statement{*this, sql};
    return statement.step_unchecked() ? statement.integer(0) : 0;
}

State Connection::state() {
    State state;
    // All of one moment: another process may just be making the tables.
    begin_snapshot();
    const SnapshotEnd end{*this};
    // PRAGMA application_id is signed.
    state.application_id = static_cast<std::uint32_t>(integer("PRAGMA application_id"));
    state.version = integer("PRAGMA user_version");
    state.is_empty = integer("SELECT count(*) FROM sqlite_schema") == 0;
    auto& mode = statement("PRAGMA journal_mode");
    state.is_wal = mode.step_unchecked() && mode.text(0) == "wal";
    return state;
}

void Connection::reset_statements() noexcept {
    for (auto& [sql, statement] : statements_) statement.reset();
}

}  // namespace mlo::db
