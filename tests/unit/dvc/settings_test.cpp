// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/dvc/errors.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/util/atomic_file.hpp>
#include <refused.hpp>
#include <settings_file.hpp>

using namespace mlo;
using namespace mlo::test;

TEST_CASE("configuration files are read as DVC reads them") {
    const auto document =
        json::parse(read_file(*real_fs().open_root(MLO_TEST_DATA), "settings.json", 1u << 20), "settings.json");
    std::size_t cases = 0;
    for (const auto& item : document.root().items()) {
        const auto text = item.get("text").as_string();
        INFO(text);
        ++cases;
        if (item.find("error")) {
            CHECK(failure([&] { return dvc::parse_settings(text, "config"); }) == dvc::errors::config_broken.id);
            continue;
        }
        std::map<std::string, std::vector<std::string>> expected;
        std::map<std::string, bool> lists;
        for (const auto& member : item.get("settings").members()) {
            auto& values = expected[std::string{member.name()}];
            lists[std::string{member.name()}] = member.value.is(ValueKind::list);
            if (member.value.is(ValueKind::list))
                for (const auto& value : member.value.items()) values.emplace_back(value.as_string());
            else
                values.emplace_back(member.value.as_string());
        }
        std::map<std::string, std::vector<std::string>> found;
        for (const auto& [key, setting] : dvc::parse_settings(text, "config")) {
            found[key] = setting.values;
            CHECK(setting.is_list == lists[key]);
        }
        CHECK(found == expected);
    }
    CHECK(cases > 60);
}

TEST_CASE("what is wrong in a configuration file is said with its line") {
    const std::string cure = " help: correct the line: 'dvc config --list' refuses it too";
    const auto said = [](std::string_view text) {
        return refused([&] { return dvc::parse_settings(text, ".dvc/config"); });
    };
    CHECK(said("[core]\n\nremote\n") == "V001 .dvc/config:3 'remote' is neither a section nor 'key = value'" + cure);
    CHECK(said("[core]\na = 1\na = 2\n") == "V001 .dvc/config:3 the key 'a' is there twice" + cure);
    CHECK(said("[core]\n[cache]\n[core]\n") == "V001 .dvc/config:3 the section 'core' is there twice" + cure);
    CHECK(said("[core]\na = 'b\n") == "V001 .dvc/config:2 the value of 'a' cannot be understood" + cure);
    CHECK(said("[core]\na = '''b\nc\n") == "V001 .dvc/config:5 the value in triple quotes has no end" + cure);
    CHECK(said("[core]]\n") == "V001 .dvc/config:1 a section's brackets do not match" + cure);
    CHECK(said("[[core]]\n") == "V001 .dvc/config:1 a section lies deeper than the one that it is in" + cure);
}
