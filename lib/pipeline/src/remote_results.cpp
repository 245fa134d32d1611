// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/remote_results.hpp>

#include <mlo/sync/fetch.hpp>
#include <mlo/track/travel.hpp>
#include <utility>

namespace mlo::pipeline {
namespace {

/// Runs come with what shows them, as with `mlo fetch`: it is not asked for again. A result's outputs wait until
/// somebody wants them.
sync::NeedsOf needs_of(store::ObjectStore& store) {
    return [&store](const ledger::Event& event, std::string_view body) {
        auto shown = track::shown_objects(event, body, store);
        return sync::Needs{std::move(shown.objects),
                           shown.is_all ? sync::Needs::Then::done : sync::Needs::Then::ask_again};
    };
}

}  // namespace

sync::EventReport fetch_results(const sync::Peer& peer, ledger::Ledger& ledger) {
    return sync::fetch_events(peer, {.ledger = [&ledger] { return &ledger; }, .needs = needs_of(peer.store)});
}

FetchedResult fetch_result(const sync::Peer& peer, const StageResult& result) {
    std::vector<sync::NamedRef> wanted;
    for (const auto& out : result.outs) {
        MLO_ASSERT(out.state && out.state->id);
        const store::ObjectRef object{*out.state->id, out.state->kind};
        if (out.is_cached && !sync::is_complete(peer.store, object))
            wanted.push_back({.name = out.path, .object = object, .size_bytes = out.state->size_bytes});
    }
    FetchedResult fetched;
    if (!wanted.empty()) {
        auto report = sync::fetch(peer, wanted);
        fetched.records = report.records;
        fetched.bytes = report.bytes;
        fetched.failures = std::move(report.failures);
    }
    fetched.is_here = fetched.failures.empty();
    return fetched;
}

sync::PushReport push_results(const sync::Peer& peer, ledger::Ledger& ledger) {
    sync::PushRequest request;
    request.ledger = &ledger;
    request.needs = needs_of(peer.store);
    return sync::push(peer, request);
}

}  // namespace mlo::pipeline
