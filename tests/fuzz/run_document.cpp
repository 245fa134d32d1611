// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/track/run.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>

namespace {

template <class Read>
void read_and_write(std::string_view text, Read&& read) {
    using namespace mlo;
    try {
        MLO_ASSERT(to_canonical_json(read(text, "input")) == text);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
    }
}

}  // namespace

/// What is read as a run, an amendment or an experiment is written again as the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto text = as_text(std::as_bytes(std::span{data, size}));
    read_and_write(text, track::parse_run);
    read_and_write(text, track::parse_amendment);
    read_and_write(text, track::parse_experiment);
    return 0;
}
