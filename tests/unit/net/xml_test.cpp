// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/xml.hpp>
#include <refused.hpp>

using namespace mlo::net;
using mlo::test::failure;
using mlo::test::refused;

namespace {

std::string nested(int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
}

std::string text_of(std::string_view xml) { return XmlDocument{xml, "x"}.root().text(); }

auto parsing(std::string_view xml) {
    return [xml] { return XmlDocument{xml, "the answer of 'h:1'"}; };
}

}  // namespace

TEST_CASE("a listing of a bucket is read by the names of its elements") {
    const XmlDocument document{R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>bucket</Name><IsTruncated>false</IsTruncated>
  <Contents><Key>a&amp;b</Key><Size>3</Size></Contents>
  <!-- between -->
  <Contents><Key>c</Key><Size>4</Size></Contents>
</ListBucketResult>)",
                               "x"};
    const auto root = document.root();
    CHECK(root.name() == "ListBucketResult");
    CHECK(root.child_text("IsTruncated") == "false");
    CHECK(root.children().size() == 4);
    const auto contents = root.children("Contents");
    REQUIRE(contents.size() == 2);
    CHECK(contents[0].child_text("Key") == "a&b");
    CHECK(contents[1].child_text("Size") == "4");
    CHECK(root.child("Name")->text() == "bucket");
    CHECK_FALSE(root.child("name"));
    CHECK(root.child_text("Prefix").empty());
    CHECK(root.children("Prefix").empty());
}

TEST_CASE("an answer of WebDAV is read whatever its prefixes are") {
    const XmlDocument document{
        "<D:multistatus xmlns:D='DAV:'><D:response><lp1:href xmlns:lp1='DAV:'>/a</lp1:href>"
        "</D:response></D:multistatus>",
        "x"};
    CHECK(document.root().name() == "multistatus");
    CHECK(document.root().child("response")->child_text("href") == "/a");
}

TEST_CASE("text is what the element holds, to the last blank") {
    CHECK(text_of("<k> </k>") == " ");
    CHECK(text_of("<k>  a \t</k>") == "  a \t");
    CHECK(text_of("<k></k>").empty());
    CHECK(text_of("<k/>").empty());
    CHECK(text_of("<k>a<![CDATA[<&>]]>b<!-- c -->d</k>") == "a<&>bd");
    CHECK(text_of("<k>a<i>no</i>b</k>") == "ab");
    CHECK(text_of("<k>&lt;&#233;&#xe9;&quot;&#13;</k>") == "<\xc3\xa9\xc3\xa9\"\r");
    CHECK(text_of("<k>a\r\nb</k>") == "a\nb");
    CHECK(text_of("\xef\xbb\xbf<k>a</k>") == "a");
}

TEST_CASE("a document outlives being moved") {
    XmlDocument first{"<a><b>c</b></a>", "x"};
    const auto root = first.root();
    const XmlDocument second = std::move(first);
    CHECK(root.child_text("b") == "c");
    CHECK(second.root().name() == "a");
}

TEST_CASE("what is not XML, or more than mlo reads, is refused") {
    for (const std::string_view wrong :
         {std::string_view{""}, std::string_view{"  "}, std::string_view{"word"}, std::string_view{"<a>"},
          std::string_view{"<a></b>"}, std::string_view{"<a"}, std::string_view{"<a/><b/>"},
          std::string_view{"<!DOCTYPE a><a/>"}, std::string_view{"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"},
          std::string_view{"<a>\xff</a>"}, std::string_view{"<a>\0</a>", 8}, std::string_view{"<a>\x01</a>"},
          std::string_view{"<a>&#0;</a>"}, std::string_view{"<a>&#x000;</a>"}, std::string_view{"<a>&#xD800;</a>"},
          std::string_view{"<a>&#x110000;</a>"}, std::string_view{"<a>&#4294967361;</a>"},
          std::string_view{"<a>&#;</a>"}, std::string_view{"<a>&#6"}}) {
        INFO(wrong);
        CHECK(failure(parsing(wrong)) == errors::bad_xml.id);
    }
}

TEST_CASE("elements may be nested 64 deep") {
    CHECK(failure(parsing(nested(64))) == "none");
    CHECK(refused(parsing(nested(65))) ==
          "N040  the answer of 'h:1' is not the XML that was expected: it is nested deeper than 64 elements");
    CHECK(failure(parsing(nested(1'000'000))) == errors::bad_xml.id);
}

TEST_CASE("the message says where the XML is broken") {
    CHECK(refused(parsing("<a><b></a>")) ==
          "N040  the answer of 'h:1' is not the XML that was expected: start-end tags mismatch at byte 8");
    CHECK(refused(parsing("<html><br></html>")).find("N040") == 0);
}
