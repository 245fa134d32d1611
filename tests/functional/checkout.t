Two versions of a folder, each committed to git.

  $ git init -q && mlo init -q
  $ mkdir -p data/train data/val
  $ printf 'one\n' > data/train/a.csv; printf 'b\n' > data/val/b.csv; ln -s a.csv data/train/link
  $ printf '#!/bin/sh\n' > data/run; chmod +x data/run
  $ mlo add -q data
  $ git add -A && git commit -qm one && git tag v1
  $ printf 'two\n' > data/train/a.csv; rm data/val/b.csv; mkdir data/empty; printf 'new\n' > data/new.csv
  $ mlo add -q data
  $ git add -A && git commit -qm two && git tag v2

After git has brought the pointers of the first, mlo brings its data; the second time there is nothing to do.

  $ git checkout -q v1
  $ mlo checkout -v
  1 added, 1 modified, 2 deleted (6 B written)
  deleted      data/empty
  deleted      data/new.csv
  modified     data/train/a.csv
  added        data/val/b.csv
  $ cat data/train/a.csv; ls -F data
  one
  run*
  train/
  val/
  $ mlo checkout
  everything is as its pointers say

A file whose content is stored nowhere is in the way: all are named, nothing is changed.

  $ echo mine > data/train/a.csv; echo mine too > data/notes
  $ git checkout -q v2
  $ mlo checkout
  error[MLO-W050]: 2 files in the way have content that is stored nowhere; nothing was changed
    = 'data/notes'
    = 'data/train/a.csv'
    help: 'mlo add PATH' to keep them, or 'mlo checkout --force' to move them to the trash
  [1]
  $ cat data/train/a.csv; ls data
  mine
  notes
  run
  train
  val

A dry run of the forced checkout, then the checkout; the command that it prints brings the file back.

  $ mlo checkout --force --dry-run
  2 paths would be moved to the trash
    data/notes
    data/train/a.csv
  would change: 2 added, 1 modified, 2 deleted (8 B to write)
  added        data/empty
  added        data/new.csv
  deleted      data/notes
  modified     data/train/a.csv
  deleted      data/val/b.csv
  $ mlo checkout --force 2>&1 | sed 's/trash\/[^/]*/trash\/TIME/g'
  moved 2 paths to the trash; to have them back:
    mv -T -- '$CASE/work/.git/mlo/trash/TIME/data/notes' '$CASE/work/data/notes'
    mv -T -- '$CASE/work/.git/mlo/trash/TIME/data/train/a.csv' '$CASE/work/data/train/a.csv'
  2 added, 1 modified, 2 deleted (8 B written)
  $ cat data/train/a.csv; ls -F data
  two
  empty/
  new.csv
  run*
  train/
  val/
  $ mlo checkout -q && eval "$(echo again > data/new.csv; mlo checkout --force 2>&1 | grep 'mv -T')" && cat data/new.csv
  again
  $ rm data/new.csv

Only a part; a path that is not tracked; one that the version lacks.

  $ rm -r data
  $ mlo checkout data/train
  2 added (4 B written)
  $ find data | sort
  data
  data/train
  data/train/a.csv
  data/train/link
  $ mlo checkout nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo checkout data/nothing
  error[MLO-W060]: the version of 'data' holds no 'data/nothing'
    help: mlo ls data
  [1]

Sparse patterns hold from then on.

  $ mlo checkout --sparse '*.csv'
  1 added, 1 deleted (4 B written)
  $ find data -type f | sort
  data/new.csv
  data/train/a.csv
  $ mlo checkout data/run
  error[MLO-W058]: the sparse patterns leave 'data/run' out
    help: mlo checkout --no-sparse
  [1]
  $ mlo checkout --sparse x --no-sparse
  error[MLO-A007]: '--sparse' and '--no-sparse' exclude each other
  [2]
  $ mlo checkout --sparse x data
  error[MLO-A007]: sparse patterns hold for the whole work tree: give no path
  [2]
  $ mlo checkout --sparse ''
  error[MLO-W056]: '' is no sparse pattern
    help: mlo checkout --sparse 'data/train/'
  [2]
  $ mlo checkout --no-sparse
  4 added (10 B written)
  $ find data | sort
  data
  data/empty
  data/new.csv
  data/run
  data/train
  data/train/a.csv
  data/train/link
  data/val

For a program.

  $ rm data/run
  $ mlo checkout --json
  {
    "schema": "mlo/checkout-v1",
    "dry_run": false,
    "targets": 1,
    "written_files": 1,
    "written_bytes": 10,
    "changes": [
      {
        "path": "data/run",
        "change": "added"
      }
    ],
    "trashed": [],
    "failures": []
  }
  $ rm data/run
  $ mlo checkout --json | check_json
  $ echo mine > data/run; mlo checkout --force --json | check_json

A pointer whose objects are not here fails alone.

  $ printf 'x' > other; mlo add -q other; rm other
  $ sed -i 's/sha256:....../sha256:000000/' data.mlo
  $ mlo checkout
  1 added (1 B written)
  error[MLO-W053]: 1 object of the version of 'data' is not in the store of this clone
    = 'data'
    help: mlo pull, or restore a pointer whose data is here
  [1]
  $ cat other
  x (no-eol)
