// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/db/database.hpp>
#include <mlo/ledger/event.hpp>

namespace mlo::ledger {

/// What is to become an event.
struct NewEvent {
    std::string kind;  ///< of kinds()
    std::string subject;
    std::vector<store::ObjectRef> ids = {};  ///< in any order
    std::string body = {};                   ///< canonical JSON; empty for kinds without
};

/// The last event of a chain.
struct Head {
    std::uint64_t seq = 0;
    hash::Digest hash;

    friend bool operator==(const Head&, const Head&) = default;
};

/// Up to where each writer's chain was seen.
using Watermarks = std::map<std::string, std::uint64_t, std::less<>>;

/// What a run of foreign events brought.
struct Merged {
    std::string writer;
    std::uint64_t added = 0;
    std::uint64_t known = 0;   ///< were here already
    std::uint64_t bodies = 0;  ///< added
};

/// Something in a ledger that is not as it was written.
struct Break {
    std::string where;  ///< "<writer>/<seq>", or the id of a body
    std::string what;
};

/// The events of a store: those of this clone, and of others as far as they were fetched. Used by one thread at a time;
/// any number of processes may write. Throws also what db::Database throws.
class Ledger {
public:
    static constexpr std::string_view file_name = "ledger.db";

    /// `folder` is the store's, absolute. Access::read throws db::errors::database_missing where nothing was written
    /// yet.
    Ledger(const std::string& folder, db::Access access, const Runtime& runtime);

    /// Adds to the writer's chain. When it returns, the event survives a loss of power. What the event and the body
    /// name must be durable in the store before. Throws event_too_large.
    Event append(const std::string& writer, const NewEvent& event);
    /// All or none of them, in order.
    std::vector<Event> append(const std::string& writer, std::span<const NewEvent> events);
    /// Says that an event no longer counts. Throws event_unknown if it is not here or cannot be retracted.
    Event retract(const std::string& writer, const Place& place);

    [[nodiscard]] std::optional<Event> find(const std::string& writer, std::uint64_t seq);
    /// The writer's events from `first` on, in order, as far as they are here and at most `most`.
    [[nodiscard]] std::vector<Event> range(const std::string& writer, std::uint64_t first, std::uint64_t most);
    /// Calls `visit` with every event after the watermarks, one chain after the other, in a view that does not change
    /// meanwhile. `visit` may read the ledger's bodies.
    void for_each_since(const Watermarks& seen, const std::function<void(const Event&)>& visit);
    /// Every chain's last event, by writer. O(writers).
    [[nodiscard]] std::map<std::string, Head, std::less<>> heads();
    /// By time, writer and seq: the same order in every ledger.
    [[nodiscard]] std::vector<Event> by_subject(std::string_view subject);
    [[nodiscard]] bool is_retracted(const Place& place);
    /// The canonical JSON; nothing if it was not sent here. Throws ledger_damaged if it is not what its id says.
    [[nodiscard]] std::optional<std::string> body(const hash::Digest& id);
    [[nodiscard]] bool has_body(const hash::Digest& id);
    /// At most `most` events whose bodies were not sent here.
    [[nodiscard]] std::vector<Event> without_body(std::uint64_t most);
    /// What events that are not retracted name: roots of gc. Sorted, each once.
    [[nodiscard]] std::vector<store::ObjectRef> roots();

    /// Takes foreign events (decode_run) and bodies that they or events here name. All or nothing; what is here already
    /// is passed over. Throws event_invalid, event_newer, event_fork, event_gap.
    Merged merge(std::string_view run, std::span<const std::string> bodies = {});
    /// Bodies alone, for events that are here. Returns how many were new.
    std::uint64_t merge_bodies(std::span<const std::string> bodies);

    /// Makes every hash and chain again. Reads everything; damage that keeps SQLite from reading is thrown.
    [[nodiscard]] std::vector<Break> verify();

private:
    [[nodiscard]] std::optional<Head> head(const std::string& writer);
    void insert(const Event& event);
    bool insert_body(std::string_view content, const hash::Digest& id);
    std::uint64_t take_bodies(std::span<const std::string> bodies);
    std::uint64_t take_run(std::span<const Event> run);

    db::Database database_;
    Runtime runtime_;
};

}  // namespace mlo::ledger
