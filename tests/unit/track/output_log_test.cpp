// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <mlo/track/output_log.hpp>

using namespace mlo;
using namespace mlo::track;

namespace {

std::string kept(std::string_view text, const OutputLimits& limits = {}) {
    // Wherever the bytes are cut, the log is the same.
    OutputLog whole{limits};
    whole.add(as_bytes(text));
    auto log = std::string{as_text(whole.take())};
    OutputLog pieces{limits};
    for (const char& c : text) pieces.add(as_bytes({&c, 1}));
    CHECK(as_text(pieces.take()) == log);
    return log;
}

}  // namespace

TEST_CASE("output is kept as it was written") {
    CHECK(kept("").empty());
    CHECK(kept("one\ntwo\n") == "one\ntwo\n");
    CHECK(kept("no end") == "no end");
    CHECK(kept("\n\n") == "\n\n");
    CHECK(kept(std::string_view{"a\0\xff\n", 4}) == std::string_view{"a\0\xff\n", 4});
    CHECK(kept("dos\r\nlines\r\n") == "dos\nlines\n");
}

TEST_CASE("a line that is written over is kept as what stood there last") {
    std::string bar;
    for (int i = 0; i <= 10'000; ++i) bar += fmt::format("\r{} %", i);
    CHECK(kept("start\n" + bar + "\nend\n") == "start\n10000 %\nend\n");
    CHECK(kept("50 %\r100 %\rdone\n") == "done\n");
    CHECK(kept("half\r") == "half");
    CHECK(kept("a\r\r\rb") == "b");
}

TEST_CASE("of much output the begin and the end are kept, and what is left out is said") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += fmt::format("line {:04}\n", i);
    const auto log = kept(text, {.head_bytes = 100, .tail_bytes = 50});
    CHECK(
        log ==
        "line 0000\nline 0001\nline 0002\nline 0003\nline 0004\nline 0005\nline 0006\nline 0007\nline 0008\nline 0009\n"
        "[mlo: 9850 bytes of output were left out here]\n"
        "line 0995\nline 0996\nline 0997\nline 0998\nline 0999\n");
    CHECK(kept(text.substr(0, 150), {.head_bytes = 100, .tail_bytes = 50}) == text.substr(0, 150));
}

TEST_CASE("a line without end does not grow in memory for ever") {
    OutputLog log{{.head_bytes = 1000, .tail_bytes = 200'000}};
    const std::string block(100'000, 'x');
    for (int i = 0; i < 100; ++i) log.add(as_bytes(block));
    const auto bytes = log.take();
    CHECK(bytes.size() < 300'000);
    CHECK(as_text(bytes).starts_with("[mlo: "));
}
