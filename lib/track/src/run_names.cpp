// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <mlo/util/bytes.hpp>

#include "run_state.hpp"

namespace mlo::track {
namespace {

constexpr std::array<std::string_view, 64> adjectives{
    "able",   "agile",  "amber",   "ample",  "avid",   "blithe",  "bold",   "brave",  "breezy", "bright", "brisk",
    "calm",   "candid", "clear",   "clever", "crisp",  "curious", "deft",   "eager",  "early",  "fair",   "fleet",
    "fond",   "frank",  "fresh",   "gentle", "glad",   "golden",  "grand",  "hardy",  "honest", "humble", "ideal",
    "jolly",  "keen",   "kind",    "lively", "loyal",  "lucid",   "lucky",  "mellow", "merry",  "mild",   "neat",
    "nimble", "noble",  "patient", "placid", "polite", "proud",   "quick",  "quiet",  "ready",  "serene", "sharp",
    "silver", "sober",  "steady",  "sunny",  "swift",  "tidy",    "upbeat", "warm",   "wise"};
constexpr std::array<std::string_view, 64> nouns{
    "ant",    "auk",   "badger", "bat",   "bear",  "beaver", "bee",   "bison", "carp",   "cat",   "cod",
    "crab",   "crane", "crow",   "deer",  "dog",   "dove",   "duck",  "eagle", "eel",    "egret", "elk",
    "falcon", "finch", "fox",    "frog",  "gecko", "goat",   "goose", "gull",  "hare",   "hawk",  "heron",
    "horse",  "ibis",  "jay",    "kiwi",  "koala", "lark",   "lemur", "lion",  "lynx",   "mole",  "moose",
    "moth",   "mouse", "newt",   "otter", "owl",   "panda",  "perch", "pike",  "puffin", "quail", "raven",
    "robin",  "seal",  "shrew",  "stork", "swan",  "tern",   "toad",  "whale", "wren"};

}  // namespace

std::uint64_t draw(Random& random, std::uint64_t limit) {
    std::array<std::byte, 8> bytes{};
    random.fill(bytes);
    return load_le<std::uint64_t>(bytes) % limit;
}

std::string make_run_name(Random& random) {
    const auto adjective = adjectives.at(draw(random, adjectives.size()));
    const auto noun = nouns.at(draw(random, nouns.size()));
    return fmt::format("{}-{}-{}", adjective, noun, draw(random, 1000));
}

}  // namespace mlo::track
