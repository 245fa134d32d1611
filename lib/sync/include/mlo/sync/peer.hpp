// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mlo/remote/remote.hpp>
#include <mlo/store/transfer.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>

/// Objects between a store and a remote. Layout and formats of the remote: lib/sync/README.md.
namespace mlo::sync {

/// The two ends of a transfer, and in whose name it is made. Holds references only.
struct Peer {
    store::ObjectStore& store;
    remote::Remote& remote;
    std::string project;  ///< 32 hex: the setting `project`
    std::string clone;    ///< 32 hex: ledger::clone_id
    const Runtime& runtime;
    std::uint32_t transfers = 4;  ///< how many requests may be under way at once
};

enum class DryRun : std::uint8_t { no, yes };

/// An object, and what the user calls it.
struct NamedRef {
    std::string name;  ///< a path, for messages: "data", "v1.0:data"
    store::ObjectRef object;
    std::vector<std::string> paths{};  ///< where it belongs in the workspace: what sparse patterns are about
    std::uint64_t size_bytes = 0;      ///< of a file; of a folder its tree tells

    friend bool operator==(const NamedRef&, const NamedRef&) = default;
};

/// What could not be done for one of them.
struct Failure {
    std::string name;
    Error error;
};

}  // namespace mlo::sync
