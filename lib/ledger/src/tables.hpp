// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/db/database.hpp>
#include <mlo/ledger/event.hpp>

namespace mlo::ledger {

inline constexpr db::Migration migrations[] = {R"(
CREATE TABLE events (
    arrival INTEGER PRIMARY KEY,
    writer BLOB NOT NULL CHECK (length(writer) = 16),
    seq INTEGER NOT NULL CHECK (seq > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    previous BLOB CHECK (length(previous) = 32),
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB CHECK (length(body) = 32),
    ids BLOB NOT NULL,
    UNIQUE (writer, seq)
) STRICT;
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX events_by_body ON events (body) WHERE body IS NOT NULL;
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    content TEXT NOT NULL
) STRICT;
)"};
inline constexpr db::Schema schema{.application_id = 0x6d6c6f4c, .migrations = migrations};

/// What read_event reads.
#define MLO_EVENT_COLUMNS "writer, seq, hash, previous, time, kind, subject, body, ids"

/// The event of the current row, its bytes not yet checked. Throws ledger_damaged if it is none.
[[nodiscard]] Event read_event(db::Statement& row);
[[nodiscard]] std::string writer_text(ByteView bytes);

}  // namespace mlo::ledger
