// SPDX-License-Identifier: Apache-2.0
#include "record_stamps.hpp"

#include <mlo/util/path.hpp>
#include <vector>

namespace mlo::workspace {

using namespace std::chrono_literals;

void record_stamps(FileMemory& memory, std::span<const TargetPlan> plans, const Runtime& runtime) {
    const FileStat* newest = nullptr;
    const auto each_folder = [&](auto&& visit) {
        for (const auto& plan : plans)
            for (const auto& folder : plan.folders)
                for (const auto& fresh : folder.fresh)
                    for (const auto& each : fresh.folders)
                        if (fresh.temporary.empty())
                            visit(path::join(path::join(folder.path, fresh.name), each.path), each);
    };
    each_folder([&](const std::string&, const FreshFolder& folder) {
        for (const auto& file : folder.files)
            if (file.written && (newest == nullptr || file.written->ctime_ns > newest->ctime_ns))
                newest = &*file.written;
    });
    if (newest == nullptr) return;
    // Whoever changes a file from now on must leave another time stamp. Until it was renamed into place nobody knew it.
    if (!is_settled(*newest, runtime.clock.now())) runtime.clock.sleep(20ms, runtime.stop);
    if (!is_settled(*newest, runtime.clock.now())) return;

    std::vector<CacheEntry> entries;
    each_folder([&](const std::string& path, const FreshFolder& folder) {
        entries.clear();
        for (const auto& file : folder.files)
            if (file.written) entries.push_back({file.name, stamp_of(*file.written), file.id});
        memory.put(path, entries, CacheWrite::replace);
    });
}

}  // namespace mlo::workspace
