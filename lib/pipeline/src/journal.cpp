// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <condition_variable>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/journal.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/signals_blocked.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <thread>
#include <utility>

#include "journal_format.hpp"

namespace mlo::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view lock_name = "pipeline.journal.lock";
constexpr std::uint64_t largest_file = std::uint64_t{4} << 30;
/// Between two syncs: what comes meanwhile shares the next.
constexpr auto sync_interval = 50ms;

}  // namespace

struct Journal::State {
    State(Dir& private_dir, const Runtime& its_runtime, const std::function<void(JournalEntry)>& left_over,
          Syncing its_syncing)
        : runtime{its_runtime},
          dir{private_dir.open_dir("")},
          syncing_dir{private_dir.open_dir("")},
          lock{*dir, lock_name, LockMode::exclusive, "mlo run", WhenHeld::wait, runtime},
          syncing{its_syncing} {
        if (dir->stat(file_name)) adopt(left_over);
        if (syncing == Syncing::background) {
            const SignalsBlocked for_the_thread;
            thread = std::jthread{[this](const std::stop_token& stop) { keep_durable(stop); }};
        }
    }

    ~State() {
        if (thread.joinable()) {
            thread.request_stop();
            thread.join();
        }
        try {
            if (!lines.empty() && is_dirty && !is_broken) make_durable(*file, *dir);
            if (lines.empty() && dir->stat(file_name)) dir->remove(file_name);
        } catch (const Error& error) {
            runtime.log.log(LogLevel::warning, std::string{"the journal of stages: "} + error.what());
        }
    }

    void adopt(const std::function<void(JournalEntry)>& left_over) {
        const auto name = path::join(dir->path(), file_name);
        auto found = journal::read(read_file(*dir, file_name, largest_file), name, left_over);
        lines = std::move(found.whole_lines);
        // Whoever is told of it relies on it, and who wrote it may have been killed before it was durable.
        if (!lines.empty()) make_durable(*dir->open(file_name), *dir);
        if (found.damaged > 0)
            runtime.log.log(LogLevel::warning,
                            fmt::format("{}: passed over {}; what they tell of runs again", quoted(name),
                                        plural(found.damaged, "damaged line", "damaged lines")));
        if (found.cut_off > 0)
            runtime.log.log(LogLevel::debug,
                            fmt::format("{}: a last line of {} bytes was cut off", quoted(name), found.cut_off));
    }

    static void make_durable(File& file, Dir& folder) {
        file.sync();
        folder.sync();
    }

    /// A new file takes the place of the old one: with all that is not elsewhere yet, and `line`.
    void begin(std::string_view line) {
        const auto temporary = temporary_name("mlo", runtime.random);
        // What was durable stays so. Where nothing was, nobody waits.
        const bool at_once = !lines.empty() || is_broken || syncing == Syncing::by_append;
        is_broken = true;
        std::shared_ptr<File> next = dir->create(temporary, 0666);
        try {
            next->write(as_bytes(journal::header));
            next->write(as_bytes(lines));
            next->write(as_bytes(line));
            if (at_once) next->sync();
            dir->rename(temporary, *dir, file_name, Replace::yes);
            file = std::move(next);
            if (at_once) dir->sync();
            is_broken = false;
            set_dirty(!at_once);
        } catch (...) {
            try {
                if (dir->stat(temporary)) dir->remove(temporary);
            } catch (const Error&) {
                // The file system has failed us already.
            }
            throw;
        }
    }

    void append(std::string_view line) {
        if (!file || is_broken) {
            begin(line);
        } else {
            try {
                file->write(as_bytes(line));
                if (syncing == Syncing::by_append) file->sync();
            } catch (...) {
                // There may be half a line, at which the next would begin.
                is_broken = true;
                throw;
            }
            set_dirty(true);
        }
        lines += line;
    }

    void set_dirty(bool to) {
        is_dirty = to && syncing == Syncing::background;
        if (is_dirty) changed.notify_all();
    }

    void keep_durable(const std::stop_token& stop) {
        std::unique_lock guard{mutex};
        while (changed.wait(guard, stop, [&] { return is_dirty; })) {
            is_dirty = false;
            const auto now = file;
            guard.unlock();
            std::optional<Error> failure;
            try {
                // Beside appends: what they add from here on makes the file dirty again.
                make_durable(*now, *syncing_dir);
            } catch (const Error& error) {
                failure = error;
            }
            guard.lock();
            if (failure && now == file) {
                is_broken = true;
                runtime.log.log(LogLevel::warning, std::string{"the journal of stages: "} + failure->what());
            }
            changed.wait_for(guard, stop, sync_interval, [] { return false; });
        }
    }

    Runtime runtime;
    std::unique_ptr<Dir> dir;
    std::unique_ptr<Dir> syncing_dir;
    LockFile lock;
    Syncing syncing;
    std::mutex mutex;  ///< guards all below
    std::condition_variable_any changed;
    std::shared_ptr<File> file;  ///< null until something is appended
    std::string lines;           ///< that are not elsewhere yet
    bool is_dirty = false;       ///< for the thread
    bool is_broken = false;      ///< the file is not to be used any more: the next append begins another
    std::jthread thread;         ///< last: it uses all the others
};

Journal::Journal(Dir& private_dir, const Runtime& runtime, const std::function<void(JournalEntry)>& left_over,
                 Syncing syncing)
    : state_{std::make_unique<State>(private_dir, runtime, left_over, syncing)} {}

Journal::~Journal() = default;

void Journal::append(const JournalEntry& entry) {
    const auto line = journal::encode(entry);
    const std::lock_guard guard{state_->mutex};
    state_->append(line);
}

void Journal::clear() {
    const std::lock_guard guard{state_->mutex};
    if (state_->lines.empty()) return;
    auto lines = std::exchange(state_->lines, {});
    try {
        state_->begin({});
    } catch (...) {
        // They are in the file that is still there.
        state_->lines = std::move(lines);
        throw;
    }
}

}  // namespace mlo::pipeline
