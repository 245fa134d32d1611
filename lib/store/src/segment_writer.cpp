// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>

#include "segment.hpp"

#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>

namespace mlo::store {
namespace {

constexpr std::size_t buffer_size = 1 << 20;

/// The packs of a segment under construction, each with one number however many sources list it.
class PackTable {
public:
    std::uint32_t number_of(const ObjectId& pack) {
        const auto [at, is_new] = numbers_.try_emplace(pack, static_cast<std::uint32_t>(names_.size()));
        if (is_new) names_.push_back(pack);
        return at->second;
    }
    [[nodiscard]] const std::vector<ObjectId>& names() const noexcept { return names_; }

private:
    std::map<ObjectId, std::uint32_t> numbers_;
    std::vector<ObjectId> names_;
};

auto order_of(const IndexEntry& entry) {
    return std::tie(entry.info.id.bytes, entry.info.form, entry.pack, entry.offset);
}

/// One sorted run of entries: the new packs', or a segment's with its pack numbers translated.
class Run {
public:
    Run(const std::vector<PackContents>& packs, PackTable& table) {
        for (const auto& pack : packs) {
            const auto number = table.number_of(pack.name);
            for (const auto& entry : pack.entries) entries_.push_back({entry.info, number, entry.offset});
        }
        std::sort(entries_.begin(), entries_.end(),
                  [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
        count_ = entries_.size();
        advance();
    }
    Run(std::shared_ptr<const Segment> segment, PackTable& table)
        : segment_{std::move(segment)}, count_{segment_->entry_count()} {
        for (std::uint32_t i = 0; i < segment_->pack_count(); ++i)
            numbers_.push_back(table.number_of(segment_->pack(i)));
        advance();
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] bool done() const noexcept { return next_ > count_; }
    [[nodiscard]] const IndexEntry& head() const noexcept { return head_; }
    void advance() {
        if (next_ < count_) {
            head_ = segment_ == nullptr ? entries_[next_] : segment_->entry(next_);
            if (segment_ != nullptr) head_.pack = numbers_.at(head_.pack);
        }
        ++next_;
    }
    /// Adds to `counts` how many entries have each first byte.
    void count_first_bytes(std::array<std::uint64_t, 256>& counts) const {
        for (std::uint64_t i = 0; i < count_; ++i) {
            const auto& id = segment_ == nullptr ? entries_[i].info.id : segment_->entry(i).info.id;
            ++counts[std::to_integer<std::size_t>(id.bytes[0])];
        }
    }

private:
    std::vector<IndexEntry> entries_;
    std::shared_ptr<const Segment> segment_;
    std::vector<std::uint32_t> numbers_;
    std::uint64_t count_ = 0;
    std::uint64_t next_ = 0;  ///< the one after the head
    IndexEntry head_;
};

/// A file that is hashed as it is written.
class HashedFile {
public:
    explicit HashedFile(File& file) : file_{file} { buffer_.reserve(buffer_size + IndexEntry::size); }
    [[nodiscard]] Bytes& buffer() noexcept { return buffer_; }
    void spill() {
        if (buffer_.size() >= buffer_size) flush();
    }
    [[nodiscard]] ObjectId finish() {
        flush();
        return hasher_.finish();
    }

private:
    void flush() {
        hasher_.update(buffer_);
        file_.write(buffer_);
        buffer_.clear();
    }
    File& file_;
    hash::Sha256 hasher_;
    Bytes buffer_;
};

Bytes encode_head(const PackTable& packs, const std::vector<std::shared_ptr<const Segment>>& merged,
                  std::vector<Run>& runs) {
    std::array<std::uint64_t, 256> counts{};
    for (const auto& run : runs) run.count_first_bytes(counts);
    std::partial_sum(counts.begin(), counts.end(), counts.begin());

    Bytes head;
    append(head, as_bytes("MLOindx1"));
    append_le(head, static_cast<std::uint32_t>(packs.names().size()));
    append_le(head, static_cast<std::uint32_t>(merged.size()));
    append_le(head, counts.back());
    for (const auto& pack : packs.names()) append(head, pack.bytes);
    for (const auto& segment : merged) append(head, segment->name().bytes);
    for (const auto count : counts) append_le(head, count);
    return head;
}

}  // namespace

ObjectId encode_segment(File& file, const std::vector<PackContents>& packs,
                        const std::vector<std::shared_ptr<const Segment>>& merged) {
    PackTable table;
    std::vector<Run> runs;
    runs.reserve(merged.size() + 1);
    runs.emplace_back(packs, table);
    for (const auto& segment : merged) runs.emplace_back(segment, table);

    HashedFile output{file};
    append(output.buffer(), encode_head(table, merged, runs));
    const auto earlier = [](const Run& a, const Run& b) {
        if (a.done() || b.done()) return !a.done();
        return order_of(a.head()) < order_of(b.head());
    };
    while (true) {
        auto& first = *std::min_element(runs.begin(), runs.end(), earlier);
        if (first.done()) break;
        first.head().append_to(output.buffer());
        output.spill();
        first.advance();
    }
    return output.finish();
}

ObjectId write_segment(Dir& tmp, const std::string& temporary_name, Dir& index, const std::vector<PackContents>& packs,
                       const std::vector<std::shared_ptr<const Segment>>& merged) {
    const auto file = tmp.create(temporary_name, 0444);
    const auto name = encode_segment(*file, packs, merged);
    if (!mutant(Mutant::segment_sync)) file->sync();
    // The same content under the same name: somebody else wrote it, and replacing it changes nothing.
    tmp.rename(temporary_name, index, segment_file_name(name), Replace::yes);
    if (!mutant(Mutant::index_dir_sync)) index.sync();
    return name;
}

}  // namespace mlo::store
