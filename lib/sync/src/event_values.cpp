// SPDX-License-Identifier: Apache-2.0
#include "event_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <mlo/hash/digest.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {
namespace {

constexpr std::string_view prefix = "events/";
constexpr std::string_view memory_name = "events";
constexpr std::string_view memory_first_line = "mlo events 1\n";
constexpr std::string_view checksum_word = "sha256 ";
constexpr std::uint64_t memory_limit_bytes = std::uint64_t{1} << 30;
constexpr std::size_t writer_digits = 32;
constexpr std::size_t hash_digits = 64;
constexpr std::uint64_t max_seq = std::uint64_t{1} << 53;

bool is_hex(std::string_view text) noexcept { return text.find_first_not_of("0123456789abcdef") == text.npos; }

}  // namespace

std::string EventKey::text() const { return fmt::format("{}/{}-{}-{}", writer, first, last, hash.hex()); }

std::optional<EventKey> EventKey::parse(std::string_view text) {
    if (text.size() < writer_digits + 1 || text[writer_digits] != '/' || !is_hex(text.substr(0, writer_digits)))
        return std::nullopt;
    const auto parts = split(text.substr(writer_digits + 1), '-');
    if (parts.size() != 3 || parts[2].size() != hash_digits) return std::nullopt;
    const auto first = parse_decimal(parts[0]);
    const auto last = parse_decimal(parts[1]);
    const auto hash = hash::Digest::parse("sha256:" + parts[2]);
    if (!first || !last || !hash || *first == 0 || *first > *last || *last > max_seq) return std::nullopt;
    return EventKey{std::string{text.substr(0, writer_digits)}, *first, *last, *hash};
}

std::vector<EventKey> find_cover(std::span<const EventKey> keys, std::uint64_t after) {
    std::vector<EventKey> sorted{keys.begin(), keys.end()};
    std::sort(sorted.begin(), sorted.end());
    std::vector<EventKey> cover;
    auto next = sorted.begin();
    while (true) {
        const EventKey* farthest = nullptr;
        for (; next != sorted.end() && next->first <= after + 1; ++next)
            if (next->last > after && (farthest == nullptr || next->last > farthest->last)) farthest = &*next;
        if (farthest == nullptr) return cover;
        cover.push_back(*farthest);
        after = farthest->last;
    }
}

std::uint64_t covered_to(std::span<const EventKey> keys, std::uint64_t after) {
    const auto cover = find_cover(keys, after);
    return cover.empty() ? after : cover.back().last;
}

EventKeys recall_events(Dir& folder) {
    EventKeys keys;
    if (!folder.stat(memory_name)) return keys;
    const auto text = read_file(folder, memory_name, memory_limit_bytes);
    const std::string_view all = text;
    const auto end = all.rfind(checksum_word);
    if (!all.starts_with(memory_first_line) || end == all.npos ||
        all.substr(end) != fmt::format("{}{}\n", checksum_word, hash::sha256(as_bytes(all.substr(0, end))).hex()))
        return keys;  // it is made anew from the remote
    for (const auto& line : split(all.substr(0, end), '\n'))
        if (const auto key = EventKey::parse(line)) keys[key->writer].push_back(*key);
    return keys;
}

void remember_events(Dir& folder, const EventKeys& keys, Random& random) {
    std::string text{memory_first_line};
    for (const auto& [writer, known] : keys)
        for (const auto& key : find_cover(known, 0)) text += key.text() + '\n';
    text += fmt::format("{}{}\n", checksum_word, hash::sha256(as_bytes(text)).hex());
    write_file_atomically(folder, memory_name, text, 0644, random);
}

EventKeys list_events(View& view, std::vector<Failure>& failures) {
    EventKeys keys;
    for (const auto& text : view.keys_below(std::string{prefix})) {
        const auto key = EventKey::parse(std::string_view{text}.substr(prefix.size()));
        if (!key)
            failures.push_back({text, view.damaged(text, "is no name of a run of events")});
        else
            keys[key->writer].push_back(*key);
    }
    return keys;
}

std::vector<ledger::Event> read_events(const Peer& peer, const View& view, const EventKey& key) {
    const auto name = std::string{prefix} + key.text();
    const auto bytes = remote::get_bytes(peer.remote, remote::Key{name}, ledger::max_run_bytes);
    if (hash::sha256(bytes) != key.hash) throw view.damaged(name, "is damaged");
    try {
        auto events = ledger::decode_run(as_text(bytes));
        if (events.front().writer != key.writer || events.front().seq != key.first || events.back().seq != key.last)
            throw view.damaged(name, "holds other events than its name says");
        return events;
    } catch (const Error& error) {
        if (&error.code() == &ledger::errors::event_invalid)
            throw view.damaged(name, "holds no events").note(error.message());
        if (&error.code() != &ledger::errors::event_newer) throw;
        throw Error{ledger::errors::event_newer,
                    fmt::format("{} in {}: {}", quoted(name), quoted(peer.remote.shown()), error.message())};
    }
}

bool concerns_one_value(const Error& error) noexcept {
    const auto* const code = &error.code();
    return code == &errors::remote_corrupt || code == &ledger::errors::event_newer ||
           code == &ledger::errors::event_fork || code == &ledger::errors::event_gap ||
           code == &ledger::errors::event_invalid || code == &remote::errors::value_too_large ||
           code == &remote::errors::key_absent;
}

}  // namespace mlo::sync
