// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <document_emit.hpp>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/json/writer.hpp>
#include <mlo/util/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    try {
        const auto document = json::parse(text, "input");
        std::string pretty;
        json::Writer writer{pretty, json::Layout::pretty};
        test::emit(writer, document.root(), test::JsonBrackets{});
        MLO_ASSERT(same_content(json::parse(pretty, "pretty").root(), document.root()));
        const auto canonical = json::canonical(document.root());
        MLO_ASSERT(json::parse(canonical, "canonical").root().kind() == document.root().kind());
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || !error.place().starts_with("input")) throw;
    }
    return 0;
}
