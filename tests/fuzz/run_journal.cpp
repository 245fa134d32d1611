// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/util/error.hpp>

#include "journal_format.hpp"

/// A journal is read to its end, whatever it holds; what is read as an operation is written again as the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    using namespace mlo::track::journal;
    const auto bytes = std::as_bytes(std::span{data, size});
    const auto try_operation = [](std::string_view payload) {
        try {
            MLO_ASSERT(encode(parse_operation(payload, "input")) == payload);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt) throw;
        }
    };
    // Checksums keep a fuzzer out: the same bytes are also tried as what is behind them.
    try_operation(as_text(bytes));
    const auto header = parse_header(bytes).value_or(Header{.run = std::string(32, 'a')});
    std::size_t at = 0;
    while (const auto frame = find_frame(bytes, at, header)) {
        MLO_ASSERT(frame->begin >= at && frame->end > frame->begin && frame->end <= bytes.size());
        const auto again = encode_frame(header, frame->number, frame->payload);
        MLO_ASSERT(as_text(again) == as_text(bytes.subspan(frame->begin, frame->end - frame->begin)));
        try_operation(frame->payload);
        at = frame->end;
    }
    return 0;
}
