Stages that depend on each other. Ids and durations are replaced here.

  $ git init -q && mlo init -q
  $ shown() { sed -E 's/[0-9]+\.[0-9] s/T/g; s/run [0-9a-f]{8}/run ID/; s/show [0-9a-f]{8}/show ID/'; }
  $ run() { mlo run "$@" 2>&1 | shown; return ${PIPESTATUS[0]}; }
  $ printf 'b\na\n' > raw.txt; echo 'lr: 0.1' > params.yaml
  $ cat > pipeline.yaml << 'END'
  > stages:
  >   prepare:
  >     cmd: sort raw.txt > data.txt
  >     deps: [raw.txt]
  >     outs: [data.txt]
  >   fit:
  >     cmd: |
  >       echo from $MLO_STAGE
  >       wc -l < data.txt > model.txt
  >       echo '{"n": 3, "deep": {"x": 1.5}}' > metrics.json
  >     deps: [data.txt]
  >     params: [lr]
  >     outs: [model.txt]
  >     metrics: [metrics.json]
  > END

What would run, and then runs; each stage is a run of its own.

  $ run --dry
  prepare: would run: it never ran
  fit: would run: it waits for what stage 'prepare' makes
  2 stages: 2 would run, in T
    next: mlo run
  $ run
  prepare: begins: it never ran
  prepare: done in T
  fit: begins: it never ran
  fit | from fit
  fit: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID
  $ mlo runs --json | grep -E '"name"|"deep.x"|"lr"' | sed 's/^ *//' | sort
  "name": "fit",
  "name": "pipeline.yaml",
  "name": "prepare",
  $ mlo runs show fit | grep -E 'lr|deep' | sed -E 's/ +/ /g'
   /bin/sh -c $'( echo from $MLO_STAGE\n) && ( wc -l < data.txt > model.txt\n) && ( echo \'{"n": 3, "deep": {"x": 1.5}}\' > metrics.json\n)'
   lr = 0.1
   deep.x = 1.5 at step 0
  $ run
  2 stages: 2 up to date, in T
  $ mlo run --json 2> /dev/null | check_json

One parameter re-runs what uses it; the same result as before re-runs nothing behind it; what ran before is restored.

  $ echo 'lr: 0.2' > params.yaml && run
  fit: begins: params.yaml:lr 0.1 -> 0.2
  fit | from fit
  fit: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show ID
  $ printf 'a\nb\n' > raw.txt && run
  prepare: begins: raw.txt changed
  prepare: done in T
  2 stages: 1 ran, 1 up to date, in T
    next: mlo runs show ID
  $ echo 'lr: 0.1' > params.yaml && run
  fit: restored from run ID, which took T: params.yaml:lr 0.2 -> 0.1
  2 stages: 1 restored, 1 up to date, in T
  $ rm data.txt && run
  prepare: is up to date: its outputs are not in the work tree, where nobody needs them
  2 stages: 2 up to date, in T
  $ rm model.txt && run --until fit && cat model.txt
  prepare: is up to date: its outputs are not in the work tree, where nobody needs them
  fit: restored from the store: model.txt is not there
  2 stages: 1 restored, 1 up to date, in T
  2
  $ run --force fit --only
  fit: failed
  error[MLO-P055]: stage 'fit' depends on 'data.txt', which stage 'prepare' has not made yet
    --> pipeline.yaml:11:12
    help: mlo run prepare
  1 stage: 1 failed, in T
  [1]
  $ cat data.txt
  cat: data.txt: No such file or directory
  [1]

Failures: what needs the stage does not run; with -k the rest goes on.

  $ cat > bad.yaml << 'END'
  > stages:
  >   boom: {cmd: "echo oh; exit 3", outs: [boom.txt]}
  >   behind: {cmd: cp boom.txt behind.txt, deps: [boom.txt], outs: [behind.txt]}
  >   beside: {cmd: echo fine > fine.txt, outs: [fine.txt]}
  >   liar: {cmd: "true", deps: [fine.txt], outs: [nothing.txt]}
  >   lost: {cmd: cat raw.text > lost.txt, deps: [raw.text], outs: [lost.txt]}
  > END
  $ run -f bad.yaml boom behind
  boom: begins: it never ran
  boom | oh
  boom: failed
  error[MLO-P152]: stage 'boom' failed with exit code 3
    --> bad.yaml:2:15
    help: mlo runs show ID
  behind: cannot run: it needs stage 'boom'
  2 stages: 1 failed, 1 cannot run, in T
    next: mlo runs show ID
  [3]
  $ run -k bad.yaml liar -j 1
  beside: begins: it never ran
  beside: done in T
  liar: begins: it never ran
  liar: failed
  error[MLO-P150]: stage 'liar' ended well, but did not make its output 'nothing.txt'
    --> bad.yaml:5:48
    help: let the command write 'nothing.txt', relative to the top of the workspace, or correct the output
  2 stages: 1 ran, 1 failed, in T
    next: mlo runs show ID
  [1]
  $ run bad.yaml lost
  lost: failed
  error[MLO-P055]: stage 'lost' depends on 'raw.text', which no stage makes and no file provides
    --> bad.yaml:6:47
    = there is 'raw.txt'
    help: write 'raw.txt', or add the file
  1 stage: 1 failed, in T
  [1]

Secrets reach the command, and nothing else; retries; hooks; conditions; a group that a stage's output tells.

  $ cat > more.yaml << 'END'
  > stages:
  >   secret:
  >     cmd: echo "$TOKEN_A" | tee seen.txt
  >     outs: [seen.txt]
  >     env: {secrets: [TOKEN_A], set: {MODE: fast}}
  >   shaky:
  >     cmd: test -e tried || { touch tried; exit 75; }; echo ok > shaky.txt
  >     outs: [shaky.txt]
  >     retries: {count: 2, delay: 1ms, on: [75]}
  >     on: {success: echo hooked}
  >   never:
  >     cmd: echo no > never.txt
  >     outs: [never.txt]
  >     when: {params: {lr: {above: 5}}}
  >   after: {cmd: cp never.txt after.txt, deps: [never.txt], outs: [after.txt]}
  >   split: {cmd: 'echo "[one, two]" > parts.yaml', outs: [parts.yaml]}
  >   part:
  >     foreach: {from: parts.yaml}
  >     do: {cmd: 'echo ${item} > ${item}.txt', outs: ['${item}.txt']}
  > END
  $ TOKEN_A=hunter2 run more.yaml -j 1 secret
  split: begins: it never ran
  split: done in T
  secret: begins: it never ran
  secret | ***
  secret: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID
  $ cat seen.txt; grep -c hunter2 more.lock
  hunter2
  0
  [1]
  $ run more.yaml -j 1 | sort
    next: mlo runs show ID
  7 stages: 3 ran, 2 up to date, 2 skipped, in T
  after: skipped: stage 'never', which it needs, is skipped
  never: skipped: params.yaml:lr is 0.1, not above 5
  part@one: begins: it never ran
  part@one: done in T
  part@two: begins: it never ran
  part@two: done in T
  shaky | hooked
  shaky: begins again, attempt 2
  shaky: begins: it never ran
  shaky: done in T
  shaky: stage 'shaky' failed with exit code 75; again in T
  $ run more.yaml
  never: skipped: params.yaml:lr is 0.1, not above 5
  after: skipped: stage 'never', which it needs, is skipped
  7 stages: 5 up to date, 2 skipped, in T

What has finished is not done again after a kill; Ctrl-C ends what runs.

  $ cat > slow.yaml << 'END'
  > stages:
  >   first: {cmd: echo one > first.txt; echo x >> count, outs: [first.txt]}
  >   second: {cmd: touch begun; sleep 1000, deps: [first.txt], outs: [second.txt]}
  > END
  $ mlo run -q slow.yaml & until [ -e begun ]; do sleep 0.05; done; kill -9 $!; wait $! 2> /dev/null; echo $?
  137
  $ rm begun; env --default-signal=INT mlo run slow.yaml > said 2>&1 & until [ -e begun ]; do sleep 0.05; done; kill -INT $!; wait $!
  [130]
  $ shown < said; wc -l < count
  second: begins: it never ran
  stopping after the current step; once more to leave at once
  second: stopped
  2 stages: 1 up to date, 1 stopped, in T
    next: mlo run
  1

Mistakes.

  $ run nothing.yaml
  error[MLO-A014]: there is no document 'nothing.yaml'
    help: name a document with stages: mlo run -f pipeline.yaml
  [1]
  $ run fitt
  error[MLO-P054]: there is no stage or output 'fitt'
    --> pipeline.yaml
    help: did you mean 'fit'?
  [2]
  $ run --only --downstream fit
  error[MLO-A007]: '--only' and '--downstream' exclude each other
    help: mlo run --downstream STAGE
  [2]
  $ mkdir empty; git init -q empty; cd empty; mlo init -q; mlo run; cd ..
  error[MLO-A014]: there is neither a pipeline.yaml nor a dvc.yaml here or above
    help: mlo help run

A folder that a stage reads has an ignore file as soon as others have made something in it: it counts from the first time on.

  $ mkdir shelf && cd shelf && git init -q && mlo init -q && mkdir made && cat > pipeline.yaml <<'END'
  > stages:
  >   all: {cmd: cat made/* > all, deps: [made], outs: [all]}
  >   each:
  >     foreach: [b, a]
  >     do: {cmd: 'echo ${item} > made/${item}', outs: ['made/${item}']}
  > END
  $ mlo run -q -j 2 && run && cat made/.gitignore
  3 stages: 3 up to date, in T
  /b
  /a
  $ cd ..
