In a sound workspace nothing is an error.

  $ git init -q && mlo init -q && git add .mlo && git commit -qm start
  $ mlo doctor > answer; echo $?
  0 errors, * (glob)
  0
  $ grep -v '^  ' answer
  machine
  git
  configuration
  files
  $ mlo doctor --json 2>&1 | check_json
  $ ls -A
  .git
  .mlo
  answer

What a repository should not hold, and settings that it may not make.

  $ mkdir -p .mlo/packs && touch .mlo/packs/x && git add -f .mlo/packs/x
  $ printf 'store: {dir: /tmp/evil}\nnonsense: 1\n' > .mlo/config.yaml
  $ mlo doctor -q | grep -A1 '^  error'
    error   git tracks 1 file below '.mlo', where only 'config.yaml' belongs into it: '.mlo/packs/x'
            help: git rm --cached '.mlo/packs/x'
  --
    error   MLO-C003 .mlo/config.yaml:1:9: 'store.dir' may not be set by a committed file
            help: remove the line; to set it for yourself: mlo config --local store.dir VALUE
  $ mlo doctor -q > answer
  [1]
  $ git rm -q --cached .mlo/packs/x && git checkout -q .mlo/config.yaml

Shapes of repositories.

  $ git commit -q --allow-empty -m two && git clone -q --depth=1 "file://$PWD" ../shallow 2>/dev/null
  $ mlo -C ../shallow doctor -q | grep -A1 -e ': shallow$' -e 'history ends'
    ok      '$CASE/shallow': shallow
    warning the history ends early, so only the commits that are here count
            help: git fetch --unshallow
  $ git worktree add -q ../tree && mlo -C ../tree doctor -q | grep 'linked'
    ok      '$CASE/tree': linked work tree or submodule

Remotes are read, never written.

  $ mlo remote add origin ../share -q && mkdir ../share && mlo remote add usb /media/nowhere/data -q
  $ mlo doctor -q | grep -A9 '^remotes'
  remotes
    ok      origin = ../share, nothing was pushed there yet
    warning usb = /media/nowhere/data: there is no folder '/media/nowhere/data'
            help: is the drive mounted? Otherwise correct the URL: mlo remote list
  $ ls -A ../share
  $ git checkout -q .mlo

Where there is no git, and where there is no workspace.

  $ mkdir ../plain ../empty && mlo -C ../plain init --no-git -q && mlo -C ../plain doctor -q | grep without
    ok      '$CASE/plain' is a workspace without git
  $ mlo -C ../empty doctor -q | grep -A1 'in no git'
    warning '$CASE/empty' is in no git repository
            help: git init && mlo init
  $ mkdir nogit; ln -s "$(command -v mlo)" nogit/mlo
  $ PATH=$PWD/nogit mlo doctor -q | "$(command -v grep)" -A1 'not on PATH'
    warning the program git is not on PATH
            help: install git: shallow, partial and SHA-256 clones cannot be read without it

A damaged ledger: what can be read is kept, what is lost is named, and runs that the run store still knows come back.

  $ for name in one two three; do mlo track -q -n $name -p n=$name -- true; done
  $ mlo runs rename -q three trois
  $ mlo doctor -q | grep -A3 '^runs'
  runs
    ok      '$CASE/work/.git/mlo/ledger.db' is sound
    ok      '$CASE/work/.git/mlo/runs.db' is sound
  $ mlo doctor -q --salvage > answer; mlo doctor --salvage 2>&1 > answer | head -1
  the ledger is sound: there is nothing to salvage
  $ ledger() { python3 -c "import sqlite3, sys; c = sqlite3.connect('.git/mlo/ledger.db', isolation_level=None); print(c.execute(sys.argv[1]).fetchall())" "$1"; }
  $ ledger 'UPDATE events SET time = time + 1 WHERE seq = 2'
  []
  $ mlo doctor -q | grep -A1 '^  error' | sed 's/[0-9a-f]\{32\}/CLONE/g'
    error   the ledger is not as it was written, at CLONE/2: its content is not what its hash says
            help: mlo doctor --salvage
  $ mlo doctor --salvage 2>&1 >answer | sed 's/[0-9a-f]\{32\}/CLONE/g; s/-[0-9TZ]*\x27/-TIME\x27/'
  warning: a copy of the damaged ledger is '$CASE/work/.git/mlo/ledger.db.damaged-TIME'
  warning: lost: the event 2 of CLONE
  kept 1 event; 2 events behind what is lost recorded again, as this clone's under a new id
  recorded 1 run again, from what the run store knows of them
  made what is known of sealed runs anew
  0 errors, 0 warnings
  $ mlo runs -q | grep -o 'one\|two\|trois'
  trois
  two
  one
  $ mlo runs show two | sed -n '/^parameters$/,/^$/p'
  parameters
    n = two
  
  $ mlo track -q -n four -- true && mlo doctor -q | grep -A2 '^runs'
  runs
    ok      '$CASE/work/.git/mlo/ledger.db' is sound
    ok      '$CASE/work/.git/mlo/runs.db' is sound
  $ ledger 'SELECT count(DISTINCT writer), count(*) FROM events'
  [(2, 5)]

A run store that is damaged: what is sealed comes from the ledger, what is not is read from the pages that are left. A copy stays.

  $ settle() { python3 -c "import sqlite3, sys; sqlite3.connect('.git/mlo/' + sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')" $1; rm -f .git/mlo/$1-*; }
  $ settle runs.db; cp .git/mlo/runs.db whole; dd if=/dev/zero of=.git/mlo/runs.db conv=notrunc bs=4096 count=1 status=none
  $ mlo doctor -q | grep -A1 '^  error'
    error   '$CASE/work/.git/mlo/runs.db' is damaged: '$CASE/work/.git/mlo/runs.db' is not a database
            help: mlo doctor --rebuild
  $ mlo doctor --rebuild 2>&1 >answer | sed 's/-[0-9TZ]*\x27/-TIME\x27/; s/[0-9]* rows/N rows/'
  warning: a copy of the damaged database is '$CASE/work/.git/mlo/runs.db.damaged-TIME'; N rows of it could be read
  warning: some of its pages could not be read: what they had of runs that were not sealed, if anything, is lost
  made what is known of sealed runs anew
  0 errors, 0 warnings
  $ mlo doctor --rebuild 2>&1 >answer
  made what is known of sealed runs anew
  0 errors, 0 warnings
  $ mlo runs -q | grep -o 'one\|two\|trois\|four'
  four
  trois
  two
  one

Runs are not made of a ledger that is damaged, gone, or older than they are.

  $ settle ledger.db; cp .git/mlo/ledger.db ledger; dd if=/dev/zero of=.git/mlo/ledger.db conv=notrunc bs=4096 count=1 status=none
  $ mlo doctor -q --rebuild
  error[MLO-L007]: the ledger is damaged, so runs are not made anew from it
    help: mlo doctor --salvage
  [1]
  $ rm .git/mlo/ledger.db; mlo doctor -q | grep -A1 '^  error' | head -2 | sed 's/the event.* of [0-9a-f]*/EVENTS/'
    error   the ledger lacks EVENTS, which the run store knows
            help: mlo doctor --salvage
  $ mlo doctor -q --rebuild 2>&1 | sed 's/the event.* of [0-9a-f]*/EVENTS/'
  error[MLO-L008]: the ledger lacks what the run store has taken from it, so runs are not made anew from it
    = it lacks EVENTS
    = it lacks EVENTS
    = and 2 more: add -v to see them
    help: mlo doctor --salvage
  $ mlo runs -q | wc -l
  5
  $ mlo doctor -q --salvage >answer 2>&1; mlo doctor --salvage 2>&1 >answer | head -1
  the ledger is sound: there is nothing to salvage
  $ mlo runs -q | wc -l
  5

Databases of a newer mlo are told as such, and left alone.

  $ newer() { python3 -c "import sqlite3, sys; sqlite3.connect('.git/mlo/' + sys.argv[1]).execute('PRAGMA user_version = 99')" $1; }
  $ cp -r .git/mlo kept; newer runs.db; mlo doctor -q | grep -A9 '^runs'
  runs
    ok      '$CASE/work/.git/mlo/ledger.db' is sound
    error   '$CASE/work/.git/mlo/runs.db' has version 99 of its tables, this mlo knows * (glob)
            help: use the mlo that wrote it, or a newer one
  $ mlo doctor -q --json | check_json
  $ newer ledger.db; mlo doctor -q | grep -A1 '^  error'
    error   '$CASE/work/.git/mlo/ledger.db' has version 99 of its tables, this mlo knows 1
            help: use the mlo that wrote it, or a newer one
    error   '$CASE/work/.git/mlo/runs.db' has version 99 of its tables, this mlo knows * (glob)
            help: use the mlo that wrote it, or a newer one
  $ for way in --rebuild --salvage; do mlo doctor -q $way; done
  error[MLO-D001]: '$CASE/work/.git/mlo/ledger.db' has version 99 of its tables, this mlo knows 1
    help: use the mlo that wrote it, or a newer one
  error[MLO-D001]: '$CASE/work/.git/mlo/ledger.db' has version 99 of its tables, this mlo knows 1
    help: use the mlo that wrote it, or a newer one
  [1]
