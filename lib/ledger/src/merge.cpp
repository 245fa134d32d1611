// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/ledger/errors.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/util/text.hpp>

#include "rules.hpp"

namespace mlo::ledger {
namespace {

[[noreturn]] void refuse_fork(const Event& ours, const Event& theirs) {
    throw Error{errors::event_fork,
                fmt::format("there are two different events {}", quoted(Place{ours.writer, ours.seq}.to_string()))}
        .note(fmt::format("here: {} of {}, {}", ours.kind, quoted(ours.subject), to_rfc3339(ours.time)))
        .note(fmt::format("there: {} of {}, {}", theirs.kind, quoted(theirs.subject), to_rfc3339(theirs.time)))
        .hint("mlo explain L003");
}

}  // namespace

Merged Ledger::merge(std::string_view text, std::span<const std::string> bodies) {
    const auto run = decode_run(text);
    db::Transaction transaction{database_};
    Merged merged{.writer = run.front().writer, .added = take_run(run)};
    merged.known = run.size() - merged.added;
    merged.bodies = take_bodies(bodies);
    transaction.commit();
    return merged;
}

std::uint64_t Ledger::merge_bodies(std::span<const std::string> bodies) {
    db::Transaction transaction{database_};
    const auto added = take_bodies(bodies);
    transaction.commit();
    return added;
}

std::uint64_t Ledger::take_run(std::span<const Event> run) {
    const auto last = head(run.front().writer);
    const auto known = last ? last->seq : 0;
    if (run.front().seq > known + 1)
        throw Error{errors::event_gap, fmt::format("event {} came, but of that writer only {} here",
                                                   quoted(Place{run.front().writer, run.front().seq}.to_string()),
                                                   known == 0 ? "nothing is" : fmt::format("the first {} are", known))}
            .hint("fetch again; if that does not help, push again from the clone that wrote them");
    std::uint64_t added = 0;
    for (const auto& event : run) {
        if (event.seq <= known) {
            const auto ours = find(event.writer, event.seq);
            if (!ours) throw Error{errors::ledger_damaged, "a chain of the ledger has a gap"}.hint("mlo doctor");
            if (ours->hash != event.hash) refuse_fork(*ours, event);
            continue;
        }
        // The run itself fits together; its first new event must fit to what is here.
        if (event.seq == known + 1 && last && event.previous != last->hash)
            refuse_fork(*find(event.writer, known), event);
        insert(event);
        ++added;
    }
    return added;
}

std::uint64_t Ledger::take_bodies(std::span<const std::string> bodies) {
    std::uint64_t added = 0;
    for (const auto& body : bodies) {
        if (body.size() > max_body_bytes || !is_canonical(body))
            throw Error{errors::event_invalid, "the body of an event is not what mlo writes"}.hint(
                "none of what came was taken; have it pushed again from the clone that wrote it");
        const auto id = hash::sha256(as_bytes(body));
        auto& select = database_.statement("SELECT 1 FROM events WHERE body = ? LIMIT 1");
        const bool is_named = select.bind_all(ByteView{id.bytes}).step();
        select.reset();
        if (!is_named)
            throw Error{errors::event_invalid, fmt::format("no event names the body {}", quoted(id.to_string()))}.hint(
                "none of what came was taken; have it pushed again from the clone that wrote it");
        if (insert_body(body, id)) ++added;
    }
    return added;
}

}  // namespace mlo::ledger
