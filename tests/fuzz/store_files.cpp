// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <fault_fs.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/util/error.hpp>

#include "pack.hpp"
#include "segment.hpp"

namespace {

using namespace mlo;

/// The footer of the pack under the name it would have, then every record it lists.
void read_pack(File& file, ByteView bytes) {
    const auto size = bytes.size() < 24 ? 0 : load_le<std::uint64_t>(bytes.subspan(bytes.size() - 16));
    const auto offset = bytes.size() < 24 ? 0 : load_le<std::uint64_t>(bytes.subspan(bytes.size() - 24));
    const bool fits = offset <= bytes.size() && size <= bytes.size() - offset;
    const auto name = hash::sha256(fits ? bytes.subspan(offset, size) : ByteView{});
    store::RecordBuffer buffer;
    for (const auto& entry : store::read_pack_footer(file, name).entries) {
        const auto raw = store::read_record(file, name, entry.offset, entry.info, buffer);
        MLO_ASSERT(raw.size() == entry.info.raw_bytes);
    }
}

/// Finds everything that the segment lists, whether or not it is sound.
void read_segment(File& file, ByteView bytes) {
    const store::Segment segment{file, hash::sha256(bytes)};
    static_cast<void>(segment.superseded());
    for (std::uint64_t i = 0; i < segment.entry_count(); ++i) static_cast<void>(segment.find(segment.entry(i).info.id));
    segment.verify();
    for (std::uint64_t i = 0; i < segment.entry_count(); ++i) static_cast<void>(segment.pack(segment.entry(i).pack));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span{data, size});
    test::FaultFs fs{"/"};
    const auto root = fs.open_root("/");
    const auto file = root->create("input", 0644);
    file->write(bytes);
    for (const auto read : {read_pack, read_segment}) {
        try {
            read(*file, bytes);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt && error.code().id != store::errors::store_newer.id) throw;
        }
    }
    return 0;
}
