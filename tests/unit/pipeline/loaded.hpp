// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <mlo/pipeline/pipeline.hpp>

#include <temporary_folder.hpp>

/// A document among other files, loaded. The workspace is gone afterwards.
inline mlo::pipeline::Pipeline loaded(std::string_view text, std::string_view file = "pipeline.yaml",
                                      const std::map<std::string, std::string>& others = {}) {
    const mlo::test::TemporaryFolder folder;
    folder.write(file, text);
    for (const auto& [path, content] : others) folder.write(path, content);
    return mlo::pipeline::load(*folder.open(), {.file = std::string{file}, .others = {}});
}
