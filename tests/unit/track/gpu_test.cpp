// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <mlo/track/gpu.hpp>
#include <temporary_folder.hpp>

#include "fake_nvml.hpp"

using namespace mlo::track;

namespace {

/// The state of the fake library, as new.
FakeNvml& fake() {
    void* const library = ::dlopen(MLO_FAKE_NVML, RTLD_NOW);
    REQUIRE(library != nullptr);
    auto& state = *static_cast<FakeNvml*>(::dlsym(library, "fake_nvml_state"));
    REQUIRE(state.starts == 0);
    state = {};
    return state;
}

constexpr unsigned long long gib = 1ull << 30;

}  // namespace

TEST_CASE("the GPUs of a machine are described, and what they do is sampled") {
    auto& nvml = fake();
    nvml.gpu_count = 2;
    nvml.gpus[0] = {"NVIDIA A100-SXM4-80GB", 80 * gib, 3 * gib, 77, 2, {{7, gib, 30}, {9, 2 * gib, 40}}, 1000};
    nvml.gpus[1] = {"\xff", 24 * gib, 0, 0, 0, {}, 0};
    const std::vector<int> own{5, 9};
    {
        Gpus gpus{MLO_FAKE_NVML};
        CHECK(nvml.starts == 1);
        CHECK(gpus.trouble().empty());
        CHECK(gpus.facts() == Facts{{"gpu.driver", "550.54.15"},
                                    {"gpu.0.name", "NVIDIA A100-SXM4-80GB"},
                                    {"gpu.0.memory_bytes", std::int64_t{80 * gib}},
                                    {"gpu.1.memory_bytes", std::int64_t{24 * gib}}});
        const GpuUse idle{.number = 1, .utilization_percent = 0, .memory_bytes = 0};
        GpuUse busy{.number = 0,
                    .utilization_percent = 77,
                    .memory_bytes = 3 * gib,
                    .own_utilization_percent = 40,
                    .own_memory_bytes = 2 * gib};
        CHECK(gpus.sample(own) == std::vector<GpuUse>{busy, idle});

        // No samples since, and a process that is not on it any more.
        nvml.gpus[0].process_count = 1;
        busy.own_utilization_percent = 0;
        busy.own_memory_bytes = 0;
        CHECK(gpus.sample(own) == std::vector<GpuUse>{busy, idle});
    }
    CHECK(nvml.starts == 0);
}

TEST_CASE("any number of processes may be on a GPU") {
    auto& nvml = fake();
    nvml.gpu_count = 1;
    nvml.gpus[0] = {"G", 80 * gib, 0, 100, 40, {}, 1};
    std::vector<int> own;
    for (int i = 0; i < 40; ++i) {
        nvml.gpus[0].processes[i] = {static_cast<unsigned int>(100 + i), i == 3 ? ~0ull : 10, 1};
        if (i % 2 == 1) own.push_back(100 + i);
    }
    Gpus gpus{MLO_FAKE_NVML};
    const auto uses = gpus.sample(own);
    CHECK(uses.at(0).own_memory_bytes == 190);
    CHECK(uses.at(0).own_utilization_percent == 20);
    CHECK(gpus.sample({}).at(0).own_memory_bytes == 0);
}

TEST_CASE("what a driver does not tell is not there") {
    auto& nvml = fake();
    nvml.gpu_count = 1;
    nvml.gpus[0] = {"G", gib, 0, 0, 1, {{7, 1, 1}}, 1};
    Gpus gpus{MLO_FAKE_NVML};
    CHECK(gpus.sample(std::vector{8}).at(0).own_memory_bytes == std::nullopt);
    nvml.use_code = 3;
    CHECK(gpus.sample(std::vector{7}) == std::vector<GpuUse>{{.number = 0}});
    CHECK(gpus.facts() == Facts{{"gpu.driver", "550.54.15"}, {"gpu.0.name", "G"}});
}

TEST_CASE("without a library, a driver or GPUs there are none, and a driver that fails says why") {
    const mlo::test::TemporaryFolder folder;
    folder.write("text.so", "no library");
    for (const auto& library : {folder.path("absent.so"), folder.path("text.so"), std::string{"libc.so.6"}}) {
        Gpus gpus{library};
        CHECK(gpus.facts().empty());
        CHECK(gpus.sample({}).empty());
        CHECK(gpus.trouble().empty());
    }
    auto& nvml = fake();
    CHECK(Gpus{MLO_FAKE_NVML}.facts().empty());
    nvml.init_code = 9;
    CHECK(Gpus{MLO_FAKE_NVML}.trouble().empty());
    nvml.init_code = 18;
    Gpus gpus{MLO_FAKE_NVML};
    CHECK(gpus.trouble() == "the library of the NVIDIA driver says: Driver/library version mismatch");
    CHECK(gpus.facts().empty());
    CHECK(gpus.sample({}).empty());
    CHECK(nvml.starts == 0);
}
