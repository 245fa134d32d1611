// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef MLO_MUTANTS
#include <cstdlib>
#endif

namespace mlo {

/// The durability and safety checks that a test build (-DMLO_MUTANTS=ON) can leave out one at a time, to prove that a
/// test notices. Numbers are given by order; tests/mutants/run tries each, and wants a row in tests/mutants/tests for
/// it.
enum class Mutant : int {
    none,
    atomic_file_sync,
    atomic_file_dir_sync,
    pack_sync,
    pack_dir_sync,
    pack_footer_hash,
    record_checksum,
    segment_sync,
    segment_hash,
    index_dir_sync,
    found_index_sync,
    chunk_hash,
    blob_hash,
    whole_sync,
    whole_dir_sync,
    whole_stamp,
    store_layout_sync,
    checkout_sync,
    checkout_folder_sync,
    checkout_recheck,
    checkout_resync,
    checkout_name_check,
    trash_sync,
    remote_sync,
    remote_folder_sync,
    remote_parent_sync,
    remote_remove_sync,
    stat_cache_settled,
    stat_cache_checksum,
    pointer_name,
    scan_restat,
    found_store_sync,
    found_pointer_sync,
    import_hash,
    import_blob_hash,
    quarantine_sync,
    dvc_cache_sync,
    dvc_cache_folder_sync,
    open_beneath,
    tree_name,
    remote_format_again,
    last_  ///< their number, not one of them
};

#ifdef MLO_MUTANTS
/// True if the environment variable MLO_MUTANT holds the number of `which`. Read once: one build serves all mutants.
[[nodiscard]] inline bool mutant(Mutant which) noexcept {
    static const int chosen = [] {
        const char* const number = std::getenv("MLO_MUTANT");
        return number == nullptr ? 0 : std::atoi(number);
    }();
    return which != Mutant::none && static_cast<int>(which) == chosen;
}
#else
/// False, and a constant: nothing of a mutant is left in a normal build.
[[nodiscard]] constexpr bool mutant(Mutant) noexcept { return false; }
#endif

}  // namespace mlo
