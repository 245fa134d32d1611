// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/pipeline/machine.hpp>
#include <mlo/pipeline/stage_output.hpp>
#include <temporary_folder.hpp>
#include <vector>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

/// What is told of `pieces` on one stream, each line between brackets; then the log.
std::string told(const std::vector<std::string>& pieces) {
    StageOutput output;
    std::string lines;
    const auto tell = [&](OutputStream, std::string_view line) { lines += '[' + std::string{line} + ']'; };
    for (const auto& piece : pieces) output.add(OutputStream::output, as_bytes(piece), tell);
    const auto log = output.finish(tell);
    return lines + std::string{as_text(log)};
}

constexpr auto no_gpus = AskForGpus::no;

}  // namespace

TEST_CASE("output of a stage: lines, however they are cut") {
    const std::string text = "a\n\nb\xff\xfe\nlast";
    const std::string expected = "[a][][b\xff\xfe][last]a\n\nb\xff\xfe\nlast\n";
    CHECK(told({text}) == expected);
    for (std::size_t at = 0; at <= text.size(); ++at) CHECK(told({text.substr(0, at), text.substr(at)}) == expected);
    CHECK(told({}) == "");
    CHECK(told({"\n"}) == "[]\n");
}

TEST_CASE("output of a stage: a line that is written over is what stood there last") {
    const std::string text = "10%\r20%\r100%\nwindows\r\nx\r\r\n\ry\n50%\r";
    const std::string expected = "[100%][windows][x][y][50%]100%\nwindows\nx\ny\n50%\n";
    CHECK(told({text}) == expected);
    for (std::size_t at = 0; at <= text.size(); ++at) CHECK(told({text.substr(0, at), text.substr(at)}) == expected);
}

TEST_CASE("output of a stage: streams do not get into each other's lines") {
    StageOutput output;
    std::string lines;
    const auto tell = [&](OutputStream stream, std::string_view line) {
        lines += (stream == OutputStream::output ? "o:" : "e:") + std::string{line} + ' ';
    };
    output.add(OutputStream::output, as_bytes("one "), tell);
    output.add(OutputStream::error_output, as_bytes("err\nmore"), tell);
    output.add(OutputStream::output, as_bytes("line\n"), tell);
    CHECK(as_text(output.finish(tell)) == "err\none line\nmore\n");
    CHECK(lines == "e:err o:one line e:more ");
}

TEST_CASE("output of a stage: a line without end is told in pieces") {
    StageOutput output{{.head_bytes = 10, .tail_bytes = 10}};
    std::size_t lines = 0;
    std::size_t bytes = 0;
    const auto tell = [&](OutputStream, std::string_view line) {
        ++lines;
        bytes += line.size();
    };
    const std::string much(3 * StageOutput::longest_line, 'x');
    output.add(OutputStream::output, as_bytes(much), tell);
    CHECK(lines == 3);
    output.add(OutputStream::output, as_bytes("\ny\n"), tell);
    CHECK(lines == 4);
    CHECK(bytes == much.size() + 1);
    CHECK(output.finish(tell).size() < 1000);
}

TEST_CASE("output of a stage: prefixes are aligned, by characters") {
    const std::vector<std::string> names{"fit", "prepare",
                                         "\xc3\xbc"
                                         "ben"};
    CHECK(prefix_width(names) == 7);
    CHECK(line_prefix("fit", 7) == "fit     | ");
    CHECK(line_prefix("prepare", 7) == "prepare | ");
    CHECK(line_prefix("\xc3\xbc"
                      "ben",
                      7) ==
          "\xc3\xbc"
          "ben    | ");
    CHECK(prefix_width(std::vector{std::string(100, 'x')}) == 32);
    CHECK(line_prefix("train@abcdefgh-1", 10) == "trai..gh-1 | ");
    CHECK(line_prefix("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 4) == "\xc3\xbc..\xc3\xbc | ");
}

TEST_CASE("resources: affinity, quota and limits of the machine") {
    const test::TemporaryFolder root;
    const auto resources = [&] { return machine_resources(real_fs(), no_gpus, {}, root.path()); };
    const auto own = resources();
    REQUIRE(own.at("cpus") >= 1);
    CHECK_FALSE(own.contains("memory"));
    CHECK_FALSE(own.contains("gpus"));
    root.write("proc/meminfo", "MemTotal:       1024 kB\nMemFree: 1 kB\n");
    CHECK(resources().at("memory") == 1u << 20);
    root.write("proc/self/cgroup", "0::/job\n");
    root.write("sys/fs/cgroup/job/memory.max", "4096\n");
    root.write("sys/fs/cgroup/job/cpu.max", "50000 100000\n");
    CHECK(resources().at("memory") == 4096);
    CHECK(resources().at("cpus") == 1);
    root.write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
    root.write("sys/fs/cgroup/job/memory.max", "max\n");
    CHECK(resources() == std::map<std::string, std::uint64_t>{{"cpus", own.at("cpus")}, {"memory", 1u << 20}});
}

TEST_CASE("resources: GPUs are those that the driver shows and CUDA_VISIBLE_DEVICES names") {
    CHECK(machine_resources(real_fs(), AskForGpus::yes, "0,1", "/", "no-such-library.so").at("gpus") == 0);
    CHECK(visible_gpus(4, "") == 0);
    CHECK(visible_gpus(4, "-1") == 0);
    CHECK(visible_gpus(4, "1") == 1);
    CHECK(visible_gpus(4, "0, 3") == 2);
    CHECK(visible_gpus(4, "0,0") == 1);
    CHECK(visible_gpus(4, "0,99,1") == 1);
    CHECK(visible_gpus(4, "GPU-8932f937") == 1);
    CHECK(visible_gpus(1, "MIG-1,MIG-2") == 1);
}
