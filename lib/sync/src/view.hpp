// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "root_set.hpp"

#include <mlo/store/pack_index.hpp>
#include <mlo/sync/peer.hpp>
#include <mlo/util/lock_file.hpp>

namespace mlo::sync {

inline constexpr std::uint64_t value_limit_bytes = std::uint64_t{4} << 30;  ///< of a segment, a root set, a listing

/// This clone's last published set.
struct OwnRoots {
    std::uint64_t seq = 0;  ///< 0: none yet
    std::size_t sets = 0;   ///< of that seq: more than one are to be merged
    RootSet set;
};

/// What a remote holds, as far as its index tells, with the folder beside the store that remembers it. Holds that
/// folder's lock. Not thread-safe, except index().find.
class View {
public:
    explicit View(const Peer& peer);

    /// Checks the format (by what this clone remembers of it), and reads which segments there are, and those of them
    /// that are new. A remote that holds nothing yet is an empty one. Throws remote_newer, not_a_remote,
    /// remote_emptied, remote_corrupt.
    void refresh();
    /// The first part of refresh.
    void check_format();
    /// refresh, unless that was done, for who only reads: the format is asked for again, since it may have become
    /// newer. (Who writes learns it by put_format.)
    void refresh_to_read();
    /// Reads what gc intends to delete; returns whether that is more than it was.
    bool refresh_condemned();
    [[nodiscard]] OwnRoots own_roots();
    /// Everything that any clone of this project has published, in `own` too.
    [[nodiscard]] RootSet project_roots();

    /// The clones that have published something in this project.
    [[nodiscard]] std::set<std::string> project_writers();
    /// The keys below `prefix` ("index/"), by a list or, where the place cannot, by `listing`.
    [[nodiscard]] std::vector<std::string> keys_below(const std::string& prefix);

    /// Says that the place is a remote of mlo's, if nobody has. Before anything else is written: throws remote_newer,
    /// not_a_remote, whatever this clone remembers.
    void put_format();
    /// Writes the segment's copy to the remote.
    void put_segment(const store::ObjectId& segment);
    void put_roots(std::uint64_t seq, const RootSet& set);
    /// Says that another clone's chain belongs to this project.
    void put_empty_roots(const std::string& writer);
    void put_events(const std::string& key, std::string_view text);
    /// What `listing` has to name although this object did not write it.
    void claim(std::string key) { own_keys_.insert(std::move(key)); }
    /// Makes `listing` name what there is, this clone's last keys included.
    void put_listing();

    [[nodiscard]] store::PackIndex& index() noexcept { return *index_; }
    [[nodiscard]] const store::PackIndex& index() const noexcept { return *index_; }
    [[nodiscard]] Dir& folder() noexcept { return *folder_; }
    /// An error that names `key` and the remote.
    [[nodiscard]] Error damaged(const std::string& key, std::string_view how) const;
    [[nodiscard]] const std::set<store::ObjectId>& condemned() const noexcept { return condemned_; }

private:
    void remember_format();
    /// Throws bad_answer if it is said to be there already, and is not.
    void put_named_by_content(const remote::Key& key, remote::Source& source);
    /// Throws remote_emptied if there was a remote here once.
    void check_is_used();
    [[nodiscard]] std::vector<std::string> read_listing();
    [[nodiscard]] std::vector<std::string> own_root_keys();
    [[nodiscard]] RootSet read_roots(const std::string& key);
    void load_segments(const std::vector<std::string>& keys);
    /// Reads the highest of each clone in `keys` into one set.
    [[nodiscard]] RootSet highest_roots(const std::vector<std::string>& keys);

    const Peer& peer_;
    std::unique_ptr<Dir> folder_;
    std::optional<LockFile> lock_;
    std::unique_ptr<Dir> index_folder_;
    std::unique_ptr<Dir> roots_folder_;
    std::unique_ptr<store::PackIndex> index_;
    std::set<store::ObjectId> condemned_;
    std::set<store::ObjectId> listed_;  ///< segments
    bool is_fresh_ = false;
    std::set<std::string> own_keys_;  ///< written by this object: `listing` must name them
};

}  // namespace mlo::sync
