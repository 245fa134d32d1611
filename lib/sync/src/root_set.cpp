// SPDX-License-Identifier: Apache-2.0
#include "root_set.hpp"

#include <fmt/format.h>

#include <charconv>

#include <mlo/util/bytes.hpp>
#include <mlo/util/text.hpp>

namespace mlo::sync {
namespace {

constexpr std::string_view first_line = "mlo roots 1";

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || fmt::format("{}", value) != text)
        return std::nullopt;
    return value;
}

std::string RootSet::encode() const {
    std::string text = fmt::format("{}\n", first_line);
    for (const auto& [object, expires] : entries)
        text += fmt::format("{} {} {}\n", object.kind == store::ObjectKind::tree ? "tree" : "blob",
                            object.id.to_string(), expires ? fmt::format("{}", *expires) : "-");
    return text;
}

std::optional<RootSet> RootSet::decode(std::string_view text) {
    RootSet set;
    const auto lines = split(text, '\n');
    if (lines.size() < 2 || lines.front() != first_line || !lines.back().empty()) return std::nullopt;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        const auto words = split(lines[i], ' ');
        if (words.size() != 3 || (words[0] != "tree" && words[0] != "blob")) return std::nullopt;
        const auto id = store::ObjectId::parse(words[1]);
        const auto expires = parse_decimal(words[2]);
        if (!id || (!expires && words[2] != "-")) return std::nullopt;
        const auto kind = words[0] == "tree" ? store::ObjectKind::tree : store::ObjectKind::blob;
        set.entries.insert_or_assign(store::ObjectRef{*id, kind}, expires);
    }
    if (set.encode() != text) return std::nullopt;
    return set;
}

void RootSet::merge(const RootSet& other) {
    for (const auto& [object, expires] : other.entries) {
        const auto [known, is_new] = entries.try_emplace(object, expires);
        if (!is_new && known->second && (!expires || *expires > *known->second)) known->second = expires;
    }
}

std::string RootName::text() const { return fmt::format("{}-{}", seq, hash); }

std::optional<RootName> RootName::parse(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos || text.size() != dash + 17) return std::nullopt;
    const auto seq = parse_decimal(text.substr(0, dash));
    const auto hash = text.substr(dash + 1);
    if (!seq || hash.find_first_not_of("0123456789abcdef") != hash.npos) return std::nullopt;
    return RootName{*seq, std::string{hash}};
}

std::string short_hash(std::string_view text) { return hash::sha256(as_bytes(text)).hex().substr(0, 16); }

}  // namespace mlo::sync
