// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/util/document_builder.hpp>
#include <mlo/yaml/parse.hpp>

#include <fmt/format.h>

using namespace mlo;

namespace {

const std::string text = R"(a: [1, -2, 18446744073709551615, 0.5, true, null, 'text', ""]
b: &b {x: 1, y: [[], {}]}
c: *b
ä: "ö\n"
)";

std::string with_large_mapping() {
    auto made = text + "large:\n";
    for (int i = 40; i > 0; --i) made += fmt::format("  k{}: {}\n", i, i);
    return made;
}

std::string image(std::string_view of) { return DocumentBuilder::image_of(yaml::parse(of, "a.yaml")); }

std::optional<Document> from(std::string_view bytes, const DocumentLimits& limits = {}) {
    return DocumentBuilder::from_image(bytes, "a.yaml", limits);
}

/// Everything that can be asked, in places and content, as text.
std::string walk(const Value& value) {
    auto said = fmt::format("{}:{} ", value.text_place().line, value.text_place().column);
    if (value.is(ValueKind::list)) {
        for (const auto& item : value.items()) said += walk(item);
    } else if (value.is(ValueKind::mapping)) {
        for (const auto& member : value.members()) {
            said += fmt::format("{}={}", member.name(), walk(member.value));
            static_cast<void>(value.find(member.name()));
        }
    } else if (value.is(ValueKind::string)) {
        said += value.as_string();
    } else if (value.is(ValueKind::boolean)) {
        said += value.as_boolean() ? "true" : "false";
    } else if (!value.is_null()) {
        said += fmt::format("{}", value.as_real());
    }
    return said + fmt::format("/{} ", static_cast<int>(value.kind()));
}

}  // namespace

TEST_CASE("a document comes back from its image") {
    for (const auto& each : {text, with_large_mapping(), std::string{"x"}, std::string{}, std::string{"[]"}}) {
        const auto parsed = yaml::parse(each, "a.yaml");
        const auto again = from(image(each));
        REQUIRE(again);
        CHECK(same_content(parsed.root(), again->root()));
        CHECK(walk(parsed.root()) == walk(again->root()));
        CHECK(again->file() == "a.yaml");
        CHECK(DocumentBuilder::image_of(*again) == image(each));
    }
    const auto document = from(image(with_large_mapping()));
    CHECK(document->root().get("large").get("k17").as_integer() == 17);
    CHECK(document->root().get("large").get("k17").place() == "a.yaml:29:8");
}

TEST_CASE("a part of an image is none, nor is one with more behind it") {
    const auto whole = image(with_large_mapping());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(from(std::string_view{whole}.substr(0, size)));
    CHECK_FALSE(from(whole + "x"));
}

TEST_CASE("what is made of a damaged image can be walked") {
    const auto whole = image(with_large_mapping());
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int mask : {0x01, 0x80, 0xff}) {
            auto damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ mask);
            const auto document = from(damaged);
            if (!document) continue;
            ++accepted;
            CHECK_FALSE(walk(document->root()).empty());
        }
    }
    // Numbers, places and texts tell nothing of their damage.
    CHECK(accepted > 0);
}

TEST_CASE("an image beyond the limits is none") {
    CHECK(from(image("[[[1]]]"), {.depth = 3}));
    CHECK_FALSE(from(image("[[[1]]]"), {.depth = 2}));
    const std::string bomb = "a: &a [1, 2, 3]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n";
    // 1 mapping, 3 keys; 4 of a; 1 + 3 * 4 of b; 1 + 3 * 13 of c.
    CHECK(from(image(bomb), {.nodes = 61}));
    CHECK_FALSE(from(image(bomb), {.nodes = 60}));
}
