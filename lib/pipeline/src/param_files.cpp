// SPDX-License-Identifier: Apache-2.0
#include "param_files.hpp"

#include <fmt/format.h>

#include <mlo/pipeline/params.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

namespace {

constexpr int most_links = 40;

std::string read_whole(Dir& folder, const std::string& path) {
    try {
        return read_file(folder, path::name(path), largest_params_bytes);
    } catch (Error& error) {
        error.at(path);
        if (error.code().id == mlo::errors::too_large.id)
            error.hint("take what stages need of it into a file of its own");
        throw;
    }
}

}  // namespace

std::string read_text(const workspace::Workspace& workspace, std::string_view path) {
    auto& fs = workspace.runtime().fs;
    const auto& root = workspace.layout().root;
    auto at = path::normalize(path);
    for (int links = 0; links < most_links; ++links) {
        const bool is_inside = !at.starts_with('/');
        if (at == ".." || at.starts_with("../")) break;
        const auto folder =
            is_inside ? workspace::open_below(*fs.open_root(root), path::parent(at)) : fs.open_root(path::parent(at));
        const auto status = folder->stat(path::name(at));
        if (!status || status->kind != FileKind::symlink) {
            return read_whole(*folder, at);
        }
        const auto target = folder->read_link(path::name(at));
        auto next = path::normalize(path::join(path::parent(at), target));
        if (is_inside && next.starts_with('/')) {
            const auto below = path::below(next, root);
            if (!below) break;
            next = *below;
        }
        at = std::move(next);
    }
    throw Error{mlo::errors::leads_outside, fmt::format("{} is a symbolic link out of the workspace", quoted(path))};
}

std::shared_ptr<const Datum> ParamFiles::get(const std::string& path, const PathState& state) {
    {
        const std::scoped_lock lock{mutex_};
        const auto known = known_.find(path);
        if (known != known_.end() && state.id == known->second.first) return known->second.second;
    }
    auto datum = std::make_shared<const Datum>(read_params(read_text(workspace_, path), path));
    if (state.id) {
        const std::scoped_lock lock{mutex_};
        known_.insert_or_assign(path, std::pair{*state.id, datum});
    }
    return datum;
}

}  // namespace mlo::pipeline
