// SPDX-License-Identifier: Apache-2.0
// What there is of the machine, which GPUs a stage has, and how long stages took.
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <fake_nvml.hpp>
#include <fault_fs.hpp>
#include <map>
#include <still_world.hpp>
#include <temporary_folder.hpp>

#include "durations.hpp"
#include "gpu_pool.hpp"
#include "pipeline_maker.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace mlo::pipeline;

namespace {

using Names = std::vector<std::string>;

/// A driver that knows so many GPUs.
void have_nvidia(unsigned int count) {
    void* const library = ::dlopen(MLO_FAKE_NVML, RTLD_NOW);
    REQUIRE(library != nullptr);
    auto& state = *static_cast<FakeNvml*>(::dlsym(library, "fake_nvml_state"));
    state = {};
    state.gpu_count = count;
    for (auto& gpu : state.gpus) gpu.name = "A100";
}

GpuSet found(const TemporaryFolder& root, const std::map<std::string, std::string, std::less<>>& variables,
             const std::string& library) {
    const auto get = [&](std::string_view name) -> std::optional<std::string> {
        const auto at = variables.find(name);
        return at == variables.end() ? std::nullopt : std::optional{at->second};
    };
    return find_gpus(real_fs(), get, root.path(), library);
}

StageReport report(std::uint32_t stage, StageOutcome outcome, std::int64_t duration_ms) {
    StageReport made;
    made.stage = stage;
    made.outcome = outcome;
    made.duration_ms = duration_ms;
    return made;
}

}  // namespace

TEST_CASE("visible GPUs are those of the variable, in its order, up to the first that is none") {
    CHECK(visible_gpus(3, std::nullopt) == Names{"0", "1", "2"});
    CHECK(visible_gpus(3, "2, 0") == Names{"2", "0"});
    CHECK(visible_gpus(3, "1,1,01,2") == Names{"1", "2"});
    CHECK(visible_gpus(3, "0,7,1") == Names{"0"});
    CHECK(visible_gpus(3, "-1").empty());
    CHECK(visible_gpus(3, "").empty());
    CHECK(visible_gpus(3, "NoDevFiles,0").empty());
    CHECK(visible_gpus(1, "MIG-a,MIG-b,GPU-c") == Names{"MIG-a", "MIG-b", "GPU-c"});
    CHECK(visible_gpus(0, "GPU-c").empty());
}

TEST_CASE("NVIDIA's GPUs are found by their driver, AMD's by the kernel") {
    const TemporaryFolder root;
    have_nvidia(2);
    const auto nvidia = found(root, {{"CUDA_VISIBLE_DEVICES", "1"}, {"HIP_VISIBLE_DEVICES", "0"}}, MLO_FAKE_NVML);
    CHECK(nvidia.names == Names{"1"});
    CHECK(nvidia.variables == Names{"CUDA_VISIBLE_DEVICES"});
    CHECK(found(root, {}, "no such library").names.empty());

    const std::string nodes = "sys/class/kfd/kfd/topology/nodes/";
    root.write(nodes + "0/gpu_id", "0\n");
    for (const auto* node : {"1", "2", "3"}) root.write(nodes + node + "/gpu_id", "4711\n");
    const auto amd = found(root, {}, "no such library");
    CHECK(amd.names == Names{"0", "1", "2"});
    CHECK(amd.variables == Names{"HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"});
    CHECK(found(root, {{"CUDA_VISIBLE_DEVICES", "2"}}, "no such library").names == Names{"2"});
    CHECK(found(root, {{"CUDA_VISIBLE_DEVICES", "2"}, {"HIP_VISIBLE_DEVICES", "1"}}, "no such library").names ==
          Names{"1"});
    // HIP counts what is left by ROCR: 2 is none of them.
    CHECK(found(root, {{"ROCR_VISIBLE_DEVICES", "2,1"}}, "no such library").names == Names{"0", "1"});
    CHECK(
        found(root, {{"ROCR_VISIBLE_DEVICES", "2,1"}, {"HIP_VISIBLE_DEVICES", "2"}}, "no such library").names.empty());
}

TEST_CASE("GPUs of stages that run at once are disjoint, and a stage knows better what it sets itself") {
    GpuPool pool{{{"0", "GPU-b", "3"}, {"HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"}}};
    auto first = pool.take(1);
    auto second = pool.take(2);
    Names environment{"CUDA_VISIBLE_DEVICES=0,GPU-b,3", "A=1"};
    pool.tell(second, {}, environment);
    CHECK(environment == Names{"A=1", "HIP_VISIBLE_DEVICES=GPU-b,3", "CUDA_VISIBLE_DEVICES=GPU-b,3"});
    pool.give_back(first);
    CHECK(first.empty());
    pool.give_back(second);
    const auto all = pool.take(3);
    const std::vector<std::pair<std::string, std::string>> set{{"CUDA_VISIBLE_DEVICES", "9"}};
    environment = {"CUDA_VISIBLE_DEVICES=9"};
    pool.tell(all, set, environment);
    CHECK(environment == Names{"CUDA_VISIBLE_DEVICES=9", "HIP_VISIBLE_DEVICES=0,GPU-b,3"});
}

TEST_CASE("durations: what ran or was restored is remembered, by document and stage") {
    const TemporaryFolder folder;
    const auto dir = folder.open();
    StillWorld world{1};
    PipelineMaker maker;
    for (const auto* name : {"a", "b", "c", "d", "two\nlines"}) maker.stage(name, {}, {});
    CHECK(Durations{*dir}.of(maker.made).empty());
    {
        Durations durations{*dir};
        const std::vector<StageReport> reports{
            report(0, StageOutcome::ran, 1500), report(1, StageOutcome::restored, 90),
            report(2, StageOutcome::failed, 4), report(3, StageOutcome::ran, 0), report(4, StageOutcome::ran, 7)};
        durations.learn(maker.made, reports);
        durations.save(*dir, world.random());
    }
    CHECK(folder.read(Durations::file_name) ==
          "mlo pipeline-durations 1\n1500 pipeline.yaml:a\n90 pipeline.yaml:b\n1 pipeline.yaml:d\n");
    CHECK(Durations{*dir}.of(maker.made) == std::vector<std::uint32_t>{1500, 90, 0, 1, 0});
    PipelineMaker other;
    other.document("other.yaml", "");
    other.stage("a", {}, {});
    CHECK(Durations{*dir}.of(other.made) == std::vector<std::uint32_t>{0});
}

TEST_CASE("durations: what cannot be read is unknown, and a disk that is full costs nothing else") {
    const TemporaryFolder folder;
    PipelineMaker maker;
    maker.stage("a", {}, {});
    for (const auto* text : {"", "other 1\n5 pipeline.yaml:a\n", "mlo pipeline-durations 1\n5 pipeline.yaml:a",
                             "mlo pipeline-durations 1\n99999999999 pipeline.yaml:a\nx\n\n-1 pipeline.yaml:a\n7\n"}) {
        folder.write(Durations::file_name, text);
        CHECK(Durations{*folder.open()}.of(maker.made).empty());
    }
    FaultFs fs{"/w"};
    StillWorld world{1};
    const auto dir = fs.open_root("/w");
    Durations durations{*dir};
    const std::vector<StageReport> reports{report(0, StageOutcome::ran, 3)};
    durations.learn(maker.made, reports);
    for (std::uint64_t call = 1; call < 4; ++call) {
        fs.fail({.at_call = call, .error_number = ENOSPC});
        durations.save(*dir, world.random());
        fs.heal();
        CHECK(Durations{*dir}.of(maker.made).empty());
        CHECK(dir->list().empty());
    }
    durations.save(*dir, world.random());
    CHECK(Durations{*dir}.of(maker.made) == std::vector<std::uint32_t>{3});
}
