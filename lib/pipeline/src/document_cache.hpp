// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/document.hpp>

namespace mlo::pipeline {

/// Large documents as they were parsed, by their text (lib/pipeline/README.md). Disposable: what cannot be read or
/// written is as if it were not there.
class DocumentCache {
public:
    /// Smaller texts are parsed sooner than looked up.
    static constexpr std::size_t least_bytes = 64 * 1024;

    explicit DocumentCache(const ParsedStore& store) : store_{store} {}

    /// What `parse` makes of the text of `file`. `rules` names all else that it depends on.
    [[nodiscard]] Document get(std::string_view text, const std::string& file, std::string_view rules,
                               const DocumentLimits& limits, const std::function<Document()>& parse) const;

private:
    ParsedStore store_;
};

}  // namespace mlo::pipeline
