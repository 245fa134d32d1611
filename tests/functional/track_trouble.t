Where nothing can be recorded, the job runs all the same, and what it logs goes nowhere. What is asked for wrongly stays an error.

  $ git init -q && mlo init -q && echo code > code.py && git add -A && git commit -qm one && mlo track -q -n first -- true
  $ mine() { if [ "$(id -u)" = 0 ]; then setpriv --bounding-set=-dac_override --inh-caps=-all "$@"; else "$@"; fi; }
  $ job='echo ran; echo "{\"loss\": 1}" >> $MLO_METRICS && mlo track log loss=1 && mlo track param a=1 && mlo track tag a=b && mlo track artifact code.py || exit 8; exit 7'
  $ mlo runs -q | wc -l > before; chmod -R a-w .git/mlo
  $ mine mlo track -q -- sh -c "$job"
  warning: nothing of this run is recorded: MLO-D007 '$CASE/work/.git/mlo/runs.db' cannot be written
    = cannot open '$CASE/work/.git/mlo/runs.db.lock': Permission denied
    help: look at owner and mode, and how it is mounted: ls -ld '$CASE/work/.git/mlo' '$CASE/work/.git/mlo/runs.db'
  ran
  [7]
  $ mine mlo track -q -p lr -- echo ran
  error[MLO-A003]: 'lr' is no KEY=VALUE for '--param'
  [125]
  $ mine mlo track -q -- no-such-program 2>&1 | grep error
  error[MLO-U013]: no program 'no-such-program' in PATH
  $ mine mlo track -q -- sh -c 'kill -TERM $$' 2> /dev/null
  [143]
  $ chmod -R u+w .git/mlo; mlo runs -q | wc -l | cmp - before
  $ cp -r .git/mlo kept
  $ again() { rm -rf .git/mlo; cp -r kept .git/mlo; }
  $ python3 -c "import sqlite3; sqlite3.connect('.git/mlo/runs.db').execute('PRAGMA user_version = 99')"
  $ mlo track -q -- sh -c "$job"
  warning: nothing of this run is recorded: MLO-D001 '$CASE/work/.git/mlo/runs.db' has version 99 of its tables, this mlo knows * (glob)
    help: use the mlo that wrote it, or a newer one
  ran
  [7]
  $ again; rm -f .git/mlo/runs.db-*; echo rubbish > .git/mlo/runs.db; mlo track -q -- sh -c "$job"
  warning: nothing of this run is recorded: MLO-D002 '$CASE/work/.git/mlo/runs.db' is not a database
    help: mlo doctor
  ran
  [7]
  $ again; echo 'mlo store 99' > .git/mlo/format; mlo track -q -- sh -c "$job" 2>&1 | sed '/^  =/d'
  warning: nothing of this run is recorded: MLO-S001 * (glob)
    help: * (glob)
  ran
  $ again; rm -f .git/mlo/ledger.db-*; dd if=/dev/zero of=.git/mlo/ledger.db bs=4096 count=4 status=none; mlo track -q -- sh -c "$job" 2>&1 | sed '/^  /d'
  warning: nothing of this run is recorded: MLO-D002 '$CASE/work/.git/mlo/ledger.db' is not a database
  ran
  $ mlo track -q --bad -- true
  error[MLO-A002]: unknown option '--bad'
    help: mlo track -h
  [125]
  $ mlo -C / track -- true 2>&1 | head -1
  error[MLO-W001]: '/' is in no workspace

The same once the job runs: its exit code counts, and what is lost is said.

  $ again; mine mlo track -q -n cut-off -- sh -c 'chmod -R a-w .git/mlo; exit 6' 2>&1 | sed 's/[0-9a-f]\{8\}/ID/'; echo ${PIPESTATUS[0]}
  error[MLO-U004]: cannot open lock file '$CASE/work/.git/mlo/runs.db.seal': Permission denied
    help: mlo explain MLO-U004
  warning: run ID is not sealed; the next 'mlo runs' tries again
  6
  $ chmod -R u+w .git/mlo; mlo runs show cut-off | sed -n 2p
    FAILED after * s, exit code 6 (glob)
