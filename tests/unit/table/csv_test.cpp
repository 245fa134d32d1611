// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

TEST_CASE("a CSV file is read with the types that its values have") {
    const World world;
    world.write("a.csv",
                "id,price,name,ok,day,at\n1,2.5,x,true,2024-01-02,2024-01-02 03:04:05\n2,,\"y,z\",false,1970-01-01,\n");
    const auto session = world.open("a.csv");
    CHECK(World::types(session) == "id:integer price:real name:text ok:boolean day:date at:timestamp");
    CHECK(world.rows("a.csv") == "1,2.5,x,true,19724,1704164645000000|2,~,y,z,false,0,~");
}

TEST_CASE("what no sample can know is an error, never another value") {
    const World world;
    std::string integers = "a\n";
    for (int i = 0; i < 30'000; ++i) integers += "1\n";
    world.write("half.csv", integers + "1.5\n");
    CHECK(refused([&] {
              (void)world.rows("half.csv");
          }).starts_with("B008 half.csv:30002 '1.5' in column 'a' is no integer"));
    world.write("word.csv", integers + "x\n");
    CHECK(refused([&] {
              (void)world.rows("word.csv");
          }).starts_with("B008 word.csv:30002 'x' in column 'a' is no number"));
    auto whole = world.source({"half.csv"});
    whole.sample_rows = all_rows;
    CHECK(World::types(world.open(whole)) == "a:real");
}

TEST_CASE("large integers are exact") {
    const World world;
    world.write("a.csv", "a\n9007199254740993\n9223372036854775807\n-9223372036854775808\n");
    CHECK(world.rows("a.csv") == "9007199254740993|9223372036854775807|-9223372036854775808");
}

TEST_CASE("a quoted empty cell is an empty text, a bare one no value") {
    const World world;
    world.write("a.csv", "a,b\n\"\",x\n,y\n");
    CHECK(world.rows("a.csv") == ",x|~,y");
}

TEST_CASE("words for missing values are no values in columns of another type than text") {
    const World world;
    world.write("a.csv", "n,w\n1,NA\nNA,x\n3,y\n");
    CHECK(world.rows("a.csv") == "1,NA|~,x|3,y");
}

TEST_CASE("files that are no tables are told apart, each with one error") {
    const World world;
    world.write("empty.csv", "");
    CHECK(refused([&] { (void)world.open("empty.csv"); }).starts_with("B005  'empty.csv' is empty"));
    world.write("blank.csv", "\n\n");
    CHECK(refused([&] { (void)world.open("blank.csv"); }).starts_with("B005  'blank.csv' has neither titles nor rows"));
    CHECK(refused([&] { (void)world.open("missing.csv"); }).starts_with("U003  there is no 'missing.csv'"));
    world.write("torn.csv", "a,b\n1,x\n2");
    CHECK(refused([&] {
              (void)world.rows("torn.csv");
          }).starts_with("B007 torn.csv:3 'torn.csv': a row has 1 cells, the others have 2"));
    world.write("wide.csv", "a,b\n1,x\n1,y,z\n");
    CHECK(refused([&] {
              (void)world.rows("wide.csv");
          }).starts_with("B007 wide.csv:3 'wide.csv': a row has 3 cells, the others have 2"));
    world.write("quote.csv", "a,b\n1,x\n2,\"abc");
    CHECK(
        refused([&] { (void)world.rows("quote.csv"); }).starts_with("B007 quote.csv:3 'quote.csv': a quote is opened"));
    world.write("latin.csv", "a,b\n1,x\n2,caf\xe9\n");
    CHECK(refused([&] { (void)world.rows("latin.csv"); }).starts_with("B009 latin.csv:3 'latin.csv' is not in UTF-8"));
}

TEST_CASE("lines are counted as editors do, whatever cells hold") {
    const World world;
    world.write("a.csv", "a,b\n1,\"x\n1\n2\"\n\n2,y\n3\n");
    CHECK(refused([&] { (void)world.rows("a.csv"); }).starts_with("B007 a.csv:7 "));
}

TEST_CASE("a table may have titles alone, one row, or one column") {
    const World world;
    world.write("titles.csv", "a,b\n");
    CHECK(World::types(world.open("titles.csv")) == "a:text b:text");
    CHECK(world.open("titles.csv").count_rows(0) == 0);
    world.write("row.csv", "1,2\n");
    CHECK(world.rows("row.csv") == "1,2");
    world.write("column.csv", "a\n1\n2\n");
    CHECK(world.rows("column.csv") == "1|2");
}

TEST_CASE("other encodings are converted, and a wrong one is named with its line") {
    const World world;
    auto source = world.source({"a.csv"});
    world.write("a.csv", "a,b\n1,caf\xe9\n");
    source.csv.encoding = "windows-1252";
    CHECK(World::rows(world.open(source).read(0)) == "1,caf\xc3\xa9");
    source.csv.encoding = "utf-7-imaginary";
    CHECK(refused([&] { (void)world.open(source); }).starts_with("B022"));
    world.write("b.csv", std::string_view{"\xff\xfe\x61\0,\0b\0\n\0\x31\0,\0\xe9\0\n\0", 18});
    CHECK(world.rows("b.csv") == "1,\xc3\xa9");
    world.write("c.csv", "\xef\xbb\xbfname,b\nx,1\n");
    CHECK(World::types(world.open("c.csv")) == "name:text b:integer");
    auto wrong = world.source({"d.csv"});
    world.write("d.csv", "a\nx\n\xff\xff\n");
    wrong.csv.encoding = "shift_jis";
    CHECK(refused([&] { (void)world.open(wrong); }).starts_with("B009 d.csv:3 "));
}

TEST_CASE("mixed line ends, NUL bytes and other delimiters are read") {
    const World world;
    world.write("mixed.csv", "a,b\r\n1,x\n2,\"p\r\nq\"\r\n");
    CHECK(world.rows("mixed.csv") == "1,x|2,p\r\nq");
    world.write("nul.csv", std::string_view{"a,b\n1,x\0y\n", 10});
    CHECK(world.rows("nul.csv") == std::string{"1,x\0y", 5});
    world.write("semicolon.csv", "a;b\n1,5;x\n");
    CHECK(world.rows("semicolon.csv") == "1,5,x");
    world.write("tabs.tsv", "a\tb\n1\tx\n");
    CHECK(world.rows("tabs.tsv") == "1,x");
}

TEST_CASE("titles that are alike or missing get names of their own") {
    const World world;
    world.write("a.csv", "a,a,,A\n1,2,3,4\n");
    CHECK(World::types(world.open("a.csv")) == "a:integer a_2:integer column3:integer A_3:integer");
}

TEST_CASE("a file of types decides how values are read") {
    const World world;
    world.write("a.csv", "price;day;id;flag\n1.234,50;01/02/2024;007;x\n-;03/04/2024;008;y\n");
    auto source = world.source({"a.csv"});
    source.types = world.typed(
        "columns:\n  price: {type: real, decimal: ',', thousands: '.', nulls: ['-']}\n  day: {type: date, format: "
        "'%d/%m/%Y'}\n  id: integer\n");
    CHECK(World::rows(world.open(source).read(0)) == "1234.5,19754,7,x|~,19816,8,y");
    source.types = world.typed("columns:\n  flag: boolean\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 a.csv:2 'x' in column 'flag' is no truth value"));
    source.types = world.typed("columns:\n  prise: real\n");
    CHECK(refused([&] {
              (void)world.open(source);
          }).starts_with("B011 types.yaml:2:3 'a.csv' has no column 'prise' = the nearest is 'price'"));
}

TEST_CASE("columns that are text in another table of the session, or by name, stay text") {
    const World world;
    world.write("a.csv", "zip,n\n01234,1\n1234,2\n");
    world.write("b.csv", "n,zip\n5,999\n6,NA\n");
    CHECK(World::types(world.open("b.csv")) == "n:integer zip:integer");
    auto before = world.source({"a.csv"});
    auto after = world.source({"b.csv"});
    after.name = "u";
    after.texts_of = 0;
    auto session = world.open(std::vector{before, after});
    CHECK(World::types(session, 1) == "n:integer zip:text");
    CHECK(World::rows(session.read(1)) == "5,999|6,NA");

    after.texts_of = {};
    after.texts = {"zip", "of another table"};
    CHECK(World::types(world.open(after)) == "n:integer zip:text");
    after.types = world.typed("columns:\n  zip: {type: integer, nulls: [NA]}\n");
    CHECK(World::types(world.open(after)) == "n:integer zip:integer");
}

TEST_CASE("a file of types that says what cannot be is refused with its place") {
    const World world;
    const auto refusal = [&](const std::string& text) { return refused([&] { (void)world.typed(text); }); };
    CHECK(refusal("columns:\n  a: integr\n")
              .starts_with("B011 types.yaml:2:6 there is no type 'integr' = the nearest is 'integer'"));
    CHECK(refusal("columns:\n  a: {type: text, format: '%d'}\n").starts_with("B011 types.yaml:2:"));
    CHECK(refusal("columns:\n  a: {type: real, decimal: ',', thousands: ','}\n").starts_with("B011"));
    CHECK(refusal("columns:\n  a: {type: real, thousands: '12'}\n").starts_with("B011"));
    CHECK(refusal("columns:\n  a: {type: date, format: day}\n").starts_with("B011"));
    CHECK(refusal("colums: {}\n").starts_with("U022"));
    CHECK(refusal("schema: mlo/other-v1\ncolumns: {}\n").starts_with("B011"));
}

TEST_CASE("several files make one table if their columns are the same") {
    const World world;
    world.write("d/a.csv", "x,y\n1,a\n");
    world.write("d/b.csv", "x,y\n2,b\n");
    CHECK(world.rows("d") == "1,a|2,b");
    CHECK(world.rows("d/*.csv") == "1,a|2,b");
    world.write("d/c.csv", "x,z\n3,c\n");
    const auto refusal = refused([&] { (void)world.open("d"); });
    CHECK(refusal.starts_with("B010"));
    CHECK(refusal.find("'y'") != refusal.npos);
    CHECK(refusal.find("'z'") != refusal.npos);
    auto source = world.source({"d"});
    source.joining = Joining::by_name;
    CHECK(World::types(world.open(source)) == "x:integer y:text z:text");
    CHECK(World::rows(world.open(source).read(0)) == "1,a,~|2,b,~|3,~,c");
}

TEST_CASE("folders that are called key=value are columns") {
    const World world;
    world.write("p/year=2023/a.csv", "x\n1\n");
    world.write("p/year=2024/a.csv", "x\n2\n");
    world.write("p/_logs/a.csv", "nothing\n");
    CHECK(World::types(world.open("p")) == "x:integer year:integer");
    CHECK(world.rows("p") == "1,2023|2,2024");
    // The same below a folder that itself looks like a partition, which was named and is none.
    world.write("run=7/p/year=2023/a.csv", "x\n1\n");
    CHECK(World::types(world.open("run=7/p")) == "x:integer year:integer");
    CHECK(World::types(world.open("run=7/p/year=2023/a.csv")) == "x:integer");
}

TEST_CASE("names of files are data") {
    const World world;
    for (const std::string name : {"it's.csv", "a*.csv", "a[1].csv", "q?.csv", "new\nline.csv", "sp ace;drop.csv",
                                   "per%41cent.csv", "\xff\xfe.csv", "{a,b}.csv", "x'); SELECT 1; --.csv"}) {
        world.write(name, "a\n1\n");
        CHECK(world.rows(name) == "1");
    }
    world.write("ab.csv", "a\n2\n");
    CHECK(world.rows("a*.csv") == "1");
    for (const std::string title : {"a'b", "a\"b", "a b", "SELECT", "x); DROP"}) {
        world.write("title.csv", "\"" + (title == "a\"b" ? std::string{"a\"\"b"} : title) + "\",z\n1,2\n");
        CHECK(World::types(world.open("title.csv")) == title + ":integer z:integer");
        CHECK(world.rows("title.csv") == "1,2");
    }
}

}  // namespace
}  // namespace mlo::table
