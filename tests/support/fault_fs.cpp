// SPDX-License-Identifier: Apache-2.0
#include "fault_fs.hpp"

#include <cerrno>
#include <mlo/util/error.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <random>
#include <utility>

#include "fault_state.hpp"

namespace mlo::test {
namespace {

using Guard = std::lock_guard<std::recursive_mutex>;

/// The folder at an absolute path, symbolic links followed: 0 and an error number if there is none.
InodeId follow(const Disk& disk, std::string_view absolute, int& error, int depth = 0) {
    if (depth > 40) return error = ELOOP, 0;
    std::vector<InodeId> parents{Disk::root};
    std::string text;
    for (const auto& name : path::components(absolute)) {
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            if (parents.size() > 1) parents.pop_back();
            text = std::string{path::parent(text)};
            continue;
        }
        auto next = disk.find(parents.back(), name);
        if (name.size() > 255)
            error = ENAMETOOLONG;
        else if (next != 0 && disk.inode(next).kind == FileKind::symlink)
            next = follow(disk, path::join(text.empty() ? "/" : text, disk.inode(next).target), error, depth + 1);
        else if (next == 0)
            error = ENOENT;
        else if (disk.inode(next).kind != FileKind::directory)
            error = ENOTDIR;
        if (error != 0) return 0;
        parents.push_back(next);
        text += "/" + name;
    }
    return parents.back();
}

}  // namespace

FaultFs::FaultFs(std::string_view root, CloneSupport clones) : state_{std::make_shared<State>()} {
    MLO_ASSERT(root.starts_with('/'));
    state_->clones = clones;
    InodeId folder = Disk::root;
    for (const auto& name : path::components(root)) {
        if (name.empty()) continue;
        InodeId made = 0;
        state_->disk.create(folder, name, FileKind::directory, 0755, "", made);
        folder = made;
    }
    state_->disk.sync_all();
}

std::unique_ptr<Dir> FaultFs::open_root(std::string_view absolute_path) {
    MLO_ASSERT(absolute_path.starts_with('/'));
    const Guard guard{state_->mutex};
    int error = state_->count_call();
    const auto found = error == 0 ? follow(state_->disk, absolute_path, error) : 0;
    if (error != 0) throw_system_error(error, "open folder", absolute_path);
    return open_fault_dir(state_, found, std::string{absolute_path});
}

void FaultFs::put_on_network(std::string_view absolute_path) {
    const Guard guard{state_->mutex};
    state_->network_folder = absolute_path;
}

FaultFs FaultFs::random_crash(std::uint64_t seed) const {
    const Guard guard{state_->mutex};
    std::mt19937_64 random{seed};
    // Each cut leans its own way, so that mostly-lost and mostly-kept states are as likely as mixed ones.
    const auto lean = random() % 3;
    auto after = std::make_shared<State>();
    after->clones = state_->clones;
    after->network_folder = state_->network_folder;
    after->disk = state_->disk.crash([&](std::size_t alternatives) -> std::size_t {
        if (lean == 0 && random() % 4 != 0) return 0;
        if (lean == 1 && random() % 4 != 0) return alternatives - 1;
        return random() % alternatives;
    });
    return FaultFs{std::move(after)};
}

Coverage FaultFs::enumerate_crashes(std::size_t limit, const std::function<void(FaultFs&)>& check_state) const {
    const Guard guard{state_->mutex};
    const auto crash = [&](const Chooser& choose) {
        auto after = std::make_shared<State>();
        after->clones = state_->clones;
        after->network_folder = state_->network_folder;
        after->disk = state_->disk.crash(choose);
        FaultFs fs{std::move(after)};
        check_state(fs);
    };
    struct Digit {
        std::size_t value;
        std::size_t alternatives;
    };
    std::vector<Digit>
        digits;  // an odometer over the answers; a state may ask more or fewer questions than the one before
    for (std::size_t states = 0; states < limit / 2 || states == 0; ++states) {
        std::size_t asked = 0;
        crash([&](std::size_t alternatives) {
            if (asked == digits.size()) digits.push_back({0, alternatives});
            return digits[asked++].value;
        });
        digits.resize(asked);
        while (!digits.empty() && digits.back().value + 1 == digits.back().alternatives) digits.pop_back();
        if (digits.empty()) return Coverage::every_state;
        ++digits.back().value;
    }
    crash([](std::size_t alternatives) { return alternatives - 1; });
    for (std::size_t i = 0; i < limit / 2; ++i) {
        auto after = random_crash(state_->changes * 1'000'003 + i);
        check_state(after);
    }
    return Coverage::some_states;
}

FaultFs FaultFs::snapshot() const {
    const Guard guard{state_->mutex};
    auto copy = std::make_shared<State>();
    copy->clones = state_->clones;
    copy->network_folder = state_->network_folder;
    copy->disk = state_->disk;
    return FaultFs{std::move(copy)};
}

std::vector<std::string> FaultFs::not_durable() const {
    const Guard guard{state_->mutex};
    return state_->disk.not_durable();
}

std::uint64_t FaultFs::calls() const {
    const Guard guard{state_->mutex};
    return state_->calls;
}

void FaultFs::before_each_change(std::function<void(std::uint64_t)> hook) {
    const Guard guard{state_->mutex};
    state_->hook = std::move(hook);
    state_->changes = 0;
}

void FaultFs::fail(Fault fault) {
    const Guard guard{state_->mutex};
    state_->calls = 0;
    state_->fault = fault;
    state_->struck = false;
}

void FaultFs::heal() {
    const Guard guard{state_->mutex};
    state_->fault = {};
}

bool FaultFs::struck() const {
    const Guard guard{state_->mutex};
    return state_->struck;
}

}  // namespace mlo::test
