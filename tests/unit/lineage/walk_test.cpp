// SPDX-License-Identifier: Apache-2.0
#include <mlo/lineage/walk.hpp>

#include <catch2/catch.hpp>
#include <mlo/store/tree.hpp>

#include "run_fixture.hpp"
#include "run_samples.hpp"

using namespace mlo;
using namespace mlo::lineage;
using namespace mlo::test;
using track::InputRole;

namespace {

using Lines = std::vector<std::string>;

constexpr auto blob = store::ObjectKind::blob;
constexpr auto tree = store::ObjectKind::tree;

/// Files by name and content, as a folder of the store.
class World {
public:
    explicit World(std::uint64_t seed = 1) : clone{seed}, opened{clone} {}

    store::ObjectId put_folder(const std::vector<std::pair<std::string, store::ObjectId>>& files,
                               store::EntryKind kind = store::EntryKind::file) {
        store::TreeWriter writer;
        for (const auto& [name, id] : files) {
            store::TreeEntry entry;
            entry.name = name;
            entry.kind = kind;
            entry.id = id;
            writer.add(entry);
        }
        const auto bytes = std::move(writer).finish();
        const auto ingest = opened.objects.begin_ingest(store::LargeFiles::chunked);
        const auto id = ingest->add_bytes(bytes);
        ingest->commit();
        return id;
    }

    /// A run, each one second after the one before.
    void run(const std::string& name, const std::vector<track::Input>& inputs,
             const std::vector<track::Output>& outputs) {
        clone.clock.move(std::chrono::seconds{1});
        auto given = draft();
        given.name = name;
        given.source.commit = std::string(40, 'c');
        given.source.is_dirty = true;
        given.params = {{"lr", "0.1"}};
        const auto id = opened.runs.create(given, process()).id;
        track::Batch batch;
        batch.inputs = inputs;
        batch.outputs = outputs;
        opened.runs.record(id, batch);
        if (seals) {
            opened.runs.end(id, ending());
            static_cast<void>(opened.archive.seal(id));
        }
    }

    Graph from(const Start& start, const WalkRequest& request = {}) {
        return walk_from_object(opened.runs, opened.objects, start, request, clone.runtime);
    }
    Graph from_run(const std::string& name, const WalkRequest& request = {}) {
        return walk_from_run(opened.runs, opened.objects, opened.runs.resolve(name), request, clone.runtime);
    }

    Clone clone;
    Opened opened;
    bool seals = false;
};

track::Input in(const std::string& path, const store::ObjectId& id, store::ObjectKind kind = blob,
                InputRole role = InputRole::declared) {
    return {.role = role, .path = path, .kind = kind, .id = id};
}
track::Output out(const std::string& path, const store::ObjectId& id, store::ObjectKind kind = blob) {
    return {.path = path, .kind = kind, .id = id, .size_bytes = 1};
}

/// "train wrote model", "fit read data (a.csv)".
Lines shown(const Graph& graph) {
    Lines lines;
    for (const auto& link : graph.links) {
        auto line = graph.runs.at(link.run).name + (link.kind == Link::Kind::read ? " read " : " wrote ") + link.path;
        if (!link.member.empty()) line += " (" + link.member + ")";
        lines.push_back(line);
    }
    return lines;
}

constexpr WalkRequest down{.direction = Direction::down};

/// raw -> clean -> train -> evaluate.
void fill_chain(World& world) {
    world.run("clean", {in("raw.csv", id_of("raw"))}, {out("clean.csv", id_of("clean"))});
    world.run("train",
              {in("clean.csv", id_of("clean"), blob, InputRole::observed),
               in("unused", id_of("unused"), blob, InputRole::present)},
              {out("model.bin", id_of("model")), out("log.txt", id_of("log"))});
    world.run("evaluate", {in("model.bin", id_of("model"))}, {out("report", id_of("report"))});
}

}  // namespace

TEST_CASE("a walk leads from a file to the data, and back down to all that was made of it") {
    World world;
    world.seals = GENERATE(false, true);
    fill_chain(world);
    const auto up = world.from({blob, id_of("report"), "report"});
    CHECK(shown(up) == Lines{"evaluate wrote report", "evaluate read model.bin", "train wrote model.bin",
                             "train read clean.csv", "clean wrote clean.csv", "clean read raw.csv"});
    CHECK(up.root_object == 0);
    CHECK(up.objects.size() == 4);
    CHECK(up.objects[0].path == "report");
    REQUIRE(up.runs.size() == 3);
    CHECK(up.runs[0].commit == std::string(40, 'c'));
    CHECK(up.runs[0].has_uncommitted_changes);
    CHECK(up.runs[0].params == std::map<std::string, std::string>{{"lr", "0.1"}});
    CHECK(up.runs[1].present_inputs == 1);
    CHECK(up.links[3].role == InputRole::observed);

    CHECK(shown(world.from({blob, id_of("raw"), "raw.csv"}, down)) ==
          Lines{"clean read raw.csv", "clean wrote clean.csv", "train read clean.csv", "train wrote log.txt",
                "train wrote model.bin", "evaluate read model.bin", "evaluate wrote report"});
    CHECK(shown(world.from_run("train")) ==
          Lines{"train read clean.csv", "clean wrote clean.csv", "clean read raw.csv"});
    CHECK(shown(world.from_run("train", down)) ==
          Lines{"train wrote log.txt", "train wrote model.bin", "evaluate read model.bin", "evaluate wrote report"});
    CHECK(world.from({blob, id_of("unused"), "unused"}, down).links.empty());
    CHECK(world.from({blob, id_of("nothing"), ""}).links.empty());
    CHECK(failure([&] { return world.from_run("nobody"); }) == track::errors::run_not_found.id);
}

TEST_CASE("the writer of a part of a folder that was read counts, and so does the writer of a folder around a file") {
    World world;
    const auto a = id_of("a");
    const auto inner = world.put_folder({{"a.csv", a}, {"b.csv", id_of("b")}, {"empty", id_of("")}});
    const auto outer = world.put_folder({{"inner", inner}}, store::EntryKind::directory);
    world.run("makes a", {}, {out("somewhere/a.csv", a), out("empty", id_of(""))});
    world.run("makes inner", {}, {out("data/inner", inner, tree)});
    world.run("reads outer", {in("data", outer, tree)}, {out("model", id_of("model"))});
    world.run("reads b", {in("data/inner/b.csv", id_of("b"))}, {out("other", id_of("other"))});

    CHECK(shown(world.from({blob, id_of("model"), "model"})) ==
          Lines{"reads outer wrote model", "reads outer read data", "makes inner wrote data/inner (inner)",
                "makes a wrote somewhere/a.csv (inner/a.csv)"});
    CHECK(shown(world.from({blob, id_of("other"), "other"})) ==
          Lines{"reads b wrote other", "reads b read data/inner/b.csv", "makes inner wrote data/inner (b.csv)"});
    CHECK(shown(world.from({blob, a, "data/inner/a.csv"}, down)) ==
          Lines{"reads outer read data (inner/a.csv)", "reads outer wrote model"});
    CHECK(shown(world.from({tree, inner, "data/inner"}, down)) ==
          Lines{"reads outer read data (inner)", "reads b read data/inner/b.csv (b.csv)", "reads outer wrote model",
                "reads b wrote other"});
}

TEST_CASE("a file that another version of the folder holds is no part of it") {
    World world;
    const auto before = world.put_folder({{"a.csv", id_of("old a")}});
    world.run("makes", {}, {out("data", before, tree)});
    CHECK(world.from({blob, id_of("new a"), "data/a.csv"}).links.empty());
    CHECK(shown(world.from({blob, id_of("old a"), "data/a.csv"})) == Lines{"makes wrote data (a.csv)"});
}

TEST_CASE("of several writers of the same bytes those count that began before they were read") {
    World world;
    world.run("first", {}, {out("data", id_of("data"))});
    world.run("second", {}, {out("data", id_of("data"))});
    world.run("reader", {in("data", id_of("data"))}, {out("model", id_of("model"))});
    world.run("third", {}, {out("data", id_of("data"))});
    world.run("late reader", {in("data", id_of("data"))}, {});
    CHECK(shown(world.from_run("reader")) == Lines{"reader read data", "second wrote data", "first wrote data"});
    const auto narrow = world.from_run("reader", {.runs_per_object = 1});
    CHECK(shown(narrow) == Lines{"reader read data", "second wrote data"});
    CHECK(narrow.objects[0].omitted_runs == 1);
    CHECK(shown(world.from_run("third", down)) == Lines{"third wrote data", "late reader read data"});

    World other{2};
    other.run("reader", {in("data", id_of("data"))}, {});
    other.run("later", {}, {out("data", id_of("data"))});
    CHECK(shown(other.from_run("reader")) == Lines{"reader read data", "later wrote data"});
}

TEST_CASE("a walk ends where runs go round in a circle, or change a file in place") {
    World world;
    world.run("a", {in("x", id_of("x"))}, {out("y", id_of("y"))});
    world.run("b", {in("y", id_of("y"))}, {out("x", id_of("x"))});
    world.run("in place", {in("same", id_of("same"))}, {out("same", id_of("same"))});
    const auto graph = world.from({blob, id_of("y"), "y"});
    CHECK(graph.runs.size() == 2);
    CHECK(graph.objects.size() == 2);
    CHECK(shown(world.from_run("in place")) == Lines{"in place read same"});
    CHECK(shown(world.from_run("in place", down)) == Lines{"in place wrote same"});
}

TEST_CASE("what a walk leaves out for its limits is counted") {
    World world;
    fill_chain(world);
    const auto shallow = world.from({blob, id_of("report"), "report"}, {.depth = 1});
    CHECK(shown(shallow) == Lines{"evaluate wrote report", "evaluate read model.bin"});
    CHECK(shallow.unvisited == 1);
    const auto few = world.from({blob, id_of("report"), "report"}, {.runs = 2});
    CHECK(few.runs.size() == 2);
    CHECK(few.objects[2].omitted_runs == 1);

    const auto folder = world.put_folder({{"1", id_of("1")}, {"2", id_of("2")}, {"3", id_of("3")}});
    world.run("makes 3", {}, {out("3", id_of("3"))});
    const auto all = world.from({tree, folder, "folder"});
    CHECK(shown(all) == Lines{"makes 3 wrote 3 (3)"});
    CHECK(all.objects[0].unseen == 0);
    CHECK(world.from({tree, folder, "folder"}, {.members_per_folder = 2}).objects[0].unseen == 1);
    CHECK_FALSE(all.objects[0].is_unknown);
    CHECK(world.from({tree, id_of("not here"), "folder"}).objects[0].is_unknown);
}
