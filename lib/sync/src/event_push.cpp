// SPDX-License-Identifier: Apache-2.0
#include "event_push.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <mlo/hash/digest.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {
namespace {

constexpr std::size_t value_bytes = std::size_t{4} << 20;
constexpr std::uint64_t events_at_once = 1000;

/// Objects in the order in which they are best read: what is fetched together lies together.
struct Travelling {
    std::vector<NamedRef> bodies;
    std::vector<NamedRef> shown;
    std::vector<NamedRef> rest;

    [[nodiscard]] std::vector<NamedRef> take() {
        for (auto* part : {&shown, &rest})
            bodies.insert(bodies.end(), std::make_move_iterator(part->begin()), std::make_move_iterator(part->end()));
        return std::move(bodies);
    }
};

}  // namespace

EventPush::EventPush(const Peer& peer, View& view, ledger::Ledger& ledger, Chains chains)
    : peer_{peer}, view_{view}, ledger_{ledger} {
    auto remembered = recall_events(view.folder());
    for (const auto& [writer, head] : ledger_.heads()) {
        if (chains == Chains::own && writer != peer.clone) continue;
        auto& chain = chains_[writer];
        chain.head = head;
        for (auto& key : remembered[writer])
            if (key.last <= head.seq) chain.known.push_back(std::move(key));
        chain.there = covered_to(chain.known);
    }
}

bool EventPush::is_current() const noexcept {
    return std::all_of(chains_.begin(), chains_.end(), [](const auto& chain) { return chain.second.is_current(); });
}

void EventPush::look() {
    std::vector<Failure> strange;
    const auto listed = list_events(view_, strange);
    for (const auto& each : strange) peer_.runtime.log.log(LogLevel::warning, each.error.message());
    const bool is_hint = !peer_.remote.traits().can_list;
    for (auto& [writer, chain] : chains_) {
        static const std::vector<EventKey> none;
        const auto found = listed.find(writer);
        const auto& keys = found == listed.end() ? none : found->second;
        const auto is_listed = [&](const EventKey& key) {
            return std::find(keys.begin(), keys.end(), key) != keys.end();
        };
        // Where nobody can list, others may have hidden what this clone has sent.
        if (is_hint)
            for (const auto& key : chain.known) view_.claim("events/" + key.text());
        else
            std::erase_if(chain.known, [&](const EventKey& key) { return !is_listed(key); });
        chain.there = covered_to(chain.known);
        for (const auto& key : keys) {
            if (chain.is_current()) break;
            if (std::find(chain.known.begin(), chain.known.end(), key) == chain.known.end())
                examine(writer, chain, key);
        }
    }
    remember();
}

void EventPush::examine(const std::string& writer, Chain& chain, const EventKey& key) {
    peer_.runtime.check_stop();
    if (key.last <= chain.head.seq) {
        const auto text = encode(writer, key.first, key.last);
        if (text && hash::sha256(as_bytes(*text)) == key.hash) {
            chain.known.push_back(key);
            chain.there = covered_to(chain.known);
            return;
        }
    }
    try {
        const auto events = read_events(peer_, view_, key);
        for (const auto& event : events) {
            const auto ours = ledger_.find(writer, event.seq);
            if (!ours || ours->hash == event.hash) continue;
            chain.is_blocked = true;
            failures_.push_back(
                {writer, Error{ledger::errors::event_fork,
                               fmt::format("{} holds another event {} than this clone", quoted(peer_.remote.shown()),
                                           quoted(ledger::Place{writer, event.seq}.to_string()))}
                             .note(fmt::format("here: {} of {}", ours->kind, quoted(ours->subject)))
                             .note(fmt::format("there: {} of {}", event.kind, quoted(event.subject)))
                             .hint("mlo explain L003")});
            return;
        }
        if (key.last > chain.head.seq && key.first <= chain.head.seq) {
            chain.there = key.last;  // a fetch gets it
            if (writer == peer_.clone)
                failures_.push_back(
                    {writer, Error{errors::ledger_behind, fmt::format("{} holds events of this clone that are not here",
                                                                      quoted(peer_.remote.shown()))}
                                 .hint("mlo fetch")});
        }
    } catch (const Error& error) {
        if (!concerns_one_value(error)) throw;
        // It counts as absent: what it should hold is sent again.
        peer_.runtime.log.log(LogLevel::warning, error.message());
    }
}

std::optional<std::string> EventPush::encode(const std::string& writer, std::uint64_t first, std::uint64_t last) {
    std::string text;
    for (auto next = first; next <= last;) {
        const auto events = ledger_.range(writer, next, std::min(events_at_once, last - next + 1));
        if (events.empty()) return std::nullopt;
        text += ledger::encode_run(events);
        if (text.size() > value_bytes) return std::nullopt;
        next += events.size();
    }
    return text;
}

void EventPush::visit(const std::string& writer, std::uint64_t after, std::uint64_t last,
                      const std::function<void(const ledger::Event&)>& use) {
    for (auto next = after + 1; next <= last;) {
        peer_.runtime.check_stop();
        const auto events = ledger_.range(writer, next, std::min(events_at_once, last - next + 1));
        for (const auto& event : events) use(event);
        if (events.empty())
            throw Error{ledger::errors::ledger_damaged, "a chain of the ledger has a gap"}.hint("mlo doctor");
        next += events.size();
    }
}

EventCounts EventPush::counts() {
    EventCounts counts;
    for (const auto& [writer, chain] : chains_)
        if (!chain.is_current())
            visit(writer, chain.there, chain.head.seq, [&](const auto& event) { ++counts[event.kind]; });
    return counts;
}

std::vector<NamedRef> EventPush::objects(const NeedsOf& needs, DryRun dry_run) {
    Travelling found;
    const auto ingest = peer_.store.begin_ingest(store::LargeFiles::automatic);
    bool has_bodies = false;
    const auto add_body = [&](const ledger::Event& event) {
        const bool is_at_hand = view_.index().find(*event.body) || peer_.store.contains(*event.body);
        if (!is_at_hand) {
            const auto body = dry_run == DryRun::yes ? std::nullopt : ledger_.body(*event.body);
            if (!body) return;
            static_cast<void>(ingest->add_bytes(as_bytes(*body)));
            has_bodies = true;
        }
        found.bodies.push_back({event.subject, {*event.body, store::ObjectKind::blob}});
    };
    const auto add = [&](const ledger::Event& event, std::uint64_t there) {
        if (event.kind != ledger::retract_kind && ledger_.is_retracted({event.writer, event.seq})) return;
        if (event.body) add_body(event);
        std::vector<store::ObjectRef> shown;
        const auto body = event.seq > there && event.body && needs ? ledger_.body(*event.body) : std::nullopt;
        if (body) shown = needs(event, *body).objects;
        for (const auto& object : event.ids) {
            const bool is_shown = std::find(shown.begin(), shown.end(), object) != shown.end();
            (is_shown ? found.shown : found.rest).push_back({event.subject, object});
        }
    };
    for (const auto& [writer, chain] : chains_) {
        if (chain.is_blocked) continue;
        const bool is_own = writer == peer_.clone;
        if (!is_own && chain.is_current()) continue;
        const auto there = chain.there;
        visit(writer, is_own ? 0 : there, chain.head.seq, [&](const auto& event) { add(event, there); });
    }
    if (has_bodies) ingest->commit();
    return found.take();
}

void EventPush::send() {
    if (is_current()) return;
    const auto writers = view_.project_writers();
    for (auto& [writer, chain] : chains_) {
        if (chain.is_current()) continue;
        if (writer != peer_.clone && !writers.contains(writer)) view_.put_empty_roots(writer);
        send_chain(writer, chain);
    }
    remember();
}

void EventPush::send_chain(const std::string& writer, Chain& chain) {
    const auto last = chain.head.seq;
    auto first = chain.there + 1;
    if (auto text = encode(writer, first, last)) {
        auto before = find_cover(chain.known, 0);
        while (!before.empty() && before.back().count() <= last - first + 1) {
            const auto from = std::min(first, before.back().first);
            auto longer = encode(writer, from, last);
            if (!longer) break;
            first = from;
            text = std::move(longer);
            before.pop_back();
        }
        put(chain, writer, first, last, *text);
        return;
    }
    std::string text;
    auto next = first;
    visit(writer, chain.there, last, [&](const ledger::Event& event) {
        const auto line = ledger::encode_run({&event, 1});
        if (!text.empty() && text.size() + line.size() > value_bytes) {
            put(chain, writer, next, event.seq - 1, text);
            text.clear();
            next = event.seq;
        }
        text += line;
    });
    put(chain, writer, next, last, text);
}

void EventPush::put(Chain& chain, const std::string& writer, std::uint64_t first, std::uint64_t last,
                    std::string_view text) {
    const EventKey key{writer, first, last, hash::sha256(as_bytes(text))};
    view_.put_events("events/" + key.text(), text);
    chain.known.push_back(key);
    chain.there = last;
}

void EventPush::remember() {
    auto keys = recall_events(view_.folder());
    for (const auto& [writer, chain] : chains_) keys[writer] = chain.known;
    remember_events(view_.folder(), keys, peer_.runtime.random);
}

EventCounts events_not_pushed(const Peer& peer, ledger::Ledger& ledger, Chains chains) {
    View view{peer};
    EventPush push{peer, view, ledger, chains};
    push.look();
    return push.counts();
}

}  // namespace mlo::sync
