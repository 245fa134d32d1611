// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/check.hpp>

#include <fmt/format.h>

#include <map>
#include <set>

#include "store_state.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>

namespace mlo::store {
namespace {

constexpr std::uint64_t max_tree_bytes = std::uint64_t{1} << 32;

class Checker {
public:
    Checker(ObjectStore& store, CheckDepth depth, const Runtime& runtime)
        : state_{store.state()}, depth_{depth}, runtime_{runtime} {}

    CheckReport run() {
        guarded("index", [&] { state_.catalog.reload(); });
        check_packs();
        for (const auto& segment : state_.catalog.damaged()) {
            ++report_.segments;
            problem("index/" + segment_file_name(segment.name), segment.error.message());
        }
        for (const auto& segment : state_.catalog.segments()) check_segment(*segment);
        check_whole();
        return std::move(report_);
    }

private:
    /// Runs one part; what it throws becomes a problem of `subject`.
    template <class Part>
    void guarded(const std::string& subject, Part part) {
        try {
            part();
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::internal || runtime_.stop.stop_requested()) throw;
            const std::scoped_lock lock{mutex_};
            report_.problems.push_back({subject, error.message()});
        }
    }

    void problem(std::string subject, std::string text) {
        const std::scoped_lock lock{mutex_};
        report_.problems.push_back({std::move(subject), std::move(text)});
    }

    void check_packs() {
        const auto packs = open_if_present(*state_.root, "packs");
        if (packs == nullptr) return;
        for (const auto& entry : packs->list()) {
            const auto name = parse_pack_file_name(entry.name);
            const auto subject = "packs/" + printable(entry.name);
            if (!name) {
                problem(subject, "is no pack: what is it doing here");
                continue;
            }
            ++report_.packs;
            guarded(subject, [&] { static_cast<void>(read_pack_footer(*packs->open(entry.name), *name)); });
        }
    }

    void check_segment(const Segment& segment) {
        ++report_.segments;
        guarded("index/" + segment_file_name(segment.name()), [&] { segment.verify(); });
        parallel_for(segment.entry_count(), runtime_.jobs, runtime_.stop, [&](std::size_t i) {
            const auto entry = segment.entry(i);
            if (entry.pack >= segment.pack_count()) return;  // verify() has told
            const RecordLocation location{entry.info, segment.pack(entry.pack), entry.offset};
            guarded(entry.info.id.to_string(), [&] { check_record(location); });
        });
        report_.objects += segment.entry_count();
    }

    void check_record(const RecordLocation& location) {
        thread_local RecordBuffer buffer;
        const auto raw = state_.catalog.read(location, buffer);
        const auto& id = location.info.id;
        if (location.info.form == RecordForm::raw) {
            if (depth_ == CheckDepth::data && hash::sha256(raw) != id)
                throw Error{errors::object_corrupt, "the stored bytes do not have that hash"};
            return;
        }
        hash::Sha256 hasher;
        const auto read_piece = [&](const ObjectId& piece) {
            RecordBuffer piece_buffer;
            const auto bytes = read_chunk(state_.catalog, piece, piece_buffer);
            return Bytes(bytes.begin(), bytes.end());
        };
        for_each_chunk(Recipe::decode(raw, id), id, read_piece, [&](const RecipeEntry& chunk) {
            runtime_.check_stop();
            const auto found = state_.catalog.find(chunk.id);
            if (!found || found->info.form != RecordForm::raw || found->info.raw_bytes != chunk.size_bytes)
                throw Error{errors::object_missing, fmt::format("its chunk {} is not stored", chunk.id.to_string())};
            if (depth_ == CheckDepth::structure) return;
            hasher.update(state_.catalog.read(*found, buffer));
        });
        if (depth_ == CheckDepth::data && hasher.finish() != id)
            throw Error{errors::object_corrupt, "its chunks together do not have that hash"};
    }

    void check_whole() {
        const auto whole = open_if_present(*state_.root, "whole");
        if (whole == nullptr) return;
        for (const auto& folder_entry : whole->list()) {
            const auto folder = whole->open_dir(folder_entry.name);
            for (const auto& entry : folder->list()) {
                if (entry.name.ends_with(".stamp") || entry.name.ends_with(".tmp")) continue;
                const auto subject = "whole/" + printable(folder_entry.name) + "/" + printable(entry.name);
                const auto id = ObjectId::parse(fmt::format("sha256:{}{}", folder_entry.name, entry.name));
                ++report_.objects;
                if (!id || folder_entry.name.size() != 2) {
                    problem(subject, "is no object: what is it doing here");
                    continue;
                }
                if (depth_ == CheckDepth::structure) continue;
                guarded(subject, [&] {
                    const auto progress = silent_progress().begin("checking", ProgressUnit::bytes);
                    if (hash_file(*folder->open(entry.name), *progress, runtime_).id != *id)
                        throw Error{errors::object_corrupt, "holds other bytes"};
                });
            }
        }
    }

    ObjectStore::State& state_;
    CheckDepth depth_;
    Runtime runtime_;
    std::mutex mutex_;
    CheckReport report_;
};

}  // namespace

CheckReport check(ObjectStore& store, CheckDepth depth, const Runtime& runtime) {
    return Checker{store, depth, runtime}.run();
}

void check_reachable(ObjectStore& store, const ObjectId& id, ObjectKind kind, CheckReport& report) {
    if (!store.find(id)) {
        report.problems.push_back({id.to_string(), "is named but not stored"});
        return;
    }
    if (kind == ObjectKind::blob) return;
    try {
        const auto bytes = store.read_all(id, max_tree_bytes);
        TreeReader reader{bytes, id};
        for (TreeEntry entry; reader.next(entry);)
            if (entry.kind != EntryKind::symlink)
                check_reachable(store, entry.id,
                                entry.kind == EntryKind::directory ? ObjectKind::tree : ObjectKind::blob, report);
    } catch (const Error& error) {
        report.problems.push_back({id.to_string(), error.message()});
    }
}

}  // namespace mlo::store
