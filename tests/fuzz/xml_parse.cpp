// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/net/errors.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/util/text.hpp>

namespace {

void visit(const mlo::net::XmlElement& element, int depth) {
    MLO_ASSERT(depth <= mlo::net::XmlDocument::max_depth);
    MLO_ASSERT(mlo::is_valid_utf8(element.text()));
    for (const auto& child : element.children()) {
        MLO_ASSERT(element.child(child.name()).has_value());
        visit(child, depth + 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const mlo::net::XmlDocument document{{reinterpret_cast<const char*>(data), size}, "input"};
        visit(document.root(), 1);
    } catch (const mlo::Error& error) {
        if (error.code().id != mlo::net::errors::bad_xml.id) throw;
    }
    return 0;
}
