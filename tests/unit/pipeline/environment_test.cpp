// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/pipeline/environment.hpp>
#include <mlo/pipeline/errors.hpp>
#include <project.hpp>
#include <thread>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

std::string sha256_of(std::string_view text) { return hash::sha256(as_bytes(text)).hex(); }

Stage stage_with(StageEnvironment environment) {
    auto extras = std::make_shared<StageExtras>();
    extras->environment = std::move(environment);
    Stage stage;
    stage.name = "fit";
    stage.extras = std::move(extras);
    return stage;
}

Stage stage_known_by(FingerprintKind kind, std::string subject) {
    StageEnvironment environment;
    environment.fingerprints.push_back({.kind = kind, .subject = std::move(subject), .place = {}});
    return stage_with(std::move(environment));
}

struct Fixture {
    test::Project project;
    std::unique_ptr<workspace::Workspace> workspace = project.open();
    Observer observer{*workspace, WithMd5::no};
    std::vector<std::string> variables{
        "LANG=C", "EMPTY=", "TOKEN=hunter2", "KEY=hunter2-and-more", "PATH=/usr/bin:/bin", "LANG=second", "EQUALS=a=b"};
    Surroundings surroundings{*workspace, observer, variables};

    [[nodiscard]] std::string value_of(const Stage& stage, std::string_view name) {
        for (const auto& record : surroundings.records(stage))
            if (record.name == name) return record.value.value();
        return "no such record";
    }
    [[nodiscard]] Error failure_of(const Stage& stage) {
        try {
            static_cast<void>(surroundings.records(stage));
        } catch (const Error& error) {
            CHECK(error.code().id == pipeline::errors::fingerprint_failed.id);
            CHECK(error.message().find("'fit'") != std::string::npos);
            return error;
        }
        FAIL("nothing failed");
        std::abort();
    }
    /// Counts how often the tool was run.
    [[nodiscard]] std::string counting_tool() const {
        return "echo x >> '" + project.folder().path("runs") + "'; echo version $LEVEL";
    }
    [[nodiscard]] std::size_t runs() const { return project.folder().read("runs").size() / 2; }
};

}  // namespace

TEST_CASE("what counts of the environment is told, sorted by name, and secrets are not") {
    Fixture f;
    f.project.folder().write("uv.lock", "numpy 1\n");
    StageEnvironment environment;
    environment.variables = {"EMPTY", "EQUALS", "LANG", "UNSET"};
    environment.set = {{"OMP_NUM_THREADS", "2"}};
    environment.secrets = {"TOKEN"};
    environment.fingerprints = {{FingerprintKind::file, "uv.lock", {}}, {FingerprintKind::container, "sha256:12", {}}};
    const auto records = f.surroundings.records(stage_with(environment));
    CHECK(records == std::vector<EnvironmentRecord>{{.name = "container", .value = "sha256:12"},
                                                    {.name = "file uv.lock", .value = sha256_of("numpy 1\n")},
                                                    {.name = "set OMP_NUM_THREADS", .value = "2"},
                                                    {.name = "variable EMPTY", .value = ""},
                                                    {.name = "variable EQUALS", .value = "a=b"},
                                                    {.name = "variable LANG", .value = "C"},
                                                    {.name = "variable UNSET", .value = std::nullopt}});
    CHECK(f.surroundings.records(Stage{}).empty());
}

TEST_CASE("a tool is asked once, and again only where the stage sets other variables") {
    Fixture f;
    auto stage = stage_known_by(FingerprintKind::tool, f.counting_tool());
    const auto name = "tool " + f.counting_tool();
    CHECK(f.value_of(stage, name) == sha256_of("version\n"));
    CHECK(f.value_of(stage, name) == sha256_of("version\n"));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { static_cast<void>(f.surroundings.records(stage)); });
    threads.clear();
    CHECK(f.runs() == 1);
    auto environment = stage.extras->environment;
    environment.set = {{"LEVEL", "3"}};
    CHECK(f.value_of(stage_with(environment), name) == sha256_of("version 3\n"));
    CHECK(f.runs() == 2);
    // What it says on the other stream counts too: some tools tell their version there.
    CHECK(f.value_of(stage_known_by(FingerprintKind::tool, "echo v1 >&2"), "tool echo v1 >&2") == sha256_of("v1\n"));
}

TEST_CASE("what cannot be told is an error that says of which stage and why") {
    Fixture f;
    CHECK(f.failure_of(stage_known_by(FingerprintKind::file, "uv.lock")).message().find("'uv.lock' is not there") !=
          std::string::npos);
    const auto failed = f.failure_of(stage_known_by(FingerprintKind::tool, "echo broken >&2; exit 3"));
    CHECK(failed.message().find("ended with 3") != std::string::npos);
    REQUIRE(failed.notes().size() == 1);
    CHECK(failed.notes()[0] == "broken");
    CHECK(f.failure_of(stage_known_by(FingerprintKind::packages, "cargo")).message().find("'cargo'") !=
          std::string::npos);
}

TEST_CASE("packages are those that the stage's Python finds") {
    Fixture f;
    const auto& folder = f.project.folder();
    folder.write("venv/bin/python", "");
    folder.write("venv/pyvenv.cfg", "home = /usr/bin\n");
    folder.write("venv/lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA", "Name: numpy\nVersion: 1.26.4\n");
    StageEnvironment environment;
    environment.set = {{"VIRTUAL_ENV", folder.path("venv")}};
    environment.fingerprints = {{FingerprintKind::packages, "pip", {}}};
    CHECK(f.value_of(stage_with(environment), "packages pip") == sha256_of("numpy==1.26.4\n"));
}

TEST_CASE("commands get the caller's variables, what the stage sets, and who they are") {
    Fixture f;
    StageEnvironment environment;
    environment.set = {{"LANG", "de"}, {"DVC_STAGE", "lie"}};
    auto variables = f.surroundings.variables_for(stage_with(environment), "train/dvc.yaml:fit");
    std::sort(variables.begin(), variables.end());
    CHECK(variables == std::vector<std::string>{"DVC_ROOT=" + f.project.folder().path(), "DVC_STAGE=train/dvc.yaml:fit",
                                                "EMPTY=", "EQUALS=a=b", "KEY=hunter2-and-more", "LANG=de",
                                                "MLO_STAGE=train/dvc.yaml:fit", "PATH=/usr/bin:/bin", "TOKEN=hunter2"});
    Surroundings inner{*f.workspace, f.observer, {"DVC_ROOT=/outer"}};
    const auto within = inner.variables_for(Stage{}, "fit");
    CHECK(std::find(within.begin(), within.end(), "DVC_ROOT=/outer") != within.end());
}

TEST_CASE("the values of secrets are told for masking, the longest first, none that is empty") {
    Fixture f;
    StageEnvironment environment;
    environment.secrets = {"EMPTY", "TOKEN", "KEY", "UNSET"};
    CHECK(f.surroundings.secrets_of(stage_with(environment)) ==
          std::vector<std::string>{"hunter2-and-more", "hunter2"});
    // By its name alone, what is long enough to be told from a word.
    environment.secrets = {};
    CHECK(f.surroundings.secrets_of(stage_with(environment)) == std::vector<std::string>{"hunter2-and-more"});
}
