// SPDX-License-Identifier: Apache-2.0
#include "small_file.hpp"

#include <mlo/util/error.hpp>
#include <mlo/util/path.hpp>

namespace mlo::track {

std::optional<std::string> read_start(Dir& dir, std::string_view name, std::size_t limit_bytes) {
    try {
        const auto file = dir.open(name);
        std::string text(limit_bytes, '\0');
        text.resize(file->read(std::as_writable_bytes(std::span{text}), 0));
        return text;
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::unique_ptr<Dir> try_open(Fs& fs, const std::string& path) {
    try {
        return fs.open_root(path);
    } catch (const Error&) {
        return nullptr;
    }
}

std::optional<std::string> read_start(Fs& fs, const std::string& path, std::size_t limit_bytes) {
    const auto dir = try_open(fs, std::string{path::parent(path)});
    return dir ? read_start(*dir, path::name(path), limit_bytes) : std::nullopt;
}

}  // namespace mlo::track
