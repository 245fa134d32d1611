// SPDX-License-Identifier: Apache-2.0
#include <aws_ini.hpp>
#include <aws_words.hpp>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/aws_time.hpp>
#include <mlo/net/errors.hpp>
#include <refused.hpp>

using namespace mlo;
using net::parse_ini;
using Words = std::vector<std::string>;

namespace {

std::string value_of(std::string_view text, const std::string& section, const std::string& key) {
    return parse_ini(text, "f").at(section).options.at(key).value;
}

}  // namespace

TEST_CASE("settings belong to the section above them, and know their line") {
    const auto file = parse_ini("# first\n[a]\nx = 1\n\n[ b c ] ; comment\ny: 2\n", "name");
    CHECK(file.size() == 2);
    CHECK(file.at("a").options.at("x").value == "1");
    CHECK(file.at("a").options.at("x").place == "name:3");
    CHECK(file.at("b c").options.at("y").value == "2");
    CHECK(file.at("b c").place == "name:5");
}

TEST_CASE("names are in lower case, values as they are, without the blanks around") {
    CHECK(value_of("[A]\nKey  =  Value with = and : and # and ;  \n", "A", "key") == "Value with = and : and # and ;");
    CHECK(value_of("[A]\nk:a=b\n", "A", "k") == "a=b");
    CHECK(value_of("[A]\nk =\n", "A", "k").empty());
}

TEST_CASE("carriage returns, a byte order mark and a missing last line end do not count") {
    CHECK(value_of("\xef\xbb\xbf[a]\r\nx = 1\r\ny = 2", "a", "y") == "2");
    CHECK(value_of("[a]\r\nx = 1\r\n", "a", "x") == "1");
}

TEST_CASE("comments start at the start of a line alone") {
    CHECK(value_of("[a]\n  # no = 1\n ; no = 2\nx = 1 # 2\n", "a", "x") == "1 # 2");
    CHECK(parse_ini("[a]\n# x = 1\n", "f").at("a").options.empty());
}

TEST_CASE("what is set again replaces, a section that comes again adds") {
    const auto file = parse_ini("[a]\nx = 1\nx = 2\n[b]\n[a]\ny = 3\nx = 4\n", "f");
    CHECK(file.at("a").options.at("x").value == "4");
    CHECK(file.at("a").options.at("x").place == "f:7");
    CHECK(file.at("a").options.at("y").value == "3");
    CHECK(parse_ini("[a]\ns =\n  k = 1\ns = plain\n", "f").at("a").options.at("s").nested.empty());
}

TEST_CASE("lines indented deeper than their key go on with its value") {
    CHECK(value_of("[a]\nx = 1\n  2\n # comment\n\n\t3\ny = 4\n", "a", "x") == "1\n2\n3");
    CHECK(value_of("[a]\nx = 1\n  [b]\n", "a", "x") == "1\n[b]");
    const auto indented = parse_ini("[a]\n  x = 1\n  y = 2\n", "f").at("a");
    CHECK(indented.options.at("x").value == "1");
    CHECK(indented.options.at("y").value == "2");
}

TEST_CASE("below an empty value there are settings of its own") {
    const auto file =
        parse_ini("[services s]\ns3 =\n\n  endpoint_url = http://a:1/=\n  # comment\n  Other = x\nsts =\n  k=\n", "f");
    const auto& s3 = file.at("services s").options.at("s3");
    CHECK(s3.nested.at("endpoint_url").value == "http://a:1/=");
    CHECK(s3.nested.at("endpoint_url").place == "f:4");
    CHECK(s3.nested.at("other").value == "x");
    CHECK(file.at("services s").options.at("sts").nested.at("k").value.empty());
}

TEST_CASE("a line that is nothing is an error with its place, which does not repeat it") {
    const auto check = [](std::string_view text, std::string_view message) {
        INFO(text);
        const auto line = test::refused([&] { return parse_ini(text, "f"); });
        CHECK(line.starts_with("N050 " + std::string{message}));
        CHECK(line.find("sEcReT") == std::string::npos);
    };
    check("[a]\nsEcReT\n", "f:2 a line is neither '[section]' nor 'key = value'");
    check("[a]\nx =\n  sEcReT\n", "f:3 a line is neither '[section]' nor 'key = value'");
    check("sEcReT = 1\n", "f:1 a setting stands before the first '[section]'");
    check("\n[sEcReT\n", "f:2 a section lacks its ']'");
    check("[a] sEcReT\n", "f:1 after a section's ']' only a comment may follow");
    check("[ ]\n", "f:1 a section has no name");
    check("[a]\n= sEcReT\n", "f:2 a setting has no name");
}

TEST_CASE("words are split as a shell splits them") {
    CHECK(net::split_words("") == Words{});
    CHECK(net::split_words("  \t\n ") == Words{});
    CHECK(net::split_words(" a  b\tc\n") == Words{"a", "b", "c"});
    CHECK(net::split_words(R"("a b"'c d' e"f"g '' "")") == Words{"a bc d", "efg", "", ""});
    CHECK(net::split_words(R"(a\ b \"c\' '\a' "\"\\\a")") == Words{"a b", "\"c'", "\\a", "\"\\\\a"});
    CHECK(net::split_words("$HOME `x` ~ # *") == Words{"$HOME", "`x`", "~", "#", "*"});
}

TEST_CASE("a quote that is not closed is no command line") {
    for (const char* text : {"'a", "\"a", "a\\", "\"a\\\"", "a 'b\"", "'"}) CHECK_FALSE(net::split_words(text));
}

TEST_CASE("times are read in the forms that AWS writes") {
    const Timestamp time{std::chrono::seconds{1'800'000'000}};
    for (const char* text : {"2027-01-15T08:00:00Z", "2027-01-15T08:00:00UTC", "2027-01-15T08:00:00.000Z",
                             "2027-01-15T10:30:00+02:30", "2027-01-14T23:00:00-09:00", "2027-01-15T08:00:00+00:00"}) {
        INFO(text);
        CHECK(net::parse_aws_time(text) == time);
    }
}

TEST_CASE("what is no time is none") {
    for (const char* text :
         {"", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15 08:00:00Z", "2027-13-15T08:00:00Z",
          "2027-02-29T08:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "9999-01-15T08:00:00Z",
          "1969-12-31T08:00:00Z", "2027-01-15T08:00:00ZZ", "2027-01-15T08:00:00+2:30", "1800000000"}) {
        INFO(text);
        CHECK_FALSE(net::parse_aws_time(text));
    }
}
