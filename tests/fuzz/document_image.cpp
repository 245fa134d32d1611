// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <mlo/util/bytes.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/error.hpp>
#include <mlo/yaml/parse.hpp>

namespace {

using namespace mlo;

constexpr DocumentLimits limits{.size_bytes = 1 << 20, .nodes = 20'000, .depth = 100};

void walk(const Value& value) {
    if (value.is(ValueKind::list)) {
        for (const auto& item : value.items()) walk(item);
    } else if (value.is(ValueKind::mapping)) {
        for (const auto& member : value.members()) {
            static_cast<void>(value.find(member.name()));
            walk(member.value);
        }
    } else if (value.is(ValueKind::string)) {
        static_cast<void>(value.as_string());
    }
}

void look_at(std::string_view image) {
    const auto document = DocumentBuilder::from_image(image, "input", limits);
    if (!document) return;
    walk(document->root());
    MLO_ASSERT(DocumentBuilder::image_of(*document) == image);
}

}  // namespace

/// The bytes as an image; and, as text with eight bytes behind it (where, and what to change), the image of its
/// document with four bytes changed. Whatever is accepted can be walked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = as_text(std::as_bytes(std::span{data, size}));
    look_at(bytes);
    std::uint32_t change[2]{};
    if (size < sizeof(change)) return 0;
    std::memcpy(change, data + size - sizeof(change), sizeof(change));
    std::string image;
    try {
        image = DocumentBuilder::image_of(yaml::parse(bytes.substr(0, size - sizeof(change)), "input", limits));
    } catch (const Error&) {
        return 0;
    }
    look_at(image);
    const auto at = change[0] % (image.size() - sizeof(change[1]));
    std::uint32_t there = 0;
    std::memcpy(&there, image.data() + at, sizeof(there));
    there ^= change[1];
    std::memcpy(image.data() + at, &there, sizeof(there));
    look_at(image);
    return 0;
}
