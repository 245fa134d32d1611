// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <string>

namespace mlo::dvc {

/// Takes a lock as zc.lockfile does, which is DVC's: flock(2), and the holder's process id in the file. It ends with
/// the File. Waits, and says for whom. Throws interrupted.
[[nodiscard]] std::unique_ptr<File> take_flock(Dir& folder, const std::string& name, const Runtime& runtime);

}  // namespace mlo::dvc
