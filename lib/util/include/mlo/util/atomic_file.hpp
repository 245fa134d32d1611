// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/fs.hpp>

namespace mlo {

class Random;

/// A file that appears whole and durable under its name, or not at all.
///
/// Bytes go to a temporary file in the same folder (`.<prefix>-<16 hex>.tmp`); commit() makes it durable, renames it
/// and makes the name durable. Without commit() the destructor removes the temporary file. Not thread-safe.
class AtomicFile {
public:
    /// `dir` must outlive the object. `mode` is subject to the umask.
    AtomicFile(Dir& dir, std::string name, std::uint32_t mode, Random& random);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    [[nodiscard]] File& file() noexcept { return *file_; }
    void write(std::span<const std::byte> bytes) { file_->write(bytes); }
    void write(std::string_view text);
    /// sync, rename, sync of the folder. After it returned, the file survives a power cut.
    void commit(Replace replace);

private:
    Dir& dir_;
    std::string name_;
    std::string temporary_;
    std::unique_ptr<File> file_;
};

/// Writes a small file atomically and durably, replacing what is there.
void write_file_atomically(Dir& dir, std::string_view name, std::string_view content, std::uint32_t mode,
                           Random& random);

/// Reads a whole file. Throws too_large beyond `limit_bytes`.
[[nodiscard]] std::string read_file(Dir& dir, std::string_view name, std::uint64_t limit_bytes);

/// The name of a temporary file that no two writers share.
[[nodiscard]] std::string temporary_name(std::string_view prefix, Random& random);

}  // namespace mlo
