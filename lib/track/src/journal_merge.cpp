// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/track/errors.hpp>
#include <mlo/track/journal.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "journal_apply.hpp"
#include "small_file.hpp"

namespace mlo::track {
namespace {

using journal::Position;

/// So much is looked at at once: a whole frame, wherever it begins in the first half.
constexpr std::uint64_t window_bytes = 2 * (journal::max_payload_bytes + journal::frame_header_bytes);
/// So much of a journal becomes one transaction, about.
constexpr std::size_t batch_bytes = std::size_t{4} << 20;

struct JournalFile {
    std::string folder;
    std::string name;
    journal::Header header;
    [[nodiscard]] std::string path() const { return path::join(folder, name); }
};

Bytes read_part(Dir& folder, std::string_view name, std::uint64_t offset, std::uint64_t most) {
    const auto file = folder.open(name);
    const auto size = file->stat().size;
    Bytes bytes(size <= offset ? 0 : static_cast<std::size_t>(std::min(most, size - offset)));
    bytes.resize(file->read(bytes, offset));
    return bytes;
}

/// Takes the journals of runs, one after the other.
class Merge {
public:
    Merge(RunStore& runs, Archive& archive, const Runtime& runtime)
        : runs_{runs}, state_{runs.state()}, archive_{archive}, runtime_{runtime} {}

    void add_file(const std::string& folder, const std::string& name, Dir& dir) {
        const auto header = journal::parse_header(read_part(dir, name, 0, journal::header_bytes));
        if (header)
            files_[header->run].push_back({folder, name, *header});
        else
            strangers_.push_back(path::join(folder, name));
    }
    /// What is no journal, or the begin of one that nobody could finish.
    [[nodiscard]] const std::vector<std::string>& strangers() const noexcept { return strangers_; }

    void take_all() {
        for (auto& [run, files] : files_) {
            runtime_.check_stop();
            std::ranges::sort(files, {}, [](const JournalFile& file) { return file.header.generation; });
            try {
                take_run(run, files);
            } catch (const Error& error) {
                if (error.kind() == ErrorKind::internal || error.code().id == mlo::errors::interrupted.id) throw;
                problem("the journal of run {} could not be read: {}", quoted(run), error.message());
            }
        }
    }

    /// Removes the files of sealed runs that were read to their end.
    void remove_taken() {
        for (const auto& [run, files] : files_) {
            const auto position = journal::find_position(state_.database, run);
            const auto row = rows::find(state_.database, run);
            if (!position || !row || !row->is_sealed) continue;
            const auto dir = runtime_.fs.open_root(files.front().folder);
            const auto& last = files.back();
            const auto status = dir->stat(last.name);
            if (last.header.generation != position->generation || !status || status->size != position->offset) continue;
            for (const auto& file : files) dir->remove(file.name);
            dir->sync();
            db::Transaction transaction{state_.database};
            state_.database.statement("DELETE FROM journals WHERE run = ?").bind_all(run).run();
            transaction.commit();
        }
    }

    [[nodiscard]] MergedJournals take() { return std::move(merged_); }

private:
    template <class... Arguments>
    void problem(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        merged_.problems.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }

    void take_run(const std::string& run, const std::vector<JournalFile>& files) {
        bool is_new = false;
        for (const auto& file : files) {
            const auto known = journal::find_position(state_.database, run);
            const auto generation = known ? known->generation : 0;
            if (file.header.generation < generation) continue;
            if (file.header.generation > generation + 1) {
                problem("the journal {} of run {} is not here", quoted(journal::file_name({run, generation + 1})),
                        quoted(run));
                break;
            }
            while (take_batch(run, file)) is_new = true;
            if (gave_up_) break;
        }
        gave_up_ = false;
        if (is_new) merged_.runs.push_back(run);
    }

    /// True if there may be more in the file.
    bool take_batch(const std::string& run, const JournalFile& file) {
        auto position = position_in(run, file);
        const auto dir = runtime_.fs.open_root(file.folder);
        const auto bytes = read_part(*dir, file.name, position.offset, window_bytes);
        if (!journal::find_frame(bytes, 0, file.header)) return false;
        if (!make_writable(run)) return false;

        db::Transaction transaction{state_.database};
        if (const auto now = position_in(run, file); now != position) return true;  // somebody was faster
        std::size_t at = 0;
        std::uint64_t frames = 0;
        while (at < batch_bytes) {
            const auto frame = journal::find_frame(bytes, at, file.header);
            if (!frame) break;
            if (frame->begin != at)
                damages_.push_back(fmt::format("{} bytes of its journal {} are damaged from byte {} on",
                                               frame->begin - at, quoted(file.name), position.offset + at));
            else if (frame->number != position.number + 1)
                damages_.push_back(fmt::format("its journal {} lacks what was recorded before byte {}",
                                               quoted(file.name), position.offset + at));
            journal::apply(state_, run, *frame, file.path());
            position.number = frame->number;
            at = frame->end;
            ++frames;
        }
        for (const auto& damage : damages_)
            journal::add_loss(state_, run, "what it recorded is not all there: " + damage);
        damages_.clear();
        position.offset += at;
        journal::put_position(state_.database, run, position);
        transaction.commit();
        merged_.frames += frames;
        return true;
    }

    Position position_in(const std::string& run, const JournalFile& file) {
        const auto known = journal::find_position(state_.database, run);
        if (known && known->generation == file.header.generation) return *known;
        return {.generation = file.header.generation, .offset = journal::header_bytes, .number = 0};
    }

    /// A run that was taken for lost and sealed lives: it goes on. False, with a word, if it has ended otherwise.
    bool make_writable(const std::string& run) {
        const auto row = rows::find(state_.database, run);
        if (!row || !row->is_sealed || row->is_deleted) return true;
        if (!journal::find_position(state_.database, run)) return give_up();  // known from elsewhere
        if (row->state != RunState::lost) {
            problem("the run {} is sealed: what comes of it in a journal now is too late", quoted(run));
            return give_up();
        }
        static_cast<void>(
            archive_.reopen(run, {.pid = 0, .start_ticks = 0, .boot_id = "", .pid_space = "", .host = ""}));
        return true;
    }
    bool give_up() noexcept {
        gave_up_ = true;
        return false;
    }

    RunStore& runs_;
    RunStore::State& state_;
    Archive& archive_;
    Runtime runtime_;
    std::map<std::string, std::vector<JournalFile>> files_;
    std::vector<std::string> strangers_;
    std::vector<std::string> damages_;
    bool gave_up_ = false;
    MergedJournals merged_;
};

void add_folder(Merge& merge, const std::string& folder, Dir& dir) {
    auto entries = dir.list();
    std::ranges::sort(entries, {}, &DirEntry::name);
    for (const auto& entry : entries)
        if (entry.kind == FileKind::regular && entry.name.ends_with(".journal"))
            merge.add_file(folder, entry.name, dir);
}

}  // namespace

std::string journals_path(std::string_view store_dir) { return path::join(store_dir, "journals"); }

MergedJournals merge_journals(RunStore& runs, Archive& archive, const std::string& folder, const Runtime& runtime) {
    const auto dir = try_open(runtime.fs, folder);
    if (!dir) return {};
    Merge merge{runs, archive, runtime};
    add_folder(merge, folder, *dir);
    merge.take_all();
    merge.remove_taken();
    return merge.take();
}

MergedJournals import_journals(RunStore& runs, Archive& archive, const std::vector<std::string>& paths,
                               const Runtime& runtime) {
    Merge merge{runs, archive, runtime};
    for (const auto& path : paths) {
        const std::string folder{path::parent(path)};
        const auto parent = runtime.fs.open_root(folder);
        const auto status = parent->stat(path::name(path));
        if (!status) throw Error{mlo::errors::path_not_found, fmt::format("{} does not exist", quoted(path))};
        if (status->kind == FileKind::directory)
            add_folder(merge, path, *runtime.fs.open_root(path));
        else
            merge.add_file(folder, std::string{path::name(path)}, *parent);
    }
    merge.take_all();
    auto merged = merge.take();
    for (const auto& path : merge.strangers()) merged.problems.push_back(fmt::format("{} is no journal", quoted(path)));
    return merged;
}

}  // namespace mlo::track
