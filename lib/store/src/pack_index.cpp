// SPDX-License-Identifier: Apache-2.0
#include <mlo/store/pack_index.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "pack.hpp"
#include "segment.hpp"

#include <mlo/store/errors.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {

struct PackBuilder::State {
    PackEncoder encoder;
};

PackBuilder::PackBuilder(const Nonce& nonce, std::uint64_t expected_bytes) {
    bytes_.reserve(expected_bytes + expected_bytes / 32 + 4096);
    state_ = std::make_unique<State>(
        State{.encoder = PackEncoder{[this](ByteView piece) { append(bytes_, piece); }, nonce}});
}
PackBuilder::~PackBuilder() = default;

void PackBuilder::add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload) {
    state_->encoder.add(info, checksum, payload);
}

std::uint64_t PackBuilder::size_bytes() const noexcept { return bytes_.size(); }

PackOutline PackBuilder::finish() {
    const auto contents = state_->encoder.finish();
    return {contents.name, state_->encoder.footer()};
}

PackIndex::PackIndex(Dir& cache, Random& random) : cache_{cache}, random_{random} {}
PackIndex::~PackIndex() = default;

void PackIndex::take(const std::string& file_name, const ObjectId& segment) {
    auto opened = std::make_shared<Segment>(*cache_.open(file_name), segment);
    opened->verify();
    for (const auto& old : opened->superseded()) superseded_.insert(old);
    segments_.push_back(std::move(opened));
}

bool PackIndex::load(const ObjectId& segment) {
    const auto file_name = segment_file_name(segment);
    if (!cache_.stat(file_name)) return false;
    try {
        take(file_name, segment);
        return true;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
        cache_.remove(file_name);
        return false;
    }
}

void PackIndex::add(const ObjectId& segment, ByteView bytes) {
    if (hash::sha256(bytes) != segment)
        throw Error{errors::index_corrupt,
                    fmt::format("the bytes of index segment 'index/{}' do not have that hash", segment.hex())};
    // Not synced: a copy that a power cut damages is found by its hash and fetched again.
    const auto temporary = temporary_name("segment", random_);
    cache_.create(temporary, 0444)->write(bytes);
    cache_.rename(temporary, cache_, segment_file_name(segment), Replace::yes);
    take(segment_file_name(segment), segment);
}

ObjectId PackIndex::write(const std::vector<PackOutline>& packs, Supersede supersede) {
    std::vector<PackContents> contents;
    contents.reserve(packs.size());
    for (const auto& pack : packs) contents.push_back(decode_footer(pack.footer, pack.name));
    const auto temporary = temporary_name("segment", random_);
    const auto file = cache_.create(temporary, 0444);
    const auto name = encode_segment(
        *file, contents, supersede == Supersede::all ? segments_ : std::vector<std::shared_ptr<const Segment>>{});
    cache_.rename(temporary, cache_, segment_file_name(name), Replace::yes);
    take(segment_file_name(name), name);
    return name;
}

std::unique_ptr<File> PackIndex::open(const ObjectId& segment) { return cache_.open(segment_file_name(segment)); }

void PackIndex::settle(const std::set<ObjectId>& listed) {
    std::erase_if(segments_, [&](const auto& segment) { return superseded_.contains(segment->name()); });
    std::sort(segments_.begin(), segments_.end(),
              [](const auto& a, const auto& b) { return a->entry_count() > b->entry_count(); });
    for (const auto& entry : cache_.list()) {
        const auto name = parse_segment_file_name(entry.name);
        if (!name || !listed.contains(*name)) cache_.remove(entry.name);
    }
}

std::optional<RecordLocation> PackIndex::find(const ObjectId& id) const {
    std::optional<RecordLocation> best;
    for (const auto& segment : segments_) {
        auto found = segment->find(id, excluded_);
        if (found && found->info.form == RecordForm::raw) return found;
        if (found && !best) best = found;
    }
    return best;
}

bool PackIndex::has_pack(const ObjectId& pack) const {
    return std::any_of(segments_.begin(), segments_.end(), [&](const auto& segment) {
        for (std::uint32_t i = 0; i < segment->pack_count(); ++i)
            if (segment->pack(i) == pack) return true;
        return false;
    });
}

}  // namespace mlo::store
