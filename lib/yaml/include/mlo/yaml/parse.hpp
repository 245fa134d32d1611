// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/document.hpp>

namespace mlo::yaml {

/// What is read beyond YAML 1.2 and its core schema. `dvc`: what DVC's reader (ruamel.yaml) takes in its files and
/// those of parameters: merge keys (`<<: *a`, `<<: [*a, *b]`; what a mapping says itself counts, merged members come
/// last), and integers as `1_000`, `0b11`, `-0x1F`.
enum class Extensions : std::uint8_t { none, dvc };

/// Reads a text of one YAML 1.2 document; `file` is its name in places and messages. An empty text is null.
///
/// Plain scalars have the types of the core schema (`yes` and `2020-01-01` are strings), quoted ones are strings. A key
/// is the text of its scalar (`1:` is the key "1"). An alias is the value that it names, at that value's place.
/// Refused: duplicate keys, several documents, anything after the end, merge keys (but see Extensions), tags beyond the
/// core schema, control characters, and what exceeds `limits`; merge conflict markers have an error of their own.
/// Throws kind config.
[[nodiscard]] Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits = {},
                             Extensions extensions = Extensions::none);

/// The version of yaml-cpp that mlo was built with: "0.7.0". The library itself does not tell.
[[nodiscard]] std::string_view library_version() noexcept;

}  // namespace mlo::yaml
