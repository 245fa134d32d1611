  $ git init -q && mlo init -q && mkdir ../share && mlo remote add origin ../share -q
  $ mkdir -p data/sub/empty && printf 'a\n' > data/a && printf '#!/bin/sh\n' > data/run && chmod +x data/run && ln -s a data/link && seq 200000 > data/sub/big
  $ mlo add -q data && git add -A && git commit -qm one && mlo push -q

A fresh clone gets the data with modes, links and empty folders.

  $ git clone -q . ../clone && cd ../clone
  $ mlo pull -n
  would fetch 3 files from 'origin' (at most 1.2 MiB)
  $ ls
  data.mlo
  $ mlo pull
  fetched 20 records from 'origin' (296.2 KiB)
  5 paths changed (1.2 MiB written)
  $ diff -r data ../work/data && ls -F data data/sub
  data:
  a
  link@
  run*
  sub/
  
  data/sub:
  big
  empty/
  $ mlo status
  1 tracked path unchanged
  $ mlo pull
  everything is as its pointers say
  $ mlo pull --json
  {
    "schema": "mlo/pull-v1",
    "remote": "origin",
    "dry_run": false,
    "runs": 0,
    "events": 0,
    "not_published": 0,
    "records": 0,
    "bytes": 0,
    "written_files": 0,
    "written_bytes": 0,
    "changed_paths": 0,
    "trashed": [],
    "restored_outputs": [],
    "lacking_outputs": [],
    "traffic": {
      "requests": 1,
      "repeated": 0,
      "sent_bytes": 0,
      "received_bytes": 0
    },
    "failures": []
  }
  $ mlo pull --json | check_json
  $ mlo pull --dry-run
  everything is in the store already
    next: mlo status
  $ mlo pull -n --json | check_json

What is in the way is not lost.

  $ echo mine > data/a
  $ mlo pull
  error[MLO-W050]: 1 file in the way has content that is stored nowhere; nothing was changed
    = 'data/a'
    help: 'mlo add PATH' to keep them, or 'mlo checkout --force' to move them to the trash
  [1]
  $ mlo pull --force 2>&1 | sed 's/trash\/[^/]*/trash\/TIME/'
  to have it back: mv -T -- '$CASE/clone/.git/mlo/trash/TIME/data/a' '$CASE/clone/data/a'
  1 path changed (2 B written)
  $ cat data/a
  a
  $ echo mine > data/a; mlo pull --force --json | check_json

Only a part; then one target of two that cannot be had.

  $ cd .. && git clone -q work part && cd part
  $ mlo pull data/sub && find data | sort
  fetched 20 records from 'origin' (296.3 KiB)
  2 paths changed (1.2 MiB written)
  data
  data/sub
  data/sub/big
  data/sub/empty
  $ mlo pull -q data/a && ls data
  a
  sub
  $ cd ../work && echo later > later && mlo add -q later && git add -A && git commit -qm two
  $ cd ../clone && git pull -q && rm -r data && mlo pull 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  5 paths changed (1.2 MiB written)
  error[MLO-X004]: object sha256:...6944 is not in '$CASE/share'
    = needed by 'later'
    help: mlo push, in a clone that has it
  $ ls
  data
  data.mlo
  later.mlo
  $ mlo pull > /dev/null 2>&1; echo $?
  1
