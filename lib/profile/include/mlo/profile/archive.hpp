// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/ledger/ledger.hpp>
#include <mlo/profile/profile.hpp>
#include <mlo/store/object_store.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::profile {

struct StoredProfile {
    Profile profile;
    store::ObjectId id;
};

/// Profiles as objects of the store, which events `profile.made` of the ledger name: what was made of some data once is
/// there for whoever has the ledger (lib/profile/README.md). One thread at a time.
class Archive {
public:
    Archive(store::ObjectStore& store, ledger::Ledger& ledger) : store_{store}, ledger_{ledger} {}

    /// The profile that was made of `data` when it was read like this; nothing if there is none, or the store lacks it.
    /// `reading` is any text that is equal for equal ways of reading. Throws profile_corrupt, profile_newer.
    [[nodiscard]] std::optional<StoredProfile> find(const store::ObjectId& data, std::string_view reading);
    /// Stores it, and says so under the clone's id `writer`. Durable when it returns; nothing is written twice.
    store::ObjectId put(const Profile& profile, const store::ObjectId& data, std::string_view reading,
                        const std::string& writer);

private:
    [[nodiscard]] std::optional<store::ObjectId> named(const std::string& subject);

    store::ObjectStore& store_;
    ledger::Ledger& ledger_;
};

}  // namespace mlo::profile
