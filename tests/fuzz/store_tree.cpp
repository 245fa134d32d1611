// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <mlo/store/tree.hpp>
#include <mlo/util/error.hpp>

/// What is read as a directory listing is written again as the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto bytes = std::as_bytes(std::span{data, size});
    try {
        store::TreeReader reader{bytes, hash::sha256(bytes)};
        store::TreeWriter writer;
        for (store::TreeEntry entry; reader.next(entry);) writer.add(entry);
        MLO_ASSERT(std::ranges::equal(std::move(writer).finish(), bytes));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
    }
    return 0;
}
