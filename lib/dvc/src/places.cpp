// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <functional>

#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>

namespace mlo::dvc {
namespace {

constexpr std::uint32_t group_mode = 02775;

std::unique_ptr<Dir> open_if_there(const std::function<std::unique_ptr<Dir>()>& open) {
    try {
        return open();
    } catch (Error& error) {
        if (error.code().id == mlo::errors::path_not_found.id) return nullptr;
        if (error.code().id == mlo::errors::leads_outside.id) error.hint("dvc config --local cache.dir PATH");
        throw;
    }
}

}  // namespace

std::unique_ptr<Dir> open_place(const Site& site, const std::string& absolute, Fs& fs) {
    const auto below = path::below(absolute, site.workspace);
    if (!below) return open_if_there([&] { return fs.open_root(absolute); });
    return open_if_there([&] { return fs.open_root(site.workspace)->open_dir(*below); });
}

std::unique_ptr<Dir> make_place(const Site& site, const std::string& absolute, Site::Sharing sharing, Fs& fs) {
    if (auto folder = open_place(site, absolute, fs)) return folder;
    const auto parent = make_place(site, std::string{path::parent(absolute)}, sharing, fs);
    return make_folder(*parent, std::string{path::name(absolute)}, sharing);
}

std::unique_ptr<Dir> make_folder(Dir& parent, const std::string& name, Site::Sharing sharing) {
    const bool is_new = parent.make_dir(name);
    auto folder = parent.open_dir(name);
    if (is_new && sharing == Site::Sharing::group) folder->set_mode(group_mode);
    return folder;
}

}  // namespace mlo::dvc
