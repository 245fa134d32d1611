// SPDX-License-Identifier: Apache-2.0
#include "memory_remote.hpp"

#include <algorithm>
#include <mlo/remote/errors.hpp>

namespace mlo::test {

namespace errors = remote::errors;
using remote::Key;

MemoryRemote::MemoryRemote(Clock& clock)
    : MemoryRemote{
          clock,
          {.scheme = "memory", .can_write = true, .can_list = true, .can_range = true, .has_exclusive_put = true}} {}

MemoryRemote::MemoryRemote(Clock& clock, const remote::Traits& traits) : clock_{clock}, traits_{traits} {}

void MemoryRemote::get(const Key& key, remote::ByteRange range, remote::Sink& sink) {
    std::shared_ptr<const Bytes> bytes;
    {
        const std::lock_guard guard{mutex_};
        const auto found = values_.find(key.text());
        if (found == values_.end()) throw Error{errors::key_absent, "'" + key.text() + "' is not in 'memory'"};
        bytes = found->second.bytes;
    }
    if (range.offset >= bytes->size()) return;
    const auto left = std::min<std::uint64_t>(range.size_bytes, bytes->size() - range.offset);
    if (left > 0) sink.write(ByteView{*bytes}.subspan(range.offset, left));
}

remote::PutResult MemoryRemote::put(const Key& key, remote::Source& source) {
    MLO_ASSERT(traits_.can_write);
    auto bytes = read_all(source);
    const std::lock_guard guard{mutex_};
    const bool is_new = values_.try_emplace(key.text(), Value{std::move(bytes), clock_.now()}).second;
    return is_new ? remote::PutResult::created : remote::PutResult::existed;
}

void MemoryRemote::replace(const Key& key, remote::Source& source) {
    MLO_ASSERT(traits_.can_write);
    auto bytes = read_all(source);
    const std::lock_guard guard{mutex_};
    values_.insert_or_assign(key.text(), Value{std::move(bytes), clock_.now()});
}

std::optional<remote::Info> MemoryRemote::stat(const Key& key) {
    const std::lock_guard guard{mutex_};
    const auto found = values_.find(key.text());
    if (found == values_.end()) return std::nullopt;
    return remote::Info{.size_bytes = found->second.bytes->size(), .modified = found->second.modified};
}

void MemoryRemote::list(const remote::Prefix& prefix, const std::function<void(const remote::Listed&)>& visit) {
    MLO_ASSERT(traits_.can_list);
    std::vector<remote::Listed> listed;
    {
        const std::lock_guard guard{mutex_};
        for (auto at = values_.lower_bound(prefix.text()); at != values_.end() && at->first.starts_with(prefix.text());
             ++at)
            listed.push_back(
                {Key{at->first}, {.size_bytes = at->second.bytes->size(), .modified = at->second.modified}});
    }
    for (const auto& each : listed) visit(each);
}

void MemoryRemote::remove(const Key& key) {
    MLO_ASSERT(traits_.can_write);
    const std::lock_guard guard{mutex_};
    values_.erase(key.text());
}

std::vector<std::string> MemoryRemote::keys() const {
    const std::lock_guard guard{mutex_};
    std::vector<std::string> keys;
    for (const auto& [key, value] : values_) keys.push_back(key);
    return keys;
}

std::string MemoryRemote::value(const std::string& key) const {
    const std::lock_guard guard{mutex_};
    return std::string{as_text(*values_.at(key).bytes)};
}

void MemoryRemote::set(const std::string& key, std::string_view value) {
    const auto bytes = as_bytes(value);
    const std::lock_guard guard{mutex_};
    values_.insert_or_assign(key, Value{std::make_shared<Bytes>(bytes.begin(), bytes.end()), clock_.now()});
}

std::shared_ptr<const Bytes> MemoryRemote::read_all(remote::Source& source) {
    auto bytes = std::make_shared<Bytes>(source.size_bytes());
    // In blocks, as the real ones do: a source may fail in the middle.
    constexpr std::size_t block = 1u << 16;
    for (std::size_t at = 0; at < bytes->size(); at += block) {
        const auto part = std::span{*bytes}.subspan(at, std::min(block, bytes->size() - at));
        if (source.read(part, at) != part.size()) throw Error{errors::source_changed, "the source changed its size"};
    }
    return bytes;
}

}  // namespace mlo::test
