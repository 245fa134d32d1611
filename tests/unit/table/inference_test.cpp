// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/table/inference.hpp>

namespace mlo::table {
namespace {

Inferred of(const std::vector<std::string>& texts) {
    Evidence evidence;
    for (std::size_t i = 0; i < texts.size(); ++i) evidence.add(texts[i], i);
    return evidence.decide(1);
}
std::string shown(const std::vector<std::string>& texts) {
    const auto inferred = of(texts);
    return std::string{to_string(inferred.form.type)} + ": " + inferred.evidence;
}

TEST_CASE("values decide the narrowest type that loses nothing") {
    CHECK(shown({"1", "-2", "+3"}) == "integer: all 3 values fit");
    CHECK(shown({"1", "2.5", "1e3", "nan", "-inf"}) == "real: all 5 values fit");
    CHECK(shown({"true", "False", "TRUE"}) == "boolean: all 3 values fit");
    CHECK(shown({"2024-02-29", "2023-12-31"}) == "date: all 2 values fit");
    CHECK(shown({"31.12.2023"}) == "date: the one value fits %d.%m.%Y");
    CHECK(shown({"2024-01-02 03:04:05", "2024-01-02T03:04", "2024-01-02T03:04:05.123456Z"}) ==
          "timestamp: all 3 values fit");
    CHECK(shown({"x", "y"}) == "text: 2 values with other text than numbers, dates and truth values");
    CHECK(shown({}) == "text: no values");
}

TEST_CASE("what would be lost keeps a column a text, and is said") {
    CHECK(shown({"007", "12"}) == "text: integers, of which 1 would lose leading zeros");
    CHECK(shown({"9223372036854775808", "1"}) == "text: integers, of which 1 do not fit 64 bits");
    CHECK(shown({"1,234.50", "12"}) ==
          "text: numbers with separators of thousands, which are read as such only where a file of types says so");
    CHECK(shown({"1_000"}).starts_with("text"));
    CHECK(shown({"0x10"}).starts_with("text"));
    CHECK(shown({"1e400"}).starts_with("text"));
    CHECK(shown({" 1"}).starts_with("text"));
}

TEST_CASE("the first value that does not fit is named with its row") {
    CHECK(shown({"1", "2", "x", "4"}) == "text: 3 of 4 values are integers; the first other one is 'x' in row 3");
    CHECK(shown({"2024-01-01", "2024-01-02", "soon"}) ==
          "text: 2 of 3 values fit the date format %Y-%m-%d; the first other one is 'soon' in row 3");
}

TEST_CASE("dates that are written in several ways are told apart") {
    CHECK(shown({"2024-01-02", "02.01.2024", "2024/01/02"}) ==
          "text: dates of several formats: %Y-%m-%d fits 1, %Y/%m/%d fits 1, %d.%m.%Y fits 1");
    CHECK(shown({"01/02/2024", "03/04/2024"}) ==
          "text: dates that fit both %d/%m/%Y and %m/%d/%Y: a file of types can say which");
    CHECK(shown({"01/02/2024", "13/04/2024"}) == "date: all 2 values fit %d/%m/%Y");
    CHECK(shown({"2023-02-29"}).starts_with("text"));
}

TEST_CASE("words for missing values do not make numbers texts") {
    CHECK(shown({"1", "NA", "2", "NA", "null"}) == "integer: all 2 values fit; read as missing: 2 'NA', 1 'null'");
    CHECK(of({"1", "NA"}).form.nulls == std::vector<std::string>{"NA"});
    CHECK(of({"x", "NA"}).form.nulls.empty());
    CHECK(shown({"NA", "NA"}) == "text: nothing but words for missing values");
}

TEST_CASE("integers that doubles cannot hold are read as texts are") {
    CHECK_FALSE(of({"9007199254740991"}).form.is_wide);
    CHECK(of({"9007199254740992"}).form.is_wide);
    CHECK(of({"-9007199254740993"}).form.is_wide);
}

TEST_CASE("parts that are merged say what the whole says") {
    const std::vector<std::string> texts{"1", "NA", "2.5", "x", "2024-01-01", "", "7", "y"};
    Evidence whole;
    Evidence first;
    Evidence second;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        whole.add(texts[i], i);
        (i % 2 == 0 ? first : second).add(texts[i], i);
    }
    second.merge(first);
    CHECK(second.decide(1).evidence == whole.decide(1).evidence);
    CHECK(second.texts() == whole.texts());
}

}  // namespace
}  // namespace mlo::table
