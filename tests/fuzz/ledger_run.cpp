// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/ledger/errors.hpp>
#include <mlo/ledger/event.hpp>
#include <mlo/util/bytes.hpp>
#include <string>

// A run of events, as it comes from a remote; and a body, which is the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    static_cast<void>(ledger::is_canonical(text));
    try {
        const auto run = ledger::decode_run(text);
        MLO_ASSERT(ledger::encode_run(run) == text);
        for (const auto& event : run) {
            MLO_ASSERT(event.hash == hash::sha256(as_bytes(ledger::encode(event))));
            MLO_ASSERT(event.writer == run.front().writer && !event.subject.empty());
            MLO_ASSERT(event.kind != ledger::retract_kind || ledger::Place::parse(event.subject));
        }
    } catch (const Error& error) {
        const auto id = error.code().id;
        if (id != ledger::errors::event_invalid.id && id != ledger::errors::event_newer.id) throw;
    }
    return 0;
}
