// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <filesystem>

#include <mlo/pipeline/documents.hpp>
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
