// SPDX-License-Identifier: Apache-2.0
#include "page_text.hpp"

#include <catch2/catch.hpp>

using namespace mlo::cli;

namespace {

std::string plain(std::string_view source, std::size_t width = 40) {
    return page_text(source, width, [](Paint, std::string_view text) { return std::string{text}; });
}

}  // namespace

TEST_CASE("paragraphs are filled to the width, headings stand at the margin") {
    CHECK(plain("mlo-x(1)\n\n# NAME\n\none two three four five six seven\neight\n") ==
          "mlo-x(1)\n\nNAME\n    one two three four five six seven\n    eight\n");
}

TEST_CASE("a definition's text is indented below its term") {
    CHECK(plain("t(1)\n\n*-j* _N_\n\ttransfers at once\n\n*-n*\n\tnothing\n") ==
          "t(1)\n\n    -j N\n        transfers at once\n\n    -n\n        nothing\n");
}

TEST_CASE("literal blocks are kept as they are") {
    CHECK(plain("t(1)\n\n```\n$ mlo *x*   _y_\n```\n") == "t(1)\n\n      $ mlo *x*   _y_\n");
}

TEST_CASE("items hang, and ' ++' breaks a line") {
    CHECK(plain("t(1)\n\n- one two three four five six seven eight\n- nine\n\na ++\nb\n") ==
          "t(1)\n\n    - one two three four five six seven\n      eight\n    - nine\n\n    a\n    b\n");
}

TEST_CASE("markup is resolved, escapes and underscores within words are kept") {
    CHECK(plain("t(1)\n\n*bold* _under_ snake_case_name \\*star\\* \\-\\-json a\\\\b\n") ==
          "t(1)\n\n    bold under snake_case_name *star*\n    --json a\\b\n");
    const auto marked = page_text("t(1)\n\nsay *it loud* now\n", 40,
                                  [](Paint, std::string_view text) { return '<' + std::string{text} + '>'; });
    CHECK(marked == "t(1)\n\n    say <it loud> now\n");
}
