  $ git init -q && mlo init -q && mkdir ../share && mlo remote add origin ../share -q
  $ mkdir -p data/train && printf 'one\n' > data/train/a.csv && printf 'b\n' > data/b.csv
  $ seq 100000 > big.txt
  $ mlo add -q data big.txt && git add -A && git commit -qm one && git tag v1 && mlo push -q
  $ printf 'two\n' > data/train/a.csv && mlo add -q data && git add -A && git commit -qm two && mlo push -q
  $ git clone -q . ../clone && cd ../clone

Fetching fills the store and leaves the files alone; of a part it gets that part.

  $ mlo fetch data/train
  fetched 2 records from 'origin' (65 B)
    next: mlo checkout
  $ mlo ls -R data
  data/b.csv
  data/train/
  data/train/a.csv
  $ mlo cat data/train/a.csv
  two
  $ mlo cat data/b.csv 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  error[MLO-S002]: object sha256:...813f is not in the store
  $ ls
  big.txt.mlo
  data.mlo
  $ mlo fetch --dry-run
  would fetch 2 files from 'origin' (at most 575.1 KiB)
  $ mlo fetch -n --json
  {
    "schema": "mlo/fetch-v1",
    "remote": "origin",
    "dry_run": true,
    "files": 2,
    "file_bytes": 588897,
    "runs": 0,
    "events": 0,
    "not_published": 0,
    "records": 0,
    "bytes": 0,
    "left_out": 0,
    "traffic": {
      "requests": 1,
      "repeated": 0,
      "sent_bytes": 0,
      "received_bytes": 0
    },
    "failures": []
  }
  $ mlo fetch -n --json | check_json
  $ mlo fetch
  fetched 10 records from 'origin' (243.4 KiB)
    next: mlo checkout
  $ mlo fetch
  everything is here already
  $ mlo checkout && ls data
  3 added (575.1 KiB written)
  b.csv
  train

An older version; everything.

  $ mlo cat v1:data/train/a.csv 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  error[MLO-S002]: object sha256:...85ae is not in the store
  $ mlo fetch --tag v1
  fetched 3 records from 'origin' (176 B)
    next: mlo checkout
  $ mlo cat v1:data/train/a.csv
  one
  $ mlo fetch --all-commits
  everything is here already
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
    "left_out": 0,
    "traffic": {
      "requests": 1,
      "repeated": 0,
      "sent_bytes": 0,
      "received_bytes": 0
    },
    "failures": []
  }
  $ mlo fetch --json | check_json
  $ mlo fetch nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo fetch data/nothing
  error[MLO-W060]: the version of 'data' holds no 'data/nothing'
    help: mlo ls data
  [1]

What nobody has pushed; a remote that is damaged.

  $ printf 'here\n' > here && mlo add -q here && git add -A && git commit -qm here
  $ git clone -q . ../third && cd ../third
  $ mlo fetch 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  fetched 13 records from 'origin' (243.5 KiB)
  error[MLO-X004]: object sha256:...3c97 is not in '$CASE/share'
    = needed by 'here'
    help: mlo push, in a clone that has it
  $ mlo fetch here > /dev/null 2>&1; echo $?
  1
  $ cd .. && git clone -q work fourth && cd fourth
  $ for p in ../share/packs/*; do chmod +w $p; printf 'X' | dd of=$p bs=1 seek=90 conv=notrunc status=none; done
  $ mlo fetch 2>&1 | sed 's/[0-9a-f]\{64\}/.../g' | grep error
  error[MLO-X003]: 'packs/...' in '$CASE/share' is damaged
  $ mlo fetch --json 2> /dev/null | check_json
