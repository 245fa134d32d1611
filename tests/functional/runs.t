The list, the newest first; what a run is called, what it did, how it ended. Ids and times are random, so they are cut off here.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ mlo runs
  no runs yet
    next: mlo track -- CMD
  $ mlo runs --json
  {
    "schema": "mlo/runs-v1",
    "runs": []
  }
  $ mlo runs -w "metrics.loss < 1"
  no such runs
  $ list() { mlo runs "$@" | cut -c 11- | sed -E 's/20[0-9-]+T[0-9:.]+Z/then/g; s/[0-9]+\.[0-9] s/some s/; s/  +/  /g'; }
  $ mlo track -q -n one -e Trees -p lr=0.1 -p model=tree -t stage=trial -- mlo track log loss=0.5 acc=0.9
  $ mlo track -q -n two -e Trees -p lr=0.01 -p model=tree -- sh -c 'mlo track log loss=0.75; mlo track log loss=0.25; mlo track log nothing=nan'
  $ mlo track -q -n three -e Nets -p lr=1e-3 -p model=net -- sh -c 'mlo track log loss=inf; exit 4'
  [4]
  $ mlo track -q -n four -- sh -c 'kill -KILL $$'
  [137]
  $ list
  name  status  started  duration  experiment
  four  KILLED  then  some s  Default
  three  FAILED  then  some s  Nets
  two  FINISHED  then  some s  Trees
  one  FINISHED  then  some s  Trees
  $ mlo runs | sed 1d | grep -Evc '^[0-9a-f]{8}  '
  0
  [1]
  $ mlo runs --json | check_json

Columns: metrics, their least, greatest and number; parameters; tags; what else is known.

  $ list -c metrics.loss,metrics.loss.min,metrics.loss.max,metrics.loss.count,metrics.nothing.min -c params.lr,tags.stage,exit_code,user
  name  status  started  duration  experiment  metrics.loss  metrics.loss.min  metrics.loss.max  metrics.loss.count  metrics.nothing.min  params.lr  tags.stage  exit_code  user
  four  KILLED  then  some s  Default  ada
  three  FAILED  then  some s  Nets  inf  inf  inf  1  1e-3  4  ada
  two  FINISHED  then  some s  Trees  0.25  0.25  0.75  2  nan  0.01  0  ada
  one  FINISHED  then  some s  Trees  0.5  0.5  0.5  1  0.1  trial  0  ada
  $ list -c ended,parent,id,experiment,duration,started,commit -n 1
  there are more than 1
    next: the same with --after * (glob)
  name  status  started  duration  experiment  ended  parent  commit
  four  KILLED  then  some s  Default  then  ?????????? (glob)
  $ list -c 'metric.loss, param.lr,tag.stage' -n 1 -e Trees
  there are more than 1
    next: the same with --after * (glob)
  name  status  started  duration  metric.loss  param.lr  tag.stage
  two  FINISHED  then  some s  0.25  0.01
  $ mlo runs -c metrics.loss,metrics.nothing,params.lr,tags.stage --json | check_json

Order: what has no such value comes last, both ways.

  $ list -s metrics.loss
  name  status  started  duration  experiment  metrics.loss
  two  FINISHED  then  some s  Trees  0.25
  one  FINISHED  then  some s  Trees  0.5
  three  FAILED  then  some s  Nets  inf
  four  KILLED  then  some s  Default
  $ list --sort metrics.loss:desc
  name  status  started  duration  experiment  metrics.loss
  three  FAILED  then  some s  Nets  inf
  one  FINISHED  then  some s  Trees  0.5
  two  FINISHED  then  some s  Trees  0.25
  four  KILLED  then  some s  Default
  $ list -s metrics.loss.min:asc
  name  status  started  duration  experiment  metrics.loss.min
  two  FINISHED  then  some s  Trees  0.25
  one  FINISHED  then  some s  Trees  0.5
  three  FAILED  then  some s  Nets  inf
  four  KILLED  then  some s  Default
  $ list -s params.lr
  name  status  started  duration  experiment  params.lr
  three  FAILED  then  some s  Nets  1e-3
  two  FINISHED  then  some s  Trees  0.01
  one  FINISHED  then  some s  Trees  0.1
  four  KILLED  then  some s  Default
  $ list -s name
  name  status  started  duration  experiment
  four  KILLED  then  some s  Default
  one  FINISHED  then  some s  Trees
  three  FAILED  then  some s  Nets
  two  FINISHED  then  some s  Trees
  $ list -s status:desc
  name  status  started  duration  experiment
  four  KILLED  then  some s  Default
  three  FAILED  then  some s  Nets
  two  FINISHED  then  some s  Trees
  one  FINISHED  then  some s  Trees
  $ list -s started | cut -d ' ' -f 1
  name
  one
  two
  three
  four
  $ list -s metrics.lss:desc | head -n 1; list -s params.ler -e Trees | head -n 1; list -s tags.nothing | head -n 1; list -s metrics.nothing.max -e Nets | head -n 1
  warning: none of these runs has the metric 'lss'
  did you mean 'loss'?
  name  status  started  duration  experiment  metrics.lss
  warning: none of these runs has the parameter 'ler'
  did you mean 'lr'?
  name  status  started  duration  params.ler
  warning: none of these runs has the tag 'nothing'
  name  status  started  duration  experiment  tags.nothing
  warning: none of these runs has the metric 'nothing'
  name  status  started  duration  metrics.nothing.max
  $ mlo runs -s params.ler --json | check_json
  warning: none of these runs has the parameter 'ler'
  did you mean 'lr'?
  $ list -s metrics.loss:up | head -n 1
  warning: none of these runs has the metric 'loss:up'
  name  status  started  duration  experiment  metrics.loss:up
  $ for by in ended duration user tags.stage metrics.loss.max; do list -s $by | wc -l; done
  5
  5
  5
  5
  5

Of some experiments.

  $ list -e Trees
  name  status  started  duration
  two  FINISHED  then  some s
  one  FINISHED  then  some s
  $ list --experiment Nets -e Default
  name  status  started  duration
  four  KILLED  then  some s
  three  FAILED  then  some s
  $ list -e Nest
  error[MLO-T103]: there is no experiment 'Nest'
    help: did you mean 'Nets'?
  $ mlo runs -e nothing
  error[MLO-T103]: there is no experiment 'nothing'
  [1]

Pages.

  $ mlo runs -n 3 -s name > page 2> more; cut -c 11- page | cut -d ' ' -f 1; cat more
  name
  four
  one
  three
  there are more than 3
    next: the same with --after * (glob)
  $ list --limit 3 -s name --after $(sed -n 's/.*--after //p' more) | cut -d ' ' -f 1
  name
  two
  $ mlo runs -n 3 -s name:desc --after $(sed -n 's/.*--after //p' more)
  error[MLO-T012]: this is no place in that list
  [2]
  $ mlo runs -n 3 --json | check_json
  $ mlo runs -n 4 --json | grep -c '"next"'
  0
  [1]
  $ mlo runs -n 3 --json | grep -c '"next"'
  1
  $ mlo runs --after nonsense
  error[MLO-T012]: this is no place in that list
  [2]
  $ mlo runs -n 0
  error[MLO-A003]: '--limit' takes a whole number from 1 to 100000, not '0'
    help: mlo runs -h
  [2]
  $ mlo runs -n 100001
  error[MLO-A003]: '--limit' takes a whole number from 1 to 100000, not '100001'
    help: mlo runs -h
  [2]

Removed ones stand apart.

  $ mlo runs rm -q four && list --deleted && list | cut -d ' ' -f 1
  name  status  started  duration  experiment
  four  KILLED  then  some s  Default
  name
  three
  two
  one
  $ mlo runs --deleted --json | check_json
  $ mlo runs restore -q four

Filters.

  $ where() { list -w "$1" | sed 1d | cut -d ' ' -f 1 | sort | tr '\n' ' '; }
  $ where "metrics.loss < 0.6 AND params.model = 'tree'"
  one two  (no-eol)
  $ where "metrics.loss.max > 0.6 OR tags.stage = 'trial'"
  one three two  (no-eol)
  $ where "NOT (params.model = 'tree') AND status IN ('FAILED', 'KILLED')"
  three  (no-eol)
  $ where "params.lr BETWEEN 0.005 AND 0.05"
  two  (no-eol)
  $ where "metrics.loss * 2 >= 1 AND name LIKE 'o%'"
  one  (no-eol)
  $ where "params.model IS NULL"
  four  (no-eol)
  $ where "attributes.run_name = 'one'"
  one  (no-eol)
  $ where "metric.\`loss\` = 0.25"
  two  (no-eol)
  $ where ""
  four one three two  (no-eol)
  $ where "exit_code = 4"
  three  (no-eol)
  $ where "experiment = 'Trees' AND duration >= 0"
  one two  (no-eol)
  $ mlo runs --where "metrics.loss < 0.1"
  no such runs

Mistakes in them, with the column.

  $ mlo runs -w 'metrics.loss <'
  error[MLO-T050]: something is missing at column 15 of the filter
    = metrics.loss <
    =               ^
  [2]
  $ mlo runs -w 'metrics.loss < "a"'
  error[MLO-T050]: a number belongs here, not text at column 16 of the filter
    = metrics.loss < "a"
    =                ^
  [2]
  $ mlo runs -w "params.model ~ 'x'"
  error[MLO-T050]: unexpected '~' at column 14 of the filter
    = params.model ~ 'x'
    =              ^
  [2]
  $ mlo runs -w 'foo.x = 1'
  error[MLO-T050]: unknown kind of key 'foo' at column 1 of the filter
    = foo.x = 1
    = ^
    help: write metrics.NAME, params.NAME, tags.NAME, inputs.NAME, outputs.NAME or an attribute of the run
  [2]
  $ mlo runs -w 'stauts = "FAILED"'
  error[MLO-T050]: unknown key 'stauts' at column 1 of the filter
    = stauts = "FAILED"
    = ^
    help: there are run_id, run_name, status, user_id, start_time, end_time, duration, artifact_uri, experiment_id, experiment, parent, commit, branch, note, exit_code, signal, attempt; write metrics.NAME, params.NAME or tags.NAME for what a run logged
  [2]
  $ mlo runs -w 'metrics.loss < 1 AND (params.lr > 0.1'
  error[MLO-T050]: ')' is missing at column 38 of the filter
    = metrics.loss < 1 AND (params.lr > 0.1
    =                                      ^
  [2]
  $ mlo runs -w 'metrics.loss < 1 metrics.acc > 1'
  error[MLO-T050]: unexpected 'metrics.acc' at column 18 of the filter
    = metrics.loss < 1 metrics.acc > 1
    =                  ^
    help: join conditions with AND or OR
  [2]
  $ mlo runs -w "name = 'open"
  error[MLO-T050]: a quoted text has no end at column 8 of the filter
    = name = 'open
    =        ^
  [2]
  $ mlo runs -w 'name = 1'
  error[MLO-T050]: text belongs here, not a number at column 8 of the filter
    = name = 1
    =        ^
    help: put the value in quotes
  [2]
  $ mlo runs -w 'metrics.loss IN ()'
  error[MLO-T050]: unexpected ')' at column 18 of the filter
    = metrics.loss IN ()
    =                  ^
  [2]
  $ mlo runs -w "params.model = 'ä' AND foo.x = 1"
  error[MLO-T050]: unknown kind of key 'foo' at column 24 of the filter
    = params.model = 'ä' AND foo.x = 1
    =                        ^
    help: write metrics.NAME, params.NAME, tags.NAME, inputs.NAME, outputs.NAME or an attribute of the run
  [2]
  $ mlo runs -w 'ä = 1'
  error[MLO-T050]: unexpected 'ä' at column 1 of the filter
    = ä = 1
    = ^
  [2]
  $ mlo runs -w "$(printf "name = 'a\377'")"
  no such runs
  $ mlo runs -w "$(printf 'a\nb = 1')"
  error[MLO-T050]: unknown key 'a' at column 1 of the filter
    = a\nb = 1
    = ^
    help: there are run_id, run_name, status, user_id, start_time, end_time, duration, artifact_uri, experiment_id, experiment, parent, commit, branch, note, exit_code, signal, attempt; write metrics.NAME, params.NAME or tags.NAME for what a run logged
  [2]
  $ mlo runs -w "name = '$(printf %020000d 1)'"
  error[MLO-T050]: the filter is longer than 16.0 KiB
  [2]
  $ mlo runs -w "$(printf '(%.0s' $(seq 200))" 2>&1 | head -n 1
  error[MLO-T050]: the filter is nested too deeply at column 102 of the filter

Mistakes elsewhere.

  $ mlo runs -c colour
  error[MLO-A003]: there is no column 'colour'
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo runs -c stauts
  error[MLO-A003]: there is no column 'stauts'
    help: did you mean 'status'?
  [2]
  $ mlo runs -c metrics.
  error[MLO-A003]: there is no column 'metrics.'
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo runs -c ''
  error[MLO-A003]: there is no column ''
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo runs -s commit
  error[MLO-A003]: runs are not sorted by 'commit'
    help: sort by a metric, a parameter, a tag, started, ended, duration, name, status or user
  [2]
  $ mlo runs -s metrics.loss.count
  error[MLO-A003]: runs are not sorted by 'metrics.loss.count'
    help: sort by a metric, a parameter, a tag, started, ended, duration, name, status or user
  [2]
  $ mlo runs extra
  error[MLO-A006]: unexpected argument 'extra'
    help: mlo runs -h
  [2]

One whose job goes on.

  $ mlo track -q -n open -- sh -c ': > ready; while ! test -e stop; do sleep 0.05; done' & while ! test -e ready; do sleep 0.05; done; list -n 1; mlo runs -n 1 --json | check_json; mlo runs show open --json | check_json; : > stop; wait
  there are more than 1
    next: the same with --after * (glob)
  name  status  started  duration  experiment
  open  RUNNING  then  Default
  $ list -n 1; rm ready stop
  there are more than 1
    next: the same with --after * (glob)
  name  status  started  duration  experiment
  open  FINISHED  then  some s  Default

A database of a newer mlo, and a damaged one: nothing is run or changed.

  $ version() { python3 -c 'import sqlite3, sys; c = sqlite3.connect(".git/mlo/runs.db"); c.execute("PRAGMA user_version = " + sys.argv[1]); c.commit()' $1; }
  $ known=$(python3 -c 'import sqlite3; print(sqlite3.connect(".git/mlo/runs.db").execute("PRAGMA user_version").fetchone()[0])')
  $ version 999; mlo runs
  error[MLO-D001]: '$CASE/work/.git/mlo/runs.db' has version 999 of its tables, this mlo knows * (glob)
    help: use the mlo that wrote it, or a newer one
  [1]
  $ mlo track -- touch made
  warning: nothing of this run is recorded: MLO-D001 '$CASE/work/.git/mlo/runs.db' has version 999 of its tables, this mlo knows * (glob)
    help: use the mlo that wrote it, or a newer one
  $ mlo track log --run one a=1
  error[MLO-D001]: '$CASE/work/.git/mlo/runs.db' has version 999 of its tables, this mlo knows * (glob)
    help: use the mlo that wrote it, or a newer one
  [1]
  $ version $known; mlo runs | wc -l
  6
  $ mlo runs > before; python3 -c 'import sqlite3; c = sqlite3.connect(".git/mlo/runs.db"); c.execute("PRAGMA wal_checkpoint(TRUNCATE)")' && cp .git/mlo/runs.db kept && rm -f .git/mlo/runs.db-*
  $ head -c 100 /dev/urandom > .git/mlo/runs.db; mlo runs
  error[MLO-D002]: '$CASE/work/.git/mlo/runs.db' is not a database
    help: mlo doctor
  [1]
  $ mlo track -- touch made
  warning: nothing of this run is recorded: MLO-D002 '$CASE/work/.git/mlo/runs.db' is not a database
    help: mlo doctor
  $ ls made
  made
  $ cp kept .git/mlo/runs.db && mlo runs | cmp - before

The run store is a projection of the ledger: without it, what was sealed is there again.

  $ rm .git/mlo/runs.db* && mlo runs | cmp - before

A store that cannot be written, here because it is another user's: what is there is shown.

  $ as_nobody() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
  $ chmod -R a+rX "$CASE" .git; chmod -R a-w .git/mlo
  $ mine() { as_nobody env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory 'GIT_CONFIG_VALUE_0=*' "$@"; }
  $ mine mlo runs 2>/dev/null | cmp - before
  $ mine mlo runs --limit 1 2>&1 >/dev/null | head -1
  warning: '$CASE/work/.git/mlo' cannot be written: runs are shown as they were last written down
  $ mine mlo runs show last 2>/dev/null | grep -c started
  1
  $ mine mlo runs rm last 2>&1 | head -1
  error[MLO-D007]: '$CASE/work/.git/mlo/runs.db' cannot be written
  $ chmod -R u+w .git/mlo

Without git, and nowhere.

  $ mkdir ../bare && cd ../bare && mlo init -q --no-git && mlo runs && mlo track -q -n bare -- true && list
  no runs yet
    next: mlo track -- CMD
  name  status  started  duration  experiment
  bare  FINISHED  then  some s  Default
  $ mkdir ../none && cd ../none && mlo runs
  error[MLO-W001]: '$CASE/none' is in no workspace
    help: git init    (or, without git: mlo init --no-git)
  [1]
