// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo::net;
    const std::string text{data, data + size};
    MLO_ASSERT(percent_decode(percent_encode(text)) == text);
    try {
        const auto url = split_url(text);
        const auto joined = url.scheme + "://" + url.endpoint() + url.path + (url.query ? "?" + *url.query : "");
        MLO_ASSERT(std::all_of(joined.begin(), joined.end(), [](char c) { return c > ' ' && c < '\x7f'; }));
        const auto again = split_url(joined);
        MLO_ASSERT(again.host == url.host && again.port == url.port && again.path == url.path &&
                   again.query == url.query);
    } catch (const mlo::Error& error) {
        if (error.code().id != errors::bad_url.id) throw;
    }
    return 0;
}
