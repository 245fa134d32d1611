// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <mlo/hash/digest.hpp>
#include <mlo/table/engine.hpp>
#include <mlo/table/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/descriptor.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <vector>

#include "api.hpp"

namespace mlo::table {
namespace {

constexpr std::string_view pinned = MLO_ENGINE_SHA256;
/// The C API that duckdb.h describes is kept within this major version.
constexpr std::string_view expected_version = "v1.5.";
constexpr std::uint64_t memory_limit_bytes = 4096;

[[nodiscard]] Error missing(const std::string& path, std::string_view reason) {
    return Error{errors::engine_missing, fmt::format("there is no table engine at {}", quoted(path))}
        .note(std::string{reason})
        .hint("install mlo with 'cmake --install', which places it");
}

/// Whoever can replace the file without changing this can replace mlo too.
[[nodiscard]] std::string signature_of(const struct stat& status) {
    const auto nanoseconds = [](const timespec& time) {
        return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
    };
    return fmt::format("mlo engine 1\n{} {} {} {} {} {}\n", pinned, status.st_dev, status.st_ino, status.st_size,
                       nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
}

[[nodiscard]] bool is_remembered(const std::string& memory, const std::string& signature, const Runtime& runtime) {
    if (memory.empty()) return false;
    try {
        const auto folder = runtime.fs.open_root(path::parent(memory));
        return read_file(*folder, path::name(memory), memory_limit_bytes) == signature;
    } catch (const Error&) {
        return false;
    }
}

/// A cache: where it cannot be written, the check is made again next time.
void remember(const std::string& memory, const std::string& signature, const Runtime& runtime) {
    if (memory.empty()) return;
    try {
        const auto above = runtime.fs.open_root(path::parent(path::parent(memory)));
        above->make_dir(path::name(path::parent(memory)));
        const auto folder = runtime.fs.open_root(path::parent(memory));
        write_file_atomically(*folder, path::name(memory), signature, 0600, runtime.random);
    } catch (const Error& error) {
        if (runtime.log.enabled(LogLevel::debug))
            runtime.log.log(LogLevel::debug, "the check of the table engine is not remembered: " + error.message());
    }
}

[[nodiscard]] std::string digest_of(int file) {
    hash::Sha256 hasher;
    std::vector<std::byte> block(std::size_t{1} << 20);
    off_t offset = 0;
    for (;;) {
        const auto size = ::pread(file, block.data(), block.size(), offset);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        hasher.update({block.data(), static_cast<std::size_t>(size)});
        offset += size;
    }
    return hasher.finish().hex();
}

}  // namespace

Engine::Engine(std::string path, std::unique_ptr<const Api> api) : path_{std::move(path)}, api_{std::move(api)} {}

// The library stays in the process: its threads and what it registered outlive any session.
Engine::~Engine() = default;

std::shared_ptr<const Engine> Engine::open(const EnginePlace& place, const Runtime& runtime) {
    MLO_ASSERT(place.library.starts_with('/'));
    const Descriptor file{::open(place.library.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) throw missing(place.library, std::strerror(errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) throw missing(place.library, "it is no file");
    const auto signature = signature_of(status);
    if (!is_remembered(place.memory, signature, runtime)) {
        const auto found = digest_of(file.get());
        if (found != pinned)
            throw Error{errors::engine_untrusted,
                        fmt::format("{} is not the table engine that this mlo was built for", quoted(place.library))}
                .note(fmt::format("its SHA-256 is {}, not {}", found, pinned))
                .hint("install mlo anew with 'cmake --install'");
        remember(place.memory, signature, runtime);
    }
    // By the descriptor, so that nobody swaps the file between the check and here.
    void* const handle = ::dlopen(fmt::format("/proc/self/fd/{}", file.get()).c_str(), RTLD_NOW | RTLD_LOCAL);
    auto api = std::make_unique<Api>();
    std::string lacking;
    const auto unusable = [&](std::string_view reason) {
        return Error{errors::engine_unusable, fmt::format("{} cannot be loaded", quoted(place.library))}.note(
            std::string{reason});
    };
    if (handle == nullptr) {
        const char* const reason = ::dlerror();
        throw unusable(reason == nullptr ? "the loader gives no reason" : reason);
    }
    if (!find_functions(handle, *api, lacking)) throw unusable("it has no " + lacking);
    if (const std::string_view version = api->library_version(); !version.starts_with(expected_version))
        throw unusable(fmt::format("it is version {}, not {}x", version, expected_version));
    return std::make_shared<const Engine>(place.library, std::move(api));
}

std::string_view Engine::version() const noexcept {
    const std::string_view version = api_->library_version();
    return version.starts_with('v') ? version.substr(1) : version;
}

}  // namespace mlo::table
