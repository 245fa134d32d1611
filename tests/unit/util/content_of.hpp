// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/fs.hpp>
#include <string>

namespace mlo::test {

/// What File::read gives for `size` bytes from `offset`.
[[nodiscard]] inline std::string content_of(File& file, std::size_t size, std::uint64_t offset = 0) {
    std::string text(size, '?');
    text.resize(file.read(std::as_writable_bytes(std::span{text}), offset));
    return text;
}

}  // namespace mlo::test
