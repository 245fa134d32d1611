  $ git init -q
  $ mlo status
  nothing is tracked here
    next: mlo add PATH
  $ mkdir -p data/sub; printf 'one\n' > data/a.csv; printf 'two\n' > data/sub/b.csv; printf 'm\n' > model.bin; ln -s a.csv data/link
  $ cp -a data saved; printf '/saved\n' > .git/info/exclude; restore() { rm -rf data; cp -a saved data; printf 'm\n' > model.bin; }
  $ mlo add -q data model.bin; git add .; git commit -qm data
  $ mlo status
  2 tracked paths unchanged
  $ mlo status --short --exit-code
  $ mlo status --json | check_json

Every kind of difference is told.

  $ printf 'ONE\n' > data/a.csv; chmod +x data/sub/b.csv; printf 'new\n' > data/new.csv; rm data/link; mkdir data/empty
  $ rm model.bin
  $ mlo status
  data: modified (2 added, 1 deleted, 1 modified, 1 mode changed)
      modified      data/a.csv  (4 B -> 4 B)
      added         data/empty  (empty directory)
      deleted       data/link  (-> a.csv)
      added         data/new.csv  (4 B)
      mode changed  data/sub/b.csv  (now executable)
  model.bin: not checked out
    next: mlo add data    (keeps the changes)
    next: mlo checkout model.bin
  $ mlo status --short --exit-code
  M data/a.csv
  A data/empty
  D data/link
  A data/new.csv
  X data/sub/b.csv
  - model.bin
  [3]
  $ mlo status data/sub; mlo status -s data/new.csv; mlo status -s model.bin; cd data; mlo status -s .; cd ..
  data: modified (1 mode changed)
      mode changed  data/sub/b.csv  (now executable)
    next: mlo add data    (keeps the changes)
  A data/new.csv
  - model.bin
  M a.csv
  A empty
  D link
  A new.csv
  X sub/b.csv
  $ mlo status --json | check_json
  $ mlo status nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ restore; mlo status
  2 tracked paths unchanged

A file that became a link, and a folder that became a file.

  $ rm data/a.csv; ln -s sub/b.csv data/a.csv; rm -r data/sub; printf 'x\n' > data/sub
  $ mlo status --short
  T data/a.csv
  A data/sub
  D data/sub/b.csv
  $ restore; mlo status
  2 tracked paths unchanged

An edit that keeps the size and restores the time is seen.

  $ touch -d '2020-01-01' data/a.csv; mlo status
  2 tracked paths unchanged
  $ printf 'ONE\n' > data/a.csv; touch -d '2020-01-01' data/a.csv; mlo status --short
  M data/a.csv
  $ mlo status --short --paranoid; restore
  M data/a.csv

One broken pointer is told for itself; so is data that was never fetched.

  $ printf 'mlo: 1\npath: other\n' > bad.mlo
  $ mlo status
  error[MLO-W005]: the pointer of 'bad' describes 'other'
    --> bad.mlo:2:7
    help: after a rename, correct 'path' to 'bad'
  [1]
  $ mlo status --short
  ! bad
  error[MLO-W005]: the pointer of 'bad' describes 'other'
    --> bad.mlo:2:7
    help: after a rename, correct 'path' to 'bad'
  [1]
  $ mlo status --json | check_json
  $ rm bad.mlo; mv .git/mlo store; mlo status
  data: unchanged, missing from the store
  model.bin: unchanged, missing from the store
    next: mlo add data model.bin    (stores it again)
  $ printf 'more\n' >> data/a.csv; mlo status --exit-code
  data: modified, missing from the store, so what changed cannot be listed
  model.bin: unchanged, missing from the store
    next: mlo add data    (keeps the changes)
    next: mlo add model.bin    (stores it again)
  [3]
  $ rm -r .git/mlo; mv store .git/mlo; restore; mlo status
  2 tracked paths unchanged

What a repository may not commit below .mlo/.

  $ mkdir .mlo; printf 'x\n' > .mlo/local.yaml; git add -f .mlo/local.yaml; mlo status
  error[MLO-W020]: git tracks '.mlo/local.yaml', which may not be committed
    help: git rm --cached .mlo/local.yaml
  [1]
  $ mlo status --short
  ! .mlo/local.yaml
  error[MLO-W020]: git tracks '.mlo/local.yaml', which may not be committed
    help: git rm --cached .mlo/local.yaml
  [1]
  $ git rm -q --cached .mlo/local.yaml; mlo status
  2 tracked paths unchanged

A file that cannot be looked at is an error of its own.

  $ mkfifo data/pipe; mlo status
  data: unreadable
  error[MLO-W010]: 'data/pipe' is neither a file, a folder nor a symbolic link
    help: mlo explain MLO-W010
  [1]

What is not on the remote.

  $ rm data/pipe; mkdir ../share; mlo init -q; mlo status --remote
  2 tracked paths unchanged
  error[MLO-R016]: there is no remote
    help: mlo remote add NAME URL
  [1]
  $ mlo remote add origin ../share -q
  $ mlo status --remote
  2 tracked paths unchanged
  data: not on 'origin'
  model.bin: not on 'origin'
    next: mlo push
  $ mlo status --remote --short --exit-code
  ^ data
  ^ model.bin
  [3]
  $ mlo push -q data; mlo status --remote
  2 tracked paths unchanged
  model.bin: not on 'origin'
    next: mlo push
  $ mlo status --remote --json | check_json
  $ mlo push -q; mlo status --remote --exit-code
  2 tracked paths unchanged
  all versions are on 'origin'

Stages that are out of date; no program is started for that.

  $ git init -q ../lines; cd ../lines; mlo init -q; echo 1 > raw; echo 'lr: 0.1' > params.yaml
  $ cat > pipeline.yaml << 'END'
  > stages:
  >   prepare: {cmd: cp raw data, deps: [raw], outs: [data]}
  >   fit: {cmd: cp data model, deps: [data], params: [lr], outs: [model], env: {fingerprint: [{tool: echo asked >> ../asked}]}}
  >   report: {cmd: cp model report, deps: [model], outs: [report], resources: {gpus: 500}}
  > END
  $ mlo status
  pipeline.yaml: 3 of 3 stages out of date
      prepare would run: it never ran
      fit would run: it waits for what stage 'prepare' makes
      report would run: it waits for what stage 'fit' makes
    next: mlo run
  $ mlo status --short --exit-code
  * prepare
  * fit
  * report
  [3]
  $ mlo status --json | check_json
  $ sed -i 's/, resources: .*/}/' pipeline.yaml; mlo run -q; mlo status; mlo status --short --exit-code
  pipeline.yaml: 3 stages up to date
  $ wc -l < ../asked
  1
  $ echo 'lr: 0.2' > params.yaml; mkdir sub; cd sub; mlo status; mlo status --short --exit-code; mlo status --json | check_json; cd ..
  ../pipeline.yaml: 2 of 3 stages out of date
      fit would run: params.yaml:lr 0.1 -> 0.2
      report might run: it needs what stage 'fit' makes
    next: mlo run
  * fit
  * report
  $ rm raw; mlo status --short; mlo status; mlo status --exit-code -q; echo 1 > raw
  ! prepare
  ! fit
  ! report
  pipeline.yaml: 3 of 3 stages out of date
      prepare cannot run: stage 'prepare' depends on 'raw', which no stage makes and no file provides
      fit cannot run: it needs stage 'prepare'
      report cannot run: it needs stage 'prepare'
    next: mlo why STAGE
  pipeline.yaml: 3 of 3 stages out of date
      prepare cannot run: stage 'prepare' depends on 'raw', which no stage makes and no file provides
      fit cannot run: it needs stage 'prepare'
      report cannot run: it needs stage 'prepare'
  $ echo 'lr: 0.1' > params.yaml; rm report; mlo status; mlo run -q; wc -l < ../asked
  pipeline.yaml: 1 of 3 stages out of date
      report would be restored from the store: report is not there
    next: mlo run
  2

Beside data; with paths, only those are asked about.

  $ echo 1 > big; mlo add -q big; mlo status; echo 2 > big; echo 2 > raw; mlo status
  1 tracked path unchanged
  pipeline.yaml: 3 stages up to date
  big: modified (1 modified)
      modified      big  (2 B -> 2 B)
    next: mlo add big    (keeps the changes)
  pipeline.yaml: 3 of 3 stages out of date
      prepare would run: raw changed
      fit might run: it needs what stage 'prepare' makes
      report might run: it needs what stage 'fit' makes
    next: mlo run
  $ mlo status big
  big: modified (1 modified)
      modified      big  (2 B -> 2 B)
    next: mlo add big    (keeps the changes)
  $ mlo status --json | python3 -c 'import json, sys; s = json.load(sys.stdin); print(s["clean"], [each["name"] for each in s["pipeline"]["out_of_date"]])'
  False ['prepare', 'fit', 'report']

A document that is broken hides nothing else.

  $ sed -i 's/deps: \[raw\]/dep: [raw]/' pipeline.yaml; mlo status
  big: modified (1 modified)
      modified      big  (2 B -> 2 B)
    next: mlo add big    (keeps the changes)
  warning: 'prepare' has no key 'dep' [MLO-P020]
    --> pipeline.yaml:2:31
    help: did you mean 'deps'?
  $ mlo status --short
  M big
  ! pipeline.yaml
  warning: 'prepare' has no key 'dep' [MLO-P020]
    --> pipeline.yaml:2:31
    help: did you mean 'deps'?
  $ mlo add -q big; mlo status --exit-code
  1 tracked path unchanged
  warning: 'prepare' has no key 'dep' [MLO-P020]
    --> pipeline.yaml:2:31
    help: did you mean 'deps'?
  [3]
  $ mlo status --json | check_json
  warning: 'prepare' has no key 'dep' [MLO-P020]
    --> pipeline.yaml:2:31
    help: did you mean 'deps'?
  $ printf 'stages:\n  a: {cmd: x, deps: [b], outs: [c]}\n  b: {cmd: x, deps: [c], outs: [b]}\n' > pipeline.yaml; mlo status
  1 tracked path unchanged
  warning: stages need each other in a circle: a -> b -> a [MLO-P053]
    --> pipeline.yaml:2:3
    help: remove one of these dependencies

A remote that cannot be asked, and a store that is damaged, take nothing away from the rest of the answer.

  $ rm pipeline.yaml; mlo remote add away /media/nowhere/data -q; mlo remote default away -q; echo 9 > big; mlo status --remote
  big: modified (1 modified)
      modified      big  (2 B -> 2 B)
    next: mlo add big    (keeps the changes)
  error[MLO-R003]: there is no folder '/media/nowhere/data'
    help: is the drive mounted? Otherwise correct the URL: mlo remote list
  [1]
  $ mlo status --remote --json > answer; echo $?; check_json < answer; grep -A2 remote_error answer
  error[MLO-R003]: there is no folder '/media/nowhere/data'
    help: is the drive mounted? Otherwise correct the URL: mlo remote list
  1
    "remote_error": {
      "code": "MLO-R003",
      "message": "there is no folder '/media/nowhere/data'"
  $ mkdir many && echo 1 > many/a && mlo add -q many && echo 2 > many/a
  $ for pack in .git/mlo/packs/*; do chmod u+w "$pack" && truncate -s 8 "$pack"; done; mlo status 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  big: modified (1 modified)
      modified      big  (2 B -> 2 B)
  many: modified, missing from the store, so what changed cannot be listed
    next: mlo add big many    (keeps the changes)
  error[MLO-S006]: pack 'packs/....pack' is cut short
    help: move it and the folder 'index' out of the store; then 'mlo pull', or 'mlo add' the files again
  $ mlo status --json 2> /dev/null > answer; echo $?; check_json < answer
  1
