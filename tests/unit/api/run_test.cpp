// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>
#include <thread>

#include "run_repository.hpp"

using namespace mlo;
using namespace mlo::test;
using track::RunState;

TEST_CASE("a run is recorded from its begin to its end") {
    RunRepository repository;
    repository.folder.write("data/train.csv", "1,2\n");
    repository.folder.write("data/more.csv", "3,4\n");
    repository.folder.write("notes.txt", "later\n");
    auto options = repository.options();
    options.experiment = "fraud";
    options.name = "first try";
    options.note = "a note";
    options.params = {{"model", "tree"}};
    options.tags = {{"stage", "new"}};
    options.inputs = {"data/train.csv"};
    options.outputs = {"notes.txt", "never made"};
    options.command = {"./train", "--seed", "7", "--token=abc"};
    auto run = Run::begin(options);
    CHECK(run.id().size() == 32);
    CHECK(run.name() == "first try");
    CHECK_FALSE(run.is_attached());
    CHECK(repository.get(run.id()).state == RunState::running);

    run.param("depth", 3);
    run.param("rate", 0.1);
    run.param("half", 0.5F);
    run.param("largest", std::numeric_limits<std::uint64_t>::max());
    run.param("least", std::numeric_limits<std::int64_t>::min());
    run.param("shuffled", true);
    run.param("depth", 3L);  // the same again
    run.tag("stage", "old");
    run.note("another note");
    run.log("loss", 1);
    run.log("loss", 0.5, 10);
    run.log({{"loss", 0.25}, {"accuracy", 0.9}});
    const std::array<Metric, 1> one{{{"accuracy", std::numeric_limits<double>::infinity()}}};
    run.log(one, 4);
    run.input("data");
    repository.folder.write("model.bin", "weights");
    run.model("model.bin");
    repository.folder.write("model.bin", "changed afterwards");
    run.artifact("notes.txt");
    const auto id = run.id();
    run.finish();

    const auto document = repository.get(id);
    CHECK(document.state == RunState::finished);
    CHECK(repository.runs().status(id).is_sealed);
    CHECK(document.experiment.name == "fraud");
    CHECK(document.note == "another note");
    CHECK(document.params == std::map<std::string, std::string>{{"model", "tree"},
                                                                {"depth", "3"},
                                                                {"rate", "0.1"},
                                                                {"half", "0.5"},
                                                                {"largest", "18446744073709551615"},
                                                                {"least", "-9223372036854775808"},
                                                                {"shuffled", "true"}});
    CHECK(document.tags == std::map<std::string, std::string>{{"stage", "old"}});
    CHECK(repository.values(id, "loss") == std::vector<double>{1, 0.5, 0.25});
    CHECK(document.metrics.at("loss").last.step == 11);
    CHECK(repository.values(id, "accuracy") == std::vector<double>{0.9, std::numeric_limits<double>::infinity()});
    CHECK(document.command.at(3) == "--token=***");
    REQUIRE(document.seeds.size() == 1);
    CHECK_FALSE(document.host.empty());
    REQUIRE(document.inputs.size() == 2);
    CHECK(document.inputs[0].path == "data");
    CHECK(document.inputs[1].path == "data/train.csv");
    REQUIRE(document.outputs.size() == 2);
    CHECK(document.outputs[0].path == "model.bin");
    CHECK(document.outputs[0].is_model);
    CHECK(document.outputs[0].size_bytes == 7);
    CHECK_FALSE(document.outputs[1].is_model);
    CHECK(document.losses == std::vector<std::string>{"there is no output 'never made'"});
    CHECK(repository.warnings() == document.losses);
    CHECK(run.losses() == document.losses);
}

TEST_CASE("a run ends by itself as what happened to it") {
    RunRepository repository;
    std::string finished;
    {
        auto run = Run::begin(repository.options());
        finished = run.id();
        run.log("loss", 1);
    }
    CHECK(repository.get(finished).state == RunState::finished);
    CHECK(repository.values(finished, "loss") == std::vector<double>{1});

    std::string failed;
    CHECK_THROWS_AS(
        [&] {
            auto run = Run::begin(repository.options());
            failed = run.id();
            run.log("loss", 1);
            throw std::runtime_error{"out of data"};
        }(),
        std::runtime_error);
    CHECK(repository.get(failed).state == RunState::failed);
    CHECK(repository.values(failed, "loss") == std::vector<double>{1});

    auto run = Run::begin(repository.options());
    run.fail("the loss is not a number");
    CHECK(repository.get(run.id()).state == RunState::failed);
    CHECK(repository.get(run.id()).tags.at("error") == "the loss is not a number");
    CHECK(repository.warnings().empty());
}

TEST_CASE("a run that begins while an exception passes can finish") {
    RunRepository repository;
    std::string id;
    struct Cleanup {
        RunRepository& repository;
        std::string& id;
        ~Cleanup() { id = Run::begin(repository.options()).id(); }
    };
    CHECK_THROWS([&] {
        const Cleanup cleanup{repository, id};
        throw std::runtime_error{"x"};
    }());
    CHECK(repository.get(id).state == RunState::finished);
}

TEST_CASE("a run that is moved ends once") {
    RunRepository repository;
    auto first = Run::begin(repository.options());
    const auto id = first.id();
    auto second = std::move(first);
    second.log("loss", 1);
    CHECK(refusal([&] { first.log("loss", 2); }) == "T002");  // NOLINT(bugprone-use-after-move)
    CHECK(repository.get(id).state == RunState::running);
    second = Run::begin(repository.options());
    CHECK(repository.get(id).state == RunState::finished);
    second.finish();
    CHECK(repository.warnings().empty());
}

TEST_CASE("a program that attaches to a run adds to it, and leaves it open") {
    RunRepository repository;
    auto outer = Run::begin(repository.options());
    ::setenv("MLO_RUN_ID", outer.id().c_str(), 1);
    ::setenv("MLO_RUN_STORE", repository.store_dir().c_str(), 1);
    repository.folder.write("data.csv", "1\n");
    auto options = repository.options();
    options.name = "ignored";
    options.params = {{"lr", "0.1"}};
    options.inputs = {"data.csv"};
    options.outputs = {"data.csv", "absent"};
    {
        auto inner = Run::attach_or_begin(options);
        CHECK(inner.is_attached());
        CHECK(inner.id() == outer.id());
        CHECK(inner.name() == outer.name());
        inner.log("loss", 1);
        inner.fail("too slow");
        CHECK(refusal([&] { inner.log("loss", 2); }) == "T002");
        CHECK(refusal([&] { inner.finish(); }) == "T002");
    }
    { const auto inner = Run::attach(outer.id().substr(0, 8), repository.options()); }
    const auto open = repository.get(outer.id());
    CHECK(open.state == RunState::running);
    CHECK(open.params.at("lr") == "0.1");
    CHECK(open.tags.at("error") == "too slow");
    REQUIRE(open.inputs.size() == 1);
    CHECK(open.losses.size() == 1);
    outer.log("loss", 2);
    outer.finish();
    CHECK(repository.values(outer.id(), "loss") == std::vector<double>{1, 2});

    CHECK(refusal([&] { static_cast<void>(Run::attach_or_begin(options)); }) == "T002");  // it has ended
    ::unsetenv("MLO_RUN_ID");
    CHECK(refusal([&] { static_cast<void>(Run::attach({}, options)); }) == "T102");
    options.outputs.clear();
    options.name = "its own";
    CHECK(Run::attach_or_begin(options).name() == "its own");
}

TEST_CASE("a run within a run knows its parent") {
    RunRepository repository;
    const auto outer = Run::begin(repository.options());
    ::setenv("MLO_RUN_ID", outer.id().c_str(), 1);
    const auto inner = Run::begin(repository.options());
    CHECK(repository.get(inner.id()).parent == outer.id());
}

TEST_CASE("what cannot be recorded is refused with its code and leaves the run as it was") {
    RunRepository repository;
    auto options = repository.options();
    options.inputs = {"absent"};
    CHECK(refusal([&] { static_cast<void>(Run::begin(options)); }) == "T101");
    options.inputs.clear();
    options.directory = "/";
    CHECK(refusal([&] { static_cast<void>(Run::begin(options)); }) != "none");

    auto run = Run::begin(repository.options());
    run.param("lr", 0.1);
    CHECK(refusal([&] { run.param("lr", 0.2); }) == "T003");
    CHECK(refusal([&] { run.log("../x", 1); }) == "T004");
    CHECK(refusal([&] { run.log({{"fine", 1}, {"", 1}}, 3); }) == "T004");
    CHECK(refusal([&] { run.param("lr\n", 1); }) == "T004");
    CHECK(refusal([&] { run.tag("t", "\xff"); }) == "T005");
    CHECK(refusal([&] { run.note(std::string(70'000, 'x')); }) == "T005");
    CHECK(refusal([&] { run.artifact("absent"); }) == "T101");
    CHECK(refusal([&] { run.artifact("/etc/passwd"); }).starts_with('W'));
    try {
        run.param("lr", 0.2);
    } catch (const RunError& error) {
        CHECK(std::string{error.what()} ==
              "the parameter 'lr' has the value '0.1' already, and cannot become '0.2' [MLO-T003]");
    }
    run.finish();
    CHECK(refusal([&] { run.finish(); }) == "T002");
    CHECK(refusal([&] { run.tag("t", "x"); }) == "T002");
    CHECK(repository.get(run.id()).metrics.empty());
    CHECK(repository.get(run.id()).params == std::map<std::string, std::string>{{"lr", "0.1"}});
}

TEST_CASE("threads record in one run at once") {
    RunRepository repository;
    auto run = Run::begin(repository.options());
    constexpr int threads = 4;
    constexpr int each = 2000;
    {
        std::vector<std::jthread> all;
        for (int number = 0; number < threads; ++number)
            all.emplace_back([&, number] {
                const auto name = std::to_string(number);
                repository.folder.write("artifact " + name, name);
                for (int i = 0; i < each; ++i) run.log({{"own/" + name, 1.0 * i}, {"shared", 1.0 * i}});
                run.param("param " + name, number);
                run.tag("last", name);
                run.artifact("artifact " + name);
                run.flush();
            });
    }
    run.finish();
    const auto document = repository.get(run.id());
    CHECK(document.params.size() == threads);
    CHECK(document.outputs.size() == threads);
    CHECK(document.metrics.at("shared").count == threads * each);
    for (int number = 0; number < threads; ++number)
        CHECK(document.metrics.at("own/" + std::to_string(number)).last.step == each - 1);
    CHECK(document.losses.empty());
}

TEST_CASE("a run that is deleted meanwhile is a warning, and no end of the program") {
    RunRepository repository;
    auto run = Run::begin(repository.options());
    {
        auto store = repository.runs();
        const auto dir = real_fs().open_root(repository.store_dir());
        ledger::Ledger ledger{repository.store_dir(), db::Access::write, repository.runtime};
        store::ObjectStore objects{real_fs().open_root(repository.store_dir()), repository.runtime};
        track::Archive{store, ledger, objects, *dir, std::string(32, '0'), repository.runtime}.amend(run.id(),
                                                                                                     {.deleted = true});
    }
    run.log("loss", 1);
    CHECK(refusal([&] { run.flush(); }) == "T011");
    run.log("loss", 2);
    const auto id = run.id();
    { const auto ended = std::move(run); }
    CHECK_FALSE(repository.warnings().empty());
}

TEST_CASE("where runs are written in journals, one is there as soon as it is read, and leaves nothing else") {
    RunRepository repository;
    ::setenv("MLO_RUNS_STORAGE", "journal", 1);
    repository.folder.write("tmp/keep", "");
    ::setenv("TMPDIR", repository.folder.path("tmp").c_str(), 1);
    auto run = Run::begin(repository.options());
    run.param("lr", 0.1);
    for (int i = 0; i < 1000; ++i) run.log("loss", i);
    const auto id = run.id();
    run.finish();
    { const auto ended = std::move(run); }
    ::unsetenv("MLO_RUNS_STORAGE");
    ::unsetenv("TMPDIR");
    Run::begin(repository.options()).finish();  // merges journals
    CHECK(repository.get(id).state == RunState::finished);
    CHECK(repository.get(id).params.at("lr") == "0.1");
    CHECK(repository.values(id, "loss").size() == 1000);
    CHECK(std::distance(std::filesystem::directory_iterator{repository.folder.path("tmp")}, {}) == 1);
    CHECK(repository.warnings().empty());
}
