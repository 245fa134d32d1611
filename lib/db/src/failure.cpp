// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <mlo/db/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <new>
#include <system_error>
#include <vector>

#include "connection.hpp"

namespace mlo::db {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The process that locks that byte of a file for writing, from the kernel's list of locks. Opening the file to ask
/// would end this process's own locks on it.
std::string holder_of(const std::string& path, std::string_view byte) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    const auto inode = fmt::format(":{}", status.st_ino);
    const auto locks = content_of("/proc/locks");
    for (const auto& line : split(locks, '\n')) {
        // "7: POSIX  ADVISORY  WRITE 4711 08:01:131 120 120"
        std::vector<std::string> words;
        for (auto& word : split(line, ' '))
            if (!word.empty()) words.push_back(std::move(word));
        if (words.size() < 8 || words[1] != "POSIX" || words[3] != "WRITE" || words[6] != byte ||
            !words[5].ends_with(inode))
            continue;
        const std::string name{trim(content_of("/proc/" + words[4] + "/comm"))};
        return name.empty() ? "process " + words[4] : fmt::format("process {} ({})", words[4], printable(name));
    }
    return {};
}

/// SQLite's writer locks byte 120 of the log's index, or without a log its RESERVED byte of the database.
std::string holder_of(const std::string& path) {
    auto holder = holder_of(path + "-shm", "120");
    return holder.empty() ? holder_of(path, "1073741825") : holder;
}

std::string reason(sqlite3* db) {
    const int number = db == nullptr ? 0 : sqlite3_system_errno(db);
    return number == 0 ? std::string{} : ": " + std::generic_category().message(number);
}

std::string full_hint(const std::string& path) {
    return fmt::format("free some space, then run the command again: df -h {}", quoted(path::parent(path)));
}

[[noreturn]] void throw_io(sqlite3* db, const std::string& path, int status) {
    const int number = db == nullptr ? 0 : sqlite3_system_errno(db);
    if (number == ENOSPC || number == EDQUOT)
        throw Error{errors::database_full, "no space is left for " + quoted(path)}.hint(full_hint(path));
    throw Error{errors::database_io, fmt::format("cannot read or write {}{}", quoted(path), reason(db))}
        .note(fmt::format("SQLite says: {}", sqlite3_errstr(status)))
        .hint("mend that and run the command again: what was acknowledged is kept");
}

[[noreturn]] void throw_cannot_open(sqlite3* db, const std::string& path) {
    if (const int number = db == nullptr ? 0 : sqlite3_system_errno(db); number != 0)
        throw_system_error(number, "open", path);
    throw Error{errors::database_io, "cannot open " + quoted(path)}
        .note(
            "its folder cannot be written, which reading needs when the files '-wal' and '-shm' beside it are not "
            "complete")
        .hint(read_only_hint(path));
}

}  // namespace

std::string read_only_hint(const std::string& path) {
    return fmt::format("look at owner and mode, and how it is mounted: ls -ld {} {}", quoted(path::parent(path)),
                       quoted(path));
}

void throw_failure(sqlite3* db, const std::string& path, int status, std::string_view doing) {
    const std::string message = db == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(db);
    switch (status & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL: {
            const auto holder = holder_of(path);
            throw Error{errors::database_locked,
                        fmt::format("{} is kept busy by {}", quoted(path), holder.empty() ? "another process" : holder)}
                .hint("wait for it to end, then run the command again");
        }
        case SQLITE_CORRUPT:
            throw Error{errors::database_corrupt, quoted(path) + " is damaged"}
                .note("SQLite says: " + message)
                .hint("mlo doctor");
        case SQLITE_NOTADB:
            throw Error{errors::not_a_database, quoted(path) + " is not a database"}.hint("mlo doctor");
        case SQLITE_FULL:
            throw Error{errors::database_full, "no space is left for " + quoted(path)}.hint(full_hint(path));
        case SQLITE_READONLY:
        case SQLITE_PERM:
            throw Error{errors::database_read_only, quoted(path) + " cannot be written"}
                .note("SQLite says: " + message)
                .hint(read_only_hint(path));
        case SQLITE_CANTOPEN:
            throw_cannot_open(db, path);
        case SQLITE_IOERR:
            if (status == SQLITE_IOERR_NOMEM) throw std::bad_alloc{};
            throw_io(db, path, status);
        case SQLITE_NOMEM:
            throw std::bad_alloc{};
        case SQLITE_INTERRUPT:
            throw Error{mlo::errors::interrupted, "interrupted"};
        case SQLITE_CONSTRAINT:
            throw Error{errors::row_refused, fmt::format("{} refuses a row: {}", quoted(path), message)}.hint(
                "mlo doctor");
        default: {
            Error error{errors::statement_failed, fmt::format("{}: {}", quoted(path), message)};
            if (!doing.empty()) error.note("in: " + printable(doing));
            throw error;
        }
    }
}

}  // namespace mlo::db
