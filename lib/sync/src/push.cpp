// SPDX-License-Identifier: Apache-2.0
#include <mlo/sync/push.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "event_push.hpp"
#include "upload.hpp"
#include "view.hpp"

#include <mlo/remote/errors.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::sync {
namespace {

/// `why` as the failure of what the user calls `name`.
Failure not_pushed_because(const std::string& name, const Error& why) {
    const auto& code = why.kind() == ErrorKind::not_found ? errors::not_in_store : errors::damaged_in_store;
    Error error{code, fmt::format("{} was not pushed: {}", quoted(name), why.message())};
    for (const auto& note : why.notes()) error.note(note);
    if (!why.hint_text().empty())
        error.hint(why.hint_text());
    else if (&code == &errors::damaged_in_store)
        error.hint(fmt::format("mlo explain MLO-{}", code.id));
    return {name, std::move(error)};
}

std::uint64_t seconds_of(Timestamp time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

/// What a push would do, by what is known of the remote.
struct Plan {
    explicit Plan(store::ObjectStore& store) : exporter{store} {}

    store::Exporter exporter;
    store::ExportPlan records;
    std::vector<NamedRef> complete;
    std::vector<NamedRef> named_by_events;  ///< and complete
    std::vector<Failure> failures;
};

class Push {
public:
    Push(const Peer& peer, const PushRequest& request) : peer_{peer}, request_{request}, view_{peer} {
        if (request.ledger != nullptr) events_.emplace(peer, view_, *request.ledger, request.chains);
    }

    PushReport run() {
        view_.refresh();
        static_cast<void>(view_.refresh_condemned());
        own_ = view_.own_roots();
        look_at_events();
        make_plan();
        if (request_.dry_run == DryRun::no && !is_done()) write();
        report_.objects = plan_->complete.size();
        report_.published = static_cast<std::uint64_t>(
            std::count_if(plan_->complete.begin(), plan_->complete.end(),
                          [&](const auto& each) { return !own_.set.entries.contains(each.object); }));
        report_.failures = std::move(plan_->failures);
        if (events_)
            for (auto& failure : events_->failures()) report_.failures.push_back(std::move(failure));
        return std::move(report_);
    }

    [[nodiscard]] std::vector<NamedRef> absent() {
        view_.refresh_to_read();
        std::vector<NamedRef> found;
        for (const auto& object : request_.objects) {
            store::Exporter exporter{peer_.store};
            store::ExportPlan records;
            try {
                // Of a push that broke off a recipe may be there without its chunks.
                plan(exporter, object.object,
                     is_published(object.object) ? store::Exporter::Chunks::believed
                                                 : store::Exporter::Chunks::looked_up,
                     records);
            } catch (const Error& error) {
                if (!concerns_one_object(error)) throw;
                if (!is_published(object.object)) found.push_back(object);
                continue;
            }
            if (!records.is_empty()) found.push_back(object);
        }
        return found;
    }

private:
    void look_at_events() {
        if (!events_) return;
        if (!events_->is_current()) events_->look();
        report_.events = events_->counts();
        named_by_events_ = events_->objects(request_.needs, request_.dry_run);
    }

    [[nodiscard]] store::Exporter::There there() const {
        return [this](const store::ObjectId& id) -> std::optional<store::RecordForm> {
            if (complete_there_.contains(id)) return store::RecordForm::raw;
            const auto found = view_.index().find(id);
            return found ? std::optional{found->info.form} : std::nullopt;
        };
    }

    /// Adds to `records` what the remote lacks of the object. What is not here (sparse work trees) or damaged may be
    /// complete there.
    void plan(store::Exporter& exporter, const store::ObjectRef& object, store::Exporter::Chunks chunks,
              store::ExportPlan& records) {
        try {
            exporter.plan(object, there(), chunks, records);
        } catch (const Error& error) {
            if (!concerns_one_object(error) || has_walked_published_) throw;
            walk_published();
            exporter.plan(object, there(), chunks, records);
        }
    }

    /// Notes all that published objects name, as far as their folders are here.
    void walk_published() {
        has_walked_published_ = true;
        std::vector<store::ObjectId> trees;
        const auto add = [&](const store::ObjectRef& object) {
            if (complete_there_.insert(object.id).second && object.kind == store::ObjectKind::tree)
                trees.push_back(object.id);
        };
        for (const auto& [object, expiry] : published().entries)
            if (is_published(object)) add(object);
        while (!trees.empty()) {
            peer_.runtime.check_stop();
            const auto id = trees.back();
            trees.pop_back();
            try {
                const auto bytes = peer_.store.read_all(id, workspace::tree_size_limit);
                store::TreeReader reader{bytes, id};
                store::TreeEntry entry;
                while (reader.next(entry)) {
                    if (entry.kind == store::EntryKind::directory) add({entry.id, store::ObjectKind::tree});
                    if (entry.kind == store::EntryKind::file) add({entry.id, store::ObjectKind::blob});
                }
            } catch (const Error& error) {
                if (!concerns_one_object(error)) throw;
            }
        }
    }

    void make_plan() {
        plan_ = std::make_unique<Plan>(peer_.store);
        published_.reset();
        has_walked_published_ = false;
        complete_there_.clear();
        for (const auto& each : request_.objects) add_to_plan(each, IfMissing::fail, plan_->complete);
        for (const auto& each : named_by_events_)
            if (peer_.store.contains(each.object.id)) add_to_plan(each, IfMissing::pass, plan_->named_by_events);
        report_.records = plan_->records.records();
        report_.bytes = plan_->records.size_bytes();
    }

    /// What only events name may be here in part, or not at all.
    enum class IfMissing : std::uint8_t { fail, pass };

    void add_to_plan(const NamedRef& object, IfMissing if_missing, std::vector<NamedRef>& complete) {
        const bool is_own = own_.set.entries.contains(object.object);
        try {
            plan(plan_->exporter, object.object,
                 is_own ? store::Exporter::Chunks::believed : store::Exporter::Chunks::looked_up, plan_->records);
            complete.push_back(object);
        } catch (const Error& error) {
            if (!concerns_one_object(error)) throw;
            if (if_missing == IfMissing::fail || error.kind() != ErrorKind::not_found)
                settle_unsendable(object, error, complete);
        }
    }

    /// What any clone has published.
    [[nodiscard]] const RootSet& published() {
        if (!published_) published_ = view_.project_roots();
        return *published_;
    }

    /// Whether some clone has published the object, and wants it kept still: it is complete there then.
    [[nodiscard]] bool is_published(const store::ObjectRef& object) {
        const auto found = published().entries.find(object);
        return found != published().entries.end() && (!found->second || *found->second > now());
    }

    /// What is complete there need not be so here; anything else fails.
    void settle_unsendable(const NamedRef& object, const Error& why, std::vector<NamedRef>& complete) {
        if (is_published(object.object))
            complete.push_back(object);
        else
            plan_->failures.push_back(not_pushed_because(object.name, why));
    }

    /// After sending: takes those back that need one of the `unreadable` records.
    void drop_incomplete(const std::unordered_map<store::ObjectId, Error>& unreadable) {
        if (unreadable.empty()) return;
        for (auto* const complete : {&plan_->complete, &plan_->named_by_events}) {
            for (const auto& each : std::exchange(*complete, {})) {
                if (const auto why = find_reason(each.object, unreadable))
                    settle_unsendable(each, *why, *complete);
                else
                    complete->push_back(each);
            }
        }
    }

    /// Which of `unreadable` keeps the object from being complete on the remote; nothing if it is.
    [[nodiscard]] std::optional<Error> find_reason(const store::ObjectRef& object,
                                                   const std::unordered_map<store::ObjectId, Error>& unreadable) {
        store::Exporter exporter{peer_.store};
        store::ExportPlan missing;
        try {
            plan(exporter, object, store::Exporter::Chunks::looked_up, missing);
        } catch (const Error& error) {
            if (!concerns_one_object(error)) throw;
            return error;
        }
        for (const auto* items : missing.parts())
            for (const auto& item : *items)
                if (const auto found = unreadable.find(item.id); found != unreadable.end()) return found->second;
        return std::nullopt;
    }

    [[nodiscard]] std::uint64_t now() const { return seconds_of(peer_.runtime.clock.now()); }

    [[nodiscard]] Expiry expiry() const {
        if (!request_.expires_after) return std::nullopt;
        return seconds_of(peer_.runtime.clock.now() + *request_.expires_after);
    }

    /// What this clone is to have published after this push.
    [[nodiscard]] RootSet next_roots() const {
        const auto today = now();
        RootSet next = own_.set;
        std::erase_if(next.entries, [&](const auto& entry) { return entry.second && *entry.second <= today; });
        RootSet added;
        for (const auto* const complete : {&plan_->complete, &plan_->named_by_events}) {
            for (const auto& each : *complete) {
                const auto known = next.entries.find(each.object);
                // Half of its time is enough: else every push would have something to write.
                const bool lasts =
                    known != next.entries.end() && known->second && request_.expires_after &&
                    *known->second - today > static_cast<std::uint64_t>(request_.expires_after->count()) / 2;
                if (!lasts) added.entries.try_emplace(each.object, expiry());
            }
        }
        next.merge(added);
        return next;
    }

    /// With nothing new to keep, only a longer life of what is kept is a change.
    [[nodiscard]] bool is_done() const {
        return plan_->records.is_empty() && own_.sets <= 1 && next_roots().entries == own_.set.entries &&
               (!events_ || events_->is_current());
    }

    void write() {
        if (const auto& traits = peer_.remote.traits(); !traits.can_list && !traits.never_lists)
            throw Error{remote::errors::listing_refused,
                        fmt::format("{} does not let us list what it holds, and who pushes has to know",
                                    quoted(peer_.remote.shown()))};
        view_.put_format();
        Lease lease{peer_};
        // A gc that reads leases from here on sees this one; what it condemned before may not be relied on.
        bool is_stale = view_.refresh_condemned();
        Journal journal{view_.folder(), peer_.runtime};
        Upload upload{peer_, view_, journal, lease};
        report_.resumed_packs = upload.resume();
        if (is_stale || report_.resumed_packs > 0) make_plan();
        const auto sent = upload.send(plan_->exporter, plan_->records);
        report_.records = sent.records;
        report_.bytes = sent.bytes;
        report_.packs = sent.packs;
        upload.consolidate();
        drop_incomplete(upload.unreadable());
        if (events_) static_cast<void>(events_->send());
        lease.renew();
        // Without a root set, be it empty, a chain belongs to no project.
        const bool has_chain = events_ && own_.sets == 0;
        if (const auto next = next_roots(); next.entries != own_.set.entries || own_.sets > 1 || has_chain)
            view_.put_roots(own_.seq + 1, next);
        view_.put_listing();
    }

    const Peer& peer_;
    const PushRequest& request_;
    View view_;
    OwnRoots own_;
    std::optional<EventPush> events_;
    std::vector<NamedRef> named_by_events_;
    std::optional<RootSet> published_;  ///< by any clone, once it was asked for
    bool has_walked_published_ = false;
    std::unordered_set<store::ObjectId> complete_there_;  ///< though the index may not tell, once it was asked for
    std::unique_ptr<Plan> plan_;
    PushReport report_;
};

}  // namespace

PushReport push(const Peer& peer, const PushRequest& request) { return Push{peer, request}.run(); }

std::vector<NamedRef> not_pushed(const Peer& peer, const std::vector<NamedRef>& objects) {
    return Push{peer, {.objects = objects}}.absent();
}

}  // namespace mlo::sync
