// SPDX-License-Identifier: Apache-2.0
#include <mlo/sync/fetch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "fetch_through.hpp"
#include "range_reader.hpp"
#include "view.hpp"

#include <mlo/remote/errors.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::sync {
namespace {

/// Gets the records of some ids, and of the chunks that make them up.
class Receiver {
public:
    Receiver(const Peer& peer, View& view) : peer_{peer}, view_{view}, importer_{peer.store} {}

    /// After this, what could be had of `objects` is in the importer, and trees that came in one record are kept for
    /// take_tree. What tells of the bytes is read first, so that these are read in one pass through each pack.
    void get(std::span<const store::ObjectRef> objects, Progress& progress) {
        trees_wanted_.clear();
        std::vector<store::RecordLocation> recipes;
        std::vector<store::RecordLocation> bytes;
        std::unordered_set<store::ObjectId> listed;  // in bytes: a small object may be a chunk of a large one
        for (const auto& object : objects) {
            if (object.kind == store::ObjectKind::tree) trees_wanted_.insert(object.id);
            const auto place = view_.index().find(object.id);
            if (!place)
                fail_absent(object.id);
            else if (place->info.form == store::RecordForm::recipe)
                recipes.push_back(*place);
            else if (listed.insert(object.id).second)
                bytes.push_back(*place);
        }
        get_records(recipes, progress);
        auto parts = importer_.missing_parts();
        for (; !parts.pieces.empty(); parts = importer_.missing_parts()) {
            std::vector<store::RecordLocation> pieces;
            for (const auto& id : parts.pieces) add_part(id, pieces);
            // Every piece that was asked for has arrived or failed, so this comes to an end.
            if (pieces.empty()) break;
            get_records(pieces, progress);
        }
        for (const auto& id : parts.chunks)
            if (listed.insert(id).second) add_part(id, bytes);
        get_records(bytes, progress);
    }

    /// Stores what has arrived. Objects whose parts did not all come are left out.
    void commit() {
        for (const auto& [id, missing] : importer_.commit()) {
            const auto* const why = missing ? failure_of(*missing) : nullptr;
            fail(id, why != nullptr
                         ? *why
                         : Error{errors::remote_corrupt, fmt::format("the chunks of {} in {} make up something else",
                                                                     id.to_string(), quoted(peer_.remote.shown()))});
        }
    }

    /// The bytes of a tree that has just arrived; nothing if it came in chunks.
    [[nodiscard]] std::optional<Bytes> take_tree(const store::ObjectId& id) {
        const auto node = trees_.extract(id);
        return node.empty() ? std::nullopt : std::optional{std::move(node.mapped())};
    }

    [[nodiscard]] const Error* failure_of(const store::ObjectId& id) const {
        const auto found = failed_.find(id);
        return found == failed_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const std::optional<Error>& first_failure() const noexcept { return first_failure_; }
    /// True if a pack was not where the index says: gc may have been faster.
    [[nodiscard]] bool has_vanished() const noexcept { return has_vanished_; }
    [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    void fail(const store::ObjectId& id, const Error& error) {
        const std::scoped_lock lock{mutex_};
        failed_.try_emplace(id, error);
        if (!first_failure_) first_failure_ = error;
    }

    void fail_absent(const store::ObjectId& id) {
        fail(id, Error{errors::not_on_remote,
                       fmt::format("object {} is not in {}", id.to_string(), quoted(peer_.remote.shown()))}
                     .hint("mlo push, in a clone that has it"));
    }

    /// Adds where a chunk or a piece is, which is a raw record, unless it failed before.
    void add_part(const store::ObjectId& id, std::vector<store::RecordLocation>& into) {
        if (failed_.contains(id)) return;
        if (const auto place = view_.index().find(id); place && place->info.form == store::RecordForm::raw)
            into.push_back(*place);
        else
            fail_absent(id);
    }

    void get_records(std::vector<store::RecordLocation>& places, Progress& progress) {
        for (const auto& place : places) progress.expect(place.info.stored_bytes);
        const auto ranges = divide(places, peer_.remote.traits().piece_bytes);
        parallel_for(ranges.size(), peer_.transfers, peer_.runtime.stop,
                     [&](std::size_t i) { get_range(ranges[i], progress); });
    }

    void get_range(RecordRange range, Progress& progress) {
        const auto key = fmt::format("packs/{}", range.front().pack.hex());
        std::size_t arrived = 0;
        store::Importer::Run run{importer_};
        try {
            const bool is_whole = read_range(peer_.remote, range, [&](const auto& place, ByteView record) {
                peer_.runtime.check_stop();
                take(run, place, record, key);
                ++arrived;
                progress.advance(place.info.stored_bytes);
            });
            if (!is_whole) fail_all(range.subspan(arrived), view_.damaged(key, "is cut short"));
        } catch (const Error& error) {
            if (&error.code() != &remote::errors::key_absent) throw;
            fail_all(range.subspan(arrived), view_.damaged(key, "is named by the index but not there"));
            has_vanished_ = true;
        }
        run.finish();
    }

    void fail_all(RecordRange range, const Error& error) {
        for (const auto& place : range) fail(place.info.id, error);
    }

    void take(store::Importer::Run& run, const store::RecordLocation& place, ByteView record, const std::string& key) {
        try {
            const auto raw = run.add(place, record);
            if (place.info.form == store::RecordForm::raw && trees_wanted_.contains(place.info.id)) {
                const std::scoped_lock lock{mutex_};
                trees_.try_emplace(place.info.id, raw.begin(), raw.end());
            }
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt) throw;
            fail(place.info.id, view_.damaged(key, "is damaged").note(error.message()));
            return;
        }
        ++records_;
        bytes_ += place.info.stored_bytes;
    }

    const Peer& peer_;
    View& view_;
    store::Importer importer_;
    std::unordered_set<store::ObjectId> trees_wanted_;
    std::atomic<std::uint64_t> records_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> has_vanished_{false};
    std::mutex mutex_;  ///< guards all below
    std::unordered_map<store::ObjectId, Bytes> trees_;
    std::unordered_map<store::ObjectId, Error> failed_;
    std::optional<Error> first_failure_;
};

/// Goes through what objects name: gets the missing trees level by level, and then all blobs at once.
class Fetch {
public:
    Fetch(const Peer& peer, View& view, const workspace::SparseSet& wanted, DryRun dry_run = DryRun::no)
        : peer_{peer}, wanted_{wanted}, dry_run_{dry_run}, view_{view}, receiver_{peer, view_} {}

    /// Gets `object` alone, without what it names. Throws what is wrong with it.
    void get_one(const store::ObjectRef& object) {
        if (peer_.store.contains(object.id)) return;
        view_.refresh_to_read();
        const auto progress = peer_.runtime.progress.begin("fetching", ProgressUnit::bytes);
        receiver_.get({&object, 1}, *progress);
        receiver_.commit();
        if (receiver_.first_failure()) throw Error{*receiver_.first_failure()};
    }

    [[nodiscard]] bool has_vanished() const noexcept { return receiver_.has_vanished(); }

    FetchReport run(std::span<const NamedRef> objects) {
        std::vector<Place> level;
        for (const auto& object : objects) add_places(object, level);
        const auto progress = peer_.runtime.progress.begin("fetching", ProgressUnit::bytes);
        while (true) {
            needed_trees_.clear();
            waiting_.clear();
            for (auto& place : level) expand(std::move(place));
            if (needed_trees_.empty()) break;
            view_.refresh_to_read();
            receiver_.get(needed_trees_, *progress);
            level.clear();
            bool reads_stored = false;
            for (auto& place : waiting_) {
                const auto id = place.object.id;
                if (receiver_.failure_of(id) != nullptr) continue;
                level.push_back(std::move(place));
                // With patterns a tree is looked at once for each of its places: from the store.
                if (auto bytes = wanted_.everything() ? receiver_.take_tree(id) : std::nullopt)
                    fresh_.try_emplace(id, std::move(*bytes));
                else
                    reads_stored = true;
            }
            if (reads_stored) receiver_.commit();
        }
        if (!needed_blobs_.empty()) {
            view_.refresh_to_read();
            receiver_.get(needed_blobs_, *progress);
        }
        receiver_.commit();
        std::erase_if(left_out_, [&](const auto& id) { return asked_.contains({id, store::ObjectKind::blob}); });
        FetchReport report{.records = receiver_.records(),
                           .bytes = receiver_.bytes(),
                           .files = files_,
                           .file_bytes = file_bytes_,
                           .left_out = left_out_.size(),
                           .failures = {}};
        if (receiver_.first_failure()) find_failures(objects, report);
        return report;
    }

private:
    /// A tree may name one subtree many times, so a few hundred bytes can stand for more places than any disk holds.
    static constexpr std::size_t most_places = 1'000'000;

    /// An object where it belongs in the workspace; without a path, all of it is wanted.
    struct Place {
        store::ObjectRef object;
        std::uint64_t size_bytes = 0;  ///< of a blob
        std::optional<std::string> path{};
    };

    void add_places(const NamedRef& object, std::vector<Place>& into) const {
        if (wanted_.everything() || object.paths.empty()) into.push_back({object.object, object.size_bytes});
        if (wanted_.everything()) return;
        for (const auto& path : object.paths) into.push_back({object.object, object.size_bytes, path});
    }

    /// Whether what the tree names was looked at already, as far as it is wanted there.
    [[nodiscard]] bool is_walked(const Place& place) const {
        return walked_.contains(place.object.id) || (place.path && walked_at_.contains({place.object.id, *place.path}));
    }

    void walk(const Place& place) {
        if (place.path)
            walked_at_.emplace(place.object.id, *place.path);
        else
            walked_.insert(place.object.id);
    }

    [[nodiscard]] std::optional<Bytes> tree(const store::ObjectId& id) {
        if (const auto node = fresh_.extract(id); !node.empty()) return std::move(node.mapped());
        if (!peer_.store.contains(id)) return std::nullopt;
        return peer_.store.read_all(id, workspace::tree_size_limit);
    }

    /// Adds what is missing of an object and what it names to what is needed, as far as trees are here.
    void expand(Place place) {
        std::vector<Place> open;
        open.push_back(std::move(place));
        while (!open.empty()) {
            peer_.runtime.check_stop();
            auto next = std::move(open.back());
            open.pop_back();
            const auto id = next.object.id;
            if (next.object.kind == store::ObjectKind::blob) {
                add_blob(id, next.size_bytes, next.path);
                continue;
            }
            if (walked_at_.size() >= most_places) next.path.reset();
            if (is_walked(next)) continue;
            const auto bytes = tree(id);
            if (!bytes) {
                if (need(next.object) || !wanted_.everything()) waiting_.push_back(std::move(next));
                continue;
            }
            walk(next);
            store::TreeReader reader{*bytes, id};
            store::TreeEntry entry;
            while (reader.next(entry)) {
                if (entry.kind == store::EntryKind::symlink) continue;
                auto path = next.path ? std::optional{path::join(*next.path, entry.name)} : std::nullopt;
                if (entry.kind == store::EntryKind::directory)
                    open.push_back({{entry.id, store::ObjectKind::tree}, 0, std::move(path)});
                else
                    add_blob(entry.id, entry.size_bytes, path);
            }
        }
    }

    void add_blob(const store::ObjectId& id, std::uint64_t size_bytes, const std::optional<std::string>& path) {
        if (peer_.store.contains(id)) return;
        if (path && !wanted_.includes(*path)) {
            left_out_.insert(id);
        } else if (dry_run_ == DryRun::no) {
            need({id, store::ObjectKind::blob});
        } else if (asked_.insert({id, store::ObjectKind::blob}).second) {
            ++files_;
            file_bytes_ += size_bytes;
        }
    }

    /// False if it was asked for before.
    bool need(const store::ObjectRef& object) {
        if (!asked_.insert(object).second) return false;
        (object.kind == store::ObjectKind::tree ? needed_trees_ : needed_blobs_).push_back(object);
        return true;
    }

    void find_failures(std::span<const NamedRef> objects, FetchReport& report) {
        for (const auto& object : objects) {
            walked_.clear();
            walked_at_.clear();
            asked_.clear();
            needed_trees_.clear();
            needed_blobs_.clear();
            std::vector<Place> places;
            add_places(object, places);
            for (auto& place : places) expand(std::move(place));
            if (needed_trees_.empty() && needed_blobs_.empty()) continue;
            const auto& needed = needed_trees_.empty() ? needed_blobs_.front() : needed_trees_.front();
            const auto* const error = receiver_.failure_of(needed.id);
            report.failures.push_back({object.name, error != nullptr ? *error : *receiver_.first_failure()});
            report.failures.back().error.note(fmt::format("needed by {}", quoted(object.name)));
        }
    }

    const Peer& peer_;
    const workspace::SparseSet& wanted_;
    DryRun dry_run_;
    std::uint64_t files_ = 0;
    std::uint64_t file_bytes_ = 0;
    View& view_;
    Receiver receiver_;
    std::vector<store::ObjectRef> needed_trees_;
    std::vector<store::ObjectRef> needed_blobs_;
    std::vector<Place> waiting_;                        ///< of needed_trees_
    std::unordered_map<store::ObjectId, Bytes> fresh_;  ///< trees that have arrived and are not stored yet
    std::unordered_set<store::ObjectId> walked_;        ///< trees of which all is wanted
    std::set<std::pair<store::ObjectId, std::string>> walked_at_;
    std::unordered_set<store::ObjectId> left_out_;
    std::set<store::ObjectRef> asked_;
};

}  // namespace

FetchReport fetch_through(const Peer& peer, View& view, std::span<const NamedRef> objects,
                          const workspace::SparseSet& wanted, DryRun dry_run) {
    FetchReport report;
    // Once more if gc was faster than we: by the index as it is then.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (attempt > 0) view.refresh();
        Fetch work{peer, view, wanted, dry_run};
        auto part = work.run(objects);
        report.records += part.records;
        report.bytes += part.bytes;
        report.files = part.files;
        report.file_bytes = part.file_bytes;
        report.left_out = part.left_out;
        report.failures = std::move(part.failures);
        if (!work.has_vanished()) break;
    }
    return report;
}

FetchReport fetch(const Peer& peer, const std::vector<NamedRef>& objects, const workspace::SparseSet& wanted,
                  DryRun dry_run) {
    View view{peer};
    return fetch_through(peer, view, objects, wanted, dry_run);
}

std::optional<workspace::Entry> find_entry(const Peer& peer, const workspace::Entry& top, std::string_view path) {
    const workspace::SparseSet everything;
    auto entry = top;
    View view{peer};
    for (const auto& name : path::components(path)) {
        if (entry.kind != store::EntryKind::directory) return std::nullopt;
        Fetch{peer, view, everything}.get_one({entry.id, store::ObjectKind::tree});
        const auto bytes = peer.store.read_all(entry.id, workspace::tree_size_limit);
        store::TreeReader reader{bytes, entry.id};
        store::TreeEntry next;
        bool is_found = false;
        while (!is_found && reader.next(next)) is_found = next.name == name;
        if (!is_found) return std::nullopt;
        entry = workspace::to_entry(next);
    }
    return entry;
}

}  // namespace mlo::sync
