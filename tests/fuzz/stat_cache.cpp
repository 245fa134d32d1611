// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <fault_fs.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <span>

namespace {

using namespace mlo;

/// Makes the checksums right, so that what they guard is read: an accident never gets that far.
Bytes with_checksums(std::span<const std::byte> input) {
    Bytes file{input.begin(), input.end()};
    if (file.size() < 48) return file;
    const std::span all{file};
    const auto trailer = all.last(40);
    const auto table = load_le<std::uint64_t>(trailer);
    const auto folders = load_le<std::uint64_t>(trailer.subspan(8));
    if (table > file.size() - 40 || folders > (file.size() - 40 - table) / 48) return file;
    for (std::uint64_t i = 0; i < folders; ++i) {
        const auto row = all.subspan(table + i * 48, 48);
        const auto offset = load_le<std::uint64_t>(row.subspan(16));
        const auto size = load_le<std::uint64_t>(row.subspan(24));
        if (offset > table || size > table - offset) continue;
        std::ranges::copy(hash::xxh3_128(all.subspan(offset, size)), row.begin());
    }
    std::ranges::copy(hash::xxh3_128(all.subspan(table, file.size() - 16 - table)), trailer.subspan(24).begin());
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = with_checksums(std::as_bytes(std::span{data, size}));
    test::FaultFs fs{"/"};
    const auto root = fs.open_root("/");
    root->create("statcache", 0644)->write(file);
    const auto cache = workspace::StatCache::load(root.get());
    for (const std::string_view path : {"", "d", "d/e"}) {
        const auto known = cache.folder(path);
        for (std::size_t i = 0; i < known.size(); ++i) static_cast<void>(known.find(known[i].name));
    }
    return 0;
}
