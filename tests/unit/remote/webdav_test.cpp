// SPDX-License-Identifier: Apache-2.0
#include <webdav.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/remote/errors.hpp>

namespace mlo::test {
namespace {

constexpr std::string_view folder = "<d:resourcetype><d:collection/></d:resourcetype>";

std::string file(std::string_view size) {
    return fmt::format(
        "<d:resourcetype/><d:getcontentlength>{}</d:getcontentlength>"
        "<d:getlastmodified>Sun, 06 Nov 1994 08:49:37 GMT</d:getlastmodified>",
        size);
}

std::string response(std::string_view href, std::string_view properties, std::string_view status = "HTTP/1.1 200 OK") {
    return fmt::format(
        "<d:response><d:href>{}</d:href><d:propstat><d:prop>{}</d:prop><d:status>{}</d:status>"
        "</d:propstat></d:response>",
        href, properties, status);
}

template <class... Responses>
std::vector<remote::DavMember> members_of(const Responses&... responses) {
    std::string xml = "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\">";
    (xml.append(responses), ...);
    return remote::parse_multistatus(xml + "</d:multistatus>", "the answer");
}

std::vector<std::string> names_of(const std::vector<remote::DavMember>& members) {
    std::vector<std::string> names;
    for (const auto& each : members) names.push_back(each.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A folder's members come with what the server tells of them") {
    const auto members = members_of(response("/data/index/", folder), response("/data/index/a", file("17")),
                                    response("/data/index/b/", folder));
    REQUIRE(names_of(members) == Names{"a", "b"});
    CHECK(members[0].size_bytes == 17);
    CHECK(members[0].modified == Timestamp{std::chrono::seconds{784'111'777}});
    CHECK_FALSE(members[0].is_folder);
    CHECK(members[1].is_folder);
    CHECK_FALSE(members[1].size_bytes);
}

TEST_CASE("Names are decoded, and paths may be written in any way") {
    CHECK(names_of(members_of(response("/a%20b/", folder), response("/a b/c%2Bd", file("1")))) == Names{"c+d"});
    CHECK(names_of(members_of(response("https://backend:1/x/", folder),
                              response("https://backend:1/x/y?v=1", file("1")))) == Names{"y"});
    CHECK(names_of(members_of(response(" \n/x\n", folder), response("\t/x/y ", file("1")))) == Names{"y"});
    CHECK(names_of(members_of(response("/", folder), response("/y", file("1")))) == Names{"y"});
    CHECK(names_of(members_of(response("/y", file("1")), response("/", folder))) == Names{"y"});
}

TEST_CASE("What does not lie directly in the folder is left out") {
    CHECK(members_of(response("/a/", folder), response("/a/b/c", file("1")), response("/ab", file("1")),
                     response("/other/x", file("1")), response("/a/b%2Fc", file("1")))
              .empty());
    CHECK(members_of().empty());
    CHECK(members_of(response("/a/", folder)).empty());
}

TEST_CASE("What the server could not tell about is left out, and a property that it does not have is not told") {
    const auto members = members_of(
        response("/a/", folder),
        "<d:response><d:href>/a/secret</d:href><d:status>HTTP/1.1 403 Forbidden</d:status></d:response>",
        "<d:response><d:href>/a/b</d:href><d:propstat><d:prop><d:getcontentlength>9</d:getcontentlength></d:prop>"
        "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>",
        response("/a/c", file("many")), response("/a/d", "<d:getcontentlength>-1</d:getcontentlength>"));
    REQUIRE(names_of(members) == Names{"b", "c", "d"});
    for (const auto& each : members) CHECK_FALSE(each.size_bytes);
}

TEST_CASE("What is no answer of WebDAV is refused") {
    CHECK(failure([] { return remote::parse_multistatus("<html><body>Log in</body></html>", "x"); }) ==
          remote::errors::bad_answer.id);
    CHECK(failure([] { return remote::parse_multistatus("<html><br></html>", "x"); }) == net::errors::bad_xml.id);
    CHECK(failure([] { return remote::parse_multistatus("", "x"); }) == net::errors::bad_xml.id);
}

}  // namespace mlo::test
