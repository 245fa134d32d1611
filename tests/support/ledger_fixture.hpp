// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/hash/digest.hpp>
#include <mlo/ledger/ledger.hpp>
#include <seeded.hpp>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

inline const std::string ada(32, 'a');
inline const std::string bob(32, 'b');

inline store::ObjectRef object(std::string_view text, store::ObjectKind kind = store::ObjectKind::blob) {
    return {hash::sha256(as_bytes(text)), kind};
}

inline ledger::NewEvent sealed(std::string subject, std::vector<store::ObjectRef> ids = {}, std::string body = "{}") {
    return {.kind = "run.sealed", .subject = std::move(subject), .ids = std::move(ids), .body = std::move(body)};
}

/// A ledger in a folder of its own, and a clock that goes on by a second with each event.
class Place {
public:
    Place() = default;
    [[nodiscard]] ledger::Ledger open(db::Access access = db::Access::write) {
        return ledger::Ledger{folder.path(), access, runtime};
    }

    /// Adds an event.
    ledger::Event add(const std::string& writer, const ledger::NewEvent& event) {
        clock.sleep(std::chrono::seconds{1}, {});
        return ledger.append(writer, event);
    }
    /// All events of a writer from `first` on, as they travel.
    [[nodiscard]] std::string run(const std::string& writer, std::uint64_t first = 1) {
        std::vector<ledger::Event> events;
        ledger.for_each_since({}, [&](const ledger::Event& event) {
            if (event.writer == writer && event.seq >= first) events.push_back(event);
        });
        return ledger::encode_run(events);
    }
    /// Every event's bytes, by writer and seq.
    [[nodiscard]] std::vector<std::string> content() {
        std::vector<std::string> lines;
        ledger.for_each_since({}, [&](const ledger::Event& event) { lines.push_back(ledger::encode(event)); });
        return lines;
    }

    TemporaryFolder folder;
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'001}}};
    SeededRandom random{1};
    Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 1};
    ledger::Ledger ledger{folder.path(), db::Access::write, runtime};
};

}  // namespace mlo::test
