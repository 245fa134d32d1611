// SPDX-License-Identifier: Apache-2.0
#include "listing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "object_name.hpp"

#include <mlo/dvc/errors.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/safe_name.hpp>

namespace mlo::dvc {
namespace {

constexpr DocumentLimits limits{.size_bytes = std::uint64_t{1} << 30, .nodes = 100'000'000, .depth = 8};

[[noreturn]] void refuse(std::string_view file, std::string_view relpath, std::string_view reason) {
    throw Error{errors::listing_invalid, fmt::format("{} lists {}: {}", quoted(file), quoted(relpath), reason)}.hint(
        fmt::format("remove {}, and run the stage that makes it again", printable(file)));
}

void check_path(std::string_view relpath, std::string_view file) {
    if (!path::is_plain_relative(relpath)) refuse(file, relpath, "it may leave its folder");
    for (const auto& name : path::components(relpath))
        if (const auto reason = workspace::unsafe_name_reason(name); !reason.empty()) refuse(file, relpath, reason);
}

/// Nothing may be there twice, nor a file where another entry needs a folder.
void check_distinct(const std::vector<Cache::Entry>& entries, std::string_view file) {
    std::vector<std::string_view> paths;
    paths.reserve(entries.size());
    for (const auto& entry : entries) paths.emplace_back(entry.relpath);
    // With '/' before every other byte, a file is right before what would lie in it.
    const auto before = [](std::string_view a, std::string_view b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char left, char right) {
            const auto rank = [](char c) { return c == '/' ? 0 : 1 + static_cast<unsigned char>(c); };
            return rank(left) < rank(right);
        });
    };
    std::sort(paths.begin(), paths.end(), before);
    for (std::size_t i = 1; i < paths.size(); ++i)
        if (path::is_within(paths[i], paths[i - 1])) refuse(file, paths[i], "another entry has its place");
}

}  // namespace

std::vector<Cache::Entry> parse_listing(std::string_view text, std::string_view file) {
    std::vector<Cache::Entry> entries;
    try {
        const auto document = json::parse(text, file, limits);
        for (const auto& item : document.root().items()) {
            Cache::Entry entry{std::string{item.get("relpath").as_string()}, std::string{item.get("md5").as_string()}};
            check_path(entry.relpath, file);
            if (!name_of(entry.md5) || entry.md5.ends_with(listing_suffix))
                refuse(file, entry.relpath, "that has no MD5");
            entries.push_back(std::move(entry));
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        throw Error{errors::listing_invalid, fmt::format("{} lists no files", quoted(file))}
            .at(error.place())
            .note(error.message())
            .hint(fmt::format("remove {}, and run the stage that makes it again", printable(file)));
    }
    check_distinct(entries, file);
    return entries;
}

}  // namespace mlo::dvc
