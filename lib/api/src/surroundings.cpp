// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mlo/util/error.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::api {
namespace {

std::vector<std::string> read_variables() {
    std::map<std::string, std::string, std::less<>> last;
    for (const char* const* entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != text.npos && equals > 0) last.insert_or_assign(std::string{text.substr(0, equals)}, text);
    }
    std::vector<std::string> variables;
    variables.reserve(last.size());
    for (auto& [name, entry] : last) variables.push_back(std::move(entry));
    return variables;
}

std::vector<std::string> read_command() {
    constexpr std::size_t enough = std::size_t{1} << 20U;
    std::string text(enough, '\0');
    try {
        const auto file = real_fs().open_root("/proc/self")->open("cmdline");
        text.resize(file->read(std::as_writable_bytes(std::span{text}), 0));
    } catch (const Error&) {
        return {};
    }
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\0', at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

}  // namespace

std::string Surroundings::get(std::string_view name) const {
    for (const std::string_view entry : variables)
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
            return std::string{entry.substr(name.size() + 1)};
    return {};
}

Surroundings look_around() {
    char directory[PATH_MAX];
    if (::getcwd(directory, sizeof directory) == nullptr)
        throw Error{errors::path_not_found, std::string{"cannot tell the current folder: "} + std::strerror(errno)}
            .hint("start the program in a folder that exists");
    return {.variables = read_variables(), .command = read_command(), .directory = directory};
}

void print_warning(std::string_view text) noexcept {
    try {
        const auto line = "mlo: " + std::string{text} + '\n';
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (const std::exception&) {
        // Without memory there are no words.
    }
}

}  // namespace mlo::api
