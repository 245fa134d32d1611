// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/workspace/scan.hpp>

namespace mlo::workspace {

/// Stores what the scan meets.
class StoringSink final : public ContentSink {
public:
    StoringSink(store::ObjectStore& store, store::Ingest& ingest) noexcept : store_{store}, ingest_{ingest} {}
    store::StoredBlob file(File& file, Progress& progress) override { return ingest_.add_file(file, progress); }
    store::ObjectId tree(Bytes bytes) override { return ingest_.add_bytes(bytes); }
    /// The stat cache may know the id of a file that was only looked at, never stored.
    bool knows(const store::ObjectId& id) override { return store_.find(id).has_value(); }

private:
    store::ObjectStore& store_;
    store::Ingest& ingest_;
};

}  // namespace mlo::workspace
