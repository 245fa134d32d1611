// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/pointer_merge.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;

namespace {

/// A project with a tracked folder, of which several versions are made.
struct Versions {
    test::Project project;

    /// The pointer of a folder with these files, which are their own contents.
    std::string pointer(const std::vector<std::string>& files, const std::string& changed = "") {
        std::filesystem::remove_all(project.folder().path("data"));
        for (const auto& file : files) project.folder().write("data/" + file, file == changed ? "changed" : file);
        project.add({"data"});
        return project.folder().read("data.mlo");
    }
    PointerMerge merge(const std::string& base, const std::string& ours, const std::string& theirs,
                       std::string_view path = "data.mlo") {
        return merge_pointers(*project.open(), path, {.base = base, .ours = ours, .theirs = theirs});
    }
    /// What a pointer holds, by a checkout.
    std::vector<std::string> files(const std::string& pointer) {
        std::vector<std::string> names;
        const auto workspace = project.open();
        const auto parsed = parse_pointer(pointer, "data", "data.mlo");
        const auto bytes = workspace->store().read_all(parsed.id, tree_size_limit);
        store::TreeReader reader{bytes, parsed.id};
        for (store::TreeEntry entry; reader.next(entry);) names.emplace_back(entry.name);
        CHECK(parsed.files == names.size());
        return names;
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a merged pointer names a tree that another process finds", "[pointer_merge]") {
    Versions v;
    const auto base = v.pointer({"a", "b"});
    const auto ours = v.pointer({"a", "b", "c"});
    const auto theirs = v.pointer({"b", "d"});
    const auto merged = v.merge(base, ours, theirs);
    CHECK(merged.is_clean());
    CHECK(merged.taken == 2);
    CHECK(v.files(merged.text) == Names{"b", "c", "d"});
    CHECK(merged.text == v.pointer({"b", "c", "d"}));
}

TEST_CASE("in a conflict stand two pointers, either of which can be kept", "[pointer_merge]") {
    Versions v;
    const auto base = v.pointer({"a", "b"});
    const auto ours = v.pointer({"a", "b", "c"}, "a");
    const auto theirs = v.pointer({"b", "d"});
    const auto merged = v.merge(base, ours, theirs);
    REQUIRE(merged.conflicts.size() == 1);
    const auto with_ours = v.pointer({"a", "b", "c", "d"}, "a");
    const auto with_theirs = v.pointer({"b", "c", "d"});
    CHECK(merged.text == "<<<<<<< ours\n" + with_ours +
                             "||||||| in conflict\n# data/a: changed by ours, deleted by theirs\n=======\n" +
                             with_theirs + ">>>>>>> theirs\n");
    CHECK(v.files(with_ours) == Names{"a", "b", "c", "d"});
    CHECK(v.files(with_theirs) == Names{"b", "c", "d"});
}

TEST_CASE("a conflict of several common ancestors is one of two bases", "[pointer_merge]") {
    Versions v;
    const auto base = v.pointer({"a", "b"});
    const auto inner = v.merge(base, v.pointer({"a", "b", "c"}, "a"), v.pointer({"b"}));
    REQUIRE(inner.conflicts.size() == 1);
    // Both sides have settled it in the same way; one of them has added, the other one removed.
    const auto settled = v.merge(inner.text, v.pointer({"b", "c", "e"}), v.pointer({"c"}));
    CHECK(settled.is_clean());
    CHECK(v.files(settled.text) == Names{"c", "e"});
    const auto differently = v.merge(inner.text, v.pointer({"a", "b", "c"}, "a"), v.pointer({"b", "c"}));
    REQUIRE(differently.conflicts.size() == 1);
    CHECK(differently.conflicts[0].path == "data/a");
}

TEST_CASE("a pointer that was renamed gets the name of its place", "[pointer_merge]") {
    Versions v;
    const auto base = v.pointer({"a"});
    auto renamed = base;
    renamed.replace(renamed.find("path: data"), 10, "path: moved");
    const auto merged = v.merge(base, renamed, v.pointer({"a", "b"}), "sub/moved.mlo");
    CHECK(merged.is_clean());
    CHECK(parse_pointer(merged.text, "moved", "moved.mlo").files == 2);
    CHECK(v.merge(base, base, renamed, "moved.mlo").text == renamed);
}

TEST_CASE("pointers of files: one side's change is taken, two are a conflict", "[pointer_merge]") {
    Versions v;
    const auto file = [&](std::string_view text) {
        v.project.folder().write("f", text);
        v.project.add({"f"});
        return v.project.folder().read("f.mlo");
    };
    const auto base = file("1");
    const auto ours = file("22");
    const auto theirs = file("333");
    CHECK(v.merge(base, base, theirs, "f.mlo").text == theirs);
    CHECK(v.merge(base, ours, base, "f.mlo").text == ours);
    CHECK(v.merge(base, ours, ours, "f.mlo").text == ours);
    const auto merged = v.merge(base, ours, theirs, "f.mlo");
    REQUIRE(merged.conflicts.size() == 1);
    CHECK(merged.text == "<<<<<<< ours\n" + ours + "||||||| in conflict\n# f: changed on both sides\n=======\n" +
                             theirs + ">>>>>>> theirs\n");
}

TEST_CASE("what is not here, or no pointer, leaves both texts whole", "[pointer_merge]") {
    Versions v;
    const auto base = v.pointer({"a", "b"});
    const auto ours = v.pointer({"a"});
    auto theirs = v.pointer({"b"});
    const auto broken = v.merge(base, ours, "no pointer\n");
    REQUIRE(broken.obstacle);
    CHECK(broken.text.starts_with("<<<<<<< ours\n" + ours + "||||||| in conflict\n# "));
    CHECK(broken.text.ends_with("=======\nno pointer\n>>>>>>> theirs\n"));
    const auto at = theirs.find("sha256:") + 7;
    theirs.replace(at, 8, "00000000");
    const auto absent = v.merge(base, ours, theirs);
    REQUIRE(absent.obstacle);
    CHECK(absent.obstacle->code().id == errors::objects_missing.id);
    CHECK(absent.text.ends_with("=======\n" + theirs + ">>>>>>> theirs\n"));
    // One side alone: nothing of it has to be here.
    CHECK(v.merge(base, base, theirs).text == theirs);
}
