// SPDX-License-Identifier: Apache-2.0
#include "args.hpp"

#include <catch2/catch.hpp>
#include <mlo/util/error.hpp>

#include "errors.hpp"

using namespace mlo;
using namespace mlo::cli;

namespace {

enum class Link { copy, reflink };

struct Options {
    std::string remote;
    std::uint32_t jobs = 8;
    std::optional<std::int64_t> limit;
    ByteSize size;
    bool is_dry = false;
    std::uint32_t verbosity = 0;
    Link link = Link::copy;
    std::vector<std::string> tags;
    std::string target;
    std::vector<std::string> paths;
};

/// A command line's declarations as a command would make them.
struct Line {
    Line() {
        args.option("-r,--remote", o.remote, "remote");
        args.option("-j,--jobs", o.jobs, "jobs").between(1, 64);
        args.option("--limit", o.limit, "limit");
        args.option("--size", o.size, "size");
        args.flag("-n,--dry-run", o.is_dry, "dry");
        args.count("-v,--verbose", o.verbosity, "verbose");
        args.choice("--link", o.link, {Choice{"copy", Link::copy}, {"reflink", Link::reflink}}, "link");
        args.option("-t,--tag", o.tags, "tag");
        args.positional("target", o.target, "target");
        args.positional("path", o.paths, "paths");
    }

    Options& parse(std::vector<std::string> tokens) {
        args.parse(tokens);
        return o;
    }

    /// The id of the error that parsing throws, and its message.
    std::pair<std::string, std::string> error(std::vector<std::string> tokens) {
        try {
            args.parse(tokens);
            args.check_required();
        } catch (const Error& thrown) {
            return {std::string{thrown.code().id}, thrown.message()};
        }
        return {};
    }

    Args args;
    Options o;
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a value may follow its option, be attached to it, or stand behind '='") {
    for (const auto& tokens : {Words{"-r", "origin"}, {"-rorigin"}, {"--remote", "origin"}, {"--remote=origin"}}) {
        CHECK(Line{}.parse(tokens).remote == "origin");
    }
}

TEST_CASE("an empty value behind '=' is a value and takes nothing of what follows") {
    Line line;
    line.o.remote = "before";
    line.parse({"--remote=", "file"});
    CHECK(line.o.remote.empty());
    CHECK(line.o.target == "file");
}

TEST_CASE("a value may start with a dash, an option may not be one") {
    CHECK(Line{}.parse({"--remote", "-x"}).remote == "-x");
    CHECK(Line{}.parse({"--limit", "-5"}).limit == -5);
    CHECK(Line{}.error({"-5"}) == std::pair<std::string, std::string>{"A002", "unknown option '-5'"});
}

TEST_CASE("short flags may be written together, the last may take a value") {
    Line line;
    line.parse({"-nvvj4"});
    CHECK(line.o.is_dry);
    CHECK(line.o.verbosity == 2);
    CHECK(line.o.jobs == 4);
}

TEST_CASE("a repeated option collects where it may and else the last counts") {
    Line line;
    line.parse({"-t", "a", "--tag=b", "-j", "1", "-j", "2"});
    CHECK(line.o.tags == Words{"a", "b"});
    CHECK(line.o.jobs == 2);
}

TEST_CASE("words go to the positionals in order, whatever bytes they hold") {
    Line line;
    line.parse({"[a,b]", "-n", "\xff", "", "-", "--", "-n", "--"});
    CHECK(line.o.target == "[a,b]");
    CHECK(line.o.paths == Words{"\xff", "", "-", "-n", "--"});
}

TEST_CASE("what follows '--' goes verbatim to a passthrough") {
    Args args;
    std::vector<std::string> command;
    std::string name;
    args.positional("name", name, "name");
    args.passthrough("command", command, "command");
    args.parse(Words{"x", "--", "ls", "-l", "--"});
    CHECK(name == "x");
    CHECK(command == Words{"ls", "-l", "--"});
}

TEST_CASE("numbers are whole, within their type and their declared range") {
    CHECK(Line{}.parse({"--jobs", "64"}).jobs == 64);
    for (const auto* text : {"0", "65", "-1", "1.5", "", " 4", "4 ", "0x10", "99999999999999999999", "4\xff"}) {
        const auto [id, message] = Line{}.error({"--jobs", text});
        CHECK(id == "A003");
        CHECK(message.starts_with("'--jobs' takes a whole number from 1 to 64, not '"));
    }
    CHECK(Line{}.parse({"--limit=-9223372036854775808"}).limit == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("sizes and choices are understood, and refused with what they may be") {
    CHECK(Line{}.parse({"--size", "1.5KiB"}).size.bytes == 1536);
    CHECK(Line{}.parse({"--link", "reflink"}).link == Link::reflink);
    CHECK(Line{}.error({"--size", "big"}).first == "A003");
    CHECK(Line{}.error({"--link", "hard"}).second == "'--link' takes one of copy, reflink, not 'hard'");
}

TEST_CASE("a flag takes no value, an option needs one") {
    CHECK(Line{}.error({"--dry-run=yes"}).first == "A004");
    CHECK(Line{}.error({"--remote"}).first == "A004");
    CHECK(Line{}.error({"-r"}).first == "A004");
}

TEST_CASE("names are never abbreviated, but guessed") {
    Line line;
    const Words tokens{"--remoet", "x"};
    try {
        line.args.parse(tokens);
        FAIL("parsed");
    } catch (const Error& error) {
        CHECK(error.code().id == errors::unknown_option.id);
        CHECK(error.hint_text() == "did you mean '--remote'?");
    }
    CHECK(Line{}.error({"--rem", "x"}).first == "A002");
}

TEST_CASE("too many words and missing ones are errors") {
    Args args;
    std::string one;
    args.positional("one", one, "the one").required();
    CHECK_THROWS_AS(args.check_required(), Error);
    CHECK_THROWS_AS(args.parse(Words{"a", "b"}), Error);
    CHECK(one == "a");
    CHECK_NOTHROW(args.check_required());
}

TEST_CASE("the first word is found behind options and their values") {
    const Line line;
    CHECK(line.args.first_word(Words{"-r", "add", "add"}) == 2);
    CHECK(line.args.first_word(Words{"--remote=x", "add"}) == 1);
    CHECK(line.args.first_word(Words{"-nr", "x", "add"}) == 2);
    CHECK(line.args.first_word(Words{"-rx", "add"}) == 1);
    CHECK(line.args.first_word(Words{"--unknown", "add"}) == 1);
    CHECK(line.args.first_word(Words{"-n", "--", "add"}) == 3);
    CHECK(line.args.first_word(Words{}) == 0);
}
