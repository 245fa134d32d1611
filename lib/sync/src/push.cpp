// SPDX-License-Identifier: Apache-2.0
#include <mlo/sync/push.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "upload.hpp"
#include "view.hpp"

#include <mlo/sync/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {
namespace {

/// True for what makes one object impossible to send, and no other.
bool concerns_one_object(const Error& error) {
    return error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::corrupt;
}

/// What a push would do, by what is known of the remote.
struct Plan {
    explicit Plan(store::ObjectStore& store) : exporter{store} {}

    store::Exporter exporter;
    store::ExportPlan records;
    std::vector<store::ObjectRef> complete;
    std::vector<Failure> failures;
};

class Push {
public:
    Push(const Peer& peer, const PushRequest& request) : peer_{peer}, request_{request}, view_{peer} {}

    PushReport run() {
        view_.refresh();
        static_cast<void>(view_.refresh_condemned());
        own_ = view_.own_roots();
        make_plan();
        if (request_.dry_run == DryRun::no && !is_done()) write();
        report_.objects = plan_->complete.size();
        report_.failures = std::move(plan_->failures);
        return std::move(report_);
    }

    [[nodiscard]] std::vector<NamedRef> absent() {
        view_.refresh();
        std::vector<NamedRef> found;
        std::optional<RootSet> published;  // by any clone
        for (const auto& object : request_.objects) {
            store::Exporter exporter{peer_.store};
            store::ExportPlan records;
            try {
                exporter.plan(object.object, there(), store::Exporter::Chunks::believed, records);
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::not_found) throw;
                if (!published) published = view_.project_roots();
                if (!published->entries.contains(object.object)) found.push_back(object);
                continue;
            }
            if (!records.is_empty()) found.push_back(object);
        }
        return found;
    }

private:
    [[nodiscard]] store::Exporter::There there() const {
        return [this](const store::ObjectId& id) -> std::optional<store::RecordForm> {
            const auto found = view_.index().find(id);
            return found ? std::optional{found->info.form} : std::nullopt;
        };
    }

    void make_plan() {
        plan_ = std::make_unique<Plan>(peer_.store);
        std::optional<RootSet> published;  // by any clone
        for (const auto& [name, object] : request_.objects) {
            const bool is_own = own_.set.entries.contains(object);
            try {
                plan_->exporter.plan(object, there(),
                                     is_own ? store::Exporter::Chunks::believed : store::Exporter::Chunks::looked_up,
                                     plan_->records);
                plan_->complete.push_back(object);
            } catch (const Error& error) {
                if (!concerns_one_object(error)) throw;
                // What somebody has published is complete there: this clone need not have all of it.
                if (!published) published = view_.project_roots();
                if (published->entries.contains(object))
                    plan_->complete.push_back(object);
                else
                    plan_->failures.push_back(
                        {name, Error{errors::not_in_store,
                                     fmt::format("{} was not pushed: {}", quoted(name), error.message())}});
            }
        }
        report_.records = plan_->records.trees.size() + plan_->records.data.size();
        report_.bytes = plan_->records.size_bytes();
        report_.published = static_cast<std::uint64_t>(
            std::count_if(plan_->complete.begin(), plan_->complete.end(),
                          [&](const auto& object) { return !own_.set.entries.contains(object); }));
    }

    [[nodiscard]] Expiry expiry() const {
        if (!request_.expires_after) return std::nullopt;
        const auto until = peer_.runtime.clock.now() + *request_.expires_after;
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count());
    }

    /// What this clone is to have published after this push.
    [[nodiscard]] RootSet next_roots() const {
        const auto now = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::seconds>(peer_.runtime.clock.now().time_since_epoch()).count());
        RootSet next = own_.set;
        std::erase_if(next.entries, [&](const auto& entry) { return entry.second && *entry.second <= now; });
        RootSet added;
        for (const auto& object : plan_->complete) {
            const auto known = next.entries.find(object);
            // Half of its time is enough: else every push would have something to write.
            const bool lasts = known != next.entries.end() && known->second && request_.expires_after &&
                               *known->second - now > static_cast<std::uint64_t>(request_.expires_after->count()) / 2;
            if (!lasts) added.entries.try_emplace(object, expiry());
        }
        next.merge(added);
        return next;
    }

    /// With nothing new to keep, only a longer life of what is kept is a change.
    [[nodiscard]] bool is_done() const {
        return plan_->records.is_empty() && own_.sets <= 1 && next_roots().entries == own_.set.entries;
    }

    void write() {
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
        lease.renew();
        if (const auto next = next_roots(); next.entries != own_.set.entries || own_.sets > 1)
            view_.put_roots(own_.seq + 1, next);
        view_.put_listing();
    }

    const Peer& peer_;
    const PushRequest& request_;
    View view_;
    OwnRoots own_;
    std::unique_ptr<Plan> plan_;
    PushReport report_;
};

}  // namespace

PushReport push(const Peer& peer, const PushRequest& request) { return Push{peer, request}.run(); }

std::vector<NamedRef> not_pushed(const Peer& peer, const std::vector<NamedRef>& objects) {
    return Push{peer, {.objects = objects}}.absent();
}

}  // namespace mlo::sync
