// SPDX-License-Identifier: Apache-2.0
#include "journal_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <map>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>

#include "run_state.hpp"

namespace mlo::track::journal {
namespace {

void write_all(int descriptor, ByteView bytes, const std::string& path) {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_system_error(errno, "write", path);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void sync(int descriptor, const std::string& path) {
    if (::fdatasync(descriptor) != 0) throw_system_error(errno, "sync", path);
}

void sync_folder(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw_system_error(errno, "open", folder);
    const int status = ::fsync(descriptor);
    const int number = errno;
    ::close(descriptor);
    if (status != 0 && number != EINVAL) throw_system_error(number, "sync", folder);
}

}  // namespace

Writer::Writer(db::Database& database) : database_{database} {
    auto& statement = database_.statement("SELECT folder FROM journal_to");
    if (statement.step()) folder_ = as_text(statement.blob(0));
    statement.reset();
}

Writer::~Writer() { close(); }

void Writer::set_folder(std::string folder) { folder_ = std::move(folder); }

void Writer::close() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    path_.clear();
}

/// Whether that file goes on where the store says that it ends.
bool Writer::open_file(const Header& header, std::uint64_t size) {
    const auto path = path::join(folder_, file_name(header));
    if (path != path_) {
        close();
        descriptor_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
        if (descriptor_ < 0) return false;
        path_ = path;
    }
    struct stat status {};
    return ::fstat(descriptor_, &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size;
}

void Writer::begin_file(const Header& header) {
    close();
    const auto path = path::join(folder_, file_name(header));
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor_ < 0) throw_system_error(errno, "create", path);
    path_ = path;
    write_all(descriptor_, encode(header), path);
}

void Writer::append(const std::string& run, const Operation& operation) {
    const auto payload = encode(operation);
    Header header{.run = run, .generation = 1};
    std::uint64_t size = 0;
    std::uint64_t number = 0;
    auto& known = database_.statement("SELECT generation, offset, number FROM journals WHERE run = ?");
    const bool is_known = known.bind_all(run).step();
    if (is_known) {
        header.generation = static_cast<std::uint32_t>(known.integer(0));
        size = static_cast<std::uint64_t>(known.integer(1));
        number = static_cast<std::uint64_t>(known.integer(2));
    }
    known.reset();
    if (!is_known || !open_file(header, size)) {
        // What was appended in vain, by us or by who died, stays where it is.
        if (is_known) ++header.generation;
        for (;; ++header.generation) {
            try {
                begin_file(header);
                break;
            } catch (const Error& error) {
                if (!is_known || error.code().id != mlo::errors::already_exists.id) throw;
            }
        }
        sync_folder(folder_);
        size = header_bytes;
        number = 0;
    }
    const auto frame = encode_frame(header, ++number, payload);
    write_all(descriptor_, frame, path_);
    sync(descriptor_, path_);
    database_.statement("INSERT OR REPLACE INTO journals VALUES(?, ?, ?, ?)")
        .bind_all(run, header.generation, size + frame.size(), number)
        .run();
}

}  // namespace mlo::track::journal

namespace mlo::track {

const std::string& RunStore::journals() const noexcept { return state_->journal.folder(); }

void RunStore::journal_to(const std::string& folder) {
    MLO_ASSERT(folder.starts_with('/') && !state_->journal.is_on());
    db::Transaction transaction{state_->database};
    state_->database.statement("INSERT INTO journal_to VALUES(?)").bind_all(as_bytes(folder)).run();
    transaction.commit();
    state_->journal.set_folder(folder);
}

bool RunStore::is_writable() const noexcept { return state_->access == db::Access::write; }

const std::string& RunStore::path() const noexcept { return state_->database.path(); }

void RunStore::State::journal_run(std::int64_t row, std::string_view run, journal::Operation operation) {
    if (!journal.is_on()) return;
    operation.time_ms = now_ms();
    operation.document = rows::load(database, row);
    operation.document->metrics.clear();
    journal.append(std::string{run}, operation);
}

void RunStore::State::journal_batch(std::int64_t row, std::string_view run, const Batch& batch) {
    if (!journal.is_on()) return;
    journal::Operation operation{.time_ms = now_ms(), .ingested = batch.ingested};
    std::map<std::string, std::vector<Point>> points;
    for (auto& [key, point] : journaled) points[std::move(key)].push_back(point);
    journaled.clear();
    operation.points.assign(std::make_move_iterator(points.begin()), std::make_move_iterator(points.end()));
    if (!batch.params.empty() || !batch.tags.empty() || batch.note || !batch.inputs.empty() || !batch.outputs.empty()) {
        operation.document = rows::load(database, row);
        operation.document->metrics.clear();
    }
    journal.append(std::string{run}, operation);
}

}  // namespace mlo::track
