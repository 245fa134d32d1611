// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <mlo/ledger/ledger.hpp>
#include <mlo/store/transfer.hpp>

namespace mlo::pipeline {

/// Which object is what DVC knows by an MD5 ("<32 hex>", of a folder "<32 hex>.dir").
struct DvcAlias {
    std::string md5;
    store::ObjectRef object;
    friend auto operator<=>(const DvcAlias&, const DvcAlias&) = default;
};

/// DVC's names, as they travel: events `object.alias` of the ledger (lib/pipeline/README.md). One thread at a time.
class DvcAliases {
public:
    /// `ledger` must outlive the object.
    DvcAliases(ledger::Ledger& ledger, std::string writer) : ledger_{ledger}, writer_{std::move(writer)} {}

    /// What somebody said that it is, the newest first. Nobody vouches for it: who takes one must look at its MD5.
    [[nodiscard]] std::vector<store::ObjectRef> find(const std::string& md5);
    /// All or none; the objects are durable in the store before. What is known already is dropped.
    void publish(std::vector<DvcAlias> aliases);

private:
    ledger::Ledger& ledger_;
    std::string writer_;
};

}  // namespace mlo::pipeline
