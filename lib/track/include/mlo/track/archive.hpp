// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/ledger/ledger.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/track/series.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// An event that could not be made into rows.
struct UnreadEvent {
    std::string writer;
    std::uint64_t seq = 0;
    std::string subject;
    std::string missing;  ///< the id of the body or blob that is not here; empty for a document that is no good
    std::string reason;
};

/// What was unreadable for want of an object: is it looked for again?
enum class Unread : std::uint8_t { leave, retry };

/// Runs between runs.db, the ledger and the objects: sealing, and everything that happens to sealed runs. Used by one
/// thread at a time; any number of processes may do the same. Throws also what those three throw.
class Archive {
public:
    /// All must outlive the object. `writer` is this clone's id; `folder` is the store's, for the lock.
    Archive(RunStore& runs, ledger::Ledger& ledger, store::ObjectStore& objects, Dir& folder, std::string writer,
            const Runtime& runtime);

    /// Brings runs.db up to the ledger. Cheap where nothing is new. Whoever opens the store for writing calls it, and
    /// sync after it has merged events or (Unread::retry) fetched bodies. Returns how many events were read.
    std::uint64_t catch_up(Unread unread = Unread::leave);
    /// Makes everything about sealed runs anew from ledger and objects. Open runs stay as they are.
    void rebuild();
    /// The events that could not be read, and why.
    [[nodiscard]] std::vector<UnreadEvent> unread();

    /// Seals a run that has ended: when it returns, all of it survives a loss of power and can travel. False if that
    /// was done already. Throws run_running, and ledger_behind where the ledger has lost events of this clone.
    bool seal(std::string_view run);
    /// The same for several runs, all of them or none, in one durable step. Returns those that were not sealed before.
    std::vector<std::string> seal(std::span<const std::string> runs);
    /// Seals every run that has ended. Returns their ids.
    std::vector<std::string> seal_ended();
    /// Records again what runs.db knows of sealed runs, and the ledger, which has lost events, does not. Returns the
    /// runs.
    std::vector<std::string> record_again();
    /// Makes a sealed run an open one again, as its next attempt, with all its points. Throws run_deleted and, for one
    /// that is not sealed, run_running.
    [[nodiscard]] RunDocument reopen(std::string_view run, const ProcessIdentity& process, Pulse pulse = Pulse::beats);
    /// Whether this clone has sealed the run, or is about to: what its job does was once started here.
    [[nodiscard]] bool is_own(std::string_view run);
    /// Changes name, note, tags or the mark of deletion of any run; the revision is made here.
    void amend(std::string_view run, Amendment amendment);

    /// The points of any run, in order; false if it has no such metric. Throws object_missing where they were not
    /// fetched.
    bool read_points(std::string_view run, std::string_view key,
                     const std::function<void(std::span<const Point>)>& sink);
    /// The points of all metrics of a run for which `wants` holds, one metric after the other, each in order. Reads
    /// what is sealed once, however many there are. Throws object_missing.
    void read_points(std::string_view run, const std::function<bool(std::string_view key)>& wants,
                     const std::function<void(std::string_view key, std::span<const Point>)>& sink);
    /// The same, as a page draws them.
    [[nodiscard]] std::vector<CurveBucket> curve(std::string_view run, std::string_view key, CurveAxis axis,
                                                 std::uint32_t buckets);

private:
    /// An event without its body, as catch_up gathers them.
    struct Pending {
        ledger::Place place;
        std::string kind;
        std::string subject;
        std::optional<hash::Digest> body;
    };
    [[nodiscard]] ledger::Watermarks watermarks();
    std::vector<Pending> gather(const ledger::Watermarks& seen);
    void apply(std::span<const Pending> events);
    void apply_experiment(const Pending& event);
    void apply_run(const std::string& run);
    struct Body {
        std::optional<std::string> text;  ///< nothing if it is not here:
        std::string missing;              ///< UnreadEvent::missing
        std::string reason;
    };
    [[nodiscard]] Body read_body(const ledger::Event& event, std::string_view run);
    void require_whole_chain();
    void set_unread(const ledger::Place& place, std::string_view subject, std::string_view missing,
                    std::string_view reason);
    [[nodiscard]] RunDocument to_seal(std::string_view run, const RunStatus& status);
    [[nodiscard]] std::vector<ledger::NewEvent> make_events(RunDocument& document);
    /// What the events name is in `ingest` afterwards, which is to be committed before they are appended.
    [[nodiscard]] std::vector<ledger::NewEvent> make_events(RunDocument& document, store::Ingest& ingest);
    /// Hands the metric's points to `sink` where the run is not sealed, its series to `use` where it is.
    bool with_points(std::string_view run, std::string_view key,
                     const std::function<void(std::span<const Point>)>& sink,
                     const std::function<void(const SeriesFile&, const SeriesFile::Series&)>& use);
    [[nodiscard]] bool with_sealed(const RunDocument& document, std::string_view key,
                                   const std::function<void(const SeriesFile&, const SeriesFile::Series&)>& use);

    RunStore& runs_;
    ledger::Ledger& ledger_;
    store::ObjectStore& objects_;
    Dir& folder_;
    std::string writer_;
    Runtime runtime_;
};

}  // namespace mlo::track
