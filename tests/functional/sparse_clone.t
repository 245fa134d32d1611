A clone that holds a part of the data, as 'git sparse-checkout' does it for the files of git.

  $ git init -q && mlo init -q && mkdir ../share && mlo remote add origin ../share -q
  $ mkdir -p data/train data/test && printf 'a\n' > data/train/a && printf 'b\n' > data/test/b && seq 200000 > data/test/big
  $ mlo add -q data && git add -A && git commit -qm one && git tag v1 && mlo push -q
  $ git clone -q . ../clone && cd ../clone && mlo remote trust origin -q

The patterns are set before there is anything; pull then gets the folders, and the files that it writes.

  $ mlo checkout --sparse data/train/
  error[MLO-W053]: 1 object of the version of 'data' is not in the store of this clone
    = 'data'
    help: mlo pull, or restore a pointer whose data is here
  [1]
  $ mlo pull
  fetched 4 records from 'origin' (274 B)
  1 path changed (2 B written)
  $ find data -type f
  data/train/a
  $ mlo status
  1 tracked path unchanged
  $ mlo pull
  everything is as its pointers say
  $ mlo cat data/test/b 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  error[MLO-S002]: object sha256:...813f is not in the store

So does fetch, of any version, unless it is to get everything. It says what is left out.

  $ mlo fetch
  what the sparse patterns keep is here already
  the sparse patterns leave out 2 files: '--all-paths' gets them too
  $ mlo fetch --tag v1 data/test
  what the sparse patterns keep is here already
  the sparse patterns leave out 2 files: '--all-paths' gets them too
  $ mlo fetch --json
  {
    "schema": "mlo/fetch-v1",
    "remote": "origin",
    "dry_run": false,
    "runs": 0,
    "events": 0,
    "not_published": 0,
    "records": 0,
    "bytes": 0,
    "left_out": 2,
    "traffic": {
      "requests": 1,
      "repeated": 0,
      "sent_bytes": 0,
      "received_bytes": 0
    },
    "failures": []
  }
  $ mlo fetch --json | check_json

A new version is made and pushed without the rest, large files included.

  $ echo more > data/train/c && mlo add data && git commit -qam two
  updated 'data' (4 files, 1.2 MiB)
    next: git add data.mlo
  $ mlo status --remote
  1 tracked path unchanged
  data: not on 'origin'
    next: mlo push
  $ mlo push
  pushed 1 version to 'origin' (3 records, 690 B)
    next: git push
  $ mlo status --remote
  1 tracked path unchanged
  all versions are on 'origin'
  $ cd ../work && git pull -q ../clone main && mlo pull && ls data/*
  fetched 3 records from 'origin' (218 B)
  1 path changed (5 B written)
  data/test:
  b
  big
  
  data/train:
  a
  c

Everything after all: at once, or when it is wanted.

  $ cd ../clone && mlo fetch --all-paths
  fetched 19 records from 'origin' (296.1 KiB)
    next: mlo checkout
  $ mlo fetch
  everything is here already
  $ mlo checkout --no-sparse && diff -r data ../work/data
  2 added (1.2 MiB written)
  $ cd .. && git clone -q work third && cd third
  $ mlo checkout --sparse data/test/b > /dev/null 2>&1; mlo pull && find data -type f
  fetched 4 records from 'origin' (320 B)
  1 path changed (2 B written)
  data/test/b
  $ mlo checkout --no-sparse
  error[MLO-W053]: 3 objects of the version of 'data' are not in the store of this clone
    = 'data/train/a'
    = 'data/train/c'
    = 'data/test/big'
    help: mlo pull, or restore a pointer whose data is here
  [1]
  $ mlo pull && diff -r data ../work/data
  fetched 20 records from 'origin' (296.2 KiB)
  3 paths changed (1.2 MiB written)
