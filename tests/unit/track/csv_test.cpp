// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/csv.hpp>

#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>

using namespace mlo::track;

namespace {

std::string row(const std::function<void(CsvWriter&)>& write) {
    std::string out;
    CsvWriter csv{out};
    write(csv);
    csv.end_row();
    return out;
}

}  // namespace

TEST_CASE("fields of CSV are quoted where RFC 4180 needs it, and rows end in CRLF") {
    CHECK(row([](CsvWriter& csv) { csv.text("a"), csv.text("b c"), csv.text("d"); }) == "a,b c,d\r\n");
    CHECK(row([](CsvWriter& csv) { csv.text("a,b"); }) == "\"a,b\"\r\n");
    CHECK(row([](CsvWriter& csv) { csv.text("say \"hi\""); }) == "\"say \"\"hi\"\"\"\r\n");
    CHECK(row([](CsvWriter& csv) { csv.text("two\nlines\r"); }) == "\"two\nlines\r\"\r\n");
    CHECK(row([](CsvWriter& csv) { csv.text(" x"), csv.text("x "); }) == "\" x\",\"x \"\r\n");
    CHECK(row([](CsvWriter& csv) { csv.text(""), csv.none(), csv.none(), csv.text("é"); }) == "\"\",,,é\r\n");
    CHECK(row([](CsvWriter& csv) { csv.none(), csv.text("x"); }) == ",x\r\n");

    std::string out;
    CsvWriter csv{out};
    csv.text("a");
    out.clear();  // handed over
    csv.integer(1);
    csv.end_row();
    csv.integer(-2);
    CHECK(out == ",1\r\n-2");
}

TEST_CASE("numbers of CSV read back as the same doubles") {
    const auto text = [](double value) { return row([&](CsvWriter& csv) { csv.real(value); }); };
    CHECK(text(std::nan("")) == "NaN\r\n");
    CHECK(text(std::numeric_limits<double>::infinity()) == "Inf\r\n");
    CHECK(text(-std::numeric_limits<double>::infinity()) == "-Inf\r\n");
    CHECK(text(0.1) == "0.1\r\n");
    CHECK(text(3) == "3.0\r\n");
    std::mt19937_64 random{7};
    for (int i = 0; i < 100'000; ++i) {
        const auto bits = random();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        const auto written = text(value);
        double back = 0;
        std::from_chars(written.data(), written.data() + written.size() - 2, back);
        REQUIRE(back == value);
    }
}
