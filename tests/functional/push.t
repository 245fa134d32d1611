A repository with a folder and a model, and a place to share them.

  $ git init -q && mlo init -q && mkdir ../share
  $ mkdir -p data/train && printf 'one\n' > data/train/a.csv && printf 'b\n' > data/b.csv && ln -s b.csv data/link
  $ head -c 400000 /dev/zero > model.bin
  $ mlo push
  error[MLO-R016]: there is no remote
    help: mlo remote add NAME URL
  [1]
  $ mlo remote add origin ../share -q
  $ mlo push
  nothing is tracked here
    next: mlo add PATH
  $ mlo add -q data model.bin && git add -A && git commit -qm one && git tag v1

What would be sent, then sending it; the second time there is nothing to do.

  $ mlo push --dry-run | cat
  would push 2 versions to 'origin' (7 records, 803 B)
  $ find ../share -type f
  $ mlo push data
  pushed 1 version to 'origin' (4 records, 807 B)
    next: git push
  $ ls ../share
  format
  index
  leases
  listing
  packs
  roots
  $ cat ../share/format
  mlo remote 1
  $ ls ../share/packs | wc -l; ls ../share/leases/* | wc -l
  1
  0
  $ mlo push data
  everything is in 'origin' already
  $ mlo push --json
  {
    "schema": "mlo/push-v1",
    "remote": "origin",
    "dry_run": false,
    "objects": 2,
    "published": 1,
    "runs": 0,
    "events": 0,
    "records": 3,
    "bytes": 628,
    "packs": 1,
    "resumed_packs": 0,
    "traffic": {
      "requests": 17,
      "repeated": 0,
      "sent_bytes": 3439,
      "received_bytes": 351
    },
    "failures": []
  }
  $ mlo push --json | check_json

A change sends the change; a revision, a tag and all commits can be named.

  $ printf 'two\n' > data/train/a.csv && mlo add -q data && git add -A && git commit -qm two
  $ mlo push
  pushed 1 version to 'origin' (3 records, 669 B)
    next: git push
  $ mlo push --rev v1 --tag v1 model.bin
  everything is in 'origin' already

A limit to the rate, and what went over the wire.

  $ seq 100000 > numbers && mlo add -q numbers
  $ mlo push -v --limit-rate 100M numbers 2>&1 | sed 's/[0-9.]* KiB/N KiB/g'
  pushed 1 version to 'origin' (9 records, N KiB)
    next: git push
  remote 'origin': 17 requests, 0 repeated; sent N KiB, received 675 B
  $ mlo push --limit-rate fast
  error[MLO-A003]: 'fast' is no rate for '--limit-rate'
    help: bytes in a second: 500K, 10M, 1.5G
  [2]
  $ mlo push --limit-rate 0
  error[MLO-A003]: '0' is no rate for '--limit-rate'
    help: bytes in a second: 500K, 10M, 1.5G
  [2]
  $ rm numbers numbers.mlo && git checkout -q .gitignore
  $ mlo push --all-commits
  everything is in 'origin' already
  $ mlo push --all-commits --rev v1
  error[MLO-A007]: '--all-commits' holds every revision: give no '--rev' or '--tag'
  [2]
  $ mlo push --rev nothing
  error[MLO-G002]: no commit is named 'nothing'
    help: git log --oneline --all
  [1]
  $ mlo push nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo push -r nowhere
  error[MLO-R015]: there is no remote 'nowhere'
    help: mlo remote list
  [1]

How long it is to be kept.

  $ mlo push --expires 1d -q && tail -qn 1 $(ls -d ../share/roots/*/*/* | sort -V | tail -1) | sed 's/.* //'
  -
  $ printf 'three\n' > data/b.csv && mlo add -q data
  $ CI=true mlo push -q && cut -d' ' -f3 $(ls -d ../share/roots/*/*/* | sort -V | tail -1) | grep -c '^[0-9]*$'
  2
  $ mlo push --expires soon
  error[MLO-A003]: 'soon' is no time for '--expires'
    help: write 90m, 12h, 30d or never
  [2]

What is not in the store is reported, and the rest is pushed.

  $ printf 'new\n' > new.txt && mlo add -q new.txt
  $ sed 's/name: .*/name: lost/; s/path: .*/path: lost/; s/sha256:..../sha256:0000/' new.txt.mlo > lost.mlo
  $ mlo push 2>&1 | sed 's/[0-9a-f]\{60\}/.../'
  pushed 1 version to 'origin' (1 record, 204 B)
  error[MLO-X005]: 'lost' was not pushed: object sha256:...7d4c is not in the store
  $ mlo push 2> errors; echo $?
  1
  $ head -n 1 errors
  the rest is in 'origin' already
  $ mlo push --json | check_json
  $ rm lost.mlo

A broken pointer hides nothing else; a place that is gone; one of a newer format.

  $ echo nonsense > broken.mlo
  $ mlo push
  the rest is in 'origin' already
  error[MLO-W003]: 'broken.mlo' is not a pointer file
    --> broken.mlo:1:1
  [1]
  $ rm broken.mlo; mv ../share ../moved
  $ mlo push 2>&1 | sed 's/remotes\/[0-9a-f]*/remotes\/.../'
  error[MLO-X010]: '$CASE/share' was a remote, and holds nothing now
    = what is remembered of it is in '$CASE/work/.git/mlo/remotes/...'
    help: mount the drive, or correct the URL with 'mlo remote add'
  $ mv ../moved ../share; mkdir ../other; printf 'mlo remote 2\n' > ../other/format
  $ mlo remote add other ../other -q && mlo push -r other
  error[MLO-X001]: '$CASE/other' has format 2, this mlo knows format 1
    help: mlo explain MLO-X001
  [1]

What a clone has not approved, it does not write to.

  $ git add -A && git commit -qm three && git clone -q . ../clone && cd ../clone
  $ mlo push -r origin data
  error[MLO-R006]: this clone has not approved the URL '../share' of the remote 'origin'
    --> .mlo/config.yaml:6:10
    help: if it is right: mlo remote trust origin
  [1]
  $ mlo fetch -r origin -q && printf 'mine\n' > mine && mlo add mine -q && mlo push -r origin
  error[MLO-R006]: this clone has not approved the URL '../share' of the remote 'origin'
    --> .mlo/config.yaml:6:10
    help: if it is right: mlo remote trust origin
  [1]
  $ mlo remote trust origin -q && mlo push -r origin
  pushed 4 versions to 'origin' (1 record, 205 B)
    next: git push

A record of one file is damaged in the store: that one fails, the other is pushed, and can be had elsewhere.

  $ mkdir ../second && cd ../second && git init -q && mlo init -q && mkdir ../there && mlo remote add origin ../there -q
  $ seq 1000 > bad.txt && mlo add -q bad.txt && pack=$(echo .git/mlo/packs/*) && seq 2000 3000 > good.txt && mlo add -q good.txt
  $ chmod +w $pack && printf 'X' | dd of=$pack bs=1 seek=90 conv=notrunc status=none
  $ git add -A && git commit -qm one
  $ mlo push 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  pushed 1 version to 'origin' (1 record, 2.2 KiB)
  error[MLO-X011]: 'bad.txt' was not pushed: the stored bytes of sha256:... are damaged
    = in 'packs/....pack' at byte 8
    help: move that pack and the folder 'index' out of the store; then 'mlo pull', or 'mlo add' the files again
  $ mlo push 2> errors; echo $?
  1
  $ mlo push --json > answer; echo $?; check_json < answer; grep -A4 failures answer | sed 's/[0-9a-f]\{64\}/.../'
  1
    "failures": [
      {
        "path": "bad.txt",
        "code": "MLO-X011",
        "message": "'bad.txt' was not pushed: the stored bytes of sha256:... are damaged"
  $ mlo status --remote
  2 tracked paths unchanged
  bad.txt: not on 'origin'
    next: mlo push
  $ git clone -q . ../third && cd ../third && mlo pull 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  fetched 1 record from 'origin' (2.0 KiB)
  1 path changed (4.9 KiB written)
  error[MLO-X004]: object sha256:... is not in '$CASE/there'
    = needed by 'bad.txt'
    help: mlo push, in a clone that has it
  $ ls *.txt && cmp good.txt ../second/good.txt
  good.txt

Its way out: without the pack and the lists of what is in packs, the original file is stored again.

  $ cd ../second && mv $pack .. && rm -r .git/mlo/index && mlo add bad.txt
  'bad.txt' is unchanged
  $ mlo push
  pushed 1 version to 'origin' (1 record, 1.8 KiB)
    next: git push
  $ cd ../third && mlo pull && cmp bad.txt ../second/bad.txt
  fetched 1 record from 'origin' (1.6 KiB)
  1 path changed (3.8 KiB written)
