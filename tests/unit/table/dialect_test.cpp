// SPDX-License-Identifier: Apache-2.0
#include "dialect.hpp"

#include <catch2/catch.hpp>

namespace mlo::table {
namespace {

std::vector<std::vector<std::string>> records(std::string_view text, char escape = '"') {
    RecordReader reader{text, {',', '"', escape}};
    std::vector<std::vector<std::string>> all;
    std::vector<std::string> cells;
    while (reader.next(cells)) all.push_back(cells);
    return all;
}
using Records = std::vector<std::vector<std::string>>;

TEST_CASE("records are read as RFC 4180 has them") {
    CHECK(records("a,b\n1,2\n") == Records{{"a", "b"}, {"1", "2"}});
    CHECK(records("a\r\n\r\nb\rc") == Records{{"a"}, {"b"}, {"c"}});
    CHECK(records("\"x\ny\",\"q\"\"q\"\n,\n") == Records{{"x\ny", "q\"q"}, {"", ""}});
    CHECK(records("\"a\\\"b\",c", '\\') == Records{{"a\"b", "c"}});
    CHECK(records("\"torn") == Records{{"torn"}});
    CHECK(records("").empty());
}

TEST_CASE("the line on which a record starts is known") {
    RecordReader reader{"a\n\"x\ny\"\n\nb\n", {}};
    std::vector<std::string> cells;
    std::vector<std::uint64_t> lines;
    while (reader.next(cells)) lines.push_back(reader.lines_before() + 1);
    CHECK(lines == std::vector<std::uint64_t>{1, 2, 5});
}

TEST_CASE("the delimiter is the one that cuts all rows alike") {
    CHECK(detect_dialect("a;b\n1,5;2\n2,5;3\n", {}).delimiter == ';');
    CHECK(detect_dialect("a\tb\nx, y\tz\n", {}).delimiter == '\t');
    CHECK(detect_dialect("a|b\n1|2\n", {}).delimiter == '|');
    CHECK(detect_dialect("name,note\n1,a;b\n2,\"c;d\"\n", {}).delimiter == ',');
    CHECK(detect_dialect("only\n1\n", {}).delimiter == ',');
    CHECK(detect_dialect("a,b,c\n1,2,3\n4,5", {}).delimiter == ',');
    CsvForm form;
    form.delimiter = ':';
    CHECK(detect_dialect("a:b\n", form).titles == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the first row is a title unless a value is in it") {
    CHECK(detect_dialect("a,b\n1,2\n", {}).has_header);
    CHECK_FALSE(detect_dialect("1,2\n3,4\n", {}).has_header);
    CHECK_FALSE(detect_dialect("x,2024-01-01\n", {}).has_header);
    CHECK(detect_dialect("1,2\n", {}).titles == std::vector<std::string>{"column1", "column2"});
    CsvForm form;
    form.header = Header::yes;
    CHECK(detect_dialect("2019,2020\n", form).titles == std::vector<std::string>{"2019", "2020"});
}

TEST_CASE("titles become unique, whatever their case, and it is said") {
    std::vector<std::string> notes;
    CHECK(unique_titles({"a", "A", "", "a", "a_2"}, notes) ==
          std::vector<std::string>{"a", "A_3", "column3", "a_4", "a_2"});
    CHECK(notes.size() == 3);
}

TEST_CASE("line ends that differ are noticed") {
    CHECK(detect_dialect("a\r\nb\r\n", {}).line_ends == LineEnds::crlf);
    CHECK(detect_dialect("a\rb\r", {}).line_ends == LineEnds::cr);
    CHECK(detect_dialect("a\nb\r\n", {}).line_ends == LineEnds::mixed);
}

TEST_CASE("quotes that a backslash escapes are noticed") {
    CHECK(detect_dialect("a,b\n\"x\\\"y\",1\n", {}).escape == '\\');
    CHECK(detect_dialect("a,b\n\"x\"\"y\",1\n", {}).escape == '"');
}

}  // namespace
}  // namespace mlo::table
