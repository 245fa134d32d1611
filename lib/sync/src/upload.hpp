// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "journal.hpp"
#include "view.hpp"

#include <mlo/store/transfer.hpp>

namespace mlo::sync {

/// Says on the remote that this clone is pushing, for as long as the object lives.
class Lease {
public:
    explicit Lease(const Peer& peer);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    /// Takes a newer one if this is old enough. Thread-safe. Throws push_took_too_long once gc need not wait any more.
    void renew();

private:
    void take();
    void drop() noexcept;

    const Peer& peer_;
    std::mutex mutex_;
    std::optional<remote::Key> key_;
    std::chrono::nanoseconds started_;
    std::chrono::nanoseconds renewed_;
};

/// True for what keeps one object of the store from being sent, and no other.
[[nodiscard]] bool concerns_one_object(const Error& error) noexcept;

struct UploadCounts {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t packs = 0;
};

/// Sends records in packs, each followed by its index segment.
class Upload {
public:
    Upload(const Peer& peer, View& view, Journal& journal, Lease& lease)
        : peer_{peer}, view_{view}, journal_{journal}, lease_{lease} {}

    /// Gives those packs of the journal that have arrived their segments, and forgets the others. Returns how many.
    std::uint64_t resume();
    /// Leaves out what the store cannot give any more: unreadable().
    UploadCounts send(const store::Exporter& exporter, const store::ExportPlan& plan);
    /// The records that send left out, and why.
    [[nodiscard]] const std::unordered_map<store::ObjectId, Error>& unreadable() const noexcept { return unreadable_; }
    /// One segment instead of too many.
    void consolidate();

private:
    void send_pack(const store::Exporter& exporter, std::span<const store::ExportItem* const> items,
                   Progress& progress);
    [[nodiscard]] bool has_arrived(const store::PackOutline& pack);
    void publish(const std::vector<store::PackOutline>& packs);

    const Peer& peer_;
    View& view_;
    Journal& journal_;
    Lease& lease_;
    std::mutex mutex_;  ///< guards the view and all below
    UploadCounts counts_;
    std::unordered_map<store::ObjectId, Error> unreadable_;
};

}  // namespace mlo::sync
