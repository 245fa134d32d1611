// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mlo/util/error.hpp>
#include <mlo/workspace/ignore.hpp>

/// The first line of the input is a path, the rest an ignore file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo::workspace;
    const std::string text{data, data + size};
    const auto path = text.substr(0, text.find('\n'));
    const auto rules =
        IgnoreRules::extend(nullptr, "", ".mloignore", text.substr(std::min(path.size() + 1, text.size())));
    if (!rules) return 0;
    for (const auto kind : {PathKind::file, PathKind::folder}) {
        const auto match = rules->match(path, kind);
        MLO_ASSERT(match.pattern == nullptr || (match.pattern->line > 0 && !match.pattern->text.empty()));
        // What says something of a file says the same of a folder: only the other direction has exceptions.
        if (kind == PathKind::file && match.pattern != nullptr)
            MLO_ASSERT(rules->match(path, PathKind::folder).pattern != nullptr);
    }
    return 0;
}
