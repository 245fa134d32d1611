// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/ignore.hpp>
#include <random>
#include <set>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace mlo::workspace;

TEST_CASE("wild cards stop at a slash, two stars do not") {
    CHECK(glob_matches("*.csv", "a.csv"));
    CHECK_FALSE(glob_matches("*.csv", "d/a.csv"));
    CHECK(glob_matches("d/*/x", "d/e/x"));
    CHECK_FALSE(glob_matches("d/*/x", "d/x"));
    CHECK(glob_matches("d/**/x", "d/x"));
    CHECK(glob_matches("d/**/x", "d/e/f/x"));
    CHECK(glob_matches("**/x", "x"));
    CHECK(glob_matches("d/**", "d/e/f"));
    CHECK_FALSE(glob_matches("d/**", "d"));
    CHECK(glob_matches("a?c", "abc"));
    CHECK_FALSE(glob_matches("a?c", "a/c"));
    CHECK(glob_matches("a**c", "abbc"));
    CHECK_FALSE(glob_matches("a**c", "a/c"));
}

TEST_CASE("sets hold ranges, classes and escaped characters") {
    CHECK(glob_matches("[a-c]x", "bx"));
    CHECK_FALSE(glob_matches("[!a-c]x", "bx"));
    CHECK(glob_matches("[[:digit:]_]", "7"));
    CHECK(glob_matches("[]]", "]"));
    CHECK(glob_matches("[\\]]", "]"));
    CHECK_FALSE(glob_matches("[a", "a"));
    CHECK_FALSE(glob_matches("[[:nope:]]", "n"));
    CHECK_FALSE(glob_matches("a[/]b", "a/b"));
    CHECK(glob_matches("\\*", "*"));
    CHECK_FALSE(glob_matches("a\\", "a"));
}

TEST_CASE("a pattern with many stars takes no exponential time") {
    std::string pattern;
    for (int i = 0; i < 60; ++i) pattern += "**/a*/";
    std::string path;
    for (int i = 0; i < 200; ++i) path += "aaaaaaaaaa/";
    CHECK_FALSE(glob_matches(pattern + "b", path + "c"));
}

TEST_CASE("lines are read as git reads them") {
    const auto patterns = parse_ignore_patterns("\xef\xbb\xbf# no\n\n a \n!b\\ \nc/\r\n/d\ne/f\n\\#g\nlast");
    std::vector<std::string> seen;
    for (const auto& each : patterns)
        seen.push_back(std::to_string(each.line) + (each.negated ? "!" : "") + (each.folders_only ? "/" : "") +
                       (each.anchored ? "^" : "") + each.glob);
    CHECK(seen == std::vector<std::string>{"3 a", "4!b\\ ", "5/c", "6^d", "7^e/f", "8\\#g", "9last"});
}

TEST_CASE("the deeper file and the later line decide, but nothing below an ignored folder comes back") {
    const test::TemporaryFolder folder;
    folder.write(".mloignore", "*.log\nout/\n");
    folder.write("keep/.mloignore", "!*.log\nz.log\n");
    folder.write("out/.mloignore", "!x\n");
    const auto root = folder.open();
    const auto check = [&](std::string_view path) { return check_ignored(*root, path, PathKind::file); };
    CHECK(check("a.log").ignored);
    CHECK_FALSE(check("keep/a.log").ignored);
    CHECK(check("keep/a.log").pattern == "!*.log");
    CHECK(check("keep/z.log").file == "keep/.mloignore");
    CHECK(check("keep/z.log").line == 2);
    CHECK(check("out/x").ignored);
    CHECK_FALSE(check("other").matched);
}

namespace {

/// Patterns and paths over a small alphabet, so that they often match.
class Generator {
public:
    explicit Generator(std::uint32_t seed) : engine_{seed} {}

    std::string pattern() {
        static constexpr std::array<std::string_view, 22> pieces{
            "a",   "b",   "ab",  "*",    "**",          "/", "?", "[ab]", "[!a]", "\\a", "\\*",
            "/**", "**/", "[a-", "[]a]", "[[:alpha:]]", ".", " ", "\\ ",  "#",    "!",   "[^b]"};
        std::string text = chance(5) ? "!" : "";
        if (chance(4)) text += '/';
        const auto count = 1 + below(5);
        for (unsigned i = 0; i < count; ++i) text += pieces[below(pieces.size())];
        if (chance(4)) text += '/';
        if (chance(8)) text += "  ";
        if (chance(16)) text += '\r';
        return text;
    }
    std::string path() {
        static constexpr std::array<std::string_view, 9> names{"a", "b", "ab", "ba", "aab", "*", "a.b", "#a", "a b"};
        std::string text;
        const auto depth = 1 + below(4);
        for (unsigned i = 0; i < depth; ++i) {
            if (i > 0) text += '/';
            text += names[below(names.size())];
        }
        return text;
    }
    bool chance(unsigned one_in) { return below(one_in) == 0; }
    unsigned below(std::size_t limit) { return static_cast<unsigned>(engine_() % limit); }

private:
    std::mt19937 engine_;
};

/// The lines that `git check-ignore` reports with these rules.
std::set<std::string> ignored_by_git(const std::string& git, const std::string& folder, const std::string& input) {
    const auto result = run_process({.program = git,
                                     .arguments = {"check-ignore", "--no-index", "--stdin", "-z"},
                                     .directory = folder,
                                     .environment = {"HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1"},
                                     .input = input});
    REQUIRE(result.error_output.empty());
    std::set<std::string> paths;
    for (auto& path : split(result.output, '\0')) {
        if (!path.empty()) paths.insert(std::move(path));
    }
    return paths;
}

}  // namespace

TEST_CASE("git check-ignore says the same of generated rules") {
    const char* const search = std::getenv("PATH");
    const auto git = find_program("git", search == nullptr ? "" : search);
    REQUIRE(git);
    std::size_t matched = 0;
    for (std::uint32_t seed = 0; seed < 150; ++seed) {
        Generator generate{seed};
        const test::TemporaryFolder folder;
        const auto made = run_process({.program = *git,
                                       .arguments = {"init", "-q"},
                                       .directory = folder.path(),
                                       .environment = {"HOME=" + folder.path()}});
        REQUIRE(made.exit_code == 0);
        std::string rules;
        for (unsigned i = 0; i < 1 + seed % 4; ++i) rules += generate.pattern() + "\n";
        folder.write(".gitignore", rules);
        if (seed % 3 == 0) folder.write("a/.gitignore", generate.pattern() + "\n");
        // All exist as files, so that both sides know what is a folder.
        std::vector<std::string> paths;
        for (int i = 0; i < 40; ++i) {
            const auto path = generate.path();
            std::error_code error;
            const std::filesystem::path full{folder.path(path)};
            std::filesystem::create_directories(full.parent_path(), error);
            if (error || std::filesystem::exists(full)) continue;
            folder.write(path, "");
            paths.push_back(path);
        }
        std::string input;
        for (const auto& path : paths) input += path + '\0';
        const auto expected = ignored_by_git(*git, folder.path(), input);
        matched += expected.size();
        const auto root = folder.open();
        for (const auto& path : paths) {
            INFO("seed " << seed << ", path " << path << ", rules:\n" << rules);
            CHECK(check_ignored(*root, path, PathKind::file, ".gitignore").ignored == expected.contains(path));
        }
    }
    CHECK(matched > 500);
}
