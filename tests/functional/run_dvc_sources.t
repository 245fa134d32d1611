What `dvc add` tracks, and stages of a dvc.yaml read: edited, missing, imported, in the way of an output.

  $ run() { mlo run "$@" 2>&1 | sed -E 's/in [0-9.]+ m?s$/in T/; s/show [0-9a-f]{8}/show RUN/; s/ \([0-9a-f]{8}\)//'; return "${PIPESTATUS[0]}"; }
  $ git init -q && mlo init -q && mkdir -p .dvc/tmp data && printf '/config.local\n/tmp\n/cache\n' > .dvc/.gitignore && : > .dvc/config
  $ cat > dvc.yaml <<'END'
  > stages:
  >   read:
  >     cmd: cat raw.txt data/one > read.txt
  >     deps: [raw.txt, data/one]
  >     outs: [read.txt]
  > END
  $ echo a > raw.txt && echo 1 > data/one && echo 2 > data/two
  $ printf '# what we got\nouts:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: raw.txt # as it came\n' > raw.txt.dvc
  $ listing='[{"md5": "b026324c6904b2a9cb4b88d6d61c81d1", "relpath": "one"}, {"md5": "26ab0db90d72e28ad0ba1e22ee510510", "relpath": "two"}]'
  $ printf 'outs:\n- md5: %s.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: data\n' "$(printf '%s' "$listing" | md5sum | cut -d ' ' -f 1)" > data.dvc
  $ cp data.dvc before && run && cmp data.dvc before && cat .gitignore
  read: begins: it never ran
  read: done in T
  1 stage: 1 ran, in T
    next: mlo runs show RUN
  /data
  /raw.txt
  /read.txt
  $ (cd .dvc/cache/files/md5 && find . -type f | sort)
  ./26/ab0db90d72e28ad0ba1e22ee510510
  ./34/ff2335cbe2045ddc3b78993d1e971d
  ./60/b725f10c9c85c70d97880dfe8191b3
  ./b0/26324c6904b2a9cb4b88d6d61c81d1
  ./b8/03b75482bc52230b4d26a8cd7cdcbb.dir

An edit is told to DVC, as dvc repro does; what somebody wrote beside it stays.

  $ echo b > raw.txt && echo 3 > data/three && run && cat raw.txt.dvc data.dvc
  read: begins: raw.txt changed
  read: done in T
  1 stage: 1 ran, in T
    next: mlo runs show RUN
  # what we got
  outs:
  - md5: 3b5d5c3712955042212316173ccf37be
    size: 2
    hash: md5
    path: raw.txt # as it came
  outs:
  - md5: a092148ad3d89710ad42664c1bd2b51b.dir
    size: 6
    nfiles: 3
    hash: md5
    path: data
  $ run
  1 stage: 1 up to date, in T

What is missing is not needed as long as its name is known; a stage that must run gets it from DVC's cache.

  $ rm -r raw.txt data && run && ls
  1 stage: 1 up to date, in T
  before
  data
  data.dvc
  dvc.lock
  dvc.yaml
  raw.txt.dvc
  read.txt
  $ mlo run --dry
  1 stage: 1 up to date, in 0.0 s
  $ sed -i 's/cmd: cat/cmd: cat -n/' dvc.yaml && run && cat read.txt && ls data
  read: begins: its command changed
  read: done in T
  1 stage: 1 ran, in T
    next: mlo runs show RUN
       1\tb (esc)
       2\t1 (esc)
  one
  three
  two
  $ rm -rf data .dvc/cache/files .git/mlo
  $ sed -i 's/cat -n/cat/' dvc.yaml && run
  read: failed
  error[MLO-P055]: 'data', which 'data.dvc' tracks, is neither in the work tree nor in DVC's cache
    --> data.dvc:6:9
    help: dvc pull data.dvc
  1 stage: 1 failed, in T
  [1]

What was imported is DVC's affair.

  $ git init -q ../other && cd ../other && mlo init -q && mkdir -p .dvc/tmp && : > .dvc/config && printf 'stages:\n  s:\n    cmd: cat got > out\n    deps: [got]\n    outs: [out]\n' > dvc.yaml
  $ printf 'md5: ab24bfd649bdd6211f17f890bcc324f7\nfrozen: true\ndeps:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: /elsewhere\nouts:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  size: 2\n  hash: md5\n  path: got\n' > got.dvc
  $ cp got.dvc before && echo edited > got && run && cmp got.dvc before
  s: begins: it never ran
  s: done in T
  warning: 'got' is not what 'got.dvc' has imported: 'dvc commit got.dvc' would tell DVC of it
  1 stage: 1 ran, in T
    next: mlo runs show RUN

A file that is laid out in another way is left to DVC; the stage runs.

  $ printf 'outs: [{md5: 60b725f10c9c85c70d97880dfe8191b3, size: 2, hash: md5, path: got}]\n' > got.dvc && echo again > got && run && cat got.dvc
  s: begins: got changed
  s: done in T
  warning: 'got.dvc' does not tell of the present 'got': the file is not laid out as DVC lays it out; 'dvc commit got.dvc' does it
  1 stage: 1 ran, in T
    next: mlo runs show RUN
  outs: [{md5: 60b725f10c9c85c70d97880dfe8191b3, size: 2, hash: md5, path: got}]

An output that such a file tracks as well, or that lies within what it tracks.

  $ printf 'outs:\n- md5: 60b725f10c9c85c70d97880dfe8191b3\n  path: out\n' > out.dvc && run
  error[MLO-P050]: 'out' is an output of stage 's', and 'out.dvc' tracks it as well
    --> dvc.yaml:5:12
    = also at out.dvc:3:9
    help: dvc remove out.dvc, or give the stage another output
  [2]
  $ rm out.dvc && sed -i 's/out\b/d\/out/' dvc.yaml && printf 'outs:\n- md5: 60b725f10c9c85c70d97880dfe8191b3.dir\n  path: d\n' > d.dvc && mlo dag
  error[MLO-P051]: 'd/out', an output of stage 's', and 'd', which 'd.dvc' tracks, lie within each other
    --> dvc.yaml:5:12
    = also at d.dvc:3:9
    help: dvc remove d.dvc, or give the stage another output
  [2]
