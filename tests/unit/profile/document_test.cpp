// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/hash/digest.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>
#include <refused.hpp>

#include "profile_fixture.hpp"

namespace mlo::profile {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::refused;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

TEST_CASE("a profile is read back as it was written") {
    const World world;
    world.write("a.csv", rows_of_table(0, 5000));
    const auto text = world.bytes("a.csv");
    CHECK(encode(decode(text, "a.profile")) == text);
    CHECK(looks_like_profile(text));
    CHECK(looks_like_profile(text + "\n"));
    CHECK(looks_like_profile(std::string_view{text}.substr(0, text.size() / 2)));
    CHECK(looks_like_profile("{\"schema\":\"mlo/profile-v7\"}"));
    CHECK_FALSE(looks_like_profile("{\"columns\":[1,2]}"));
    CHECK_FALSE(looks_like_profile(""));
    CHECK(text.find('\n') == text.npos);
}

TEST_CASE("the bytes of a profile are those that were agreed on") {
    const World world;
    world.write("a.csv", "n,w,ok\n1,a,true\n2,b,false\n2,a,\n");
    const auto text = world.bytes("a.csv");
    CHECK(hash::sha256(as_bytes(text)).hex() == "41f6c563c1669669f8858f5843c4dc96c27854a8fc24ecb7a5a0cc3f3d1d071e");
}

TEST_CASE("what is no profile, or was changed, is refused") {
    const World world;
    world.write("a.csv", "n,w\n1,a\n2,b\n2,a\n");
    const auto text = world.bytes("a.csv");
    const auto refusal = [](const std::string& changed) {
        return refused([&] { (void)decode(changed, "a.profile"); });
    };
    CHECK(refusal(text) == "nothing");
    CHECK_THAT(refusal(""), StartsWith("F001"));
    CHECK_THAT(refusal("{}"), StartsWith("F001"));
    CHECK_THAT(refusal(text.substr(0, text.size() / 2)), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "profile-v1", "profile-v2")), StartsWith("F002"));
    CHECK_THAT(refusal(replaced(text, "mlo/profile-v1", "mlo/run-v1")), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "\"rows\":3", "\"rows\":4")), Contains("not as many as the rows"));
    CHECK_THAT(refusal(replaced(text, "\"name\":\"w\"", "\"name\":\"n\"")), Contains("a name occurs twice"));
    CHECK_THAT(refusal(replaced(text, "\"type\":\"text\"", "\"type\":\"date\"")), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "\"type\":\"text\"", "\"type\":\"blob\"")), Contains("an unknown type"));
    CHECK_THAT(refusal(replaced(text, "[2.0,2]", "[2.0,1]")), Contains("values do not add up"));
    CHECK_THAT(refusal(replaced(text, "[1.0,1],[2.0,2]", "[2.0,2],[1.0,1]")), Contains("values do not add up"));
    CHECK_THAT(refusal(replaced(text, "\"counts\":[1,2]", "\"counts\":[2,2]")), Contains("bins do not add up"));
    CHECK_THAT(refusal(replaced(text, "\"counts\":[1,2]", "\"counts\":[1,1,1]")), Contains("bins have other edges"));
    CHECK_THAT(refusal(replaced(text, "\"rest\":1", "\"rest\":0")), Contains("categories do not add up"));
    CHECK_THAT(refusal(replaced(text, "[\"a\",2]", "[\"a\",3]")), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "\"empty\":0", "\"empty\":9")), Contains("not of the same texts"));
    CHECK_THAT(refusal(replaced(text, "\"quantiles\":512", "\"quantiles\":511")), Contains("not of the same numbers"));
    CHECK_THAT(refusal(replaced(text, "\"seed\":0", "\"seed\":1")), Contains("not of the same numbers"));
    CHECK_THAT(refusal(replaced(text, "\"quantiles\":\"S0xM", "\"quantiles\":\"XXXX")), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "\"missing\":0", "\"missing\":-1")), StartsWith("F001"));
    CHECK_THAT(refusal(replaced(text, "\"missing\":0", "\"missing\":0,\"more\":0")), StartsWith("F001"));
}

TEST_CASE("no prefix of a profile is one, and no changed byte does harm") {
    const World world;
    world.write("a.csv", "n,w\n1,a\n2,b\n");
    const auto text = world.bytes("a.csv");
    stats::Generator random{11};
    for (int i = 0; i < 2000; ++i) {
        auto changed = text;
        changed[random.below(changed.size())] = static_cast<char>(random.below(256));
        const auto told = refused([&] { (void)decode(changed, "a"); });
        CHECK((told == "nothing" || told.starts_with("F00")));
    }
    for (std::size_t size = 0; size < text.size(); size += 97)
        CHECK_THAT(refused([&] { (void)decode(text.substr(0, size), "a"); }), StartsWith("F001"));
}

}  // namespace
}  // namespace mlo::profile
