// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <mlo/ledger/ledger.hpp>
#include <mlo/run.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/workspace/workspace.hpp>
#include <mutex>
#include <string>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

/// A workspace without git, and what is recorded in it.
class RunRepository {
public:
    RunRepository() {
        folder.write(".mlo/config.yaml", "version: 1\n");
        ::unsetenv("MLO_RUN_ID");
        ::unsetenv("MLO_RUN_STORE");
        ::setenv("HOME", folder.path("home").c_str(), 1);
    }
    ~RunRepository() {
        ::unsetenv("MLO_RUN_ID");
        ::unsetenv("MLO_RUN_STORE");
    }
    RunRepository(const RunRepository&) = delete;
    RunRepository& operator=(const RunRepository&) = delete;

    [[nodiscard]] RunOptions options() {
        RunOptions options;
        options.directory = folder.path();
        options.warn = [this](std::string_view sentence) {
            const std::scoped_lock lock{mutex_};
            warnings_.emplace_back(sentence);
        };
        return options;
    }
    [[nodiscard]] std::vector<std::string> warnings() {
        const std::scoped_lock lock{mutex_};
        return warnings_;
    }

    [[nodiscard]] std::string store_dir() const {
        return workspace::find_workspace(real_fs(), folder.path(), std::nullopt, {}).store_dir;
    }
    [[nodiscard]] track::RunStore runs() const { return {store_dir() + "/runs.db", db::Access::write, runtime}; }
    [[nodiscard]] track::RunDocument get(const std::string& run) const { return runs().get(run); }
    /// The values of a metric in their order, whether the run is sealed or not.
    [[nodiscard]] std::vector<double> values(const std::string& run, std::string_view key) const {
        const auto dir = real_fs().open_root(store_dir());
        auto store = runs();
        ledger::Ledger ledger{store_dir(), db::Access::write, runtime};
        store::ObjectStore objects{real_fs().open_root(store_dir()), runtime};
        track::Archive archive{store, ledger, objects, *dir, std::string(32, '0'), runtime};
        std::vector<double> all;
        archive.read_points(run, key, [&](std::span<const track::Point> points) {
            for (const auto& point : points) all.push_back(point.value);
        });
        return all;
    }

    TemporaryFolder folder;
    Runtime runtime{real_fs(), system_clock(), system_random(), silent_log(), silent_progress(), {}, 1};

private:
    std::mutex mutex_;
    std::vector<std::string> warnings_;
};

/// The code of the RunError that `action` throws, or "none".
template <class Action>
[[nodiscard]] std::string refusal(Action&& action) {
    try {
        action();
    } catch (const RunError& error) {
        return error.code();
    }
    return "none";
}

}  // namespace mlo::test
