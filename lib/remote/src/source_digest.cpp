// SPDX-License-Identifier: Apache-2.0
#include "source_digest.hpp"

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::remote {

hash::Digest digest_of(Source& source, std::uint64_t offset, std::uint64_t size_bytes, const Runtime& runtime) {
    constexpr std::uint64_t block_bytes = 1u << 20;
    hash::Sha256 hasher;
    Bytes block(std::min(block_bytes, size_bytes));
    for (std::uint64_t done = 0; done < size_bytes;) {
        runtime.check_stop();
        const auto wanted = std::min<std::uint64_t>(block.size(), size_bytes - done);
        const auto count = source.peek(std::span{block}.first(wanted), offset + done);
        if (count < wanted) throw Error{errors::source_changed, "a file shrank while it was uploaded"};
        hasher.update(std::span{block}.first(count));
        done += count;
    }
    return hasher.finish();
}

}  // namespace mlo::remote
