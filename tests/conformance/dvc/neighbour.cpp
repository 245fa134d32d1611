// SPDX-License-Identifier: Apache-2.0
// What lib/dvc does in a project, one thing a call, for beside_dvc.py:
//   site ROOT                   the cache's folder, and who shares it
//   lock ROOT                   takes DVC's lock, says "held", and holds it until its input ends
//   paths ROOT r:PATH w:PATH    takes paths to read and to write, and says "held" or who is in the way; likewise
//   put ROOT STORE FILE         a file into the store, and from there into DVC's cache; its MD5
//   put-listing ROOT FILE       a file's bytes as the listing of a folder; its MD5
//   take ROOT STORE MD5         an object of the cache into the store; its id, or "none"
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <mlo/dvc/cache.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/dvc/site.hpp>
#include <mlo/hash/digest.hpp>
#include <mlo/hash/md5.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/path.hpp>

namespace {

using namespace mlo;

class ErrorOutput final : public LogSink {
public:
    bool enabled(LogLevel level) const noexcept override { return level != LogLevel::debug; }
    void log(LogLevel level, std::string_view text) override {
        if (enabled(level)) fmt::print(stderr, "{}\n", text);
    }
};

void say(const std::string& text) {
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void wait_for_end_of_input() {
    while (std::getchar() != EOF) {
    }
}

std::string content(const std::string& file, Fs& fs) {
    return read_file(*fs.open_root(path::parent(file)), path::name(file), 1u << 30);
}

void hold_paths(const dvc::Site& site, const std::vector<std::string>& words, const Runtime& runtime) {
    std::vector<std::string> read;
    std::vector<std::string> write;
    for (const auto& word : words) (word.starts_with("r:") ? read : write).push_back(word.substr(2));
    dvc::PathLocks locks{site, "neighbour paths", runtime};
    const auto holder = locks.try_acquire(read, write);
    say(holder ? fmt::format("{}\t{}\t{}", holder->pid, holder->command, holder->path) : "held");
    wait_for_end_of_input();
}

void put(const dvc::Site& site, const std::string& store_folder, const std::string& file, const Runtime& runtime) {
    store::ObjectStore store{runtime.fs.open_root(store_folder), runtime};
    const auto ingest = store.begin_ingest(store::LargeFiles::all_whole);
    const auto opened = runtime.fs.open_root(path::parent(file))->open(path::name(file));
    const auto blob = ingest->add_file(*opened, *runtime.progress.begin("adding", ProgressUnit::bytes));
    ingest->commit();
    const auto md5 = hash::to_hex(hash::md5(as_bytes(content(file, runtime.fs))));
    dvc::Cache cache{site, runtime};
    cache.put(md5, store, blob.id);
    cache.sync();
    say(md5);
}

void put_listing(const dvc::Site& site, const std::string& file, const Runtime& runtime) {
    const auto text = content(file, runtime.fs);
    const auto md5 = hash::to_hex(hash::md5(as_bytes(text))) + ".dir";
    dvc::Cache cache{site, runtime};
    cache.put_bytes(md5, text);
    cache.sync();
    const auto entries = cache.folder(md5);
    MLO_ASSERT(entries.has_value());
    for (const auto& entry : *entries) MLO_ASSERT(cache.contains(entry.md5));
    say(md5);
}

void take(const dvc::Site& site, const std::string& store_folder, const std::string& md5, const Runtime& runtime) {
    store::ObjectStore store{runtime.fs.open_root(store_folder), runtime};
    const auto ingest = store.begin_ingest(store::LargeFiles::all_whole);
    const dvc::Cache cache{site, runtime};
    const auto blob = cache.take(md5, *ingest, *runtime.progress.begin("taking", ProgressUnit::bytes));
    ingest->commit();
    say(blob ? blob->id.to_string() : "none");
}

void run(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
    ErrorOutput log;
    const Runtime runtime{real_fs(), system_clock(), system_random(), log, silent_progress(), {}, 2};
    const auto site = dvc::find_site(words.at(1), "", environment, runtime);
    if (!site) return say("none");
    const auto& command = words.at(0);
    if (command == "site") {
        say(fmt::format("{}\t{}", site->cache_dir, site->sharing == dvc::Site::Sharing::group ? "group" : "own"));
    } else if (command == "lock") {
        const dvc::RepoLock lock{*site, runtime};
        say("held");
        wait_for_end_of_input();
    } else if (command == "paths") {
        hold_paths(*site, {words.begin() + 2, words.end()}, runtime);
    } else if (command == "put") {
        put(*site, words.at(2), words.at(3), runtime);
    } else if (command == "put-listing") {
        put_listing(*site, words.at(2), runtime);
    } else {
        MLO_ASSERT(command == "take");
        take(*site, words.at(2), words.at(3), runtime);
    }
}

}  // namespace

int main(int count, char** words) {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    try {
        run({words + 1, words + count}, environment);
        return 0;
    } catch (const mlo::Error& error) {
        fmt::print("{} {} {}\n", error.code().id, error.place(), error.message());
        return 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
