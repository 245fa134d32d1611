// SPDX-License-Identifier: Apache-2.0
// Outputs are cleared and restored: whatever cuts that short, bytes that are stored nowhere are somewhere, and doing it
// again completes it.
#include <fault_fs.hpp>
#include <full.hpp>
#include <memory_tree.hpp>
#include <still_world.hpp>
#include <write_path.hpp>

#include <catch2/catch.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/store/check.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/safe_name.hpp>

using namespace mlo;
using namespace mlo::test;
using namespace mlo::pipeline;

namespace {

constexpr std::string_view root = "/w";
constexpr std::string_view mine = "mine: nobody has stored it";

Stage stage_of_two() {
    Stage stage;
    stage.name = "fit";
    for (const auto* path : {"out/model", "plots"}) {
        StageOutput output;
        output.at.path = output.at.written = path;
        stage.outs.push_back(std::move(output));
    }
    return stage;
}

/// The outputs of an earlier result are to be put back over those of another, one of which was edited by hand.
struct PutBack {
    StillWorld world{5};
    std::vector<OutputRecord> records;
    Stage stage = stage_of_two();

    workspace::Workspace open(FaultFs& fs) {
        return {{.root = std::string{root}, .store_dir = "/w/.mlo", .private_dir = "/w/.mlo", .git = {}},
                std::string{root},
                git::Environment{},
                world.with(fs)};
    }
    static void fill(FaultFs& fs, std::string_view model, std::string_view plot) {
        const auto dir = fs.open_root(root);
        const auto put = [](Dir& folder, std::string_view name, std::string_view content) {
            if (folder.stat(name)) folder.remove(name);
            folder.create(name, 0666)->write(as_bytes(content));
        };
        dir->make_dir("out");
        dir->make_dir("plots");
        put(*dir->open_dir("out"), "model", model);
        put(*dir->open_dir("plots"), "a", plot);
    }
    FaultFs prepare() {
        FaultFs fs{root};
        fs.open_root(root)->make_dir(".mlo");
        const std::vector<std::string> paths{"out/model", "plots"};
        const auto store = [&] {
            auto space = open(fs);
            Observer observer{space, WithMd5::no};
            return observer.store(paths);
        };
        fill(fs, "first", "1");
        const auto seen = store();
        records = {{.path = paths[0], .state = seen[0].state}, {.path = paths[1], .state = seen[1].state}};
        fill(fs, "second", "2");
        static_cast<void>(store());
        fill(fs, mine, "2");
        fs.open_root(root)->sync_file_system();
        return fs;
    }
    void work(FaultFs& fs, std::uint64_t& acknowledged) {
        auto space = open(fs);
        Observer observer{space, WithMd5::no};
        if (!restore_outputs(space, observer, stage, records)) throw Error{mlo::errors::system_call, "not restored"};
        const auto dir = fs.open_root(root);
        const auto model = read_file(*dir->open_dir("out"), "model", 100);
        const auto plot = read_file(*dir->open_dir("plots"), "a", 100);
        CHECK(model == "first");
        CHECK(plot == "1");
        clear_outputs(space, observer, stage, nullptr);
        const bool is_left = dir->open_dir("out")->stat("model") || dir->stat("plots");
        CHECK_FALSE(is_left);
        acknowledged = 1;
    }
    void check(FaultFs& after) {
        TreeText all;
        read_tree(*after.open_root(root), "", all);
        CHECK(std::any_of(all.begin(), all.end(),
                          [](const auto& entry) { return entry.second == "file " + std::string{mine}; }));
        auto space = open(after);
        const auto report = store::check(space.store(), store::CheckDepth::data, world.with(after));
        CHECK(report.problems.empty());
    }
    WritePath path() {
        return {.prepare = [this] { return prepare(); },
                .work = [this](FaultFs& fs, std::uint64_t& acknowledged) { work(fs, acknowledged); },
                .check = [this](FaultFs& after, std::uint64_t) { check(after); }};
    }
};

}  // namespace

TEST_CASE("a power cut while outputs are put back or removed loses nothing that is stored nowhere") {
    PutBack put_back;
    const auto counts = cut_everywhere(put_back.path(), full_run() ? 2000 : 60, full_run() ? 100'000 : 1000);
    CHECK(counts.changes > 10);
}

TEST_CASE("outputs whose calls fail are reported, and put back when tried again") {
    PutBack put_back;
    CHECK(fail_everywhere(put_back.path(), 1).reported > 20);
}

TEST_CASE("outputs are put back by the next command if one was killed") {
    PutBack put_back;
    CHECK(kill_everywhere(put_back.path(), 1) > 20);
}
