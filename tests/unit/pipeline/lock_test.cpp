// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/lock.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <limits>
#include <mlo/util/bytes.hpp>
#include <refused.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

hash::Digest digest(std::string_view text) { return hash::sha256(as_bytes(text)); }

StageRecord fit() {
    StageRecord record{.commands = {"python fit.py --lr 0.1"}, .wdir = "model"};
    record.deps = {{"data", {.kind = store::ObjectKind::tree, .id = digest("d"), .size_bytes = 30, .files = 2}},
                   {"fit.py", {.id = digest("f"), .is_executable = true, .size_bytes = 7}}};
    record.params = {{"params.yaml", {{"lr", {0.1}}, {"layers", {Datum::List{{std::int64_t{3}}, {std::int64_t{4}}}}}}},
                     {"all.toml", {{"", {Datum::Mapping{{"b", {}}, {"a", {true}}}}}}}};
    record.environment = {{"variable LANG", "C"}, {"variable ODD", "\xff"}, {"variable TZ", std::nullopt}};
    record.outs = {{.path = "eval.json", .role = OutputRole::metric, .is_cached = false, .is_persistent = true},
                   {.path = "model.bin", .state = PathState{.id = digest("m"), .size_bytes = 5}}};
    return record;
}

const std::string head =
    "# What each stage's last result followed from, written by mlo: commit it, do not edit it (man "
    "mlo-pipeline-lock).\n"
    "schema: mlo/pipeline-lock-v1\n";

std::string fit_block() {
    return fmt::format(R"(  fit:
    command: python fit.py --lr 0.1
    wdir: model
    deps:
      - path: data
        kind: folder
        id: {}
        size: 30
        files: 2
      - path: fit.py
        id: {}
        executable: true
        size: 7
    params:
      - file: params.yaml
        values:
          layers:
            - 3
            - 4
          lr: 0.1
      - file: all.toml
        content:
          a: true
          b: null
    environment:
      - name: variable LANG
        value: C
      - name: variable ODD
        value_bytes: /w==
      - name: variable TZ
        value: null
    outs:
      - path: eval.json
        role: metric
        cached: false
        persistent: true
      - path: model.bin
        id: {}
        size: 5
)",
                       digest("d").to_string(), digest("f").to_string(), digest("m").to_string());
}

std::string simple_block(std::string_view name, std::string_view command) {
    return fmt::format("  {}:\n    command: {}\n", name, command);
}

StageRecord simple(std::string command) { return {.commands = {std::move(command)}}; }

Lock mlo_lock(std::string text) { return {Dialect::mlo, "pipeline.lock", std::move(text)}; }
Lock dvc_lock(std::string text) { return {Dialect::dvc, "dvc.lock", std::move(text)}; }

bool same(const StageRecord& a, const StageRecord& b) {
    return differences(a, b).empty() && key_text(a) == key_text(b) && a.outs == b.outs && a.deps == b.deps;
}

}  // namespace

TEST_CASE("pipeline.lock has a block for each stage, in the order of their names") {
    auto lock = mlo_lock("");
    CHECK(lock.stages().empty());
    CHECK_FALSE(lock.is_changed());
    CHECK(lock.text().empty());
    lock.put("zip", simple("zip"));
    lock.put("fit", fit());
    lock.put("a@1", simple("one"));
    CHECK(lock.is_changed());
    const auto expected = head + "stages:\n" + simple_block("a@1", "one") + fit_block() + simple_block("zip", "zip");
    CHECK(lock.text() == expected);
    CHECK(lock.stages() == std::vector<std::string>{"a@1", "fit", "zip"});

    const auto again = mlo_lock(expected);
    CHECK(same(*again.find("fit"), fit()));
    CHECK(same(*again.find("zip"), simple("zip")));
    CHECK_FALSE(again.find("zi"));
    CHECK(again.text() == expected);
}

TEST_CASE("every form of a command comes back from a lock") {
    const std::vector<std::pair<StageRecord, std::string>> cases{
        {{}, "  s: {}\n"},
        {simple(""), "  s:\n    command: \"\"\n"},
        {simple("a\nb\n"), "  s:\n    lines:\n      - a\n      - b\n      - \"\"\n"},
        {simple("\n"), "  s:\n    lines:\n      - \"\"\n      - \"\"\n"},
        {{.command_form = CommandForm::list}, "  s:\n    commands: []\n"},
        {{.commands = {"a\nb", "c"}, .command_form = CommandForm::list},
         "  s:\n    commands:\n      - \"a\\nb\"\n      - c\n"}};
    for (const auto& [record, block] : cases) {
        auto lock = mlo_lock("");
        lock.put("s", record);
        CHECK(lock.text() == head + "stages:\n" + block);
        CHECK(same(*mlo_lock(lock.text()).find("s"), record));
    }
}

TEST_CASE("a lock changes in no more than the lines of the stages that are put or erased") {
    const auto text = head + "stages:\n" + simple_block("a", "'1'  # kept") + simple_block("b", "second") +
                      simple_block("c", "third");
    auto lock = mlo_lock(text);
    lock.put("b", simple("two"));
    CHECK(lock.text() == head + "stages:\n" + simple_block("a", "'1'  # kept") + simple_block("b", "two") +
                             simple_block("c", "third"));
    CHECK(lock.find("b")->commands == std::vector<std::string>{"two"});
    lock.put("b", simple("3"));
    lock.erase("a");
    lock.erase("nothing");
    CHECK_FALSE(lock.find("a"));
    CHECK(lock.stages() == std::vector<std::string>{"b", "c"});
    CHECK(lock.text() == head + "stages:\n" + simple_block("b", "\"3\"") + simple_block("c", "third"));
}

TEST_CASE("a record that says what is there already changes nothing") {
    const auto text = head + "stages:\n" + fit_block();
    auto lock = mlo_lock(text);
    auto record = fit();
    std::swap(record.params[0].values[0], record.params[0].values[1]);
    record.outs[1].state->md5 = "x";
    lock.put("fit", record);
    CHECK_FALSE(lock.is_changed());
    lock.put("fit", simple("x"));
    CHECK(lock.is_changed());
    lock.put("fit", fit());
    CHECK_FALSE(lock.is_changed());
    CHECK(lock.text() == text);
}

TEST_CASE("a lock without stages says so, and fills again") {
    auto lock = mlo_lock(head + "stages:\n" + simple_block("a", "x"));
    lock.erase("a");
    CHECK(lock.text() == head + "stages: {}\n");
    auto again = mlo_lock(lock.text());
    CHECK(again.stages().empty());
    again.put("b", simple("why"));
    CHECK(again.text() == head + "stages:\n" + simple_block("b", "why"));
    again.erase("b");
    CHECK_FALSE(again.is_changed());
}

TEST_CASE("stages may have any name") {
    for (const std::string name :
         {"1",   "true",     "a: b",   "a#b", "#",  "\"q\"", "it's", "-",  "- a", "",  " ", "é",    "a\nb", "?",
          ": x", "x@[1, 2]", "stages", "{}",  "&a", "*a",    "!t",   "%a", "@b",  "`", "|", "a\\b", "\x7f"}) {
        for (const auto& name_or_long : {name, name + std::string(130, 'x'), std::string(1200, 'y') + name}) {
            INFO(name_or_long);
            for (const auto dialect : {Dialect::mlo, Dialect::dvc}) {
                Lock lock{dialect, "x.lock", ""};
                lock.put(name_or_long, simple("one"));
                lock.put("other", simple("two"));
                const Lock again{dialect, "x.lock", lock.text()};
                REQUIRE(again.find(name_or_long));
                CHECK(again.find(name_or_long)->commands == std::vector<std::string>{"one"});
                CHECK(again.find("other")->commands == std::vector<std::string>{"two"});
                CHECK(again.stages() == lock.stages());
                CHECK(again.text() == lock.text());
            }
        }
    }
}

TEST_CASE("a lock that was laid out by hand is read, and written in mlo's way once it changes") {
    const std::string text = "{schema: mlo/pipeline-lock-v1, stages: {b: {command: two}, a: {command: one}}}\n";
    auto lock = mlo_lock(text);
    CHECK(lock.find("a")->commands == std::vector<std::string>{"one"});
    CHECK(lock.text() == text);
    CHECK_FALSE(lock.is_changed());
    lock.put("c", simple("three"));
    CHECK(lock.text() == "schema: mlo/pipeline-lock-v1\nstages:\n" + simple_block("a", "one") +
                             simple_block("b", "two") + simple_block("c", "three"));
}

TEST_CASE("line ends of Windows stay what they are") {
    auto lock = mlo_lock("schema: mlo/pipeline-lock-v1\r\nstages:\r\n  a:\r\n    command: one\r\n");
    CHECK(lock.find("a")->commands == std::vector<std::string>{"one"});
    lock.put("a", simple("one"));
    CHECK_FALSE(lock.is_changed());
    lock.put("b", simple("two"));
    CHECK(lock.text() ==
          "schema: mlo/pipeline-lock-v1\r\nstages:\r\n  a:\r\n    command: one\r\n  b:\r\n    command: two\r\n");
}

TEST_CASE("what cannot be a lock is refused with its place") {
    using test::refused;
    const std::string start = "schema: mlo/pipeline-lock-v1\n";
    const auto opened = [&](const std::string& text) { return refused([&] { (void)mlo_lock(text); }); };
    const auto found = [&](const std::string& text) { return refused([&] { (void)mlo_lock(text).find("a"); }); };
    CHECK(opened(start + "stages:\n  a:\n<<<<<<< HEAD\n    command: x\n=======\n    command: y\n>>>>>>> other\n") ==
          "P082 pipeline.lock:4:1 lock 'pipeline.lock' has merge conflict markers help: git checkout --theirs "
          "pipeline.lock, then run the pipeline");
    CHECK(opened("schema: mlo/pipeline-lock-v2\nstages: {}\n") ==
          "P081 pipeline.lock:1:9 lock 'pipeline.lock' has schema 'mlo/pipeline-lock-v2', known is "
          "'mlo/pipeline-lock-v1' help: use the newer mlo that wrote it, or remove pipeline.lock: the stages then run "
          "again");
    CHECK(opened("schema: '2.0'\nstages: {}\n") ==
          "P080 pipeline.lock:1:9 'pipeline.lock' is no lock of a pipeline: its 'schema' is not 'mlo/pipeline-lock-v1'"
          " help: git checkout -- pipeline.lock, or remove pipeline.lock: the stages then run again");
    CHECK(opened("a: 1\n").starts_with("P080 pipeline.lock:1:1 'pipeline.lock' is no lock"));
    CHECK(opened("- a\n").starts_with("P080 pipeline.lock:1:1 lock 'pipeline.lock' cannot be read:"));
    CHECK(opened(start + "stages:\n  a:\n    command: x\n  b: {}\n  a: {}\n") ==
          "P080 pipeline.lock:6:1 stage 'a' is there twice = first: pipeline.lock:3:1 help: remove one of the two");
    CHECK(opened(start + "other: 1\nstages:\n  a: {}\n").starts_with("P080 pipeline.lock:2:1"));
    CHECK(opened(start + "stages:\n  a:\n    command: x\nother: 1\n").starts_with("P080 pipeline.lock:5:1"));
    CHECK(opened(start + "stages:\n a:\n  - x\n").starts_with("P080 pipeline.lock:4:3"));
    CHECK(found(start + "stages:\n  b: {}\n  a:\n    comand: x\n") ==
          "P080 pipeline.lock:5:5 stage 'a' in lock 'pipeline.lock' cannot be read: unknown key 'comand' "
          "help: git checkout -- pipeline.lock, or remove pipeline.lock: the stages then run again");
    CHECK(found(start + "stages:\n  a:\n    command: \"x").starts_with("P080 pipeline.lock:4:"));
    CHECK(found(start + "stages:\n  a:\n    command: x\n    lines: [y]\n").starts_with("P080 pipeline.lock:4:5"));
    CHECK(found(start + "stages:\n  a:\n    deps:\n      - path: x\n        id: sha256:12\n")
              .starts_with("P080 pipeline.lock:6:13"));
    CHECK(found(start + "stages:\n  a:\n    outs:\n      - path: x\n        role: y\n")
              .starts_with("P080 pipeline.lock:6:15"));
    auto lock = mlo_lock("");
    CHECK(refused([&] { lock.put("a", simple("cat \xe9")); }) ==
          "P083  stage 'a' has something that no lock can hold: 'cat \\xe9' is not UTF-8 help: rename the file, or "
          "save the "
          "document as UTF-8");
    CHECK(lock.text().empty());
}

TEST_CASE("one broken record leaves the others readable") {
    auto lock = mlo_lock("schema: mlo/pipeline-lock-v1\nstages:\n  a:\n    wrong: {\n  b:\n    command: x\n");
    CHECK(lock.find("b")->commands == std::vector<std::string>{"x"});
    CHECK(test::refused([&] { (void)lock.find("a"); }).starts_with("P080 pipeline.lock:"));
    lock.put("a", simple("y"));
    CHECK(lock.find("a")->commands == std::vector<std::string>{"y"});
    CHECK(mlo_lock(lock.text()).find("a")->commands == std::vector<std::string>{"y"});
}

TEST_CASE("a lock of 100,000 stages takes a thousand new records") {
    std::string text = "schema: '2.0'\nstages:\n";
    for (int i = 0; i < 100'000; ++i) {
        text += fmt::format(
            "  s{}:\n    cmd: run {}\n    outs:\n    - path: o{}\n      hash: md5\n      md5: "
            "d41d8cd98f00b204e9800998ecf8427e\n      size: {}\n",
            i, i, i, i);
    }
    auto lock = dvc_lock(text);
    CHECK(lock.find("s77777")->outs[0].state->size_bytes == 77777);
    for (int i = 0; i < 1000; ++i) lock.put(fmt::format("s{}", i * 100), simple("new"));
    const auto written = lock.text();
    const auto again = dvc_lock(written);
    CHECK(again.stages().size() == 100'000);
    CHECK(again.find("s99900")->commands == std::vector<std::string>{"new"});
    CHECK(again.find("s99901")->commands == std::vector<std::string>{"run 99901"});
}

TEST_CASE("what DVC's lock holds beside known members stays") {
    const std::string top = "schema: '2.0'\ndatasets:\n- name: x\n  type: dvc\n";
    const std::string a = "  a:\n    cmd: x\n    deps:\n    - path: s3://b/k\n      etag: '12'\n      size: 3\n";
    auto lock = dvc_lock(top + "stages:\n" + a + "  b:\n    cmd: y\n");
    lock.put("b", simple("z"));
    lock.put("c", simple("w"));
    CHECK(lock.text() == top + "stages:\n" + a + "  b:\n    cmd: z\n  c:\n    cmd: w\n");
    CHECK(lock.find("a")->deps[0].state.md5.empty());
    lock.erase("a");
    lock.erase("b");
    lock.erase("c");
    CHECK(lock.text() == top + "stages: {}\n");
}

TEST_CASE("a dvc.lock of schema 1.0 is read, and becomes 2.0") {
    const std::string old =
        "fit:\n  cmd: x\n  deps:\n  - path: a\n    md5: d41d8cd98f00b204e9800998ecf8427e\n  params:\n    "
        "params.yaml:\n      lr: "
        "1\nschemas:\n  cmd:\n  - y\n";
    auto lock = dvc_lock(old);
    CHECK(lock.stages() == std::vector<std::string>{"fit", "schemas"});
    CHECK(lock.find("fit")->deps[0].state.is_dos2unix_md5);
    CHECK(lock.find("schemas")->command_form == CommandForm::list);
    CHECK(lock.text() == old);
    lock.put("new", simple("z"));
    CHECK(lock.text() ==
          "schema: '2.0'\nstages:\n  fit:\n    cmd: x\n    deps:\n    - path: a\n      md5: "
          "d41d8cd98f00b204e9800998ecf8427e\n    params:\n      params.yaml:\n        lr: 1\n  schemas:\n    cmd:\n    "
          "- y\n  "
          "new:\n    cmd: z\n");
}

TEST_CASE("aliases that lead from one stage to another are understood") {
    const auto lock = dvc_lock("schema: '2.0'\nstages:\n  a:\n    cmd: &c x y\n  b:\n    cmd: *c\n");
    CHECK(lock.find("b")->commands == std::vector<std::string>{"x y"});
}

TEST_CASE("other schemas of dvc.lock are refused") {
    CHECK(test::refused([] { (void)dvc_lock("schema: '3.0'\nstages: {}\n"); }) ==
          "P081 dvc.lock:1:9 lock 'dvc.lock' has schema '3.0', known is '2.0'"
          " help: git checkout -- dvc.lock, or remove dvc.lock: the stages then run again");
    CHECK(test::refused([] { (void)dvc_lock("schema: 2.0\nstages: {}\n"); }) ==
          "P080 dvc.lock:1:9 'schema' must be a string, such as '2.0'"
          " help: git checkout -- dvc.lock, or remove dvc.lock: the stages then run again");
    CHECK(test::refused([] { (void)dvc_lock("schema: '2.0'\nstages: 3\n"); }).starts_with("P080 dvc.lock:2:9"));
    CHECK(test::refused([] {
              (void)dvc_lock("schema: '2.0'\nstages:\n  a: 1\n").find("a");
          }).starts_with("P080 dvc.lock:3:6"));
}

TEST_CASE("the environment of a stage is a file of parameters to DVC") {
    auto record = fit();
    auto lock = dvc_lock("");
    lock.put("fit", record);
    CHECK(lock.text().find(
              "      mlo:environment:\n        variable LANG: C\n        variable ODD:\n          base64: /w==\n"
              "        variable TZ:\n") != std::string::npos);
    const auto again = dvc_lock(lock.text());
    CHECK(again.find("fit")->environment == record.environment);
    for (auto& dependency : record.deps) dependency.state.md5 = dependency.path;
    lock.put("fit", record);
    CHECK(differences(*dvc_lock(lock.text()).find("fit"), as_locked(Dialect::dvc, record)).empty());
}

TEST_CASE("the lock lies beside its document") {
    CHECK(Lock::path_for("train/pipeline.yaml") == "train/pipeline.lock");
    CHECK(Lock::path_for("dvc.yaml") == "dvc.lock");
    CHECK(Lock::path_for("a.b/c") == "a.b/c.lock");
    CHECK(Lock::path_for("a/.x") == "a/.x.lock");
    CHECK(Lock::path_for("a.b.yml") == "a.b.lock");
}
