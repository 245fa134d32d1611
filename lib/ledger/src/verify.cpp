// SPDX-License-Identifier: Apache-2.0
#include <mlo/ledger/errors.hpp>
#include <mlo/ledger/ledger.hpp>

#include "rules.hpp"
#include "tables.hpp"

namespace mlo::ledger {
namespace {

/// Follows the chains, one writer after the other.
class Chains {
public:
    explicit Chains(std::vector<Break>& breaks) : breaks_{&breaks} {}

    void add(const Event& event) {
        const Place place{event.writer, event.seq};
        const auto complain = [&](std::string what) { breaks_->push_back({place.to_string(), std::move(what)}); };
        const bool is_new = event.writer != writer_;
        const std::uint64_t expected = is_new ? 1 : seq_ + 1;
        if (event.seq != expected)
            complain("the events from " + std::to_string(expected) + " on are missing before it");
        else if (event.seq > 1 && event.previous != hash_)
            complain("it does not follow the event before it");
        if (const auto fault = fault_of(event))
            complain(*fault);
        else if (hash::sha256(as_bytes(encode(event))) != event.hash)
            complain("its content is not what its hash says");
        writer_ = event.writer;
        seq_ = event.seq;
        hash_ = event.hash;
    }

private:
    std::vector<Break>* breaks_;
    std::string writer_;
    std::uint64_t seq_ = 0;
    hash::Digest hash_;
};

}  // namespace

std::vector<Break> Ledger::verify() {
    const db::Snapshot snapshot{database_};
    std::vector<Break> breaks;
    Chains chains{breaks};
    auto& events = database_.statement("SELECT " MLO_EVENT_COLUMNS " FROM events ORDER BY writer, seq");
    while (events.step()) {
        runtime_.check_stop();
        try {
            chains.add(read_event(events));
        } catch (const Error& error) {
            if (error.code().id != errors::ledger_damaged.id) throw;
            breaks.push_back({writer_text(events.blob(0)) + "/" + std::to_string(events.integer(1)), error.message()});
        }
    }
    auto& bodies = database_.statement("SELECT id, content FROM bodies");
    while (bodies.step()) {
        runtime_.check_stop();
        const auto where = "sha256:" + hash::to_hex(bodies.blob(0));
        if (hash::sha256(as_bytes(bodies.text(1))).to_string() != where)
            breaks.push_back({where, "its content is not what its id says"});
    }
    return breaks;
}

}  // namespace mlo::ledger
