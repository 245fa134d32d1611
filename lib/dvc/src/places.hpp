// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/dvc/site.hpp>
#include <mlo/util/fs.hpp>
#include <string>

namespace mlo::dvc {

/// Opens a folder of the site: without following symbolic links where it lies in the workspace. Null if it is not
/// there.
[[nodiscard]] std::unique_ptr<Dir> open_place(const Site& site, const std::string& absolute, Fs& fs);

/// The same, made on the way, like all above it, where it is not there: with the modes that DVC gives the folders of a
/// cache that is shared so.
[[nodiscard]] std::unique_ptr<Dir> make_place(const Site& site, const std::string& absolute, Site::Sharing sharing,
                                              Fs& fs);

/// Makes a folder in another, unless it is there, and opens it.
[[nodiscard]] std::unique_ptr<Dir> make_folder(Dir& parent, const std::string& name, Site::Sharing sharing);

}  // namespace mlo::dvc
