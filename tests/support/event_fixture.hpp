// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/ledger/ledger.hpp>
#include <mlo/sync/events.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {

/// A clone with a ledger.
class Keeper {
public:
    explicit Keeper(remote::Remote& remote, std::uint64_t seed) : clone{remote, seed} {}

    [[nodiscard]] const std::string& name() { return clone.peer().clone; }
    /// Records a run: a log that shows it, and perhaps an output.
    ledger::Event record(const std::string& subject, bool has_output = false) {
        clone.clock().sleep(std::chrono::seconds{1}, {});
        std::vector<store::ObjectRef> ids{clone.add("log", as_bytes("log of " + subject)).object};
        if (has_output) ids.push_back(clone.add("model", as_bytes("model of " + subject)).object);
        return ledger.append(
            name(), ledger::NewEvent{.kind = "run.sealed", .subject = subject, .ids = ids, .body = body_of(subject)});
    }
    sync::PushReport push(sync::Chains chains = sync::Chains::all) {
        return sync::push(clone.peer(), {.objects = {}, .ledger = &ledger, .chains = chains, .needs = needs()});
    }
    sync::EventReport fetch(sync::DryRun dry_run = sync::DryRun::no) {
        return sync::fetch_events(clone.peer(),
                                  {.ledger = [this] { return &ledger; }, .needs = needs(), .dry_run = dry_run});
    }
    /// Every event's bytes, by writer and number.
    [[nodiscard]] std::vector<std::string> events() {
        std::vector<std::string> lines;
        ledger.for_each_since({}, [&](const ledger::Event& event) { lines.push_back(ledger::encode(event)); });
        return lines;
    }
    [[nodiscard]] bool has(std::string_view text) { return clone.store().contains(hash::sha256(as_bytes(text))); }
    /// Whether the run, its body and its log are here.
    [[nodiscard]] bool is_whole(const std::string& subject) {
        return ledger.by_subject(subject).size() == 1 && ledger.has_body(hash::sha256(as_bytes(body_of(subject)))) &&
               has("log of " + subject);
    }
    [[nodiscard]] static std::string body_of(const std::string& subject) { return "{\"run\":\"" + subject + "\"}"; }
    /// The log is what shows a run.
    [[nodiscard]] static sync::NeedsOf needs() {
        return [](const ledger::Event& event, std::string_view) {
            return sync::Needs{{{hash::sha256(as_bytes("log of " + event.subject)), store::ObjectKind::blob}}};
        };
    }

    Clone clone;
    TemporaryFolder folder;
    ledger::Ledger ledger{folder.path(), db::Access::write, clone.runtime()};
};

}  // namespace mlo::test
