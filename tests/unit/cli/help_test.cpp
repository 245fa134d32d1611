// SPDX-License-Identifier: Apache-2.0
#include "help_text.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <mlo/util/text.hpp>
#include <set>

#include "context.hpp"
#include "error_catalogue.hpp"
#include "manual.hpp"

using namespace mlo;
using namespace mlo::cli;

TEST_CASE("the overview has at most twenty lines of at most 100 columns") {
    const auto lines = split(overview(), '\n');
    CHECK(lines.size() <= 21);
    for (const auto& line : lines) CHECK(line.size() <= 100);
}

TEST_CASE("the longest name of a command wins") {
    CHECK(find_command(std::vector<std::string>{"version", "help"})->words == "version");
    CHECK(find_command(std::vector<std::string>{"versio"}) == nullptr);
    CHECK(find_command(std::vector<std::string>{}) == nullptr);
}

TEST_CASE("every command has a name of its own, a page, an example and a summary in the common form") {
    std::set<std::string_view> names;
    for (const auto* command : visible_commands()) {
        CAPTURE(command->words);
        CHECK(names.insert(command->words).second);
        CHECK(find_page(command->words) != nullptr);
        CHECK_FALSE(command->examples.empty());
        for (const auto& example : command->examples) CHECK(example.line.find("mlo") != example.line.npos);
        CHECK_FALSE(command->summary.ends_with('.'));
        CHECK(command->summary.size() <= 80);
        const bool is_lower = command->summary.front() >= 'a' && command->summary.front() <= 'z';
        CHECK(is_lower);
        CHECK((command->json_schema.empty() || command->json_schema.starts_with("mlo/")));
    }
}

TEST_CASE("no command declares an option twice or one that all commands have") {
    for (const auto* command : all_commands()) {
        Args args;
        GlobalOptions globals;
        const auto bound = command->bind(args);
        declare_globals(args, globals, command);
        std::set<std::string> names;
        for (const auto& argument : args.table()) {
            CAPTURE(command->words, argument.shown());
            CHECK_FALSE(argument.doc.ends_with('.'));
            CHECK(argument.doc.size() <= 100);
            if (!argument.is_option()) continue;
            if (!argument.name.empty()) CHECK(names.insert("--" + argument.name).second);
            if (argument.short_name != 0) CHECK(names.insert(std::string{'-', argument.short_name}).second);
        }
    }
}

TEST_CASE("a signature shows both names and the value") {
    Args args;
    std::string text;
    std::uint32_t number = 0;
    bool is_on = false;
    CHECK(signature(args.option("-r,--remote", text, "")) == "-r, --remote REMOTE");
    CHECK(signature(args.option("-j,--jobs", number, "")) == "-j, --jobs N");
    CHECK(signature(args.flag("--dry-run", is_on, "")) == "    --dry-run");
    CHECK(signature(args.option("-C", text, "").value("DIR")) == "-C DIR");
}

TEST_CASE("error codes are found in any spelling, and each is unique") {
    CHECK(find_error_code("MLO-U005") != nullptr);
    CHECK(find_error_code("u005") == find_error_code("MLO-U005"));
    CHECK(find_error_code("mlo-u005") == find_error_code("MLO-U005"));
    CHECK(find_error_code("U5") == nullptr);
    CHECK(find_error_code("") == nullptr);
    auto names = error_code_names();
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}
