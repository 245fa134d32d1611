// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/document.hpp>

namespace mlo::json {

/// Reads one JSON value (RFC 8259) that fills all of `text`; `file` is its name in places and messages.
///
/// Objects are mappings, arrays lists; both keep their order. Duplicate keys, invalid UTF-8, lone surrogates and
/// numbers beyond 64 bits or a double are refused; a byte order mark at the start is skipped. Throws kind config.
[[nodiscard]] Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits = {});

/// The version of the JSON library in use: "3.11.2".
[[nodiscard]] std::string_view library_version() noexcept;

}  // namespace mlo::json
