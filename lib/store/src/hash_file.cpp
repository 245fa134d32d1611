// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/object_store.hpp>

namespace mlo::store {

StoredBlob hash_file(File& file, Progress& progress, const Runtime& runtime) {
    constexpr std::size_t block_bytes = 256 * 1024;  // fits the second-level cache together with what hashing needs
    thread_local Bytes buffer(block_bytes);
    auto count = file.read(buffer, 0);
    progress.advance(count);
    if (count < block_bytes) return {hash::sha256(ByteView{buffer}.first(count)), count};

    hash::Sha256 hasher;
    std::uint64_t size = 0;
    file.read_ahead();
    while (count > 0) {
        runtime.check_stop();
        hasher.update(ByteView{buffer}.first(count));
        size += count;
        count = file.read(buffer, size);
        progress.advance(count);
    }
    return {hasher.finish(), size};
}

}  // namespace mlo::store
