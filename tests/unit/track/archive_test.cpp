// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/archive.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <children.hpp>
#include <mlo/json/canonical.hpp>
#include <mlo/store/errors.hpp>
#include <random>

#include "run_fixture.hpp"
#include "run_samples.hpp"
#include "run_schema.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

/// All of runs.db without what differs between two databases of the same runs: numbers of rows, and names that nobody
/// uses.
std::vector<std::string> dump(const Clone& clone) {
    db::Database database{clone.path(), db::Access::read, db::Durability::process, run_schema(), clone.runtime};
    std::vector<std::string> lines;
    for (const auto* sql :
         {"SELECT 'experiment', id, name, created, recorded FROM experiments",
          "SELECT 'run', id, session, attempt, experiment, name, state, started, ended, user, parent, commit_id, "
          "exit_code, note, sealed, deleted, "
          "revision, details FROM runs",
          "SELECT 'param', r.id, n.text, p.value FROM params p JOIN runs r ON r.row = p.run JOIN names n ON n.id = "
          "p.name",
          "SELECT 'tag', r.id, n.text, p.value FROM tags p JOIN runs r ON r.row = p.run JOIN names n ON n.id = p.name",
          "SELECT 'series', r.id, n.text, s.sealed, count, last_step, last_time, last, min_step, min_time, min, "
          "max_step, max_time, max FROM series s "
          "JOIN runs r ON r.row = s.run JOIN names n ON n.id = s.name",
          "SELECT 'point', r.id, n.text, step, time, nan, value FROM points p JOIN series s ON s.id = p.series JOIN "
          "runs r ON r.row = s.run JOIN names "
          "n ON n.id = s.name",
          "SELECT 'input', r.id, role, hex(path), kind, hex(i.id) FROM inputs i JOIN runs r ON r.row = i.run",
          "SELECT 'output', r.id, hex(path), kind, hex(o.id), size, model FROM outputs o JOIN runs r ON r.row = o.run",
          "SELECT 'process', r.id, pid, heartbeat FROM processes p JOIN runs r ON r.row = p.run",
          "SELECT 'ingested', r.id, hex(file), offset, lines FROM ingested i JOIN runs r ON r.row = i.run",
          "SELECT 'applied', writer, seq FROM applied",
          "SELECT 'unread', writer, seq, subject, body, reason FROM unread",
          // rows that belong to no run show as counts
          "SELECT 'counts', (SELECT count(*) FROM params), (SELECT count(*) FROM tags), (SELECT count(*) FROM series), "
          "(SELECT count(*) FROM points), "
          "(SELECT count(*) FROM inputs), (SELECT count(*) FROM outputs), (SELECT count(*) FROM processes), (SELECT "
          "count(*) FROM ingested)"}) {
        auto& statement = database.statement(sql);
        const auto columns = std::count(sql, sql + std::string_view{sql}.find(" FROM "), ',') + 1;
        while (statement.step()) {
            std::string line;
            for (int i = 0; i < (std::string_view{sql}.starts_with("SELECT 'counts'") ? 9 : columns); ++i)
                line += (statement.is_null(i) ? "NULL" : std::string{statement.text(i)}) + "|";
            lines.push_back(line);
        }
    }
    std::ranges::sort(lines);
    return lines;
}

/// A run with something of everything, not ended.
std::string full(Opened& opened, std::string_view experiment, std::int64_t points) {
    auto given = full_run();
    given.metrics.clear();
    given.series.reset();
    given.ended_ms.reset();
    given.name.clear();
    given.parent.clear();
    given.exit_code.reset();
    given.signal.reset();
    given.started_ms = 0;
    given.experiment.name = experiment;
    auto run = opened.runs.create(given, process()).id;
    std::vector<Point> all;
    for (std::int64_t i = 0; i < points; ++i)
        all.push_back({i, 1'700'000'000'000 + i, i % 50 == 3 ? std::nan("") : static_cast<double>(i % 17)});
    log(opened.runs, run, "loss", all);
    log(opened.runs, run, "acc", {{1, 2, std::numeric_limits<double>::infinity()}});
    return run;
}

/// Everything that can happen to runs, on one clone.
void live(Clone& clone) {
    Opened opened{clone};
    const auto finished = full(opened, "fraud", 3000);
    const auto failed = full(opened, "fraud", 0);
    const auto amended = full(opened, "churn", 5);
    const auto deleted = full(opened, "Default", 1);
    const auto resumed = full(opened, "churn", 2000);
    const auto open = full(opened, "open only", 10);
    const auto waiting = full(opened, "Default", 10);
    opened.runs.end(finished, ending());
    opened.runs.end(failed, ending(RunState::failed));
    opened.runs.end(amended, ending(RunState::killed));
    opened.runs.end(resumed, ending(RunState::failed));
    opened.archive.amend(deleted, {.revision = 1, .deleted = true, .name = {}, .note = {}, .tags = {}});
    opened.runs.end(deleted, ending());
    CHECK(opened.archive.seal_ended().size() == 5);
    opened.archive.amend(
        amended,
        {.revision = 1, .deleted = {}, .name = "better name", .note = "seen", .tags = {{"team", "b"}, {"new", "1"}}});
    opened.archive.amend(amended,
                         {.revision = 1, .deleted = true, .name = {}, .note = {}, .tags = {{"team", std::nullopt}}});
    static_cast<void>(opened.archive.reopen(resumed, process(9)));
    log(opened.runs, resumed, "loss", {{99'999, 1, 0.125}});
    opened.runs.end(resumed, ending());
    CHECK(opened.archive.seal(resumed));
    opened.runs.end(waiting, ending());
    CHECK_FALSE(opened.runs.status(open).is_sealed);
}

/// Sends all events and bodies of one clone to another, as push and pull do; objects only if asked to.
void send(Clone& from, Clone& to, bool with_bodies, bool with_objects) {
    Opened source{from};
    Opened target{to};
    std::vector<ledger::Event> events;
    std::vector<std::string> bodies;
    source.ledger.for_each_since({}, [&](const ledger::Event& event) {
        if (event.writer != from.writer) return;
        events.push_back(event);
        if (event.body && with_bodies) bodies.push_back(source.ledger.body(*event.body).value());
    });
    target.ledger.merge(ledger::encode_run(events), bodies);
    if (with_objects) {
        const auto ingest = target.objects.begin_ingest(store::LargeFiles::automatic);
        for (const auto& ref : source.ledger.roots())
            if (source.objects.contains(ref.id))
                static_cast<void>(ingest->add_bytes(source.objects.read_all(ref.id, 1U << 30U)));
        ingest->commit();
    }
}

/// The points of several metrics at once.
std::map<std::string, std::vector<track::Point>> points_of_all(track::Archive& archive, const std::string& run) {
    std::map<std::string, std::vector<track::Point>> all;
    archive.read_points(
        run, [](std::string_view key) { return key != "none"; },
        [&](std::string_view key, std::span<const track::Point> points) {
            auto& into = all[std::string{key}];
            into.insert(into.end(), points.begin(), points.end());
        });
    return all;
}

}  // namespace

TEST_CASE("a sealed run is what it was, and its points are an object") {
    Clone clone;
    Opened opened{clone};
    const auto run = full(opened, "fraud", 3000);
    CHECK(failure([&] { return opened.archive.seal(run); }) == track::errors::run_running.id);
    opened.runs.end(run, ending());
    auto before = opened.runs.get(run);
    const auto points = points_of(opened.archive, run, "loss");
    REQUIRE(points.size() == 3000);
    const auto all = points_of_all(opened.archive, run);
    CHECK(all.size() == before.metrics.size());
    CHECK(all.at("loss") == points);
    CHECK(opened.archive.seal(run));
    CHECK_FALSE(opened.archive.seal(run));
    CHECK(points_of_all(opened.archive, run) == all);
    const auto after = opened.runs.get(run);
    REQUIRE(after.series);
    before.series = after.series;
    CHECK(after == before);
    CHECK(points_of(opened.runs, run, "loss").empty());
    CHECK(points_of(opened.archive, run, "loss") == points);
    CHECK(opened.archive.curve(run, "loss", CurveAxis::step, 10) == downsample(points, CurveAxis::step, 10));
    CHECK(points_of(opened.archive, run, "none").empty());
    CHECK(failure([&] {
              log(opened.runs, run, "m", {{}});
              return 0;
          }) == track::errors::run_ended.id);
    const auto roots = opened.ledger.roots();
    const auto keeps = [&](const store::ObjectId& id) {
        return std::ranges::any_of(roots, [&](const auto& ref) { return ref.id == id; });
    };
    for (const auto* text : {"data", "model", "diff", "pip", "log"}) CHECK(keeps(id_of(text)));
    CHECK(keeps(*after.series));
    CHECK_FALSE(keeps(id_of("other")));  // merely present
    const auto events = opened.ledger.by_subject(run);
    REQUIRE(events.size() == 1);
    CHECK(parse_run(*opened.ledger.body(*events[0].body), "body") == after);
}

TEST_CASE("runs.db made anew from ledger and objects equals the old one") {
    Clone clone;
    live(clone);
    const auto before = dump(clone);
    CHECK(before.size() > 80);
    Opened{clone}.archive.rebuild();
    CHECK(dump(clone) == before);
    {
        Opened opened{clone};  // from nothing, once no run is open
        for (const auto& run : opened.runs.open_runs()) opened.runs.end(run.id, ending());
        CHECK(opened.archive.seal_ended().size() == 2);
    }
    const auto sealed = dump(clone);
    for (const auto* name : {"runs.db", "runs.db-wal", "runs.db-shm"}) std::filesystem::remove(clone.folder.path(name));
    CHECK(Opened{clone}.archive.catch_up() > 8);
    CHECK(dump(clone) == sealed);
}

TEST_CASE("amendments count by revision, and reopening keeps them") {
    Clone clone;
    live(clone);
    Opened opened{clone};
    const auto amended = opened.runs.resolve("better name");
    const auto run = opened.runs.get(amended);
    CHECK(run.note == "seen");
    CHECK(run.tags == std::map<std::string, std::string>{{"new", "1"}});
    CHECK(run.revision == 2);
    CHECK(opened.runs.status(amended).is_deleted);
    CHECK(failure([&] { return opened.archive.reopen(amended, process()); }) == track::errors::run_deleted.id);
    clone.clock.move(-std::chrono::hours{1});  // a clock that jumps back changes no order
    opened.archive.amend(amended, {.revision = 1, .deleted = false, .name = {}, .note = "restored", .tags = {}});
    CHECK_FALSE(opened.runs.status(amended).is_deleted);
    CHECK(opened.runs.get(amended).note == "restored");
    static_cast<void>(opened.archive.reopen(amended, process()));
    Batch batch;
    batch.note = "second attempt";
    opened.runs.record(amended, batch);
    opened.runs.end(amended, ending());
    CHECK(opened.archive.seal(amended));
    CHECK(opened.runs.get(amended).note == "second attempt");
    CHECK(opened.runs.get(amended).name == "better name");
    CHECK(opened.runs.get(amended).attempt == 2);
    CHECK(points_of(opened.archive, amended, "loss").size() == 5);
    CHECK(failure([&] {
              opened.archive.amend(std::string(32, '0'), {});
              return 0;
          }) == track::errors::run_not_found.id);
    CHECK(failure([&] {
              opened.archive.amend(amended, {.revision = 1, .deleted = {}, .name = "a\nb", .note = {}, .tags = {}});
              return 0;
          }) == track::errors::name_invalid.id);
}

TEST_CASE("runs of another clone are merged, whatever comes first, and come back unchanged") {
    Clone ada{1};
    Clone bob{2};
    live(ada);
    live(bob);
    send(ada, bob, true, true);
    send(bob, ada, true, true);
    for (auto* clone : {&ada, &bob}) {
        Opened opened{*clone};
        CHECK(opened.archive.catch_up() > 8);
        CHECK(opened.archive.catch_up() == 0);
        CHECK(opened.archive.unread().empty());
        CHECK(opened.runs.experiments().size() == 4);  // those of one name are one
        const auto before = dump(*clone);
        opened.archive.rebuild();
        CHECK(dump(*clone) == before);
    }
    const auto of_others = [](const std::vector<std::string>& lines) {
        std::vector<std::string> sealed;
        for (const auto& line : lines)
            if (line.starts_with("run|") && line.find("\"series\"") != std::string::npos) sealed.push_back(line);
        return sealed;
    };
    CHECK(of_others(dump(ada)) == of_others(dump(bob)));
    CHECK(of_others(dump(ada)).size() == 10);
}

TEST_CASE("a run whose body was not fetched is said to be so, and read once it is there") {
    Clone ada{1};
    Clone bob{2};
    live(ada);
    send(ada, bob, false, false);
    {
        Opened opened{bob};
        opened.archive.catch_up();
        CHECK(opened.archive.unread().size() > 5);
        CHECK(opened.runs.ended_runs().empty());
    }
    send(ada, bob, true, false);
    Opened opened{bob};
    opened.archive.catch_up();
    CHECK(opened.archive.unread().size() > 5);
    opened.archive.catch_up(Unread::retry);
    CHECK(opened.archive.unread().empty());
    const auto run = opened.runs.resolve("better name");
    CHECK(opened.runs.get(run).metrics.at("loss").count == 5);
    CHECK(failure([&] { return points_of(opened.archive, run, "loss"); }) == store::errors::object_missing.id);
    CHECK(failure([&] { return points_of_all(opened.archive, run); }) == store::errors::object_missing.id);
}

TEST_CASE("a hostile run harms nothing but itself") {
    Clone clone;
    live(clone);
    const auto before = dump(clone);
    Clone foe{3};
    Opened hostile{foe};
    auto other = full_run();
    other.id = std::string(32, 'e');
    auto open = full_run();
    open.id = std::string(32, 'd');
    open.state = RunState::running;
    open.ended_ms.reset();
    for (const auto& [subject, body] : std::vector<std::pair<std::string, std::string>>{
             {std::string(32, '1'), "{}"},
             {std::string(32, '2'), to_canonical_json(other)},
             {open.id, to_canonical_json(open)},
             {std::string(32, '3'), R"({"document":"sha256:zz","schema":"mlo/run-v1"})"},
             {std::string(32, '4'),
              fmt::format(R"({{"document":"{}","schema":"mlo/run-v1"}})", id_of("x").to_string())},
             {"../../etc", to_canonical_json(other)}})
        static_cast<void>(
            hostile.ledger.append(foe.writer, {.kind = "run.sealed", .subject = subject, .ids = {}, .body = body}));
    static_cast<void>(
        hostile.ledger.append(foe.writer, {.kind = "experiment.created", .subject = "0", .ids = {}, .body = "{}"}));
    send(foe, clone, true, false);
    Opened opened{clone};
    opened.archive.catch_up();
    CHECK(opened.archive.unread().size() == 7);
    std::vector<std::string> after;
    for (const auto& line : dump(clone))
        if (!line.starts_with("unread|") && !line.starts_with("applied|" + foe.writer)) after.push_back(line);
    CHECK(after == before);
}

TEST_CASE("runs are sealed together as each by itself, or none of them") {
    Clone clone;
    Opened opened{clone};
    std::vector<std::string> runs;
    for (int i = 0; i < 5; ++i) {
        runs.push_back(full(opened, "fraud", 20));
        opened.runs.end(runs.back(), ending());
    }
    const auto open = full(opened, "fraud", 3);
    auto with_open = runs;
    with_open.push_back(open);
    CHECK(failure([&] { return opened.archive.seal(with_open); }) == track::errors::run_running.id);
    CHECK(opened.runs.ended_runs().size() == 5);

    CHECK(opened.archive.seal(runs[2]));
    CHECK(opened.archive.seal(runs) == std::vector<std::string>{runs[0], runs[1], runs[3], runs[4]});
    CHECK(opened.archive.seal(runs).empty());
    CHECK(opened.runs.ended_runs().empty());
    std::size_t experiments = 0;
    opened.ledger.for_each_since(
        {}, [&](const ledger::Event& event) { experiments += event.kind == "experiment.created" ? 1U : 0U; });
    CHECK(experiments == 1);
    for (const auto& run : runs) CHECK(points_of(opened.archive, run, "loss").size() == 20);
    opened.archive.rebuild();
    CHECK(opened.archive.unread().empty());
    for (const auto& run : runs) CHECK(opened.runs.get(run).experiment.name == "fraud");
}

TEST_CASE("a run that is retracted is gone, here and after a rebuild") {
    Clone clone;
    Opened opened{clone};
    const auto run = full(opened, "fraud", 3);
    opened.runs.end(run, ending());
    CHECK(opened.archive.seal(run));
    static_cast<void>(opened.ledger.retract(clone.writer, {clone.writer, opened.ledger.by_subject(run).front().seq}));
    opened.archive.catch_up();
    CHECK(failure([&] { return opened.runs.get(run); }) == track::errors::run_not_found.id);
    const auto before = dump(clone);
    opened.archive.rebuild();
    CHECK(dump(clone) == before);
}

TEST_CASE("a run whose document is over a megabyte is sealed and read back") {
    Clone clone;
    Opened opened{clone};
    const auto run = full(opened, "fraud", 3);
    std::vector<std::pair<std::string, std::string>> params;
    for (int i = 0; i < 300; ++i) params.emplace_back(fmt::format("p{}", i), std::string(6000, 'x'));
    Batch batch;
    batch.params = params;
    opened.runs.record(run, batch);
    opened.runs.end(run, ending());
    auto before = opened.runs.get(run);
    CHECK(opened.archive.seal(run));
    before.series = opened.runs.get(run).series;
    CHECK(opened.runs.get(run) == before);
    const auto lines = dump(clone);
    opened.archive.rebuild();
    CHECK(dump(clone) == lines);
}

TEST_CASE("whenever a process that logs and seals is killed, all that it was told is kept is there") {
    Clone clone;
    std::mt19937_64 engine{7};
    std::map<std::string, std::uint64_t> acknowledged;  // points, by run
    constexpr int kills = 200;
    std::uint64_t sealed_count = 0;
    for (int round = 0; round < kills; ++round) {
        Child child{[&, round](const Child::Tell& tell) {
            SeededRandom random{1000 + static_cast<std::uint64_t>(round)};
            Opened opened{clone, {real_fs(), clone.clock, random, silent_log(), silent_progress(), {}, 1}};
            for (std::uint64_t number = 0;; ++number) {
                auto given = draft(round % 3 == 0 ? "fraud" : "churn");
                given.name = fmt::format("run {} {}", round, number);
                const auto run = opened.runs.create(given, process()).id;
                tell(number << 8U);
                for (std::int64_t i = 1; i <= 3; ++i) {
                    log(opened.runs, run, "m", {{i, i, 0.5}});
                    tell(number << 8U | static_cast<std::uint64_t>(i));
                }
                opened.runs.end(run, ending());
                static_cast<void>(opened.archive.seal(run));
                tell(number << 8U | 0xffU);
            }
        }};
        std::map<std::uint64_t, std::uint64_t> heard;
        const auto until = 1 + engine() % 14;
        std::uint64_t word = 0;
        for (std::uint64_t i = 0; i < until && child.hear(word); ++i) heard[word >> 8U] = word & 0xffU;
        for (auto spin = engine() % 3'000'000; spin > 0; --spin) asm volatile("");  // somewhere between two words
        child.kill();
        while (child.hear(word)) heard[word >> 8U] = word & 0xffU;
        for (const auto& [number, state] : heard) acknowledged[fmt::format("run {} {}", round, number)] = state;

        if (round % 20 != 19) continue;
        Opened opened{clone};
        opened.archive.catch_up();
        CHECK(opened.ledger.verify().empty());
        for (const auto& [name, state] : acknowledged) {
            INFO(name);
            const auto run = opened.runs.resolve(name);
            const auto status = opened.runs.status(run);
            const auto points = points_of(opened.archive, run, "m").size();
            if (state == 0xff) CHECK((status.is_sealed && status.state == RunState::finished));
            CHECK(points >= std::min<std::uint64_t>(state, 3));
            if (is_open(status.state)) CHECK(state != 0xff);
            sealed_count += status.is_sealed ? 1 : 0;
        }
        static_cast<void>(opened.runs.settle(probe(Liveness::dead)));
        static_cast<void>(opened.archive.seal_ended());
        CHECK(opened.runs.open_runs().empty());
        CHECK(opened.runs.ended_runs().empty());
        for (const auto& [name, state] : acknowledged) {
            const auto run = opened.runs.get(opened.runs.resolve(name));
            if (state < 3) CHECK((run.state == RunState::lost || run.state == RunState::finished));
            if (run.state == RunState::lost) CHECK(state <= 3);
        }
        acknowledged.clear();
    }
    CHECK(sealed_count > 10);
    const auto before = dump(clone);
    Opened{clone}.archive.rebuild();
    CHECK(dump(clone) == before);
}
