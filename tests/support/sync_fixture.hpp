// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <memory_remote.hpp>
#include <mlo/store/check.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/sync/fetch.hpp>
#include <mlo/sync/push.hpp>
#include <random>
#include <seeded.hpp>
#include <string>
#include <temporary_folder.hpp>

namespace mlo::test {

/// Bytes that cannot be compressed, decided by the seed.
inline Bytes noise_bytes(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(engine() & 0xFFu);
    return bytes;
}

/// One clone: a store of its own, and its end of a remote.
class Clone {
public:
    explicit Clone(remote::Remote& remote, std::uint64_t seed, std::uint32_t jobs = 1)
        : random_{seed},
          runtime_{real_fs(), clock_, random_, silent_log(), silent_progress(), {}, jobs},
          store_{files_.open(), runtime_},
          peer_{store_, remote, std::string(32, 'a'), random_.hex(16), runtime_, jobs} {}

    [[nodiscard]] store::ObjectStore& store() { return store_; }
    [[nodiscard]] sync::Peer& peer() { return peer_; }
    [[nodiscard]] const TemporaryFolder& files() const { return files_; }
    [[nodiscard]] const Runtime& runtime() const { return runtime_; }
    [[nodiscard]] StillClock& clock() { return clock_; }

    sync::NamedRef add(const std::string& name, ByteView bytes, store::LargeFiles large = store::LargeFiles::chunked) {
        const auto ingest = store_.begin_ingest(large);
        TemporaryFolder folder;
        const auto file = folder.open()->create("input", 0644);
        file->write(bytes);
        const auto blob = ingest->add_file(*file, *silent_progress().begin("", ProgressUnit::bytes));
        ingest->commit();
        return {name, {blob.id, store::ObjectKind::blob}};
    }
    /// Stores a folder; names with a slash are put into sub-folders of one level.
    sync::NamedRef add_tree(const std::string& name, const std::map<std::string, Bytes>& files) {
        const auto ingest = store_.begin_ingest(store::LargeFiles::chunked);
        std::map<std::string, std::map<std::string, Bytes>> folders;
        std::map<std::string, store::TreeEntry> entries;
        for (const auto& [path, bytes] : files) {
            const auto slash = path.find('/');
            if (slash != path.npos)
                folders[path.substr(0, slash)].try_emplace(path.substr(slash + 1), bytes);
            else
                entries[path] = file_entry("", *ingest, bytes);
        }
        for (const auto& [folder, inner] : folders) {
            store::TreeWriter writer;
            std::uint64_t size = 0;
            for (const auto& [file, bytes] : inner) {
                writer.add(file_entry(file, *ingest, bytes));
                size += bytes.size();
            }
            auto& entry = entries[folder];
            entry.kind = store::EntryKind::directory;
            entry.size_bytes = size;
            entry.id = ingest->add_bytes(std::move(writer).finish());
        }
        store::TreeWriter writer;
        for (auto& [file, entry] : entries) {
            entry.name = file;
            writer.add(entry);
        }
        const auto id = ingest->add_bytes(std::move(writer).finish());
        ingest->commit();
        return {name, {id, store::ObjectKind::tree}};
    }
    sync::PushReport push(const std::vector<sync::NamedRef>& objects) {
        return sync::push(peer_, {.objects = objects});
    }
    sync::FetchReport fetch(const std::vector<sync::NamedRef>& objects, sync::DryRun dry_run = sync::DryRun::no) {
        return sync::fetch(peer_, objects, {}, dry_run);
    }
    [[nodiscard]] Bytes read(const store::ObjectId& id) { return store_.read_all(id, std::uint64_t{1} << 32); }
    /// Everything that is wrong with the store, and with what the objects name.
    [[nodiscard]] std::vector<std::string> problems(const std::vector<sync::NamedRef>& objects = {}) {
        store::ObjectStore again{files_.open(), runtime_};
        auto report = store::check(again, store::CheckDepth::data, runtime_);
        for (const auto& object : objects) store::check_reachable(again, object.object.id, object.object.kind, report);
        std::vector<std::string> texts;
        for (const auto& problem : report.problems) texts.push_back(problem.subject + ": " + problem.text);
        return texts;
    }

private:
    static store::TreeEntry file_entry(const std::string& name, store::Ingest& ingest, const Bytes& bytes) {
        store::TreeEntry entry;
        entry.name = name;
        entry.size_bytes = bytes.size();
        entry.id = ingest.add_bytes(bytes);
        return entry;
    }

    TemporaryFolder files_;
    SeededRandom random_;
    StillClock clock_{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    Runtime runtime_;
    store::ObjectStore store_;
    sync::Peer peer_;
};

}  // namespace mlo::test
