A dvc.yaml runs as it is, beside DVC: its lock, its ignore files, its cache.

  $ run() { mlo run "$@" 2>&1 | sed -E 's/in [0-9.]+ m?s$/in T/; s/show [0-9a-f]{8}/show RUN/; s/ \([0-9a-f]{8}\)//'; return "${PIPESTATUS[0]}"; }
  $ git init -q && mlo init -q && mkdir -p .dvc/tmp && printf '/config.local\n/tmp\n/cache\n' > .dvc/.gitignore && : > .dvc/config
  $ cat > dvc.yaml <<'END'
  > stages:
  >   split:
  >     cmd: mkdir -p parts && head -n 2 data.csv > parts/a && tail -n 2 data.csv > parts/b
  >     deps: [data.csv]
  >     outs: [parts]
  >   fit:
  >     cmd: |
  >       cat parts/a parts/b > model.bin
  >       echo '{"loss": 0.5}' > scores.json
  >     deps: [parts]
  >     params: [rate]
  >     outs: [model.bin]
  >     metrics:
  >     - scores.json:
  >         cache: false
  > END
  $ seq 4 > data.csv && echo 'rate: 0.1' > params.yaml
  $ run
  split: begins: it never ran
  split: done in T
  fit: begins: it never ran
  fit: done in T
  2 stages: 2 ran, in T
    next: mlo runs show RUN
  $ cat dvc.lock
  schema: '2.0'
  stages:
    split:
      cmd: mkdir -p parts && head -n 2 data.csv > parts/a && tail -n 2 data.csv > 
        parts/b
      deps:
      - path: data.csv
        hash: md5
        md5: 302c28003d487124d97c242de94da856
        size: 8
      outs:
      - path: parts
        hash: md5
        md5: 518b5c2820f0a649928ffe78b805b0a9.dir
        size: 8
        nfiles: 2
    fit:
      cmd: "cat parts/a parts/b > model.bin\necho '{\"loss\": 0.5}' > scores.json\n"
      deps:
      - path: parts
        hash: md5
        md5: 518b5c2820f0a649928ffe78b805b0a9.dir
        size: 8
        nfiles: 2
      params:
        params.yaml:
          rate: 0.1
      outs:
      - path: model.bin
        hash: md5
        md5: 302c28003d487124d97c242de94da856
        size: 8
      - path: scores.json
        hash: md5
        md5: 87a32a16c2a6db430dcbe56f0b0d75da
        size: 14
  $ cat .gitignore
  /parts
  /model.bin

Its cache has the outputs, read-only, under names by MD5. They are second names of the store's files, not second copies.

  $ cd .dvc/cache/files/md5; find . -type f | sort | while read f; do echo "$(stat -c '%a %h' "$f") $f $(md5sum < "$f" | cut -c 1-8)"; done; cat */*.dir; cd "$CASE/work"
  444 2 ./30/2c28003d487124d97c242de94da856 302c2800
  444 1 ./51/8b5c2820f0a649928ffe78b805b0a9.dir 518b5c28
  444 2 ./59/dd3f9ecdec2a5dc45c99b7b093f8bf 59dd3f9e
  444 2 ./6d/db4095eb719e2a9f0a3f95677d24e0 6ddb4095
  444 2 ./87/a32a16c2a6db430dcbe56f0b0d75da 87a32a16
  [{"md5": "6ddb4095eb719e2a9f0a3f95677d24e0", "relpath": "a"}, {"md5": "59dd3f9ecdec2a5dc45c99b7b093f8bf", "relpath": "b"}] (no-eol)
  $ run
  2 stages: 2 up to date, in T
  $ ls .dvc/tmp; cat .dvc/tmp/rwlock; echo
  lock
  rwlock
  rwlock.lock
  {}

What is missing comes from the store, and what only DVC made from its cache.

  $ rm -r parts model.bin && run && cat parts/b model.bin
  split: restored from the store: parts is not there
  fit: restored from the store: model.bin is not there
  2 stages: 2 restored, in T
  3
  4
  1
  2
  3
  4
  $ rm -r .git/mlo model.bin parts && run && cat model.bin
  split: restored from the store: parts is not there
  fit: restored from the store: model.bin is not there
  2 stages: 2 restored, in T
  1
  2
  3
  4
  $ mlo why fit
  fit is up to date

An edited output is put right; a changed parameter runs what it must.

  $ echo edited > model.bin && run && cat model.bin
  fit: restored from the store: model.bin is not what it made
  2 stages: 1 restored, 1 up to date, in T
  1
  2
  3
  4
  $ echo 'rate: 0.2' > params.yaml && run && git -C . status --short | head -3
  fit: begins: params.yaml:rate 0.1 -> 0.2
  fit: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show RUN
  ?? .dvc/
  ?? .gitignore
  ?? .mlo/

While DVC uses a path, the stage that makes it waits.

  $ sleep 100 & holder=$!; echo "{\"write\": {\"$PWD/model.bin\": {\"pid\": $holder, \"cmd\": \"dvc repro\"}}, \"read\": {}}" > .dvc/tmp/rwlock
  $ echo 'rate: 0.3' > params.yaml; mlo run > said 2>&1 & until grep -q waits said 2>/dev/null; do sleep 0.05; done; sed -E 's/process [0-9]+/process N/; s/in [0-9.]+ m?s$/in T/' said; kill $holder; wait $holder 2>/dev/null; wait; cat .dvc/tmp/rwlock
  warning: stage 'fit' waits for process N (dvc repro), which uses '$CASE/work/model.bin'
  {} (no-eol)

While a DVC command runs, its lock and its cache are left alone; what a stage has made waits.

  $ exec {held}>>.dvc/tmp/lock; flock $held; before=$(md5sum < dvc.lock); echo 'rate: 0.35' > params.yaml
  $ mlo run -q {held}>&- & until grep -q fit .git/mlo/pipeline.journal 2>/dev/null; do sleep 0.05; done; sleep 0.3; test "$before" = "$(md5sum < dvc.lock)"
  $ exec {held}>&-; wait; grep 'rate: ' dvc.lock
          rate: 0.35

What its cache has lost it gets again, without running anything.

  $ rm -rf .dvc/cache && mlo status && mlo why fit && run --dry
  dvc.yaml: 2 of 2 stages out of date
      split would be recorded as it is: DVC's cache lacks what it made
      fit would be recorded as it is: DVC's cache lacks what it made
    next: mlo run
  fit would be recorded as it is
    DVC's cache lacks what it made
  split: would be recorded as it is: DVC's cache lacks what it made
  fit: would be recorded as it is: DVC's cache lacks what it made
  2 stages: 2 would be recorded, in T
    next: mlo run
  $ before=$(md5sum dvc.lock); run; test "$before" = "$(md5sum dvc.lock)" && find .dvc/cache/files -type f | wc -l && run
  split: recorded as it is: DVC's cache lacks what it made
  fit: recorded as it is: DVC's cache lacks what it made
  2 stages: 2 recorded, in T
  5
  2 stages: 2 up to date, in T
  $ rm -rf .dvc/cache model.bin parts/b && run && find .dvc/cache/files -type f | wc -l && run
  split: restored from the store: parts is not what it made
  fit: restored from the store: model.bin is not there
  2 stages: 2 restored, in T
  5
  2 stages: 2 up to date, in T

An output outside of the workspace cannot be kept, as DVC says too, though only once the stage has run. Without the cache it may be there.

  $ mkdir outside && cd outside && git init -q && mlo init -q && mkdir .dvc
  $ cat > dvc.yaml <<'END'
  > stages:
  >   a:
  >     cmd: echo 1 > ../../y
  >     outs:
  >     - ../../y
  >   b: {cmd: echo > b, outs: [b]}
  > END
  $ run; test ! -e ../../y
  error[MLO-P025]: the output '../../y' is outside of the workspace, where it cannot be kept
    --> dvc.yaml:5:7
    = in stage 'a'
    help: name a path of the workspace, or leave it out of the cache: ../../y: {cache: false}
  $ mlo run -q b && mlo stage list
  stage  about
  a      broken: the output '../../y' is outside of the workspace, where it cannot be kept
  b      makes b
  $ sed -i 's|- ../../y|- ../../y: {cache: false}|' dvc.yaml && run && run && echo edited > ../../y && run && cat ../../y
  a: begins: it never ran
  a: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show RUN
  2 stages: 2 up to date, in T
  a: begins: ../../y is not what it made
  a: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show RUN
  1
  $ rm dvc.lock ../../y && printf 'stages:\n  a: {cmd: x, outs: ["s3://bucket/x": {cache: false}]}\n' > dvc.yaml && run
  error[MLO-P058]: 's3://bucket/x' cannot be an output: it is no file of this machine
    --> dvc.yaml:2:22
    = in stage 'a'
    help: let the command copy it there, and name a file of the workspace as the output
  [1]
  $ cd .. && rm -r outside

A cache outside of the workspace that a clone would bring along is refused.

  $ printf '[cache]\n    dir = /somewhere/else\n' > .dvc/config && run
  error[MLO-V003]: 'cache.dir' leads out of the workspace, to '/somewhere/else', in a file that is committed
    --> .dvc/config:2
    help: dvc config --local cache.dir PATH
  [2]

  $ mv .dvc/config .dvc/config.local && sed -i "s|/somewhere/else|$CASE/tmp/elsewhere|" .dvc/config.local && : > .dvc/config && echo 'rate: 0.4' > params.yaml && run -q && find $CASE/tmp/elsewhere -type f | wc -l
  5

Without a folder .dvc there is no cache of DVC's.

  $ rm -r .dvc && echo 'rate: 0.5' > params.yaml && run && ls -a
  fit: begins: params.yaml:rate 0.4 -> 0.5
  fit: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show RUN
  .
  ..
  .git
  .gitignore
  .mlo
  data.csv
  dvc.lock
  dvc.yaml
  model.bin
  params.yaml
  parts
  said
  scores.json
