// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "flock_file.hpp"
#include "places.hpp"

#include <mlo/dvc/locks.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::dvc {
namespace {

std::string holder_of(File& file) {
    std::array<std::byte, 64> buffer{};
    const auto size = file.read(buffer, 0);
    const auto text = trim(as_text(std::span{buffer}.first(size)));
    int pid = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
    return parsed.ec == std::errc{} && pid > 0 ? fmt::format("process {}", pid) : "another process";
}

/// Whether the file that was locked is still the one that others would lock.
bool is_named(Dir& folder, const std::string& name, File& file) {
    const auto there = folder.stat(name);
    return there && there->inode == file.stat().inode;
}

}  // namespace

std::unique_ptr<File> take_flock(Dir& folder, const std::string& name, const Runtime& runtime) {
    using namespace std::chrono_literals;
    const auto start = runtime.clock.elapsed();
    std::unique_ptr<Progress> waiting;
    bool told = false;
    while (true) {
        auto file = folder.open_lock(name);
        while (!file->try_flock()) {
            runtime.check_stop();
            if (waiting == nullptr)
                waiting =
                    runtime.progress.begin(fmt::format("waiting for DVC ({})", holder_of(*file)), ProgressUnit::files);
            if (!told && runtime.clock.elapsed() - start > 1s) {
                runtime.log.log(LogLevel::warning,
                                fmt::format("waiting for DVC: {} is locked by {}",
                                            quoted(path::join(folder.path(), name)), holder_of(*file)));
                told = true;
            }
            runtime.clock.sleep(20ms, runtime.stop);
        }
        if (!is_named(folder, name, *file)) continue;
        file->rewrite(as_bytes(fmt::format(" {}\n", ::getpid())));
        return file;
    }
}

RepoLock::RepoLock(const Site& site, const Runtime& runtime)
    : file_{take_flock(*make_place(site, site.tmp_dir, Site::Sharing::own, runtime.fs), "lock", runtime)} {}

RepoLock::~RepoLock() = default;

}  // namespace mlo::dvc
