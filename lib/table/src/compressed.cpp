// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>

#include "inputs.hpp"

namespace mlo::table {
namespace {

// RFC 8878, section 3.1.
constexpr std::uint32_t frame_magic = 0xFD2FB528;
constexpr std::uint32_t skippable_magic = 0x184D2A50;  // and the 15 after it
constexpr std::uint32_t skippable_mask = 0xFFFFFFF0;
constexpr std::uint64_t checksum_bytes = 4;
constexpr unsigned run_block = 1;
constexpr unsigned reserved_block = 3;

/// Walks the frames of a zstd file from block to block, without unpacking them.
class FrameWalk {
public:
    explicit FrameWalk(File& file) : file_{file}, size_{file.stat().size} {}

    /// Whether each frame is whole, and nothing follows the last.
    bool is_whole(const Runtime& runtime) {
        while (at_ < size_) {
            runtime.check_stop();
            const auto magic = number(4);
            if ((magic & skippable_mask) == skippable_magic) {
                const auto length = number(4);
                at_ += length;
            } else if (magic == frame_magic) {
                frame();
            } else {
                return false;
            }
            if (is_wrong_ || at_ > size_) return false;
        }
        return true;
    }

private:
    void frame() {
        const auto descriptor = number(1);
        const bool is_single_segment = (descriptor >> 5 & 1) != 0;
        constexpr std::array<unsigned, 4> dictionary_bytes{0, 1, 2, 4};
        constexpr std::array<unsigned, 4> content_bytes{0, 2, 4, 8};
        const auto content = content_bytes[descriptor >> 6];
        at_ += (is_single_segment ? 0U : 1U) + dictionary_bytes[descriptor & 3] +
               (content == 0 && is_single_segment ? 1U : content);
        for (bool is_last = false; !is_last && !is_wrong_;) {
            const auto header = number(3);
            is_last = (header & 1) != 0;
            const auto type = header >> 1 & 3;
            is_wrong_ = is_wrong_ || type == reserved_block;
            at_ += type == run_block ? 1 : header >> 3;
        }
        if ((descriptor >> 2 & 1) != 0) at_ += checksum_bytes;
    }

    /// The next bytes, the lowest first.
    std::uint32_t number(std::size_t bytes) {
        std::array<std::byte, 4> buffer{};
        is_wrong_ = is_wrong_ || at_ > size_ || file_.read(std::span{buffer}.first(bytes), at_) != bytes;
        at_ += bytes;
        std::uint32_t value = 0;
        for (std::size_t i = bytes; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(buffer[i]);
        return is_wrong_ ? 0 : value;
    }

    File& file_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    bool is_wrong_ = false;
};

}  // namespace

void check_whole(const InputFile& file, const Runtime& runtime) {
    if (file.compression != Compression::zstd) return;
    const auto opened = open_input(file.path, runtime);
    if (!FrameWalk{*opened}.is_whole(runtime))
        throw Error{errors::table_damaged,
                    fmt::format("{} is cut off or damaged: its last zstd frame does not end", quoted(file.shown))}
            .hint("fetch or write it again; 'mlo checkout' restores a tracked file");
}

}  // namespace mlo::table
