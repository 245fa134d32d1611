// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/params_file.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace mlo::track;
using Params = std::vector<std::pair<std::string, std::string>>;

namespace {

Params read(const std::string& name, const std::string& text) {
    const test::TemporaryFolder folder;
    folder.write(name, text);
    return read_params(real_fs(), folder.path(name), name);
}

std::string refused(const std::string& name, const std::string& text) {
    try {
        (void)read(name, text);
    } catch (const Error& error) {
        return error.place() + ": " + error.message();
    }
    return "";
}

}  // namespace

TEST_CASE("parameters are read from YAML, with names that say where they stood") {
    const auto* const text =
        "lr: 0.1\nepochs: 10\nmodel:\n  name: tree\n  depth: 3\n  pruned: true\n  layers: [64, 32]\n  seed: null\n  "
        "more: {}\n"
        "version: '1.0'\nbig: 1e30\n";
    CHECK(read("params.yaml", text) == Params{{"lr", "0.1"},
                                              {"epochs", "10"},
                                              {"model.name", "tree"},
                                              {"model.depth", "3"},
                                              {"model.pruned", "true"},
                                              {"model.layers", "[64,32]"},
                                              {"model.seed", "null"},
                                              {"model.more", "{}"},
                                              {"version", "1.0"},
                                              {"big", "1e+30"}});
}

TEST_CASE("parameters are read from JSON") {
    CHECK(read("p.json", R"({"a": {"b": [1, "x", {"c": null}]}, "d": -2})") ==
          Params{{"a.b", R"([1,"x",{"c":null}])"}, {"d", "-2"}});
}

TEST_CASE("what is no file of parameters is refused with its place") {
    CHECK(refused("p.yaml", "- 1\n") == "p.yaml:1:1: a file of parameters holds a mapping, not a list");
    CHECK(refused("p.yaml", "a: 1\n../x: 2\n").starts_with("p.yaml:2:1: '../x' cannot be the name of a parameter: "));
    CHECK(refused("p.json", "{\"a\": }").starts_with("p.json:1:"));
    CHECK(refused("p.yaml", "a: 1\na: 2\n").starts_with("p.yaml:2:1"));
}
