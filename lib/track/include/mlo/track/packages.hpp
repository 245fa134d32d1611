// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mlo/util/runtime.hpp>
#include <span>
#include <string>
#include <vector>

namespace mlo::track {

/// Where to look for packages; what a process's environment says.
struct PackagePlaces {
    std::string program;        ///< argv[0] of the job: a Python interpreter by itself, or anything
    std::string search_path{};  ///< PATH
    std::string home{};         ///< HOME, for packages of the user; may be empty
    std::string virtual_env{};  ///< VIRTUAL_ENV; may be empty
    std::string conda{};        ///< CONDA_PREFIX; may be empty
    std::string python_path{};  ///< PYTHONPATH
    /// All of it, for the one case in which Python has to be asked: an interpreter that is a script, as those of pyenv.
    std::vector<std::string> environment{};
};

/// Where a job that is started as `program` in `environment` (KEY=VALUE) finds its packages.
[[nodiscard]] PackagePlaces package_places(std::string program, std::vector<std::string> environment);

/// The packages of the Python that the job runs (`program` itself, else the one that PATH names), of conda and of R, as
/// sorted lines: "pip" -> "numpy==1.26.4\n...", "conda" -> "openssl==3.0.13=h1234\n...", "r" -> "dplyr==1.1.4\n...".
/// Found by looking at what is installed; nothing is started but a Python that is a script. What is not there is no
/// member; what cannot be read becomes a sentence in `losses`. Throws interrupted.
struct PackageLists {
    std::map<std::string, std::string> lists;
    std::vector<std::string> losses;
};
[[nodiscard]] PackageLists read_packages(const PackagePlaces& places, const Runtime& runtime);

}  // namespace mlo::track
