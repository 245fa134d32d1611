// SPDX-License-Identifier: Apache-2.0
#include "places.hpp"

#include <memory_remote.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <remote_wrappers.hpp>
#include <seeded.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {
namespace {

class MemoryPlace final : public RemotePlace {
public:
    std::unique_ptr<remote::Remote> connect() override { return std::make_unique<WatchedRemote>(values_); }

private:
    StillClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    MemoryRemote values_{clock_};
};

class FolderPlace final : public RemotePlace {
public:
    std::unique_ptr<remote::Remote> connect() override {
        return remote::open_remote(folder_.path("remote"), {"/", traffic_},
                                   {.fs = real_fs(),
                                    .clock = system_clock(),
                                    .random = random_,
                                    .log = silent_log(),
                                    .progress = silent_progress(),
                                    .stop = {},
                                    .jobs = 1});
    }

private:
    TemporaryFolder folder_;
    SeededRandom random_{1};
    remote::Traffic traffic_;
};

template <class Place>
std::unique_ptr<RemotePlace> make() {
    return std::make_unique<Place>();
}

constexpr PlaceKind kinds[] = {{"memory", make<MemoryPlace>},
                               {"folder", make<FolderPlace>}};

}  // namespace

std::span<const PlaceKind> place_kinds() { return kinds; }

}  // namespace mlo::test
