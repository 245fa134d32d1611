// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <fstream>
#include <mlo/track/errors.hpp>
#include <mlo/track/metrics_file.hpp>
#include <mlo/util/errors.hpp>
#include <temporary_folder.hpp>
#include <thread>

using mlo::track::MetricsBatch;
using mlo::track::MetricsFollower;
using mlo::track::MetricsParser;
using mlo::track::MetricsPosition;
using namespace std::chrono_literals;

namespace {

class MetricsFile {
public:
    MetricsFile() { folder_.write("metrics", ""); }
    [[nodiscard]] std::string path() const { return folder_.path("metrics"); }
    [[nodiscard]] const mlo::test::TemporaryFolder& folder() const { return folder_; }
    void append(std::string_view text) const { std::ofstream{path(), std::ios::app | std::ios::binary} << text; }
    void rewrite(std::string_view text) const { folder_.write("metrics", text); }
    void replace(std::string_view text) const {
        folder_.write("other", text);
        std::filesystem::rename(folder_.path("other"), path());
    }
    [[nodiscard]] std::uint64_t inode() const {
        struct stat status {};
        return ::stat(path().c_str(), &status) == 0 ? status.st_ino : 0;
    }

private:
    mlo::test::TemporaryFolder folder_;
};

/// The values of one reading, and what else it says.
std::string taken(MetricsFollower& follower, bool is_last = false) {
    MetricsBatch batch;
    std::string text = (is_last ? follower.read_last(batch) : follower.read(batch)) ? "" : "nothing";
    for (const auto& each : batch.points)
        text += follower.parser().key_name(each.key) + "@" + std::to_string(each.point.step) + "=" +
                std::to_string(static_cast<int>(each.point.value)) + " ";
    if (batch.began_anew) text += "anew ";
    for (const auto& line : batch.bad.first) text += "line " + std::to_string(line.number) + ": " + line.reason;
    return text;
}

}  // namespace

TEST_CASE("complete lines are handed over as they come, a torn one once it is complete") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    CHECK(taken(follower) == "nothing");
    file.append("{\"a\":1}\n{\"a\":2}\n{\"a\"");
    CHECK(taken(follower) == "a@0=1 a@1=2 ");
    CHECK(taken(follower) == "nothing");
    file.append(":3}");
    CHECK(taken(follower) == "nothing");
    file.append("\n");
    CHECK(taken(follower) == "a@2=3 ");
}

TEST_CASE("at the end a last line without its end counts, and one that is torn is bad") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    file.append("{\"a\":1}\n{\"a\":2}");
    CHECK(taken(follower) == "a@0=1 ");
    CHECK(taken(follower, true) == "a@1=2 ");
    CHECK(taken(follower, true) == "nothing");
    file.append("\n{\"a\":3");
    CHECK(taken(follower, true) == "line 3: it is cut off");
}

TEST_CASE("the lines of a job that goes on after its last one was taken keep their numbers") {
    const MetricsFile file;
    file.append("{\"a\":1}\n{\"a\":2}");
    MetricsBatch batch;
    {
        MetricsFollower follower{file.path(), {}};
        REQUIRE(follower.read(batch));
        REQUIRE(follower.read_last(batch));
        CHECK(batch.end == MetricsPosition{file.inode(), 15, 1});
    }
    const auto go_on = GENERATE(as<std::string>{}, "\n{\"a\":3}\nx\n", "\n\nx\n", " \n{\"a\":3}\nx");
    file.append(go_on);
    MetricsFollower follower{file.path(), batch.end};
    std::string bad;
    while (follower.read_last(batch))
        for (const auto& line : batch.bad.first) bad += std::to_string(line.number) + " ";
    CHECK(bad == "4 ");
}

TEST_CASE("reading goes on where the position says, by whomever") {
    const MetricsFile file;
    file.append("{\"a\":1}\nbad\n{\"a\":2}\n{\"a\":");
    MetricsPosition position;
    {
        MetricsFollower follower{file.path(), {}};
        MetricsBatch batch;
        REQUIRE(follower.read(batch));
        position = batch.end;
        CHECK(position == MetricsPosition{file.inode(), 20, 3});
    }
    file.append("3}\nworse\n");
    MetricsFollower follower{file.path(), position, [](std::string_view) { return std::optional<std::int64_t>{1}; }};
    CHECK(taken(follower) == "a@2=3 line 5: it does not begin with '{'");
    MetricsBatch batch;
    CHECK(!follower.read(batch));
    CHECK(batch.end == MetricsPosition{file.inode(), 34, 5});
}

TEST_CASE("blank lines are passed over, and a byte order mark") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    file.append("\n\n  \n");
    CHECK(taken(follower) == "nothing");
    file.rewrite("\xef\xbb\xbf{\"a\":1}\n");
    MetricsFollower other{file.path(), {}};
    CHECK(taken(other) == "a@0=1 ");
}

TEST_CASE("points without a time have that of the file") {
    const MetricsFile file;
    file.append("{\"a\":1}\n");
    const timespec times[] = {{1, 0}, {1'700'000'000, 123'999'999}};
    REQUIRE(::utimensat(AT_FDCWD, file.path().c_str(), times, 0) == 0);
    MetricsFollower follower{file.path(), {}};
    MetricsBatch batch;
    REQUIRE(follower.read(batch));
    CHECK(batch.points.at(0).point.time_ms == 1'700'000'000'123);
}

TEST_CASE("a file that was cut is read from its begin, also when it has grown beyond the place since") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    file.append("{\"a\":1,\"step\":1}\n{\"a\":2,\"step\":2}\n");
    CHECK(taken(follower) == "a@1=1 a@2=2 ");
    file.rewrite("{\"b\":1}\n");
    CHECK(taken(follower) == "b@0=1 anew ");
    file.rewrite("{\"c\":10}\n{\"c\":11}\nbad\n");
    CHECK(taken(follower) == "c@0=10 c@1=11 anew line 3: it does not begin with '{'");
    file.rewrite("");
    CHECK(taken(follower) == "anew ");
    CHECK(taken(follower) == "nothing");
}

TEST_CASE("a file that took the place of another is read after the other's end") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    file.append("{\"a\":1}\n");
    CHECK(taken(follower) == "a@0=1 ");
    std::ofstream old{file.path(), std::ios::app};
    file.replace("{\"b\":1}\n{\"b\":2}\n");
    old << "{\"a\":2}\n{\"a\":3}" << std::flush;
    CHECK(taken(follower) == "a@1=2 ");
    CHECK(taken(follower) == "a@2=3 ");
    CHECK(taken(follower) == "b@0=1 b@1=2 anew ");
    MetricsBatch batch;
    CHECK(!follower.read(batch));
    CHECK(batch.end.inode == file.inode());
    // Who comes later with a place in the old file begins anew too.
    MetricsFollower late{file.path(), {.inode = batch.end.inode + 1, .offset = 3, .lines = 7}};
    CHECK(taken(late) == "b@0=1 b@1=2 anew ");
}

TEST_CASE("a file that comes later or goes away is no trouble") {
    const MetricsFile file;
    std::filesystem::remove(file.path());
    MetricsFollower follower{file.path(), {}};
    CHECK(taken(follower) == "nothing");
    file.append("{\"a\":1}\n");
    CHECK(taken(follower) == "a@0=1 ");
    std::filesystem::remove(file.path());
    CHECK(taken(follower) == "nothing");
    file.append("{\"a\":2}\n");
    CHECK(taken(follower) == "a@1=2 anew ");
}

TEST_CASE("only a regular file is read") {
    const MetricsFile file;
    std::filesystem::rename(file.path(), file.folder().path("real"));
    std::filesystem::create_symlink(file.folder().path("real"), file.path());
    MetricsBatch batch;
    const auto failure = [&] {
        return mlo::test::failure([&] { return MetricsFollower{file.path(), {}}.read(batch); });
    };
    CHECK(failure() == mlo::track::errors::metrics_file_unusable.id);
    std::filesystem::remove(file.path());
    REQUIRE(::mkfifo(file.path().c_str(), 0600) == 0);
    CHECK(failure() == mlo::track::errors::metrics_file_unusable.id);
    std::filesystem::remove(file.path());
    std::filesystem::create_directory(file.path());
    CHECK(failure() == mlo::track::errors::metrics_file_unusable.id);
}

TEST_CASE("a line beyond all measure is one bad line and takes no memory") {
    const MetricsFile file;
    const auto cut = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{100});
    file.append("{\"a\":1}\n{\"a\":" + std::string(3 * MetricsParser::max_line_bytes + cut, '1') + "}\n{\"a\":2}\n");
    MetricsFollower follower{file.path(), {}};
    MetricsBatch batch;
    std::uint64_t bad = 0;
    std::vector<double> values;
    while (follower.read(batch)) {
        bad += batch.bad.count;
        for (const auto& line : batch.bad.first) CHECK(line.number == 2);
        for (const auto& each : batch.points) values.push_back(each.point.value);
    }
    CHECK(bad == 1);
    CHECK(values == std::vector<double>{1, 2});
    CHECK(batch.end.lines == 3);
    CHECK(batch.end.offset == std::filesystem::file_size(file.path()));
}

TEST_CASE("whoever goes on within a line beyond all measure finds it as one bad line") {
    const MetricsFile file;
    file.append("{\"a\":1}\n{\"a\":" + std::string(2 * MetricsParser::max_line_bytes, '1'));
    MetricsFollower first{file.path(), {}};
    MetricsBatch batch;
    REQUIRE(first.read(batch));
    CHECK_FALSE(first.read(batch));
    const MetricsPosition before{file.inode(), 8, 1};
    CHECK(batch.end == before);
    CHECK(batch.bad.count == 0);
    file.append(std::string(MetricsParser::max_line_bytes, '1'));
    CHECK_FALSE(first.read(batch));
    CHECK(batch.end == before);

    SECTION("when it ends") {
        file.append("{\"a\":7}\n{\"a\":2}\n");
        MetricsFollower second{file.path(), batch.end};
        for (auto* const each : {&first, &second}) {
            REQUIRE(each->read(batch));
            CHECK(batch.bad.count == 1);
            CHECK(batch.bad.first.at(0).number == 2);
            CHECK(batch.points.empty());
            CHECK(batch.end == MetricsPosition{file.inode(), std::filesystem::file_size(file.path()) - 8, 2});
        }
        CHECK(taken(first) == "a@1=2 ");
        CHECK(taken(second) == "a@0=2 ");
        CHECK(taken(first) == "nothing");
    }
    SECTION("when the file ends") {
        REQUIRE(first.read_last(batch));
        CHECK(batch.bad.count == 1);
        CHECK(batch.end == MetricsPosition{file.inode(), std::filesystem::file_size(file.path()), 1});
        CHECK_FALSE(first.read_last(batch));
        file.append("\n{\"a\":2}\nx\n");
        CHECK(taken(first) == "a@1=2 line 4: it does not begin with '{'");
    }
    SECTION("unless it is cut back to a good one") {
        std::filesystem::resize_file(file.path(), 14);
        file.append("}\nx\n");
        CHECK(taken(first) == "a@1=1 line 3: it does not begin with '{'");
    }
    SECTION("unless it is cut back and has grown since") {
        std::filesystem::resize_file(file.path(), 14);
        file.append("}\n" + std::string(4 * MetricsParser::max_line_bytes, '\n'));
        CHECK(taken(first) == "a@1=1 ");
    }
    SECTION("unless the file is cut and has grown since") {
        file.rewrite("{\"b\":1}\n" + std::string(4 * MetricsParser::max_line_bytes, '\n'));
        CHECK(taken(first) == "b@0=1 anew ");
    }
    SECTION("unless the file is cut before it") {
        file.rewrite("");
        CHECK(taken(first) == "anew ");
    }
}

TEST_CASE("many lines come in batches that end at lines") {
    const MetricsFile file;
    std::string lines;
    for (int i = 0; i < 200'000; ++i) lines += "{\"a\":" + std::to_string(i) + ",\"step\":" + std::to_string(i) + "}\n";
    file.append(lines);
    MetricsFollower follower{file.path(), {}};
    MetricsBatch batch;
    std::int64_t next = 0;
    std::uint64_t batches = 0;
    bool is_in_order = true;
    while (follower.read(batch)) {
        ++batches;
        for (const auto& each : batch.points) is_in_order = is_in_order && each.point.step == next++;
        CHECK((batch.end.offset == lines.size() || lines[batch.end.offset - 1] == '\n'));
    }
    CHECK(is_in_order);
    CHECK(next == 200'000);
    CHECK(batches >= lines.size() / (MetricsFollower::batch_bytes + 200));
}

TEST_CASE("who waits is told of new lines, by events and by polling") {
    const auto watching = GENERATE(MetricsFollower::Watching::events, MetricsFollower::Watching::polling);
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}, {}, watching};
    const std::jthread writer{[&] {
        for (int i = 0; i < 500; ++i) file.append("{\"a\":" + std::to_string(i) + "}\n");
    }};
    MetricsBatch batch;
    std::size_t seen = 0;
    while (seen < 500) {
        follower.wait(0ms, {});
        while (follower.read(batch)) seen += batch.points.size();
    }
    CHECK(seen == 500);
}

TEST_CASE("a stop ends waiting, whatever the pace") {
    const MetricsFile file;
    MetricsFollower follower{file.path(), {}};
    std::stop_source stop;
    const std::jthread stopper{[&] { stop.request_stop(); }};
    follower.wait(24h, stop.get_token());
    follower.wait(24h, stop.get_token());
    CHECK(stop.stop_requested());
}
