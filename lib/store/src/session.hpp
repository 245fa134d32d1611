// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "segment.hpp"

#include <mlo/util/fs.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

class Catalog;
struct DamagedSegment;

/// One writer's presence in a store: the folders it writes to, and a private temporary folder that goes with it. What
/// dead writers have left is cleared away, and packs that they finished are adopted; so are packs whose segment turns
/// out to be damaged, and the segment goes to quarantine/.
class Session {
public:
    Session(Dir& store, Catalog& catalog, const Runtime& runtime);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] Dir& tmp() noexcept { return *tmp_; }
    [[nodiscard]] Dir& packs() noexcept { return *packs_; }

    /// Lists `packs`, whose names it makes durable first, in a new segment and lets small segments go up in it, so that
    /// their number stays logarithmic. Durable when it returns; the catalog sees it.
    void publish(const std::vector<PackContents>& packs);
    /// Makes durable what others have published: a killed writer's segment may be visible and not yet durable. publish
    /// does so too.
    void sync_found();

private:
    void make_layout();
    void clear_dead_sessions();
    /// The finished packs that no segment lists, less those in `known`: what killed writers left, and what damaged
    /// segments listed.
    [[nodiscard]] std::vector<PackContents> read_unlisted_packs(const std::vector<PackContents>& known);
    void set_aside(const DamagedSegment& segment);
    [[nodiscard]] LockFile lock_store();
    void publish_locked(std::vector<PackContents> packs);

    Dir& store_;
    Catalog& catalog_;
    Runtime runtime_;
    std::string name_;
    std::unique_ptr<Dir> packs_;
    std::unique_ptr<Dir> index_;
    std::unique_ptr<Dir> all_tmp_;
    std::unique_ptr<Dir> tmp_;
    std::unique_ptr<File> alive_;  ///< its lock says that this writer lives
    std::uint64_t segments_written_ = 0;
};

}  // namespace mlo::store
