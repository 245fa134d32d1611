// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <filesystem>

#include <mlo/pipeline/documents.hpp>
#include <mlo/pipeline/graph.hpp>
#include <mlo/pipeline/pipeline.hpp>

#include <refused.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace mlo::pipeline;
using mlo::test::refused;

namespace {

FoundDocuments found_in(const test::TemporaryFolder& folder) { return find_documents(*folder.open()); }

}  // namespace

TEST_CASE("all dvc.yaml below the root are found, but not where nobody should look") {
    const test::TemporaryFolder folder;
    for (const auto* const path :
         {"dvc.yaml", "a/dvc.yaml", "a/b/dvc.yaml", ".git/dvc.yaml", ".dvc/dvc.yaml", ".mlo/dvc.yaml", ".hg/dvc.yaml",
          "ignored/dvc.yaml", "a/too/dvc.yaml", "dvcignored/dvc.yaml", "excluded/dvc.yaml", "data/dvc.yaml",
          "pointed/dvc.yaml", "other/dvc.yaml", "another/dvc.yaml", "plain/dvc.yaml", "plain/other.yaml"}) {
        folder.write(path, "");
    }
    folder.write(".gitignore", "/ignored/\n");
    folder.write("a/.gitignore", "too\n");
    folder.write(".dvcignore", "dvcignored\nplain/dvc.yaml\n");
    folder.write(".git/info/exclude", "excluded\n");
    folder.write("data.dvc", "outs:\n- path: data\n  md5: 00000000000000000000000000000000.dir\n");
    folder.write("pointed.mlo", "");
    folder.write("other/.dvc/config", "");
    folder.write("another/.mlo/config.yaml", "");
    std::filesystem::create_directory_symlink(folder.path("a"), folder.path("link"));
    const auto found = found_in(folder);
    CHECK(found.pipelines == std::vector<std::string>{"a/b/dvc.yaml", "a/dvc.yaml", "dvc.yaml"});
}

TEST_CASE("files of single outputs say what they track") {
    const test::TemporaryFolder folder;
    folder.write("data/train.csv.dvc", "outs:\n- md5: a\n  path: train.csv\n  size: 3\n");
    folder.write("old.dvc", "wdir: sub\nouts:\n- path: one\n- path: ../two/\nmd5: b\ncmd: x\n");
    folder.write("empty.dvc", "");
    folder.write(".dvc/cache.dvc", "outs: 3\n");
    const auto found = found_in(folder);
    REQUIRE(found.tracked.size() == 3);
    CHECK(found.tracked[0].file == "data/train.csv.dvc");
    CHECK(found.tracked[0].at.path == "data/train.csv");
    CHECK(found.tracked[0].at.place == TextPlace{3, 9});
    CHECK(found.tracked[1].at.path == "sub/one");
    CHECK(found.tracked[2].at.path == "two");
    CHECK(found.tracked[2].at.written == "../two/");

    folder.write("bad.dvc", "outs:\n- md5: a\n");
    CHECK(refused([&] {
              static_cast<void>(found_in(folder));
          }).starts_with("P039 bad.dvc:2:3 an entry of 'outs' has no 'path' help: "));
}

TEST_CASE("other documents of a repository are loaded beside the first") {
    const test::TemporaryFolder folder;
    folder.write("dvc.yaml", "stages: {a: {cmd: x}}");
    folder.write("sub/dvc.yaml", "stages: {b: {cmd: x, deps: [d]}}");
    const auto pipeline = load(*folder.open(), {.file = "sub/dvc.yaml", .others = found_in(folder).pipelines});
    REQUIRE(pipeline.stages.size() == 2);
    CHECK(pipeline.dialect == Dialect::dvc);
    CHECK(pipeline.address(pipeline.stages[0]) == "b");
    CHECK(pipeline.address(pipeline.stages[1]) == "dvc.yaml:a");
    CHECK(pipeline.stages[0].deps[0].path == "sub/d");
}

namespace {

const std::string other_md5 = "0123456789abcdef0123456789abcdef";

PathState file_state() { return {.size_bytes = 12, .md5 = other_md5}; }

PathState folder_state() {
    return {.kind = store::ObjectKind::tree, .size_bytes = 7, .files = 3, .md5 = other_md5 + ".dir"};
}

std::string changed(std::string_view text, std::size_t index, const PathState& state) {
    return with_state(text, "a.dvc", index, state).value_or("not laid out so");
}

}  // namespace

TEST_CASE("files of single outputs say what DVC knows of them") {
    const auto tracked = parse_tracked(
        "frozen: true\nouts:\n- md5: aa.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: a\n"
        "- md5: bb\n  isexec: true\n  path: b\n- path: c\n  cache: false\n",
        "a.dvc", "/w");
    REQUIRE(tracked.size() == 3);
    CHECK(tracked[0].state == PathState{.kind = store::ObjectKind::tree, .size_bytes = 4, .files = 2, .md5 = "aa.dir"});
    CHECK(tracked[1].state == PathState{.is_executable = true, .md5 = "bb", .is_dos2unix_md5 = true});
    CHECK(tracked[1].index == 1);
    CHECK(tracked[1].is_cached);
    CHECK_FALSE(tracked[1].is_imported);
    CHECK_FALSE(tracked[2].state);
    CHECK_FALSE(tracked[2].is_cached);
    CHECK(parse_tracked("deps:\n- path: /x\nouts:\n- path: a\n", "a.dvc", "/w")[0].is_imported);
    CHECK(parse_tracked("cmd: x\nouts:\n- path: a\n", "a.dvc", "/w")[0].is_imported);
}

TEST_CASE("a changed file of a single output keeps what else is in it") {
    CHECK(
        changed("# mine\nouts:\n- md5: aa # the sum\n  size: 4\n  hash: md5\n  path: a b # here\n  meta:\n    size: 1\n"
                "\n# the end\ndesc: x\n",
                0, file_state()) == "# mine\nouts:\n- md5: " + other_md5 +
                                        " # the sum\n  size: 12\n  hash: md5\n  path: a b # here\n  meta:\n"
                                        "    size: 1\n\n# the end\ndesc: x\n");
    // As DVC: what is new comes last.
    CHECK(changed("outs:\n- md5: aa\n  size: 4\n  path: a\n- md5: bb\n  path: b\n", 0, folder_state()) ==
          "outs:\n- md5: " + other_md5 +
              ".dir\n  size: 7\n  path: a\n  nfiles: 3\n  hash: md5\n- md5: bb\n  path: b\n");
    CHECK(changed("outs:\n- path: a\n- size: 1\n  md5: bb.dir\n  nfiles: 3\n  isexec: true\n  hash: md5\n  path: b\n",
                  1,
                  file_state()) == "outs:\n- path: a\n- size: 12\n  md5: " + other_md5 + "\n  hash: md5\n  path: b\n");
    auto program = file_state();
    program.is_executable = true;
    CHECK(changed("wdir: .\nouts:\n  - path: a\n    md5: 'aa'\n    size: 4\n    hash: md5", 0, program) ==
          "wdir: .\nouts:\n  - path: a\n    md5: " + other_md5 + "\n    size: 12\n    hash: md5\n    isexec: true\n");
}

TEST_CASE("a file of a single output that is laid out in another way is not changed") {
    for (const auto* const text :
         {"outs: [{md5: aa, size: 4, hash: md5, path: a}]\n", "{outs: [{md5: aa, path: a}]}\n",
          "outs:\n- {md5: aa, size: 4, hash: md5, path: a}\n", "outs:\n- nfiles: 2\n  md5: aa.dir\n  path: a\n",
          "outs:\n- md5:\n    aa\n  path: a\n", "outs:\n- \"md5\": aa\n  path: a\n"}) {
        INFO(text);
        CHECK_FALSE(with_state(text, "a.dvc", 0, file_state()));
    }
}

TEST_CASE("an output that a .dvc file tracks as well is refused") {
    const test::TemporaryFolder folder;
    folder.write("dvc.yaml", "stages: {a: {cmd: x, outs: [d/e]}}");
    const auto refusal_of = [&](const std::string& path) {
        folder.write("t.dvc", "outs:\n- md5: aa\n  path: " + path + "\n");
        auto found = found_in(folder);
        const auto pipeline = load(*folder.open(), {.file = "dvc.yaml", .others = {}, .tracked = found.tracked});
        return refused([&] { const Graph graph{pipeline}; });
    };
    CHECK(refusal_of("d/e").starts_with("P050 dvc.yaml:1:29 'd/e' is an output of stage 'a', and 't.dvc' tracks it"));
    CHECK(
        refusal_of("d").starts_with("P051 dvc.yaml:1:29 'd/e', an output of stage 'a', and 'd', which 't.dvc' tracks"));
    CHECK(refusal_of("d/e/f").starts_with("P051 dvc.yaml:1:29 "));
    CHECK(refusal_of("d/ef") == "nothing");
}
