// SPDX-License-Identifier: Apache-2.0
#include "upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/sync/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>

namespace mlo::sync {
namespace {

using namespace std::chrono_literals;

constexpr auto renewal_interval = 1h;
constexpr auto gc_waits = std::chrono::hours{24 * 7};
constexpr std::uint64_t pack_bytes = 64u << 20;
constexpr std::uint32_t max_uploads = 4;
constexpr std::size_t max_segments = 64;

std::int64_t seconds_since_epoch(Timestamp time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Tells how far the sending of a pack has come; what is sent again is not told again.
class WatchedSource final : public remote::Source {
public:
    WatchedSource(ByteView bytes, Progress& progress) : bytes_{bytes}, progress_{progress} {}
    std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
    std::size_t read(std::span<std::byte> into, std::uint64_t offset) override {
        const auto count = bytes_.read(into, offset);
        const auto end = offset + count;
        if (end > told_) progress_.advance(end - std::exchange(told_, end));
        return count;
    }
    std::size_t peek(std::span<std::byte> into, std::uint64_t offset) override { return bytes_.read(into, offset); }

private:
    remote::BytesSource bytes_;
    Progress& progress_;
    std::uint64_t told_ = 0;
};

remote::Key pack_key(const store::ObjectId& pack) { return remote::Key{fmt::format("packs/{}", pack.hex())}; }

}  // namespace

bool concerns_one_object(const Error& error) noexcept {
    // A sector that the disk cannot read is damage like any other.
    return error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::corrupt ||
           error.kind() == ErrorKind::conflict || &error.code() == &mlo::errors::system_call;
}

Lease::Lease(const Peer& peer) : peer_{peer}, started_{peer.runtime.clock.elapsed()} { take(); }

Lease::~Lease() { drop(); }

void Lease::take() {
    const auto expires = seconds_since_epoch(peer_.runtime.clock.now() + gc_waits);
    const auto text = fmt::format("mlo lease 1\nexpires {}\n", expires);
    // A second has one name, which another push of this clone may have taken.
    constexpr int attempts = 100;
    const auto first = seconds_since_epoch(peer_.runtime.clock.now());
    for (auto seq = first; seq < first + attempts; ++seq) {
        const remote::Key key{fmt::format("leases/{}/{}", peer_.clone, seq)};
        if (remote::put_bytes(peer_.remote, key, as_bytes(text)) == remote::PutResult::existed) continue;
        key_ = key;
        renewed_ = peer_.runtime.clock.elapsed();
        return;
    }
    throw Error{remote::errors::bad_answer,
                fmt::format("{} says of every new name that it is there already", quoted(peer_.remote.shown()))};
}

void Lease::drop() noexcept {
    try {
        if (key_) peer_.remote.remove(*key_);
    } catch (const std::exception& error) {
        // It expires by itself.
        peer_.runtime.log.log(LogLevel::debug, fmt::format("a lease stays on the remote: {}", error.what()));
    }
    key_.reset();
}

void Lease::renew() {
    const std::scoped_lock lock{mutex_};
    const auto now = peer_.runtime.clock.elapsed();
    if (now - started_ >= gc_waits)
        throw Error{errors::push_took_too_long,
                    fmt::format("the push to {} took longer than a week", peer_.remote.shown())}
            .hint("mlo push");
    if (now - renewed_ < renewal_interval) return;
    const auto old = key_;
    take();
    peer_.remote.remove(*old);
}

bool Upload::has_arrived(const store::PackOutline& pack) {
    constexpr std::uint64_t trailer_bytes = 24;  // "A pack" in lib/store/README.md
    const auto info = peer_.remote.stat(pack_key(pack.name));
    const auto end_bytes = pack.footer.size() + trailer_bytes;
    if (!info || info->size_bytes < end_bytes) return false;
    // Some servers show what of an upload came before it broke off.
    remote::BytesSink end{end_bytes, quoted(pack_key(pack.name).text())};
    peer_.remote.get(pack_key(pack.name), {.offset = info->size_bytes - end_bytes, .size_bytes = end_bytes}, end);
    return end.bytes().size() == end_bytes && std::equal(pack.footer.begin(), pack.footer.end(), end.bytes().begin());
}

std::uint64_t Upload::resume() {
    std::uint64_t resumed = 0;
    for (const auto& pack : journal_.read()) {
        const bool is_listed = view_.index().has_pack(pack.name);
        if (!is_listed && !view_.condemned().contains(pack.name) && has_arrived(pack)) {
            publish({pack});
            ++resumed;
        }
        journal_.remove(pack.name);
    }
    return resumed;
}

void Upload::publish(const std::vector<store::PackOutline>& packs) {
    view_.put_segment(view_.index().write(packs, store::PackIndex::Supersede::none));
}

void Upload::consolidate() {
    if (view_.index().live_segments() <= max_segments) return;
    view_.put_segment(view_.index().write({}, store::PackIndex::Supersede::all));
}

void Upload::send_pack(const store::Exporter& exporter, std::span<const store::ExportItem* const> items,
                       Progress& progress) {
    store::PackBuilder::Nonce nonce{};
    peer_.runtime.random.fill(nonce);
    std::uint64_t expected = 0;
    for (const auto* item : items) expected += item->bytes;
    store::PackBuilder builder{nonce, expected};
    store::ExportReader reader{exporter};
    std::uint64_t records = 0;
    for (const auto* item : items) {
        peer_.runtime.check_stop();
        try {
            const auto record = reader.read(*item);
            builder.add(record.info, record.checksum, record.payload);
            ++records;
        } catch (const Error& error) {
            if (!concerns_one_object(error)) throw;
            const std::scoped_lock lock{mutex_};
            unreadable_.try_emplace(item->id, error);
        }
    }
    if (records == 0) return;
    const auto pack = builder.finish();
    journal_.write(pack);
    WatchedSource source{builder.bytes(), progress};
    // Its name holds random bytes, so nothing can be there but what an attempt of this very put has left: a request
    // that was delivered twice finds its own work.
    if (peer_.remote.put(pack_key(pack.name), source) == remote::PutResult::existed && !has_arrived(pack))
        throw Error{errors::remote_corrupt,
                    fmt::format("{} in {} holds other bytes than were sent", quoted(pack_key(pack.name).text()),
                                quoted(peer_.remote.shown()))};
    lease_.renew();
    const std::scoped_lock lock{mutex_};
    publish({pack});
    journal_.remove(pack.name);
    counts_.records += records;
    counts_.bytes += source.size_bytes();
    ++counts_.packs;
}

UploadCounts Upload::send(const store::Exporter& exporter, const store::ExportPlan& plan) {
    std::vector<std::vector<const store::ExportItem*>> packs;
    std::uint64_t size = pack_bytes;
    for (const auto* items : plan.parts()) {
        for (const auto& item : *items) {
            if (size + item.bytes > pack_bytes) {
                packs.emplace_back();
                size = 0;
            }
            packs.back().push_back(&item);
            size += item.bytes;
        }
    }
    const auto progress = peer_.runtime.progress.begin("uploading", ProgressUnit::bytes);
    progress->expect(plan.size_bytes());
    const auto jobs = std::min(peer_.transfers, max_uploads);
    parallel_for(packs.size(), jobs, peer_.runtime.stop,
                 [&](std::size_t i) { send_pack(exporter, packs[i], *progress); });
    return counts_;
}

}  // namespace mlo::sync
