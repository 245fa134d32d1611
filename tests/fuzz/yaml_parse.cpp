// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <document_emit.hpp>
#include <mlo/util/error.hpp>
#include <mlo/yaml/parse.hpp>
#include <mlo/yaml/writer.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    // Few nodes, so that a bomb of aliases is found by its limit and not by the time that writing it out takes.
    const DocumentLimits limits{.size_bytes = 1u << 20, .nodes = 10'000, .depth = 100};
    for (const auto extensions : {yaml::Extensions::none, yaml::Extensions::dvc}) try {
            const auto document = yaml::parse(text, "input", limits, extensions);
            std::string written;
            yaml::Writer writer{written};
            test::emit(writer, document.root(), test::YamlBrackets{});
            MLO_ASSERT(same_content(yaml::parse(written, "written").root(), document.root()));
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::config || !error.place().starts_with("input")) throw;
        }
    return 0;
}
