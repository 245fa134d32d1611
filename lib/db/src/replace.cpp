// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mlo/db/check.hpp>
#include <mlo/db/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::db {
namespace {

/// "X.damaged-20261122T030000Z", or "...-2" and so on where that is taken.
std::string aside_name(Dir& folder, const std::string& name, const Runtime& runtime) {
    auto time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(runtime.clock.now()));
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    const auto first = name + ".damaged-" + time;
    auto aside = first;
    for (int number = 2; folder.stat(aside); ++number) aside = fmt::format("{}-{}", first, number);
    return aside;
}

void copy_file(Dir& folder, const std::string& name, const std::string& as) {
    const auto source = folder.open(name);
    const auto target = folder.create(as, 0600);
    Bytes part(std::size_t{1} << 20);
    for (std::uint64_t offset = 0;;) {
        const auto size = source->read(part, offset);
        if (size == 0) break;
        target->write(ByteView{part}.first(size));
        offset += size;
    }
    target->sync();
}

}  // namespace

std::string replace_damaged(const std::string& damaged, const std::string& made, const Schema& schema,
                            const Runtime& runtime) {
    const auto folder = runtime.fs.open_root(path::parent(damaged));
    const auto work = runtime.fs.open_root(path::parent(made));
    const std::string name{path::name(damaged)};
    const std::string made_name{path::name(made)};
    // All of it in the one file that takes the other's place.
    Database{made, Access::write, Durability::power, schema, runtime}.checkpoint();
    if (const auto log = work->stat(made_name + "-wal"); log && log->size != 0)
        throw Error{errors::database_locked, quoted(made) + " could not be written out"}.hint(
            "run the command again when no other process of mlo uses the store");
    const auto aside = aside_name(*folder, name, runtime);
    for (const char* suffix : {"", "-wal", "-journal"})
        if (folder->stat(name + suffix)) copy_file(*folder, name + suffix, aside + suffix);
    folder->sync();
    // What is left of these would be taken for a part of the new one.
    for (const char* suffix : {"-wal", "-shm", "-journal"})
        if (folder->stat(name + suffix)) folder->remove(name + suffix);
    work->rename(made_name, *folder, name, Replace::yes);
    folder->sync();
    return path::join(path::parent(damaged), aside);
}

}  // namespace mlo::db
