// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mlo {

/// The durability and safety checks that a test build can leave out one at a time (-DMLO_MUTANT=<number>), to prove
/// that a test notices. Numbers are given by order; tests/mutants runs every one.
enum class Mutant : int {
    none,
    atomic_file_sync,
    atomic_file_dir_sync,
    last_  ///< their number, not one of them
};

/// True if this build leaves out `which`. A constant: nothing of it is left in a normal build.
[[nodiscard]] constexpr bool mutant([[maybe_unused]] Mutant which) noexcept {
#ifdef MLO_MUTANT
    return static_cast<int>(which) == MLO_MUTANT;
#else
    return false;
#endif
}

}  // namespace mlo
