// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/atomic_file.hpp>

#include <fmt/format.h>

#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/text.hpp>
#include <utility>

namespace mlo {

std::string temporary_name(std::string_view prefix, Random& random) {
    return fmt::format(".{}-{}.tmp", prefix, random.hex(8));
}

AtomicFile::AtomicFile(Dir& dir, std::string name, std::uint32_t mode, Random& random)
    // The prefix is fixed, not the name: a name of 255 bytes leaves no room for more.
    : dir_{dir},
      name_{std::move(name)},
      temporary_{temporary_name("mlo", random)},
      file_{dir.create(temporary_, mode)} {}

AtomicFile::~AtomicFile() {
    if (temporary_.empty()) return;
    try {
        dir_.remove(temporary_);
    } catch (const Error&) {
        // The file system has failed us already; what is left is a temporary file that nothing refers to.
    }
}

void AtomicFile::write(std::string_view text) { write(as_bytes(text)); }

void AtomicFile::commit(Replace replace) {
    if (!mutant(Mutant::atomic_file_sync)) file_->sync();
    dir_.rename(temporary_, dir_, name_, replace);
    temporary_.clear();
    if (!mutant(Mutant::atomic_file_dir_sync)) dir_.sync();
}

void write_file_atomically(Dir& dir, std::string_view name, std::string_view content, std::uint32_t mode,
                           Random& random) {
    AtomicFile file{dir, std::string{name}, mode, random};
    file.write(content);
    file.commit(Replace::yes);
}

std::string read_file(Dir& dir, std::string_view name, std::uint64_t limit_bytes) {
    const auto file = dir.open(name);
    const auto size = file->stat().size;
    if (size > limit_bytes)
        throw Error{errors::too_large,
                    fmt::format("{} holds {}, more than the {} allowed here", quoted(path::join(dir.path(), name)),
                                format_bytes(size), format_bytes(limit_bytes))};
    // One byte more than the size: a file that grows meanwhile is read up to the limit, not cut off unseen.
    std::string content(size + 1, '\0');
    std::size_t filled = 0;
    while (true) {
        const auto count = file->read(std::as_writable_bytes(std::span{content}).subspan(filled), filled);
        filled += count;
        if (filled < content.size()) break;
        if (filled > limit_bytes)
            throw Error{errors::too_large,
                        fmt::format("{} grew over {} while it was read", quoted(path::join(dir.path(), name)),
                                    format_bytes(limit_bytes))};
        content.resize(content.size() * 2);
    }
    content.resize(filled);
    return content;
}

}  // namespace mlo
