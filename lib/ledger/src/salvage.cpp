// SPDX-License-Identifier: Apache-2.0
#include <mlo/ledger/salvage.hpp>

#include <fmt/format.h>

#include <mlo/db/check.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "rules.hpp"
#include "tables.hpp"

namespace mlo::ledger {
namespace {

constexpr std::string_view work_name = "salvage";
constexpr std::size_t run_bytes = std::size_t{16} << 20;

/// The rows that SQLite's pages still had, sorted into chains and what is behind gaps.
class Rows {
public:
    Rows(const std::string& path, const Runtime& runtime)
        : database_{path, db::Access::write, db::Durability::process, schema, runtime} {
        auto& rows = database_.statement("SELECT " MLO_EVENT_COLUMNS " FROM events ORDER BY writer, seq");
        while (rows.step()) {
            runtime.check_stop();
            try {
                take(read_event(rows));
            } catch (const Error& error) {
                if (error.code().id != errors::ledger_damaged.id) throw;  // its place is missing then
            }
        }
    }

    /// Of each writer, up to the first gap.
    [[nodiscard]] const std::vector<std::vector<Event>>& chains() const noexcept { return chains_; }
    [[nodiscard]] const std::vector<Event>& orphans() const noexcept { return orphans_; }
    [[nodiscard]] std::vector<std::string> take_lost() { return std::move(lost_); }

    [[nodiscard]] std::optional<std::string> body(const hash::Digest& id) {
        auto& select = database_.statement("SELECT content FROM bodies WHERE id = ?");
        if (!select.bind_all(ByteView{id.bytes}).step()) return std::nullopt;
        std::string content{select.text(0)};
        select.reset();
        return hash::sha256(as_bytes(content)) == id ? std::optional{std::move(content)} : std::nullopt;
    }

private:
    void take(Event event) {
        if (fault_of(event) || hash::sha256(as_bytes(encode(event))) != event.hash) return;
        if (event.seq == 1) chains_.emplace_back();
        const auto last = event.writer == writer_ ? seq_ : 0;
        if (event.seq > last + 1)
            lost_.push_back(event.seq == last + 2
                                ? fmt::format("the event {} of {}", last + 1, event.writer)
                                : fmt::format("the events {} to {} of {}", last + 1, event.seq - 1, event.writer));
        writer_ = event.writer;
        seq_ = event.seq;
        auto* const chain = chains_.empty() ? nullptr : &chains_.back();
        const bool follows = chain != nullptr && (chain->empty() ? event.seq == 1
                                                                 : chain->front().writer == event.writer &&
                                                                       chain->back().seq + 1 == event.seq &&
                                                                       event.previous == chain->back().hash);
        (follows ? *chain : orphans_).push_back(std::move(event));
    }

    db::Database database_;
    std::vector<std::vector<Event>> chains_;
    std::vector<Event> orphans_;
    std::vector<std::string> lost_;
    std::string writer_;
    std::uint64_t seq_ = 0;
};

void keep_chain(Ledger& ledger, Rows& rows, const std::vector<Event>& chain) {
    std::string text;
    std::vector<std::string> bodies;
    std::size_t size = 0;
    const auto flush = [&] {
        if (!text.empty()) static_cast<void>(ledger.merge(text, bodies));
        text.clear();
        bodies.clear();
        size = 0;
    };
    for (const auto& event : chain) {
        text += encode(event) + '\n';
        if (event.body)
            if (auto body = rows.body(*event.body)) {
                size += body->size();
                bodies.push_back(*std::move(body));
            }
        if (text.size() + size > run_bytes) flush();
    }
    flush();
}

/// False if it cannot be: its body is lost, or nobody knows the kind.
bool record_again(Ledger& ledger, Rows& rows, const Event& event, const std::string& writer) {
    const auto* const kind = find_kind(event.kind);
    const bool has_body = event.body.has_value();
    const auto body = has_body ? rows.body(*event.body) : std::optional<std::string>{""};
    if (kind == nullptr || !body || (kind->body == HasBody::yes) != has_body) return false;
    ledger.append(writer, NewEvent{.kind = event.kind, .subject = event.subject, .ids = event.ids, .body = *body});
    return true;
}

/// Fills the ledger in `folder` from the rows that were read.
SalvagedLedger fill(const std::string& folder, Rows& rows, const std::string& writer, const Runtime& runtime) {
    SalvagedLedger result{.set_aside = {}, .lost = rows.take_lost()};
    Ledger ledger{folder, db::Access::write, runtime};
    for (const auto& chain : rows.chains()) {
        keep_chain(ledger, rows, chain);
        result.kept += chain.size();
    }
    for (const auto& event : rows.orphans()) {
        if (record_again(ledger, rows, event, writer))
            ++result.recorded_again;
        else
            result.lost.push_back(
                fmt::format("the event {} of {}, which has no body any more", event.seq, event.writer));
    }
    if (const auto breaks = ledger.verify(); !breaks.empty())
        throw Error{errors::ledger_damaged,
                    fmt::format("the ledger could not be mended: {} {}", breaks.front().where, breaks.front().what)}
            .hint("nothing was changed; fetch what was pushed into a fresh clone: mlo pull");
    return result;
}

void clear(Dir& folder) {
    for (const auto& entry : folder.list()) folder.remove(entry.name);
}

}  // namespace

bool is_damaged(const std::string& folder, const Runtime& runtime) {
    if (!runtime.fs.open_root(folder)->stat(Ledger::file_name)) return false;
    if (!db::check(path::join(folder, Ledger::file_name), runtime).empty()) return true;
    return !Ledger{folder, db::Access::read, runtime}.verify().empty();
}

SalvagedLedger salvage(const std::string& folder, const std::string& writer, const Runtime& runtime) {
    if (!is_damaged(folder, runtime)) return {};
    const auto home = runtime.fs.open_root(folder);
    static_cast<void>(home->make_dir(work_name));
    const auto work = home->open_dir(work_name);
    clear(*work);
    const auto work_path = path::join(folder, work_name);
    const auto rows_path = path::join(work_path, "rows.db");
    static_cast<void>(db::salvage(path::join(folder, Ledger::file_name), rows_path, schema, runtime));
    SalvagedLedger result;
    {
        Rows rows{rows_path, runtime};
        result = fill(work_path, rows, writer, runtime);
    }
    result.set_aside = db::replace_damaged(path::join(folder, Ledger::file_name),
                                           path::join(work_path, Ledger::file_name), schema, runtime);
    clear(*work);
    home->remove_dir(work_name);
    return result;
}

}  // namespace mlo::ledger
