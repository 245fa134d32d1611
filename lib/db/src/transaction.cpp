// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/db/errors.hpp>
#include <mlo/util/text.hpp>

#include "connection.hpp"

namespace mlo::db {
namespace {

/// A checkpoint waits so long for those who are writing. They hold each other up, not the checkpoint them.
constexpr std::chrono::seconds checkpoint_wait{1};

/// A connection that made fewer commits is one of a short process.
constexpr std::uint32_t few_commits = 100;

}  // namespace

void Connection::control(std::string_view sql) { static_cast<void>(statement(sql).step_unchecked()); }

void Connection::enter() {
    const bool is_inside = is_alone_ ? gate_->enter_alone(runtime_, patience) : gate_->enter(runtime_, patience);
    if (!is_inside) fail(SQLITE_BUSY);
}

void Connection::leave() noexcept {
    if (is_alone_)
        gate_->leave_alone();
    else
        gate_->leave();
}

void Connection::begin() {
    MLO_ASSERT(is_writable() && !is_in_transaction());
    enter();
    try {
        control("BEGIN IMMEDIATE");
    } catch (...) {
        leave();
        throw;
    }
    is_writing_ = true;
}

void Connection::commit() {
    MLO_ASSERT(is_writing_);
    reset_statements();
    check_transaction(true);
    control("COMMIT");
    is_writing_ = false;
    leave();
    checkpoint_if_due();
}

void Connection::roll_back() noexcept {
    if (!is_writing_) return;
    reset_statements();
    if (sqlite3_get_autocommit(handle()) == 0) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    is_writing_ = false;
    leave();
}

void Connection::begin_snapshot() {
    MLO_ASSERT(!is_in_transaction());
    control("BEGIN");
    is_reading_ = true;
}

void Connection::end_snapshot() noexcept {
    reset_statements();
    if (sqlite3_get_autocommit(handle()) == 0) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    is_reading_ = false;
}

void Connection::check_transaction(bool is_changing) const {
    MLO_ASSERT(!is_changing || is_writing_);
    if (!is_in_transaction() || sqlite3_get_autocommit(handle()) == 0) return;
    throw Error{errors::database_io, fmt::format("what was to be written to {} was undone", quoted(path_))}
        .note("a statement before this one failed")
        .hint("run the command again");
}

bool Connection::checkpoint(std::chrono::nanoseconds wait, LogFile afterwards) {
    MLO_ASSERT(is_writable() && !is_in_transaction());
    reset_statements();
    if (is_alone_) return true;  // there is no log
    if (!gate_->enter_alone(runtime_, wait)) return false;
    // Readers are not waited for: what they need stays in the log.
    sqlite3_busy_handler(handle(), nullptr, nullptr);
    const int mode = afterwards == LogFile::emptied ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
    const int status = sqlite3_wal_checkpoint_v2(handle(), "main", mode, nullptr, nullptr);
    sqlite3_busy_handler(handle(), on_busy, this);
    gate_->leave_alone();
    if ((status & 0xff) == SQLITE_BUSY) return false;
    if (status != SQLITE_OK) fail(status);
    log_bytes_ = 0;
    return true;
}

void Connection::checkpoint_if_due() noexcept {
    if (log_bytes_ < checkpoint_at_bytes_) {
        if (log_bytes_ < checkpoint_bytes) checkpoint_at_bytes_ = checkpoint_bytes;  // somebody else has made one
        return;
    }
    // Writing over the log is the fastest for those who go on writing. But that all of it was moved is forgotten when
    // the last connection closes: after short processes each would read all of it again, and move it again, for ever.
    const bool goes_on = commits_ >= few_commits && log_bytes_ < 2 * checkpoint_bytes;
    try {
        if (checkpoint(checkpoint_wait, goes_on ? LogFile::reused : LogFile::emptied)) {
            checkpoint_at_bytes_ = checkpoint_bytes;
            return;
        }
    } catch (const std::exception& error) {
        // What was to be committed is. The log goes on growing, and the next ones try again.
        runtime_.log.log(LogLevel::warning,
                         fmt::format("the write-ahead log of {} stays as it is: {}", quoted(path_), error.what()));
    }
    checkpoint_at_bytes_ = log_bytes_ + checkpoint_bytes;
}

Transaction::Transaction(Database& database) : connection_{*database.connection_} { connection_.begin(); }

Transaction::~Transaction() { connection_.roll_back(); }

void Transaction::commit() {
    MLO_ASSERT(is_open_);
    is_open_ = false;
    try {
        connection_.commit();
    } catch (...) {
        connection_.roll_back();
        throw;
    }
}

Snapshot::Snapshot(Database& database) : connection_{*database.connection_} { connection_.begin_snapshot(); }

Snapshot::~Snapshot() { connection_.end_snapshot(); }

}  // namespace mlo::db
