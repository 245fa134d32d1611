// SPDX-License-Identifier: Apache-2.0
// store_check FOLDER: looks at every byte of a store; prints each problem and ends with 1 if there is any.
#include <fmt/format.h>

#include <cstdio>
#include <mlo/store/check.hpp>
#include <mlo/util/error.hpp>

int main(int count, char** words) {
    if (count != 2) return 2;
    try {
        const mlo::Runtime runtime{.fs = mlo::real_fs(),
                                   .clock = mlo::system_clock(),
                                   .random = mlo::system_random(),
                                   .log = mlo::silent_log(),
                                   .progress = mlo::silent_progress(),
                                   .stop = {}};
        mlo::store::ObjectStore store{runtime.fs.open_root(words[1]), runtime};
        const auto report = mlo::store::check(store, mlo::store::CheckDepth::data, runtime);
        for (const auto& problem : report.problems) fmt::print("{}: {}\n", problem.subject, problem.text);
        return report.problems.empty() ? 0 : 1;
    } catch (const mlo::Error& error) {
        fmt::print("{}\n", error.what());
        return 1;
    }
}
