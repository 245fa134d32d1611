// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/util/secret.hpp>
#include <ostream>
#include <type_traits>

using mlo::Secret;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace

TEST_CASE("a secret is revealed only to those who ask") {
    const Secret secret{"correct horse"};
    CHECK(secret.reveal() == "correct horse");
    CHECK_FALSE(secret.empty());
    CHECK(Secret{}.empty());
    CHECK(Secret{}.reveal().empty());
    STATIC_REQUIRE_FALSE(Printable<Secret>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string_view>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string_view, Secret>);
}

TEST_CASE("a secret is copied, moved and replaced as a value") {
    Secret first{"one"};
    Secret second = first;
    CHECK(second.reveal() == "one");
    second = Secret{"two"};
    CHECK(first.reveal() == "one");
    CHECK(second.reveal() == "two");
    first = std::move(second);
    CHECK(first.reveal() == "two");
    const auto& same = first;
    first = same;
    CHECK(first.reveal() == "two");
}

TEST_CASE("wiped text is empty, and its old bytes are gone") {
    std::string text(100, 's');
    const auto* const bytes = text.data();
    mlo::wipe(text);
    CHECK(text.empty());
    CHECK(bytes[0] == '\0');
    CHECK(bytes[99] == '\0');
}
