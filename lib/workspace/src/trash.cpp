// SPDX-License-Identifier: Apache-2.0
#include "trash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::workspace {
namespace {

/// For a shell: within single quotes, or as bash's $'...' if there are bytes that a terminal would not show or paste.
std::string shell_quoted(std::string_view text) {
    const bool plain = is_valid_utf8(text) &&
                       std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 32) || c == 127; });
    std::string quoted = plain ? "'" : "$'";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
        else if (byte < 32 || byte >= 127)
            quoted += fmt::format("\\x{:02x}", byte);
        else if (c == '\'' || c == '\\')
            quoted += std::string{'\\', c};
        else
            quoted += c;
    }
    return quoted + "'";
}

}  // namespace

std::string restore_command(const Trashed& trashed) {
    const auto target = trashed.way_back == Trashed::Return::in_place ? trashed.from : trashed.from + ".from-trash";
    return fmt::format("mv -T -- {} {}", shell_quoted(trashed.to), shell_quoted(target));
}

Trash::Trash(Dir& workspace_root, Dir& store, const Runtime& runtime)
    : root_{workspace_root}, store_{store}, runtime_{runtime} {}

Trash::~Trash() = default;

void Trash::check(std::span<const Obstacle> obstacles) {
    const auto store = store_.stat_self().device;
    const auto root = root_.stat_self().device;
    for (const auto& obstacle : obstacles) {
        const auto device = open_parent(root_, obstacle.path)->stat_self().device;
        if (device == store || device == root) continue;
        throw Error{errors::trash_elsewhere, quoted(obstacle.path) + " is on a file system without a trash folder"}
            .note("the store and the root of the workspace are on others, and moving it there would be a copy")
            .hint("move it out of the way yourself, then run the command again");
    }
}

void Trash::take(std::span<const Obstacle> obstacles) {
    if (obstacles.empty()) return;
    const auto store = store_.stat_self().device;
    const auto place_of = [&](const Obstacle& obstacle) -> Dir& {
        return open_parent(root_, obstacle.path)->stat_self().device == store ? in_store() : in_workspace();
    };
    // The folders first, durably: a file must not arrive in one that a power cut takes away.
    for (const auto& obstacle : obstacles) {
        auto& place = place_of(obstacle);
        std::string folder;
        for (const auto& component : path::components(path::parent(obstacle.path))) {
            open_below(place, folder)->make_dir(component);
            folder = path::join(folder, component);
        }
    }
    const auto sync = [&] {
        if (mutant(Mutant::trash_sync)) return;
        if (in_store_) in_store_->sync_file_system();
        if (in_workspace_) in_workspace_->sync_file_system();
    };
    sync();
    for (const auto& obstacle : obstacles) {
        auto& place = place_of(obstacle);
        const auto name = path::name(obstacle.path);
        open_parent(root_, obstacle.path)->rename(name, *open_parent(place, obstacle.path), name, Replace::no);
        taken_.push_back({.path = obstacle.path,
                          .from = path::join(root_.path(), obstacle.path),
                          .to = path::join(place.path(), obstacle.path),
                          .way_back = obstacle.way_back});
    }
    sync();
}

Dir& Trash::in_store() {
    if (!in_store_) {
        store_.make_dir("trash");
        in_store_ = make(*store_.open_dir("trash"));
    }
    return *in_store_;
}

Dir& Trash::in_workspace() {
    if (!in_workspace_) {
        root_.make_dir(".mlo");
        const auto mlo = root_.open_dir(".mlo");
        mlo->make_dir("trash");
        const auto trash = mlo->open_dir("trash");
        if (!trash->stat(".gitignore")) write_file_atomically(*trash, ".gitignore", "*\n", 0666, runtime_.random);
        in_workspace_ = make(*trash);
    }
    return *in_workspace_;
}

/// `<time>` in `parent`; a number tells apart what happens within one second.
std::unique_ptr<Dir> Trash::make(Dir& parent) {
    const auto now = std::chrono::floor<std::chrono::seconds>(runtime_.clock.now());
    auto time = to_rfc3339(now);
    std::replace(time.begin(), time.end(), ':', '-');
    for (auto name = time;; name = fmt::format("{}-{}", time, runtime_.random.hex(2)))
        if (parent.make_dir(name)) return parent.open_dir(name);
}

}  // namespace mlo::workspace
