// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <mlo/json/parse.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/util/atomic_file.hpp>
#include <project.hpp>
#include <read_meter.hpp>

#include "dvc_names.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

namespace fs = std::filesystem;

std::string unhex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    return bytes;
}

void make(const test::TemporaryFolder& folder, const Value& entries) {
    for (const auto& entry : entries.items()) {
        const auto name = unhex(entry.get("name").as_string());
        const auto path = folder.path(name);
        if (entry.find("folder")) {
            fs::create_directories(path);
        } else if (const auto link = entry.find("link")) {
            fs::create_symlink(unhex(link->as_string()), path);
        } else {
            folder.write(name, entry.get("text").as_string());
            if (entry.find("executable")) fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add);
        }
    }
}

struct Fixture {
    test::Project project;
    test::ReadMeter meter;
    std::unique_ptr<workspace::Workspace> workspace;
    std::unique_ptr<Observer> observer;

    Fixture() {
        project.watch(meter);
        open();
    }
    void open() {
        observer.reset();
        workspace = project.open();
        observer = std::make_unique<Observer>(*workspace, WithMd5::yes);
    }
    Observation look(const std::string& path) { return observer->look(std::vector{path}).front(); }
    Observation store(const std::string& path) { return observer->store(std::vector{path}).front(); }
};

}  // namespace

TEST_CASE("files and folders are called what DVC calls them") {
    const auto answers = json::parse(
        read_file(*real_fs().open_root(MLO_TEST_DATA "/pipeline"), "dvc-names.json", 1u << 20), "dvc-names.json");
    std::size_t compared = 0;
    for (const auto& each : answers.root().get("cases").items()) {
        INFO(each.get("case").as_string());
        Fixture f;
        make(f.project.folder(), each.get("entries"));
        const auto seen = f.look("top");
        const auto dvc = each.get("dvc");
        if (dvc.is_null()) continue;
        REQUIRE(seen.error == nullptr);
        CHECK(seen.state->md5 == dvc.get("md5").as_string());
        CHECK(seen.state->size_bytes == dvc.get("size").as_unsigned());
        if (seen.state->kind == store::ObjectKind::tree) CHECK(seen.state->files == dvc.get("nfiles").as_unsigned());
        // Known or not, looked at or stored.
        CHECK(f.store("top").state == seen.state);
        f.observer->save();
        f.open();
        CHECK(f.look("top").state == seen.state);
        Fixture direct;
        make(direct.project.folder(), each.get("entries"));
        CHECK(direct.store("top").state == seen.state);
        ++compared;
    }
    CHECK(compared >= 14);
}

TEST_CASE("both hashes come of one read, and neither is made again") {
    Fixture f;
    f.project.folder().write("dir/a", "12345");
    f.project.folder().write("file", "123");
    const auto folder = f.look("dir").state;
    CHECK(f.look("file").state->md5 == "202cb962ac59075b964b07152d234b70");
    CHECK(f.meter.take() == 8);
    f.observer->save();
    f.open();
    CHECK(f.look("dir").state == folder);
    CHECK(f.look("file").state->md5 == "202cb962ac59075b964b07152d234b70");
    CHECK(f.meter.take() == 0);
}

TEST_CASE("a file whose id alone is known is read for its MD5") {
    Fixture f;
    f.project.folder().write("file", "123");
    f.project.add({"file"});
    f.meter.take();
    f.open();
    CHECK(f.look("file").state->md5 == "202cb962ac59075b964b07152d234b70");
    CHECK(f.meter.take() == 3);
}

TEST_CASE("names that are damaged on disk are made anew") {
    Fixture f;
    f.project.folder().write("file", "123");
    CHECK(f.look("file").state.has_value());
    f.observer->save();
    const auto sound = f.project.folder().read(".mlo/md5names");
    for (std::size_t at = 0; at < sound.size(); ++at) {
        auto damaged = sound;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        f.project.folder().write(".mlo/md5names", damaged);
        DvcNames names{f.workspace->private_dir()};
        CHECK_FALSE(names.find(store::ObjectKind::blob, hash::sha256(as_bytes("123"))));
    }
    f.project.folder().write(".mlo/md5names", sound.substr(0, sound.size() / 2));
    f.open();
    CHECK(f.look("file").state->md5 == "202cb962ac59075b964b07152d234b70");
}

TEST_CASE("many names are kept in order, over several commands") {
    test::Project project;
    const auto dir = project.folder().open();
    const auto runtime = project.runtime();
    const auto name = [](int i) { return hash::sha256(as_bytes(std::to_string(i))); };
    for (int round = 0; round < 4; ++round) {
        DvcNames names{dir.get()};
        for (int i = round * 100; i < round * 100 + 150; ++i)
            names.put(i % 2 == 0 ? store::ObjectKind::blob : store::ObjectKind::tree, name(i),
                      hash::md5(as_bytes(std::to_string(i))));
        names.save(dir.get(), runtime);
    }
    DvcNames names{dir.get()};
    bool all_right = true;
    for (int i = 0; i < 450; ++i) {
        const auto kind = i % 2 == 0 ? store::ObjectKind::blob : store::ObjectKind::tree;
        const auto other = i % 2 == 0 ? store::ObjectKind::tree : store::ObjectKind::blob;
        all_right &= names.find(kind, name(i)) == hash::md5(as_bytes(std::to_string(i)));
        all_right &= !names.find(other, name(i)).has_value();
    }
    CHECK(all_right);
    CHECK(fs::file_size(project.folder().path("md5names")) == 8 + 450 * 50 + 16);
}

TEST_CASE("a folder's links may lead to itself, and may not lead out") {
    Fixture f;
    test::TemporaryFolder elsewhere;
    elsewhere.write("secret", "1");
    f.project.folder().write("dir/a", "1");
    fs::create_symlink(".", f.project.folder().path("dir/self"));
    CHECK(f.look("dir").state->files == 1);
    fs::create_symlink(elsewhere.path("secret"), f.project.folder().path("dir/out"));
    CHECK(f.look("dir").error->code().id == pipeline::errors::output_leads_outside.id);
}

TEST_CASE("bytes of names that are no UTF-8 are written as Python writes them") {
    CHECK(dvc_folder_text({{"\xff", "1"}, {"\xef\xbd\x9e", "2"}, {"a", "3"}}) ==
          R"([{"md5": "3", "relpath": "a"}, {"md5": "1", "relpath": "\udcff"}, {"md5": "2", "relpath": "\uff5e"}])");
    CHECK(dvc_folder_text({{"\xc3\x28\xe2\x82", "1"}}) == R"([{"md5": "1", "relpath": "\udcc3(\udce2\udc82"}])");
}
