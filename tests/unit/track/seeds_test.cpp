// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/track/seeds.hpp>

namespace {

using mlo::track::find_seeds;
using mlo::track::Seed;
using Words = std::vector<std::string>;

std::vector<Seed> of_command(const Words& words) { return find_seeds(words, {}); }

}  // namespace

TEST_CASE("seeds are found in every usual spelling, as they were given") {
    CHECK(of_command({"python", "fit.py", "--seed", "7"}) == std::vector<Seed>{{"--seed", "7"}});
    CHECK(of_command({"fit", "--seed=0x2A", "-seed", "-1"}) == std::vector<Seed>{{"--seed", "0x2A"}, {"-seed", "-1"}});
    CHECK(
        of_command({"fit", "random_state=3", "--random-seed=1", "--data_seed", "2", "trainer.seed=4"}) ==
        std::vector<Seed>{{"random_state", "3"}, {"--random-seed", "1"}, {"--data_seed", "2"}, {"trainer.seed", "4"}});
    CHECK(find_seeds(Words{"fit", "--seed", "7"}, Words{"PYTHONHASHSEED=0", "SEEDS=1", "HOME=/"}) ==
          std::vector<Seed>{{"PYTHONHASHSEED", "0"}, {"--seed", "7"}});
}

TEST_CASE("what only looks like a seed is none") {
    CHECK(of_command({"--seed", "birdseed.csv", "seed"}).empty());
    CHECK(of_command({"fit", "--birdseed", "7", "--seeds", "8", "---seed=1", "--seedling=2"}).empty());
    CHECK(of_command({"fit", "--seed"}).empty());
    CHECK(of_command({"fit", "--seed", "--verbose", "--seed="}).empty());
    CHECK(of_command({"fit", "seed", "7"}).empty());
}

TEST_CASE("the last value of a seed counts, and their number is bounded") {
    CHECK(of_command({"fit", "--seed", "1", "--seed=2"}) == std::vector<Seed>{{"--seed", "2"}});
    Words many{"fit"};
    for (int i = 0; i < 100; ++i) many.push_back("--a" + std::to_string(i) + "-seed=1");
    CHECK(of_command(many).size() == 32);
    CHECK(of_command({"fit", "--seed=" + std::string(1000, '1'), "--seed", std::string(1000, '1')}).empty());
}
