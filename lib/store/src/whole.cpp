// SPDX-License-Identifier: Apache-2.0
#include "whole.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog.hpp"
#include "quarantine.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>

namespace mlo::store {
namespace {

constexpr std::string_view stamp_magic = "MLOstmp1";
constexpr std::string_view stamp_suffix = ".stamp";
constexpr std::uint64_t stamp_limit = 4096;

std::string stamp_name(const ObjectId& id) { return WholeObjects::name_of(id) + std::string{stamp_suffix}; }

Bytes encode_stamp(const FileStat& status) {
    Bytes bytes;
    append(bytes, as_bytes(stamp_magic));
    append_le(bytes, status.size);
    append_le(bytes, static_cast<std::uint64_t>(status.mtime_ns));
    append_le(bytes, static_cast<std::uint64_t>(status.ctime_ns));
    append_le(bytes, status.inode);
    append_le(bytes, status.device);
    append(bytes, hash::xxh3_128(bytes));
    return bytes;
}

/// Whether nobody wrote to the file between the two: links and renames change ctime too.
bool is_same_content(const FileStat& a, const FileStat& b) noexcept {
    return a.size == b.size && a.mtime_ns == b.mtime_ns && a.inode == b.inode && a.device == b.device;
}

}  // namespace

std::unique_ptr<Dir> WholeObjects::open_folder(const ObjectId& id) {
    const auto whole = open_if_present(store_, "whole");
    return whole == nullptr ? nullptr : open_if_present(*whole, folder_of(id));
}

std::optional<std::uint64_t> WholeObjects::find_size(const ObjectId& id) {
    const auto folder = open_folder(id);
    if (folder == nullptr) return std::nullopt;
    const auto status = folder->stat(name_of(id));
    if (!status || status->kind != FileKind::regular) return std::nullopt;
    return status->size;
}

std::unique_ptr<File> WholeObjects::open_trusted(const ObjectId& id) {
    const auto folder = open_folder(id);
    if (folder == nullptr || !folder->stat(name_of(id)))
        throw Error{errors::object_missing, fmt::format("object {} is not in the store", id.to_string())};
    auto file = folder->open(name_of(id));
    const auto before = file->stat();
    if (mutant(Mutant::whole_stamp) || has_stamp(*folder, id, before)) return file;

    const auto hashed = hash_file(*file, *runtime_.progress.begin("checking", ProgressUnit::bytes), runtime_);
    if (hashed.id != id) {
        quarantine(*folder, id);
        throw Error{errors::object_corrupt, fmt::format("the stored file of {} holds other bytes", id.to_string())}
            .note("it was moved to 'quarantine' in the store")
            .hint("'mlo pull', or 'mlo add' the file again");
    }
    if (file->stat() == before) write_stamp(*folder, id, before);
    return file;
}

bool WholeObjects::holds(const ObjectId& id) {
    if (!find_size(id)) return false;
    try {
        return open_trusted(id) != nullptr;
    } catch (const Error& error) {
        if (error.code().id != errors::object_corrupt.id) throw;
        runtime_.log.log(LogLevel::warning, fmt::format("{}; it is stored again", error.message()));
        return false;
    }
}

bool WholeObjects::link_to(const ObjectId& id, Dir& target_folder, const std::string& name) {
    const auto folder = open_folder(id);
    if (folder == nullptr || !folder->stat(name_of(id))) return false;
    const auto file = open_trusted(id);
    const auto before = file->stat();
    if (before.mode != shared_mode) return false;
    try {
        if (!folder->link(name_of(id), target_folder, name)) return false;
    } catch (const Error& error) {
        if (error.code().id != mlo::errors::already_exists.id) throw;
        return true;
    }
    // The link changed ctime, so the stamp no longer fits.
    if (const auto after = file->stat(); is_same_content(before, after)) write_stamp(*folder, id, after);
    return true;
}

bool WholeObjects::has_stamp(Dir& folder, const ObjectId& id, const FileStat& status) {
    if (!folder.stat(stamp_name(id))) return false;
    const auto stamp = read_file(folder, stamp_name(id), stamp_limit);
    return stamp == as_text(encode_stamp(status));
}

void WholeObjects::write_stamp(Dir& folder, const ObjectId& id, const FileStat& status) {
    // Not durable on purpose: a stamp that is lost or torn only costs hashing the object again.
    const auto temporary = temporary_name("mlo", runtime_.random);
    try {
        folder.create(temporary, 0644)->write(encode_stamp(status));
        folder.rename(temporary, folder, stamp_name(id), Replace::yes);
    } catch (const Error& error) {
        runtime_.log.log(LogLevel::debug, fmt::format("no stamp written: {}", error.message()));
    }
}

void WholeObjects::quarantine(Dir& folder, const ObjectId& id) {
    move_to_quarantine(store_, folder, name_of(id), id.hex(), runtime_.random);
}

void WholeObjects::adopt(Dir& tmp, const std::string& temporary_name, const ObjectId& id,
                         const std::optional<FileStat>& hashed) {
    const auto is_unchanged = [&](const std::optional<FileStat>& status) {
        return !hashed || (status && is_same_content(*status, *hashed));
    };
    if (hashed && !is_unchanged(tmp.stat(temporary_name)))
        throw Error{errors::file_changed, fmt::format("the file of {} changed while it was stored", id.to_string())};
    const auto whole = store_.open_dir("whole");
    whole->make_dir(folder_of(id));
    const auto folder = whole->open_dir(folder_of(id));
    tmp.rename(temporary_name, *folder, name_of(id), Replace::yes);
    auto status = folder->stat(name_of(id));
    // Two names of one file: renaming one onto the other leaves both.
    if (hashed && tmp.stat(temporary_name)) {
        tmp.remove(temporary_name);
        status = folder->stat(name_of(id));
    }
    if (status && is_unchanged(status)) write_stamp(*folder, id, *status);
}

void WholeObjects::sync_names(const std::set<std::string>& folders) {
    if (folders.empty() || mutant(Mutant::whole_dir_sync)) return;
    const auto whole = store_.open_dir("whole");
    for (const auto& folder : folders) whole->open_dir(folder)->sync();
    whole->sync();
}

}  // namespace mlo::store
