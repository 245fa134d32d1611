// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/code.hpp>

#include <catch2/catch.hpp>

using namespace mlo;
using namespace mlo::track;
using Changed = std::vector<std::string>;

namespace {

Code code(const std::string& commit, const std::string& patch, const std::vector<git::NewFile>& files = {}) {
    Code code;
    code.source.commit = commit;
    code.changes.patch = patch;
    code.changes.new_files = files;
    return code;
}

/// The same, whether the code of before is at hand or only what a run keeps of it.
Changed changes(const Code& before, const Code& now, const std::vector<std::string>& made = {}) {
    auto changed = changes_since(before, now, made);
    CHECK(changes_since(earlier_code(before.source, patch_of(before), now), now, made) == changed);
    return changed;
}

}  // namespace

TEST_CASE("code has changed if the commit, the patch or a new file of before has") {
    const git::NewFile a{"a", "diff --git a/a b/a\n+a\n"};
    const git::NewFile b{"b", "diff --git a/b b/b\n+b\n"};
    const git::NewFile c{"c", "diff --git a/c b/c\n+c\n"};
    const auto before = code("1", "diff --git x\n+x\n", {a, c});
    CHECK(changes(before, before).empty());
    CHECK(changes(before, code("2", before.changes.patch, {a, c})) == Changed{"HEAD"});
    CHECK(changes(before, code("1", before.changes.patch, {a, b, c})).empty());  // what the run made is not its code
    CHECK(changes(before, code("1", before.changes.patch, {a, b})) == Changed{"diff"});
    CHECK(changes(before, code("1", before.changes.patch, {{"a", "diff --git a/a b/a\n+other\n"}, c})) ==
          Changed{"diff"});
    CHECK(changes(before, code("1", "", {a, c})) == Changed{"diff"});
    CHECK(changes(before, code("1", before.changes.patch + "more\n", {a, c})) == Changed{"diff"});
    CHECK(changes(code("1", ""), code("1", "", {a})).empty());
    CHECK(changes(code("1", ""), code("1", "diff --git x\n+x\n")) == Changed{"diff"});
    CHECK(changes(before, code("1", before.changes.patch, {a}), {"c"}).empty());
    CHECK(changes(before, code("1", before.changes.patch, {a}), {"b"}) == Changed{"diff"});
    const auto now = code("2", "");
    CHECK(changes_since(earlier_code(before.source, std::nullopt, now), now, {}) == Changed{"HEAD"});
}
