// SPDX-License-Identifier: Apache-2.0
#include <aws_ini.hpp>
#include <aws_words.hpp>
#include <cstdint>
#include <map>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

namespace {

using Options = std::map<std::string, mlo::net::IniOption, std::less<>>;

std::string written(const Options& options, const std::string& indent) {
    std::string text;
    for (const auto& [key, option] : options) {
        text += indent + key + " =";
        for (const auto& line : mlo::split(option.value, '\n')) text += " " + line + "\n" + indent;
        text += "\n" + written(option.nested, indent + "  ");
    }
    return text;
}

std::string written(const mlo::net::IniFile& file) {
    std::string text;
    for (const auto& [name, section] : file) text += "[" + name + "]\n" + written(section.options, "");
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const std::string text{data, data + size};
    try {
        const auto file = net::parse_ini(text, "input");
        const auto again = written(file);
        MLO_ASSERT(written(net::parse_ini(again, "again")) == again);
        for (const auto& [name, section] : file) {
            MLO_ASSERT(section.place.starts_with("input:"));
            (void)net::split_words(name);
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config || !error.place().starts_with("input:")) throw;
    }
    return 0;
}
