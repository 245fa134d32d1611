// SPDX-License-Identifier: Apache-2.0
#include "view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <mlo/hash/digest.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/sync/format.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>

namespace mlo::sync {
namespace {

constexpr std::string_view format_text = "mlo remote 1\n";
constexpr std::string_view condemned_first_line = "mlo condemned 1";
constexpr std::string_view listing_first_line = "mlo listing 1";

std::unique_ptr<Dir> make_below(Dir& dir, std::string_view name) {
    dir.make_dir(name);
    return dir.open_dir(name);
}

/// The id that a key in a folder of ids names.
std::optional<store::ObjectId> id_of(std::string_view key) {
    return store::ObjectId::parse(fmt::format("sha256:{}", key.substr(key.rfind('/') + 1)));
}

}  // namespace

View::View(const Peer& peer) : peer_{peer} {
    const auto remotes = make_below(peer.store.dir(), "remotes");
    folder_ = make_below(*remotes, hash::sha256(as_bytes(peer.remote.shown())).hex().substr(0, 32));
    lock_.emplace(*folder_, "lock", LockMode::exclusive, "mlo", WhenHeld::wait, peer.runtime);
    index_folder_ = make_below(*folder_, "index");
    roots_folder_ = make_below(*folder_, "roots");
    index_ = std::make_unique<store::PackIndex>(*index_folder_, peer.runtime.random);
}

Error View::damaged(const std::string& key, std::string_view how) const {
    return Error{errors::remote_corrupt, fmt::format("{} in {} {}", quoted(key), quoted(peer_.remote.shown()), how)};
}

void View::check_format() {
    if (!folder_->stat("format") && has_format(peer_.remote)) remember_format();
}

void View::remember_format() { write_file_atomically(*folder_, "format", format_text, 0644, peer_.runtime.random); }

void View::check_is_used() {
    if (!folder_->stat("format") || peer_.remote.stat(remote::Key{"format"})) return;
    throw Error{errors::remote_emptied,
                fmt::format("{} was a remote, and holds nothing now", quoted(peer_.remote.shown()))}
        .note(fmt::format("what is remembered of it is in {}", quoted(folder_->path())))
        .hint("mount the drive, or correct the URL with 'mlo remote add'");
}

std::vector<std::string> View::read_listing() {
    const auto bytes = remote::find_bytes(peer_.remote, remote::Key{"listing"}, value_limit_bytes);
    if (!bytes) return {};
    auto lines = split(as_text(*bytes), '\n');
    if (lines.front() != listing_first_line || !lines.back().empty())
        throw damaged("listing", "does not begin as a listing");
    lines.pop_back();
    lines.erase(lines.begin());
    for (const auto& line : lines)
        if (!remote::Key::is_valid(line)) throw damaged("listing", "names a key that cannot be");
    return lines;
}

std::vector<std::string> View::keys_below(const std::string& prefix) {
    std::vector<std::string> keys;
    if (peer_.remote.traits().can_list) {
        try {
            peer_.remote.list(remote::Prefix{prefix}, [&](const auto& listed) { keys.push_back(listed.key.text()); });
            return keys;
        } catch (const Error& error) {
            // Some places tell only then that they do not let everybody list.
            if (&error.code() != &remote::errors::listing_refused) throw;
        }
    }
    keys = read_listing();
    std::erase_if(keys, [&](const auto& key) { return !key.starts_with(prefix); });
    return keys;
}

std::vector<std::string> View::own_root_keys() {
    const auto prefix = fmt::format("roots/{}/{}/", peer_.project, peer_.clone);
    auto keys = keys_below(prefix);
    if (peer_.remote.traits().can_list) return keys;
    // Another push may have taken them out of `listing`, and a lower seq than the highest would not count.
    for (const auto& entry : roots_folder_->list()) {
        const auto key = prefix + entry.name;
        const bool is_known = std::find(keys.begin(), keys.end(), key) != keys.end();
        if (!is_known && RootName::parse(entry.name) && peer_.remote.stat(remote::Key{key})) keys.push_back(key);
    }
    return keys;
}

void View::load_segments(const std::vector<std::string>& keys) {
    listed_.clear();
    std::vector<std::pair<std::string, store::ObjectId>> missing;
    for (const auto& key : keys) {
        const auto id = id_of(key);
        if (!id) throw damaged(key, "is no name of an index segment");
        if (listed_.insert(*id).second && !index_->load(*id)) missing.emplace_back(key, *id);
    }
    // Side by side, but few at once: a segment may be large.
    const std::size_t at_once = std::max(1u, peer_.transfers);
    for (std::span rest{missing}; !rest.empty(); rest = rest.subspan(std::min(at_once, rest.size()))) {
        const auto batch = rest.first(std::min(at_once, rest.size()));
        std::vector<std::optional<Bytes>> values(batch.size());
        parallel_for(batch.size(), peer_.transfers, peer_.runtime.stop, [&](std::size_t i) {
            // Nothing: gc took it, or `listing` is old. What it alone lists is not there.
            values[i] = remote::find_bytes(peer_.remote, remote::Key{batch[i].first}, value_limit_bytes);
        });
        for (std::size_t i = 0; i < batch.size(); ++i) {
            try {
                if (values[i]) index_->add(batch[i].second, *values[i]);
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::corrupt) throw;
                throw damaged(batch[i].first, "is damaged").note(error.message());
            }
        }
    }
    index_->settle(listed_);
}

void View::refresh() {
    check_format();
    index_ = std::make_unique<store::PackIndex>(*index_folder_, peer_.runtime.random);
    const auto segments = keys_below("index/");
    if (segments.empty()) check_is_used();
    load_segments(segments);
    index_->exclude(condemned_);
    is_fresh_ = true;
}

void View::refresh_to_read() {
    if (is_fresh_) return;
    if (folder_->stat("format")) static_cast<void>(read_format(peer_.remote));
    refresh();
}

bool View::refresh_condemned() {
    auto packs = condemned_;
    for (const auto& key : keys_below("condemned/")) {
        const auto bytes = remote::find_bytes(peer_.remote, remote::Key{key}, value_limit_bytes);
        if (!bytes) continue;
        const auto lines = split(as_text(*bytes), '\n');
        if (lines.front() != condemned_first_line) throw damaged(key, "does not begin as a list of condemned packs");
        for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
            const auto id = lines[i].starts_with("pack ") ? id_of(std::string_view{lines[i]}.substr(5)) : std::nullopt;
            if (!id) throw damaged(key, "holds a line that is no name of a pack");
            packs.insert(*id);
        }
    }
    const bool is_more = packs.size() > condemned_.size();
    condemned_ = std::move(packs);
    index_->exclude(condemned_);
    return is_more;
}

RootSet View::read_roots(const std::string& key) {
    const auto name = key.substr(key.rfind('/') + 1);
    std::string text;
    if (roots_folder_->stat(name)) text = read_file(*roots_folder_, name, value_limit_bytes);
    const bool is_cached = short_hash(text) == RootName::parse(name)->hash;
    if (!is_cached) text = as_text(remote::get_bytes(peer_.remote, remote::Key{key}, value_limit_bytes));
    const auto set = RootSet::decode(text);
    if (!set || short_hash(text) != RootName::parse(name)->hash) throw damaged(key, "is damaged");
    if (!is_cached) write_file_atomically(*roots_folder_, name, text, 0644, peer_.runtime.random);
    return *set;
}

RootSet View::highest_roots(const std::vector<std::string>& keys) {
    std::map<std::string, std::uint64_t> highest;  // by the key up to the clone
    const auto parts = [](const std::string& key) {
        const auto slash = key.rfind('/') + 1;
        return std::pair{key.substr(0, slash), RootName::parse(std::string_view{key}.substr(slash))};
    };
    for (const auto& key : keys) {
        const auto [clone, name] = parts(key);
        if (!name) throw damaged(key, "is no name of a root set");
        auto& seq = highest[clone];
        seq = std::max(seq, name->seq);
    }
    RootSet set;
    for (const auto& key : keys) {
        const auto [clone, name] = parts(key);
        if (highest.at(clone) == name->seq) set.merge(read_roots(key));
    }
    return set;
}

OwnRoots View::own_roots() {
    const auto keys = own_root_keys();
    OwnRoots own{.seq = 0, .sets = 0, .set = highest_roots(keys)};
    for (const auto& key : keys) {
        const auto seq = RootName::parse(std::string_view{key}.substr(key.rfind('/') + 1))->seq;
        own.sets = seq > own.seq ? 1 : own.sets + (seq == own.seq ? 1 : 0);
        own.seq = std::max(own.seq, seq);
    }
    return own;
}

RootSet View::project_roots() { return highest_roots(keys_below(fmt::format("roots/{}/", peer_.project))); }

std::set<std::string> View::project_writers() {
    std::set<std::string> writers;
    const auto prefix = fmt::format("roots/{}/", peer_.project);
    for (const auto& key : keys_below(prefix)) {
        const auto rest = std::string_view{key}.substr(prefix.size());
        if (const auto slash = rest.find('/'); slash != rest.npos) writers.emplace(rest.substr(0, slash));
    }
    return writers;
}

void View::put_format() {
    const auto put = remote::put_bytes(peer_.remote, remote::Key{"format"}, as_bytes(format_text));
    // Somebody else may have been faster, or have made a newer one of it since we looked.
    if (put == remote::PutResult::created || mutant(Mutant::remote_format_again) || read_format(peer_.remote))
        remember_format();
}

void View::put_named_by_content(const remote::Key& key, remote::Source& source) {
    if (peer_.remote.put(key, source) == remote::PutResult::created) return;
    // Of the same name: of the same bytes. But what is believed to be there is never sent again, so an answer that
    // belongs to another request may not count.
    const auto info = peer_.remote.stat(key);
    if (!info || info->size_bytes != source.size_bytes())
        throw Error{remote::errors::bad_answer,
                    fmt::format("{} says that it has {}, but {}", quoted(peer_.remote.shown()), quoted(key.text()),
                                info ? "it has another size" : "it is not there")}
            .hint("run the command again: it goes on where it stopped");
}

void View::put_segment(const store::ObjectId& segment) {
    const auto key = fmt::format("index/{}", segment.hex());
    remote::FileSource source{index_->open(segment)};
    put_named_by_content(remote::Key{key}, source);
    listed_.insert(segment);
    own_keys_.insert(key);
}

void View::put_roots(std::uint64_t seq, const RootSet& set) {
    const auto text = set.encode();
    const auto name = RootName{seq, short_hash(text)}.text();
    const auto key = fmt::format("roots/{}/{}/{}", peer_.project, peer_.clone, name);
    remote::BytesSource source{text};
    put_named_by_content(remote::Key{key}, source);
    own_keys_.insert(key);
    for (const auto& entry : roots_folder_->list())
        if (entry.name != name) roots_folder_->remove(entry.name);
    write_file_atomically(*roots_folder_, name, text, 0644, peer_.runtime.random);
}

void View::put_empty_roots(const std::string& writer) {
    const auto text = RootSet{}.encode();
    const auto key = fmt::format("roots/{}/{}/{}", peer_.project, writer, RootName{1, short_hash(text)}.text());
    remote::BytesSource source{text};
    put_named_by_content(remote::Key{key}, source);
    own_keys_.insert(key);
}

void View::put_events(const std::string& key, std::string_view text) {
    remote::BytesSource source{text};
    put_named_by_content(remote::Key{key}, source);
    own_keys_.insert(key);
}

void View::put_listing() {
    const auto& traits = peer_.remote.traits();
    if (!traits.can_list && !traits.never_lists) return;  // whoever can list writes it
    constexpr int attempts = 10;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        std::set<std::string> keys;
        for (const auto* const prefix : {"index/", "roots/", "condemned/", "events/"})
            for (auto& key : keys_below(prefix)) keys.insert(std::move(key));
        if (!peer_.remote.traits().can_list) keys.insert(own_keys_.begin(), own_keys_.end());
        std::string text = fmt::format("{}\n", listing_first_line);
        for (const auto& key : keys) text += key + "\n";
        remote::BytesSource source{text};
        peer_.remote.replace(remote::Key{"listing"}, source);
        const auto written = read_listing();
        if (std::all_of(own_keys_.begin(), own_keys_.end(), [&](const auto& key) {
                return !keys.contains(key) || std::binary_search(written.begin(), written.end(), key);
            }))
            return;
    }
    peer_.runtime.log.log(LogLevel::warning,
                          "others push at the same time: 'listing' may lack this push until the next");
}

}  // namespace mlo::sync
