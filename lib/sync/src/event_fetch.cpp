// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <span>

#include "event_values.hpp"
#include "fetch_through.hpp"

#include <mlo/ledger/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/sync/events.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {
namespace {

constexpr std::size_t events_at_once = 1000;
constexpr std::uint64_t body_bytes_at_once = std::uint64_t{16} << 20;
/// A recipe of a body of 1 MiB takes far less.
constexpr std::uint64_t largest_body_recipe = 16 << 10;

class EventFetch {
public:
    EventFetch(const Peer& peer, const EventRequest& request) : peer_{peer}, request_{request}, view_{peer} {}

    EventReport run() {
        view_.check_format();
        const auto listed = list_events(view_, report_.failures);
        if (listed.empty()) return std::move(report_);
        ledger_ = request_.ledger();
        if (ledger_ != nullptr) heads_ = ledger_->heads();
        known_ = recall_events(view_.folder());
        const auto is_new = [&](const auto& chain) {
            return std::any_of(chain.second.begin(), chain.second.end(),
                               [&](const auto& key) { return key.last > last_of(chain.first); });
        };
        if (std::any_of(listed.begin(), listed.end(), is_new)) {
            const auto writers = view_.project_writers();
            for (const auto& chain : listed)
                if (is_new(chain) && (writers.contains(chain.first) || chain.first == peer_.clone))
                    take_chain(chain.first, chain.second);
            if (request_.dry_run == DryRun::no) remember_events(view_.folder(), known_, peer_.runtime.random);
        }
        if (request_.dry_run == DryRun::no) take_missing_bodies();
        return std::move(report_);
    }

private:
    [[nodiscard]] std::uint64_t last_of(const std::string& writer) const {
        const auto head = heads_.find(writer);
        return head == heads_.end() ? 0 : head->second.seq;
    }

    void take_chain(const std::string& writer, std::vector<EventKey> keys) {
        auto last = last_of(writer);
        const auto failures = report_.failures.size();
        for (auto cover = find_cover(keys, last); !cover.empty(); cover = find_cover(keys, last)) {
            const auto& key = cover.front();
            std::erase(keys, key);
            try {
                take_value(key, last);
            } catch (const Error& error) {
                if (!concerns_one_value(error)) throw;
                // Named by a list that is older than the remote.
                if (&error.code() != &remote::errors::key_absent)
                    report_.failures.push_back({"events/" + key.text(), error});
            }
        }
        const bool is_torn = std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.last > last; });
        if (is_torn && report_.failures.size() == failures)
            report_.failures.push_back(
                {writer, Error{ledger::errors::event_gap,
                               fmt::format("{} lacks event {}, and has later ones", quoted(peer_.remote.shown()),
                                           quoted(ledger::Place{writer, last + 1}.to_string()))}});
    }

    /// Takes the events of one value after `last`, which it moves on.
    void take_value(const EventKey& key, std::uint64_t& last) {
        peer_.runtime.check_stop();
        const auto events = read_events(peer_, view_, key);
        const auto rest = std::span{events}.subspan(last + 1 - key.first);
        if (request_.dry_run == DryRun::yes) {
            for (const auto& event : rest) ++report_.events[event.kind];
            last = key.last;
            return;
        }
        // What is no continuation is refused before anything is got for its sake.
        const auto head = heads_.find(key.writer);
        if (last > 0 &&
            (head == heads_.end() || head->second.seq != last || rest.front().previous != head->second.hash))
            static_cast<void>(ledger_->merge(ledger::encode_run(events)));
        for (auto left = rest; !left.empty();) {
            const auto batch = left.first(batch_size(left));
            take_batch(batch, Merge::yes);
            last = batch.back().seq;
            heads_[key.writer] = {last, batch.back().hash};
            left = left.subspan(batch.size());
        }
        known_[key.writer].push_back(key);
    }

    [[nodiscard]] std::size_t batch_size(std::span<const ledger::Event> events) {
        view_.refresh_to_read();
        std::uint64_t bytes = 0;
        std::size_t count = 0;
        for (const auto& event : events.first(std::min(events.size(), events_at_once))) {
            const auto record = event.body ? view_.index().find(*event.body) : std::nullopt;
            if (record) bytes += record->info.raw_bytes;
            if (count > 0 && bytes > body_bytes_at_once) break;
            ++count;
        }
        return count;
    }

    enum class Merge : std::uint8_t { no, yes };

    void take_batch(std::span<const ledger::Event> events, Merge merge) {
        const auto bodies = get_bodies(events);
        get_needs(events, bodies);
        std::vector<std::string> texts;
        for (const auto& [id, text] : bodies) texts.push_back(text);
        if (merge == Merge::yes) {
            const auto merged = ledger_->merge(ledger::encode_run(events), texts);
            report_.bodies += merged.bodies;
            for (const auto& event : events.last(merged.added)) ++report_.events[event.kind];
        } else if (!texts.empty()) {
            report_.bodies += ledger_->merge_bodies(texts);
        }
    }

    using Bodies = std::map<hash::Digest, std::string>;

    /// The bodies that the ledger lacks, as far as they are to be had.
    [[nodiscard]] Bodies get_bodies(std::span<const ledger::Event> events) {
        std::vector<NamedRef> wanted;
        std::vector<store::ObjectRef> asked;
        for (const auto& event : events) {
            if (!event.body || ledger_->has_body(*event.body) || !tried_.insert(*event.body).second) continue;
            const auto record = view_.index().find(*event.body);
            const bool is_raw = record && record->info.form == store::RecordForm::raw;
            if (record && record->info.raw_bytes > (is_raw ? ledger::max_body_bytes : largest_body_recipe)) {
                refuse_body(event, "is larger than any that mlo writes");
                continue;
            }
            wanted.push_back({event.subject, {*event.body, store::ObjectKind::blob}});
        }
        get(wanted);
        Bodies bodies;
        for (const auto& event : events) {
            if (!event.body || bodies.contains(*event.body) || ledger_->has_body(*event.body) ||
                !peer_.store.contains(*event.body))
                continue;
            try {
                const auto bytes = peer_.store.read_all(*event.body, ledger::max_body_bytes);
                if (ledger::is_canonical(as_text(bytes)))
                    bodies.emplace(*event.body, as_text(bytes));
                else
                    refuse_body(event, "is not what mlo writes");
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::unsupported) throw;
                refuse_body(event, "cannot be read");
                report_.failures.back().error.note(error.message());
            }
        }
        return bodies;
    }

    void refuse_body(const ledger::Event& event, std::string_view why) {
        report_.failures.push_back(
            {event.subject, Error{ledger::errors::event_invalid,
                                  fmt::format("the body {} of event {} {}", event.body->to_string(),
                                              quoted(ledger::Place{event.writer, event.seq}.to_string()), why)}});
    }

    void get_needs(std::span<const ledger::Event> events, const Bodies& bodies) {
        if (!request_.needs) return;
        std::vector<const ledger::Event*> asking;
        for (const auto& event : events) asking.push_back(&event);
        constexpr int rounds = 3;  // a document, and what it names; nothing asks for longer
        for (int round = 0; round < rounds && !asking.empty(); ++round) {
            std::vector<NamedRef> wanted;
            std::vector<const ledger::Event*> again;
            for (const auto* event : asking) {
                if (!event->body) continue;
                const auto found = bodies.find(*event->body);
                const auto text = found != bodies.end() ? std::optional{found->second} : ledger_->body(*event->body);
                if (!text) continue;
                const auto needs = request_.needs(*event, *text);
                for (const auto& object : needs.objects)
                    // A document may not have more fetched than its event names.
                    if (std::binary_search(event->ids.begin(), event->ids.end(), object))
                        wanted.push_back({event->subject, object});
                if (needs.then == Needs::Then::ask_again) again.push_back(event);
            }
            get(wanted);
            asking = std::move(again);
        }
    }

    /// Gets objects; what nobody has published is counted.
    void get(std::vector<NamedRef>& wanted) {
        std::erase_if(wanted, [&](const auto& each) { return peer_.store.contains(each.object.id); });
        if (wanted.empty()) return;
        view_.refresh_to_read();
        std::erase_if(wanted, [&](const auto& each) {
            const bool is_absent = !view_.index().find(each.object.id);
            if (is_absent) ++report_.absent;
            return is_absent;
        });
        auto got = fetch_through(peer_, view_, wanted, {}, DryRun::no);
        report_.records += got.records;
        report_.bytes += got.bytes;
        std::move(got.failures.begin(), got.failures.end(), std::back_inserter(report_.failures));
    }

    void take_missing_bodies() {
        if (ledger_ == nullptr) return;
        const auto events = ledger_->without_body(events_at_once);
        if (events.empty()) return;
        view_.refresh_to_read();
        std::vector<ledger::Event> found;
        for (const auto& event : events)
            if (!tried_.contains(*event.body) && view_.index().find(*event.body)) found.push_back(event);
        for (auto left = std::span<const ledger::Event>{found}; !left.empty();) {
            const auto batch = left.first(batch_size(left));
            take_batch(batch, Merge::no);
            left = left.subspan(batch.size());
        }
    }

    const Peer& peer_;
    const EventRequest& request_;
    View view_;
    ledger::Ledger* ledger_ = nullptr;
    std::map<std::string, ledger::Head, std::less<>> heads_;
    EventKeys known_;
    std::set<hash::Digest> tried_;  ///< bodies
    EventReport report_;
};

}  // namespace

EventReport fetch_events(const Peer& peer, const EventRequest& request) { return EventFetch{peer, request}.run(); }

}  // namespace mlo::sync
