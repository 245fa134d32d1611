// SPDX-License-Identifier: Apache-2.0
#include "run_schema.hpp"

#include <array>

namespace mlo::track {
namespace {

constexpr std::uint32_t application_id = 0x6d6c6f52;  // "mloR"

// Values are NULL where they are NaN, but for points, whose key they are part of. The indexes of series hold sealed
// runs alone, so that a point that is logged changes one page of it less; the open runs, which are few, are looked
// through.
constexpr db::Migration version_1 = R"sql(
CREATE TABLE experiments(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  created INTEGER NOT NULL,
  recorded INTEGER NOT NULL
) STRICT;
CREATE INDEX experiments_by_name ON experiments(name);
INSERT INTO experiments VALUES(0, 'Default', 0, 0);

CREATE TABLE names(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE runs(
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  experiment INTEGER NOT NULL,
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  user TEXT NOT NULL,
  parent TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  exit_code INTEGER,
  note TEXT NOT NULL,
  sealed INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_start ON runs(started);
CREATE INDEX runs_by_name ON runs(name);
CREATE INDEX runs_by_parent ON runs(parent) WHERE parent <> '';
CREATE INDEX runs_unsealed ON runs(state) WHERE sealed = 0;

CREATE TABLE params(
  run INTEGER NOT NULL, name INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE tags(
  run INTEGER NOT NULL, name INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  name INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  count INTEGER NOT NULL,
  last_step INTEGER NOT NULL, last_time INTEGER NOT NULL, last REAL,
  min_step INTEGER, min_time INTEGER, min REAL,
  max_step INTEGER, max_time INTEGER, max REAL,
  UNIQUE(run, name)
) STRICT;
CREATE INDEX series_by_last ON series(name, last, run) WHERE sealed = 1;
CREATE INDEX series_by_min ON series(name, min, run) WHERE sealed = 1;
CREATE INDEX series_by_max ON series(name, max, run) WHERE sealed = 1;

CREATE TABLE points(
  series INTEGER NOT NULL,
  step INTEGER NOT NULL,
  time INTEGER NOT NULL,
  nan INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY(series, step, time, nan, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE inputs(
  run INTEGER NOT NULL, role INTEGER NOT NULL, path BLOB NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY(run, role, path, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_id ON inputs(id);
CREATE TABLE outputs(
  run INTEGER NOT NULL, path BLOB NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL, size INTEGER NOT NULL,
  model INTEGER NOT NULL,
  PRIMARY KEY(run, path, kind, id, size, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX outputs_by_id ON outputs(id);

CREATE TABLE processes(
  run INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL, start_ticks INTEGER NOT NULL, boot_id TEXT NOT NULL, pid_space TEXT NOT NULL, host TEXT NOT NULL,
  heartbeat INTEGER NOT NULL,
  job_pid INTEGER, job_start_ticks INTEGER
) STRICT;
CREATE TABLE ingested(
  run INTEGER NOT NULL, file BLOB NOT NULL, offset INTEGER NOT NULL, lines INTEGER NOT NULL, PRIMARY KEY(run, file)
) STRICT, WITHOUT ROWID;

CREATE TABLE applied(writer TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE unread(
  writer TEXT NOT NULL, seq INTEGER NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY(writer, seq)
) STRICT, WITHOUT ROWID;
)sql";

// journals: how far the journal of a run was read; in a scratch store, how far it was written. journal_to: of a scratch
// store, the folder of its journals.
constexpr db::Migration version_2 = R"sql(
CREATE TABLE journals(
  run TEXT PRIMARY KEY, generation INTEGER NOT NULL, offset INTEGER NOT NULL, number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_to(folder BLOB NOT NULL) STRICT;
)sql";

// `silent`: only /proc tells whether the process lives. `wanted`: what is to be stored as output when the run ends.
constexpr db::Migration version_3 = R"sql(
ALTER TABLE processes ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
CREATE TABLE wanted(
  run INTEGER NOT NULL, path BLOB NOT NULL, model INTEGER NOT NULL, PRIMARY KEY(run, path)
) STRICT, WITHOUT ROWID;
)sql";

// Folders by path, to find the one that a file is a part of. What was merely present in the work tree is no reading.
constexpr db::Migration version_4 = R"sql(
CREATE INDEX inputs_of_folders ON inputs(path, id) WHERE kind = 1 AND role < 2;
CREATE INDEX outputs_of_folders ON outputs(path, id) WHERE kind = 1;
)sql";

constexpr std::array migrations{version_1, version_2, version_3, version_4};

}  // namespace

db::Schema run_schema() noexcept { return {application_id, migrations}; }

}  // namespace mlo::track
