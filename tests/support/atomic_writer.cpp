// SPDX-License-Identifier: Apache-2.0
// atomic_writer FOLDER FILES SIZE: writes FILES files of SIZE bytes through AtomicFile and prints 'done NAME' once each
// is acknowledged. A file that is there is left alone, so that a killed writer may be run again. Each holds its name,
// repeated.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <string>

namespace {

std::string content_of(const std::string& name, std::size_t size) {
    std::string content;
    while (content.size() < size) content += name + "\n";
    content.resize(size);
    return content;
}

int write_files(const char* folder, int files, std::size_t size) {
    const auto dir = mlo::real_fs().open_root(std::filesystem::absolute(folder).string());
    for (int number = 1; number <= files; ++number) {
        const auto name = fmt::format("file-{}", number);
        if (!dir->stat(name)) {
            mlo::AtomicFile file{*dir, name, 0444, mlo::system_random()};
            const auto content = content_of(name, size);
            for (std::size_t at = 0; at < size; at += 4096) file.write(std::string_view{content}.substr(at, 4096));
            file.commit(mlo::Replace::no);
        }
        fmt::print("done {}\n", name);
        std::fflush(stdout);
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 4) return 2;
    try {
        return write_files(words[1], std::stoi(words[2]), static_cast<std::size_t>(std::stoi(words[3])));
    } catch (const mlo::Error& error) {
        fmt::print(stderr, "atomic_writer: {}\n", error.what());
        return 1;
    }
}
