// SPDX-License-Identifier: Apache-2.0
#include <proxy.hpp>

#include <catch2/catch.hpp>

namespace mlo::test {

using Variables = std::vector<std::string>;

TEST_CASE("The proxy of a scheme is the one that curl would take") {
    const Variables all{"http_proxy=a", "https_proxy=b", "HTTPS_PROXY=c", "all_proxy=d", "ALL_PROXY=e"};
    CHECK(remote::proxy_for("http", all) == "a");
    CHECK(remote::proxy_for("https", all) == "b");
    CHECK(remote::proxy_for("https", {"HTTPS_PROXY=c", "all_proxy=d"}) == "c");
    CHECK(remote::proxy_for("https", {"https_proxy=", "ALL_PROXY=e"}) == "e");
    CHECK(remote::proxy_for("http", {"https_proxy=b"}).empty());
    CHECK(remote::proxy_for("https", {}).empty());
}

TEST_CASE("HTTP_PROXY in capitals, which a request can set for a CGI program, is not read") {
    CHECK(remote::proxy_for("http", {"HTTP_PROXY=x"}).empty());
    CHECK(remote::proxy_for("https", {"HTTP_PROXY=x"}).empty());
}

TEST_CASE("Hosts to reach without a proxy") {
    CHECK(remote::unproxied_hosts({"NO_PROXY=b", "no_proxy=a"}) == "a");
    CHECK(remote::unproxied_hosts({"NO_PROXY=b"}) == "b");
    CHECK(remote::unproxied_hosts({}).empty());
}

}  // namespace mlo::test
