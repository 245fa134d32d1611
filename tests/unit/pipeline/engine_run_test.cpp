// SPDX-License-Identifier: Apache-2.0
// The engine as a whole, for what depends on the machine or on earlier times.
#include <catch2/catch.hpp>
#include <mlo/pipeline/engine.hpp>
#include <mlo/workspace/workspace.hpp>

#include "pipeline_maker.hpp"
#include "real_jobs.hpp"

using namespace mlo;
using namespace mlo::test;

namespace {

class Order final : public EngineObserver {
public:
    std::vector<std::string> begun_stages;

private:
    void planned(std::size_t) override {}
    void begun(const std::string& stage, std::span<const Reason>, std::uint32_t) override {
        begun_stages.push_back(stage);
    }
    void output(const std::string&, OutputStream, ByteView) override {}
    void retried(const std::string&, const Error&, std::chrono::nanoseconds) override {}
    void ended(const StageReport&) override {}
    void status(const EngineStatus&) override {}
};

struct Runner {
    TemporaryFolder folder;
    PipelineMaker maker;
    EngineRequest request{.environment = {"PATH=/usr/bin:/bin", "CUDA_VISIBLE_DEVICES=4,GPU-b,x"}};

    Runner() { std::filesystem::create_directory(folder.path(".mlo")); }
    Stage& stage(const std::string& name, const std::vector<std::string>& deps, const std::string& command) {
        auto& made = maker.stage(name, deps, {name});
        made.commands = made.written_commands = {command};
        return made;
    }
    /// The stages in the order of their begins.
    std::vector<std::string> run() {
        const auto runtime = real_runtime();
        workspace::Workspace workspace{workspace::find_workspace(real_fs(), folder.path(), {}, ""), folder.path(),
                                       git::Environment{}, runtime};
        const auto executor = local_executor(runtime);
        Order order;
        const auto report = run_pipeline({workspace, maker.made, std::string(32, 'a'), *executor, order}, request);
        CHECK(report.count(StageOutcome::ran) == maker.made.stages.size());
        CHECK_FALSE(report.trouble);
        return order.begun_stages;
    }
};

std::shared_ptr<const StageExtras> needing_gpus(std::uint64_t count, std::uint32_t retries) {
    auto extras = std::make_shared<StageExtras>();
    extras->needs = {{"gpus", count}};
    extras->retries.count = retries;
    return extras;
}

}  // namespace

TEST_CASE("stages that run at once have GPUs of their own, and others see what the caller sees") {
    Runner runner;
    const std::string meet = "; touch $MLO_STAGE.up; until [ -e a.up ] && [ -e b.up ]; do sleep 0.01; done";
    for (const auto* name : {"a", "b"}) {
        auto& stage = runner.stage(name, {}, std::string{"echo $CUDA_VISIBLE_DEVICES > "} + name + meet);
        stage.extras = needing_gpus(1, 0);
    }
    auto& both =
        runner.stage("both", {"a", "b"}, "test -e tried && echo $CUDA_VISIBLE_DEVICES > both || ! touch tried");
    both.extras = needing_gpus(2, 1);
    runner.stage("none", {"both"}, "echo $CUDA_VISIBLE_DEVICES > none");
    runner.request.jobs = 3;
    runner.request.resources = {{"gpus", 2}};
    runner.request.gpus = {{"4", "GPU-b"}, {"CUDA_VISIBLE_DEVICES"}};
    runner.run();
    CHECK(runner.folder.read("a") + runner.folder.read("b") == "4\nGPU-b\n");
    CHECK(runner.folder.read("both") == "4,GPU-b\n");
    CHECK(runner.folder.read("none") == "4,GPU-b,x\n");
}

TEST_CASE("the longest path counts what stages took before") {
    Runner runner;
    runner.stage("first", {}, "echo > first");
    runner.stage("second", {"first"}, "echo > second");
    runner.stage("slow", {}, "echo > slow");
    runner.request.is_forced = true;
    CHECK(runner.run().front() == "first");
    CHECK(runner.folder.read(".mlo/pipeline.durations").starts_with("mlo pipeline-durations 1\n"));
    runner.folder.write(
        ".mlo/pipeline.durations",
        "mlo pipeline-durations 1\n5 pipeline.yaml:first\n3600000 pipeline.yaml:slow\n5 pipeline.yaml:second\n");
    CHECK(runner.run().front() == "slow");
    CHECK(runner.folder.read(".mlo/pipeline.durations").find("3600000") == std::string::npos);
}
