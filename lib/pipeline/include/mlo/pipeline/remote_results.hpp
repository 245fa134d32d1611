// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <mlo/ledger/ledger.hpp>
#include <mlo/pipeline/results.hpp>
#include <mlo/sync/events.hpp>
#include <mlo/sync/peer.hpp>
#include <mlo/sync/push.hpp>

/// Results that colleagues and CI had, by way of a remote. The settings cache.remote, cache.read and cache.write, and
/// the option --pull, say whether.
namespace mlo::pipeline {

/// Gets the events that the remote has and the ledger lacks, results among them (and runs: track::Archive::catch_up is
/// the caller's). One request if nothing is new. Throws as sync::fetch_events.
[[nodiscard]] sync::EventReport fetch_results(const sync::Peer& peer, ledger::Ledger& ledger);

/// What came of getting one result's outputs.
struct FetchedResult {
    bool is_here = false;       ///< all cached outputs are in the store, whole
    std::uint64_t records = 0;  ///< received
    std::uint64_t bytes = 0;
    std::vector<sync::Failure> failures;  ///< by output: what the remote lacks, or has damaged
};

/// Gets of a result's cached outputs what the store lacks; asks nobody if that is nothing. Throws as sync::fetch.
[[nodiscard]] FetchedResult fetch_result(const sync::Peer& peer, const StageResult& result);

/// Sends this clone's events that the remote lacks, and what they name: results with their outputs, and runs. Three
/// requests if nothing is new. Throws as sync::push.
[[nodiscard]] sync::PushReport push_results(const sync::Peer& peer, ledger::Ledger& ledger);

}  // namespace mlo::pipeline
