// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/lock_file.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo {
namespace {

std::string holder_of(File& file) {
    std::array<std::byte, 256> buffer{};
    const auto size = file.read(buffer, 0);
    const auto text = trim(as_text(std::span{buffer}.first(size)));
    return text.empty() ? std::string{"another process"} : printable(text);
}

}  // namespace

LockFile::LockFile(Dir& dir, std::string_view name, LockMode mode, std::string_view purpose, WhenHeld when_held,
                   const Runtime& runtime)
    : file_{dir.open_lock(name)} {
    using namespace std::chrono_literals;
    const auto start = runtime.clock.elapsed();
    bool told = false;
    while (!file_->try_lock(mode)) {
        runtime.check_stop();
        if (when_held == WhenHeld::fail)
            throw Error{errors::lock_held,
                        fmt::format("{} is locked by {}", quoted(path::join(dir.path(), name)), holder_of(*file_))}
                .hint("wait for it to end, then run the command again");
        if (!told && runtime.clock.elapsed() - start > 1s) {
            runtime.log.log(LogLevel::warning, fmt::format("waiting for {}", holder_of(*file_)));
            told = true;
        }
        runtime.clock.sleep(20ms, runtime.stop);
    }
    // Shared holders do not sign: they would overwrite each other, and nobody waits long for a reader.
    if (mode == LockMode::exclusive)
        file_->rewrite(
            as_bytes(fmt::format("{} (process {}, since {})\n", purpose, ::getpid(), to_rfc3339(runtime.clock.now()))));
}

LockFile::~LockFile() = default;
LockFile::LockFile(LockFile&&) noexcept = default;
LockFile& LockFile::operator=(LockFile&&) noexcept = default;

}  // namespace mlo
