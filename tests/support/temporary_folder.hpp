// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mlo/util/fs.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mlo::test {

/// An empty folder of the real file system, removed with all that is in it at the end.
class TemporaryFolder {
public:
    TemporaryFolder() : path_{std::filesystem::temp_directory_path() / "mlo-test-XXXXXX"} {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error{"no temporary folder: " + path_};
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string path(std::string_view relative) const { return path_ + "/" + std::string{relative}; }
    [[nodiscard]] std::unique_ptr<Dir> open() const { return real_fs().open_root(path_); }

    /// Writes a file, making the folders above it, behind the back of the code under test.
    void write(std::string_view relative, std::string_view content) const {
        std::filesystem::create_directories(std::filesystem::path{path(relative)}.parent_path());
        std::ofstream{path(relative), std::ios::binary} << content;
    }
    [[nodiscard]] std::string read(std::string_view relative) const {
        std::ifstream file{path(relative), std::ios::binary};
        if (!file) throw std::runtime_error{"no such file: " + path(relative)};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    std::string path_;
};

}  // namespace mlo::test
