// SPDX-License-Identifier: Apache-2.0
#include "document_cache.hpp"

#include <fmt/format.h>

#include <mlo/hash/digest.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/errors.hpp>

namespace mlo::pipeline {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30;

/// One file for each document: the latest text replaces the one before.
std::string name_of(const std::string& file) {
    return "pipeline.parsed-" + hash::to_hex(hash::xxh3_128(as_bytes(file))).substr(0, 16);
}

std::string header_of(std::string_view text, std::string_view rules) {
    return fmt::format("mlo/parsed-document-1 {} {}\n", rules, hash::sha256(as_bytes(text)).hex());
}

std::string checksum_of(std::string_view image) { return hash::to_hex(hash::xxh3_128(as_bytes(image))); }

std::optional<Document> read(Dir& dir, const std::string& file, std::string_view header, const DocumentLimits& limits) {
    try {
        const auto name = name_of(file);
        if (!dir.stat(name)) return std::nullopt;
        const auto content = read_file(dir, name, largest_file);
        std::string_view rest = content;
        if (!rest.starts_with(header)) return std::nullopt;
        rest.remove_prefix(header.size());
        constexpr std::size_t checksum_size = 32;
        if (rest.size() < checksum_size || rest.substr(0, checksum_size) != checksum_of(rest.substr(checksum_size)))
            return std::nullopt;
        return DocumentBuilder::from_image(rest.substr(checksum_size), file, limits);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Renamed, not synced: what a power cut leaves has another checksum.
void write(const ParsedStore& store, const std::string& file, const std::string& content) {
    const auto name = temporary_name("mlo", *store.random);
    try {
        const auto made = store.dir->create(name, 0600);
        made->write(as_bytes(content));
        store.dir->rename(name, *store.dir, name_of(file), Replace::yes);
    } catch (const Error&) {
        try {
            store.dir->remove(name);
        } catch (const Error&) {
            return;  // it was not made
        }
    }
}

}  // namespace

Document DocumentCache::get(std::string_view text, const std::string& file, std::string_view rules,
                            const DocumentLimits& limits, const std::function<Document()>& parse) const {
    if (store_.dir == nullptr || text.size() < least_bytes) return parse();
    const auto header = header_of(text, fmt::format("{} {} {}", store_.version, rules, limits.nodes));
    if (auto known = read(*store_.dir, file, header, limits)) return *std::move(known);
    auto document = parse();
    const auto image = DocumentBuilder::image_of(document);
    write(store_, file, header + checksum_of(image) + image);
    return document;
}

}  // namespace mlo::pipeline
