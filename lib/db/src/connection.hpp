// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <mlo/db/database.hpp>
#include <optional>
#include <string>

#include "gate.hpp"

namespace mlo::db {

/// How long anybody waits for others, before the error says who they are.
constexpr std::chrono::seconds patience{30};
/// How much may gather in the write-ahead log before it is moved into the database.
constexpr std::int64_t checkpoint_bytes = std::int64_t{16} << 20;

/// Throws the Error for a status of SQLite's, of a database at `path`. `db` may be null.
/// What to do next where a database cannot be written.
[[nodiscard]] std::string read_only_hint(const std::string& path);
[[noreturn]] void throw_failure(sqlite3* db, const std::string& path, int status, std::string_view doing = {});

struct CloseDatabase {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

/// What PRAGMAs say of a database.
struct State {
    std::uint32_t application_id = 0;
    std::int64_t version = 0;
    bool is_empty = false;  ///< no tables
    bool is_wal = false;
};

/// What becomes of the log's file when all of it was moved: the next ones write over it, or it is cut to nothing, so
/// that the first to open the database has nothing to read in it.
enum class LogFile : std::uint8_t { reused, emptied };

/// A connection of SQLite's with the settings that all have here, its statements and its gate.
class Connection {
public:
    Connection(std::string path, Access access, Durability durability, const Runtime& runtime);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const Runtime& runtime() const noexcept { return runtime_; }
    [[nodiscard]] bool is_writable() const noexcept { return gate_.has_value(); }

    [[nodiscard]] Statement& statement(std::string_view sql);
    /// For any script, within a transaction or not.
    void execute(const std::string& sql);
    /// Throws what went wrong.
    [[noreturn]] void fail(int status, std::string_view doing = {});

    [[nodiscard]] State state();
    /// Brings the database to the newest version, alone with it, and to the journal that is wanted.
    void migrate(const Schema& schema, Journaling wanted);
    /// To be called once the journal is settled, which is_wal tells.
    void settle(bool is_wal, Durability durability);
    /// Whether the database's folder is on a network file system.
    [[nodiscard]] bool is_on_network() const noexcept { return is_on_network_; }

    void begin();
    void commit();
    void roll_back() noexcept;
    void begin_snapshot();
    void end_snapshot() noexcept;
    [[nodiscard]] bool is_in_transaction() const noexcept { return is_writing_ || is_reading_; }
    /// What SQLite itself undid after a failure must not go on statement by statement.
    void check_transaction(bool is_changing) const;

    /// False if others were in the way, so that not all was moved.
    bool checkpoint(std::chrono::nanoseconds wait, LogFile afterwards);

private:
    void open(Access access);
    void configure(Durability durability);
    /// False if others have the database open. Throws what else went wrong.
    [[nodiscard]] bool switch_journal(Journaling wanted);
    void end_log_on_network(Access access);
    void leave() noexcept;
    [[nodiscard]] int first_read() noexcept;
    [[nodiscard]] std::int64_t integer(std::string_view sql);
    /// BEGIN, COMMIT and the like.
    void control(std::string_view sql);
    void reset_statements() noexcept;
    void enter();
    void checkpoint_if_due() noexcept;
    [[nodiscard]] static int on_busy(void* self, int count) noexcept;

    std::string path_;
    Runtime runtime_;
    std::optional<Gate> gate_;  ///< of those that write
    DatabaseHandle handle_;
    std::map<std::string, Statement, std::less<>> statements_;
    std::optional<Patience> waiting_;
    std::exception_ptr trouble_;  ///< what the busy handler could not throw through SQLite
    bool is_writing_ = false;
    bool is_reading_ = false;
    bool is_on_network_ = false;
    bool is_alone_ = false;  ///< transactions are, in the gate: there is a rollback journal
    std::int64_t log_bytes_ = 0;
    std::uint32_t commits_ = 0;  ///< of this connection that wrote something
    std::int64_t checkpoint_at_bytes_ = checkpoint_bytes;
};

}  // namespace mlo::db
