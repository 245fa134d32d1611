// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

TEST_CASE("the engine says its version") {
    const World world;
    CHECK(world.engine()->version().substr(0, 4) == "1.5.");
}

TEST_CASE("an engine that is not there is one clear error") {
    const World world;
    CHECK(refused([&] {
              (void)Engine::open({world.folder.path("libduckdb.so"), {}}, world.runtime);
          }).starts_with("B001"));
}

TEST_CASE("another file in the engine's place is not opened") {
    const World world;
    world.write("libduckdb.so", "not a library");
    const auto refusal = refused([&] { (void)Engine::open({world.folder.path("libduckdb.so"), {}}, world.runtime); });
    CHECK(refusal.starts_with("B002"));
    CHECK(refusal.find("SHA-256") != refusal.npos);
}

TEST_CASE("that the engine was checked is remembered until the file changes") {
    const World world;
    const auto library = world.folder.path("libduckdb.so");
    std::filesystem::copy_file(MLO_ENGINE_FILE, library);
    const EnginePlace place{library, world.folder.path("cache/engine")};
    (void)Engine::open(place, world.runtime);
    const auto memory = world.folder.read("cache/engine");
    CHECK(memory.starts_with("mlo engine 1\n"));
    world.write("libduckdb.so", "something else");
    CHECK(refused([&] { (void)Engine::open(place, world.runtime); }).starts_with("B002"));
}

}  // namespace
}  // namespace mlo::table
