// SPDX-License-Identifier: Apache-2.0
#include "dvc_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/store/tree.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {
namespace {

constexpr std::string_view magic = "MLOmd5-1";
constexpr std::size_t key_size = store::ObjectId::binary_size + 1;
constexpr std::size_t record_size = key_size + std::tuple_size_v<hash::Md5Digest>;
constexpr std::size_t checksum_size = std::tuple_size_v<hash::Checksum>;
/// Beyond that only what this command learned is kept: a hundred megabytes.
constexpr std::size_t most_records = 2'000'000;

Bytes key_bytes(store::ObjectKind kind, const store::ObjectId& id) {
    Bytes key;
    append(key, id.binary());
    key.push_back(static_cast<std::byte>(kind));
    return key;
}

/// The code points of `text`; a byte that is no part of UTF-8 is U+DC80 to U+DCFF, as Python has it in names of files.
std::u32string code_points(std::string_view text) {
    std::u32string points;
    while (!text.empty()) {
        std::size_t length = 1;
        const auto first = static_cast<unsigned char>(text[0]);
        if (first >= 0xc2) length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        const auto sequence = text.substr(0, length);
        if (sequence.size() < length || !is_valid_utf8(sequence)) {
            points.push_back(0xdc00u + first);
            text.remove_prefix(1);
            continue;
        }
        char32_t point = length == 1 ? first : first & (0x7fu >> length);
        for (const char c : sequence.substr(1)) point = (point << 6u) | (static_cast<unsigned char>(c) & 0x3fu);
        points.push_back(point);
        text.remove_prefix(length);
    }
    return points;
}

/// As json.dumps does with ensure_ascii.
void append_python_string(std::string& out, const std::u32string& points) {
    out += '"';
    for (const auto point : points) {
        if (point == U'"' || point == U'\\') {
            out += {'\\', static_cast<char>(point)};
        } else if (point >= 0x20 && point < 0x7f) {
            out += static_cast<char>(point);
        } else if (const auto short_form = std::u32string_view{U"\n\r\t\f\b"}.find(point);
                   short_form != std::u32string_view::npos) {
            out += {'\\', "nrtfb"[short_form]};
        } else if (point > 0xffff) {
            const auto rest = static_cast<std::uint32_t>(point) - 0x10000u;
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800u + (rest >> 10u), 0xdc00u + (rest & 0x3ffu));
        } else {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point));
        }
    }
    out += '"';
}

}  // namespace

DvcNames::DvcNames(Dir* dir) {
    if (dir == nullptr) return;
    try {
        const auto stat = dir->stat(file_name);
        if (!stat || stat->kind != FileKind::regular) return;
        mapping_ = dir->open(file_name)->map(0);
    } catch (const Error&) {
        return;  // As good as absent: files are read again.
    }
    const auto file = mapping_->bytes();
    if (file.size() < magic.size() + checksum_size || as_text(file.first(magic.size())) != magic) return;
    const auto body = file.first(file.size() - checksum_size);
    if (!std::ranges::equal(hash::xxh3_128(body), file.last(checksum_size))) return;
    if ((body.size() - magic.size()) % record_size == 0) records_ = body.subspan(magic.size());
}

std::optional<hash::Md5Digest> DvcNames::find_kept(ByteView key) const noexcept {
    std::size_t low = 0;
    std::size_t high = records_.size() / record_size;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto record = records_.subspan(middle * record_size, record_size);
        const auto here = record.first(key_size);
        if (std::ranges::equal(here, key)) {
            hash::Md5Digest md5;
            std::ranges::copy(record.subspan(key_size), md5.begin());
            return md5;
        }
        if (std::ranges::lexicographical_compare(here, key))
            low = middle + 1;
        else
            high = middle;
    }
    return std::nullopt;
}

std::optional<hash::Md5Digest> DvcNames::find(store::ObjectKind kind, const store::ObjectId& id) {
    {
        const std::scoped_lock lock{mutex_};
        if (const auto found = learned_.find({kind, id}); found != learned_.end()) return found->second;
    }
    return find_kept(key_bytes(kind, id));
}

void DvcNames::put(store::ObjectKind kind, const store::ObjectId& id, const hash::Md5Digest& md5) {
    const std::scoped_lock lock{mutex_};
    learned_.insert_or_assign({kind, id}, md5);
}

void DvcNames::save(Dir* dir, const Runtime& runtime) {
    const std::scoped_lock lock{mutex_};
    if (dir == nullptr || learned_.empty()) return;
    std::vector<Bytes> records;
    for (const auto& [key, md5] : learned_) {
        auto record = key_bytes(key.kind, key.id);
        append(record, md5);
        if (!find_kept(ByteView{record}.first(key_size))) records.push_back(std::move(record));
    }
    if (records.empty()) return;
    std::sort(records.begin(), records.end());
    const auto kept = records.size() + records_.size() / record_size > most_records ? ByteView{} : records_;
    Bytes file;
    append(file, as_bytes(magic));
    auto next = records.begin();
    for (std::size_t at = 0; at < kept.size(); at += record_size) {
        const auto record = kept.subspan(at, record_size);
        for (; next != records.end() && std::ranges::lexicographical_compare(*next, record); ++next)
            append(file, *next);
        append(file, record);
    }
    for (; next != records.end(); ++next) append(file, *next);
    append(file, hash::xxh3_128(file));
    const auto temporary = temporary_name("mlo", runtime.random);
    try {
        dir->create(temporary, 0666)->write(file);
        // Not synced: the checksum tells what a power cut left unfinished.
        dir->rename(temporary, *dir, file_name, Replace::yes);
    } catch (const Error& error) {
        runtime.log.log(LogLevel::info, fmt::format("the MD5s of files were not kept: {}", error.message()));
    }
}

std::string dvc_folder_text(std::vector<DvcFile> files) {
    std::vector<std::pair<std::u32string, std::string>> sorted;
    sorted.reserve(files.size());
    for (auto& file : files) sorted.emplace_back(code_points(file.relpath), std::move(file.md5));
    std::sort(sorted.begin(), sorted.end());
    std::string text = "[";
    for (const auto& [relpath, md5] : sorted) {
        if (text.size() > 1) text += ", ";
        text += fmt::format(R"({{"md5": "{}", "relpath": )", md5);
        append_python_string(text, relpath);
        text += '}';
    }
    return text + "]";
}

DvcFolder list_folder(const store::ObjectId& top, workspace::TreeSource& trees, DvcNames& names,
                      const FollowLink& follow) {
    DvcFolder listed;
    std::vector<std::pair<std::string, store::ObjectId>> folders{{"", top}};
    while (!folders.empty()) {
        const auto [folder, id] = std::move(folders.back());
        folders.pop_back();
        const auto bytes = trees.tree(id);
        store::TreeReader reader{bytes, id};
        for (store::TreeEntry entry; reader.next(entry);) {
            auto relpath = path::join(folder, entry.name);
            if (entry.kind == store::EntryKind::directory) {
                folders.emplace_back(std::move(relpath), entry.id);
            } else if (entry.kind == store::EntryKind::file) {
                const auto md5 = names.find(store::ObjectKind::blob, entry.id);
                MLO_ASSERT(md5.has_value());
                listed.files.push_back({std::move(relpath), hash::to_hex(*md5), entry.id});
                listed.size_bytes += entry.size_bytes;
            } else {
                listed.has_links = true;
                const auto target = follow(relpath);
                if (!target || target->kind != store::ObjectKind::blob) continue;
                listed.files.push_back({std::move(relpath), target->md5, *target->id});
                listed.size_bytes += target->size_bytes;
            }
        }
    }
    return listed;
}

void name_folder(PathState& state, workspace::TreeSource& trees, DvcNames& names, const FollowLink& follow) {
    const auto done = [&](const hash::Md5Digest& md5) { state.md5 = hash::to_hex(md5) + ".dir"; };
    if (const auto known = names.find(store::ObjectKind::tree, *state.id)) return done(*known);
    auto listed = list_folder(*state.id, trees, names, follow);
    state.size_bytes = listed.size_bytes;
    state.files = listed.files.size();
    const auto md5 = hash::md5(as_bytes(dvc_folder_text(std::move(listed.files))));
    // What a link leads to is no part of the tree.
    if (!listed.has_links) names.put(store::ObjectKind::tree, *state.id, md5);
    done(md5);
}

}  // namespace mlo::pipeline
