// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/track/host.hpp>
#include <mlo/track/packages.hpp>
#include <still_world.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace mlo::track;
using test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

Runtime runtime() {
    return {.fs = real_fs(),
            .clock = system_clock(),
            .random = system_random(),
            .log = silent_log(),
            .progress = silent_progress(),
            .stop = {}};
}

void install(const TemporaryFolder& folder, const std::string& place, const std::string& name,
             const std::string& version) {
    folder.write(place + "/" + name + "-" + version + ".dist-info/METADATA",
                 "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n\nName: not this\n");
}

void make_program(const TemporaryFolder& folder, const std::string& path, const std::string& content) {
    folder.write(path, content);
    ::chmod(folder.path(path).c_str(), 0755);
}

}  // namespace

TEST_CASE("the packages of a virtual environment are listed without starting its Python") {
    const TemporaryFolder folder;
    make_program(folder, "base/bin/python3.11",
                 "\x7f"
                 "ELF");
    folder.write("venv/pyvenv.cfg", "home = /x\ninclude-system-site-packages = false\n");
    fs::create_directories(folder.path("venv/bin"));
    fs::create_symlink(folder.path("base/bin/python3.11"), folder.path("venv/bin/python"));
    const std::string site = "venv/lib/python3.11/site-packages";
    install(folder, site, "numpy", "1.26.4");
    install(folder, site, "PyYAML", "6.0");
    folder.write(site + "/old.egg-info/PKG-INFO", "Name: old\nVersion: 0.1\n");
    folder.write(site + "/single.egg-info", "Name: single\nVersion: 2\n");
    folder.write(site + "/bad-1.dist-info/METADATA", "Name: bad name\nVersion: 1\n");
    folder.write(site + "/broken-1.dist-info/OTHER", "");
    install(folder, "base/lib/python3.11/site-packages", "hidden", "1");
    PackagePlaces places{.program = folder.path("venv/bin/python")};
    const std::string expected = "numpy==1.26.4\nold==0.1\nPyYAML==6.0\nsingle==2\n";
    CHECK(read_packages(places, runtime()).lists == std::map<std::string, std::string>{{"pip", expected}});

    // The same by VIRTUAL_ENV, for a job that is a script; and with the packages of the system beside them.
    places = {.program = "train.sh", .virtual_env = folder.path("venv")};
    CHECK(read_packages(places, runtime()).lists.at("pip") == expected);
    folder.write("venv/pyvenv.cfg", "include-system-site-packages=true\n");
    CHECK(read_packages(places, runtime()).lists.at("pip") == "hidden==1\n" + expected);
}

TEST_CASE("the first of two packages of one name counts") {
    const TemporaryFolder folder;
    make_program(folder, "py/bin/python",
                 "\x7f"
                 "ELF");
    install(folder, "first", "My_Package", "1");
    install(folder, "py/lib/python3.12/site-packages", "my.package", "2");
    const PackagePlaces places{
        .program = "python", .search_path = folder.path("py/bin"), .python_path = folder.path("first")};
    CHECK(read_packages(places, runtime()).lists.at("pip") == "My_Package==1\n");
}

TEST_CASE("an interpreter that is a script is asked where its packages are") {
    const TemporaryFolder folder;
    install(folder, "there", "found", "1");
    make_program(folder, "bin/python", "#!/bin/sh\necho " + folder.path("there") + "\n");
    PackagePlaces places{.program = "python", .search_path = folder.path("bin")};
    CHECK(read_packages(places, runtime()).lists.at("pip") == "found==1\n");
    make_program(folder, "bin/python", "#!/bin/sh\nexit 3\n");
    const auto none = read_packages(places, runtime());
    CHECK(none.lists.empty());
    REQUIRE(none.losses.size() == 1);
    CHECK(none.losses[0].ends_with("it ends with 3"));
}

TEST_CASE("packages of conda and R are listed where they are") {
    const TemporaryFolder folder;
    folder.write("conda/conda-meta/openssl-3.0.13-h7f8727e_0.json", "{}");
    folder.write("conda/conda-meta/ca-certificates-2024.3.11-h06a4308_0.json", "{}");
    folder.write("conda/conda-meta/history", "");
    make_program(folder, "usr/bin/R", "#!/bin/sh\n");
    folder.write("usr/lib/R/library/stats/DESCRIPTION", "Package: stats\nVersion: 4.2.2\n");
    const PackagePlaces places{
        .program = "Rscript", .search_path = folder.path("usr/bin"), .conda = folder.path("conda")};
    const auto found = read_packages(places, runtime());
    CHECK(found.lists.at("conda") == "ca-certificates==2024.3.11=h06a4308_0\nopenssl==3.0.13=h7f8727e_0\n");
    CHECK(found.lists.at("r") == "stats==4.2.2\n");
    CHECK(found.losses.empty());
}

TEST_CASE("the facts of a machine are read from its files") {
    const TemporaryFolder folder;
    folder.write("proc/cpuinfo",
                 "processor\t: 0\nmodel name\t: Fast (R) CPU\n\nprocessor\t: 1\nmodel name\t: Fast (R) CPU\n");
    folder.write("proc/meminfo", "MemTotal:       24654252 kB\nMemFree: 1 kB\n");
    folder.write("proc/self/cgroup", "0::/job/7\n");
    folder.write("sys/fs/cgroup/job/7/memory.max", "1073741824\n");
    folder.write("sys/fs/cgroup/job/7/cpu.max", "150000 100000\n");
    folder.write("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
    folder.write("run/.containerenv", "");
    const auto facts = read_machine(real_fs(), folder.path());
    CHECK(facts.host.at("system") == Fact{"Debian GNU/Linux 12"});
    CHECK(facts.host.at("container") == Fact{"podman"});
    CHECK(facts.host.contains("kernel"));
    CHECK(facts.hardware.at("cpu.model") == Fact{"Fast (R) CPU"});
    CHECK(facts.hardware.at("cpu.count") == Fact{std::int64_t{2}});
    CHECK(facts.hardware.at("memory_bytes") == Fact{std::int64_t{24654252} * 1024});
    CHECK(facts.hardware.at("cgroup.memory_limit_bytes") == Fact{std::int64_t{1} << 30});
    CHECK(facts.hardware.at("cgroup.cpu_limit") == Fact{1.5});
}

TEST_CASE("of a machine that tells nothing nothing is said, and what it makes up is bounded") {
    const TemporaryFolder folder;
    folder.write("proc/cpuinfo", "model name : \xff\xfe\n" + std::string(1 << 20, 'x'));
    folder.write("proc/meminfo", "MemTotal: much kB\n");
    folder.write("proc/self/cgroup", "0::/../../etc\n");
    folder.write("sys/fs/cgroup/memory.max", "max\n");
    const auto facts = read_machine(real_fs(), folder.path());
    for (const char* name : {"cpu.model", "memory_bytes", "cgroup.memory_limit_bytes", "cgroup.cpu_limit"})
        CHECK_FALSE(facts.hardware.contains(name));
}
