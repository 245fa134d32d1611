Stages that go wrong, and results that do not hold. Durations and ids differ.

  $ git init -q && mlo init -q && echo 1 > in
  $ said() { "$@" 2>&1 | sed -E 's/[0-9]+\.[0-9] s/N s/g; /next: mlo runs show/d; s/show [0-9a-f]{8}/show ID/'; }

A temporary output goes once nobody needs it any more, and nobody misses it.

  $ cat > pipeline.yaml <<'EOF'
  > stages:
  >   prepare: {cmd: cp in part; cp in rest, deps: [in], outs: [{part: {temp: true}}, rest]}
  >   join: {cmd: cat part rest > whole, deps: [part, rest], outs: [whole]}
  > EOF
  $ said mlo run && ls
  prepare: begins: it never ran
  prepare: done in N s
  join: begins: it never ran
  join: done in N s
  2 stages: 2 ran, in N s
  in
  pipeline.lock
  pipeline.yaml
  rest
  whole
  $ said mlo run
  2 stages: 2 up to date, in N s
  $ sed -i 's/cat part rest/cat rest part/' pipeline.yaml && said mlo run && ls
  join: begins: its command changed
  join: done in N s
  2 stages: 1 ran, 1 up to date, in N s
  in
  pipeline.lock
  pipeline.yaml
  rest
  whole

A stage that does something else each time is found out by doing it again.

  $ cat > chance.yaml <<'EOF'
  > stages:
  >   draw: {cmd: date +%N > drawn, deps: [in], outs: [drawn]}
  >   copy: {cmd: cp in copied, deps: [in], outs: [copied]}
  > EOF
  $ mlo run -q chance.yaml && said mlo run --verify 100 chance.yaml draw | sed 's/run [0-9a-f]*/run ID/'
  draw: begins: --verify
  draw: done in N s: it is not deterministic: from the same, run ID made another 'drawn'
  1 stage: 1 ran, in N s
  $ mlo run -q --verify 100 chance.yaml copy

What it was made from changes meanwhile: the result is kept, but nobody is given it for that again.

  $ echo 'stages: {grow: {cmd: cp in out; echo more >> in, deps: [in], outs: [out]}}' > grow.yaml
  $ said mlo run grow.yaml
  grow: begins: it never ran
  grow: done in N s: 'in' was changed while it ran: the result is kept, and out of date
  1 stage: 1 ran, in N s
  $ said mlo why -f grow.yaml grow
  grow would run
    in is a new dependency
      before: nothing
      now:    sha256:5dd6d6764ef05ff8946c8f3cf264d1e307c92892911910b1a6b29750c5c1067c

No output, a link out of the workspace, a pipe, a signal, a timeout.

  $ cat > wrong.yaml <<'EOF'
  > stages:
  >   none: {cmd: 'true', outs: [none]}
  >   link: {cmd: ln -s /etc/passwd link, outs: [link]}
  >   pipe: {cmd: mkfifo pipe, outs: [pipe]}
  >   dies: {cmd: kill -9 $$, outs: [dies]}
  >   late: {cmd: sleep 1000, outs: [late], timeout: {after: 50ms, grace: 1s}, retries: 1}
  > EOF
  $ for stage in none link pipe dies late; do said mlo run wrong.yaml $stage; done
  none: begins: it never ran
  none: failed
  error[MLO-P150]: stage 'none' ended well, but did not make its output 'none'
    --> wrong.yaml:2:30
    help: let the command write 'none', relative to the top of the workspace, or correct the output
  1 stage: 1 failed, in N s
  link: begins: it never ran
  link: failed
  error[MLO-P151]: stage 'link' made 'link', which cannot be used: 'link' is a symbolic link that leads out of the workspace
    --> wrong.yaml:3:46
    help: let the command write a file or a folder within the workspace
  1 stage: 1 failed, in N s
  pipe: begins: it never ran
  pipe: failed
  error[MLO-P151]: stage 'pipe' made 'pipe', which cannot be used: 'pipe' is neither a file, a folder nor a symbolic link
    --> wrong.yaml:4:35
    help: let the command write a file or a folder within the workspace
  1 stage: 1 failed, in N s
  dies: begins: it never ran
  dies: failed
  error[MLO-P152]: stage 'dies' was ended by signal 9
    --> wrong.yaml:5:15
    help: mlo runs show ID
  1 stage: 1 failed, in N s
  late: begins: it never ran
  late: stage 'late' took longer than its timeout allows; again in N s
  late: begins again, attempt 2
  late: failed
  error[MLO-P153]: stage 'late' took longer than its timeout allows
    --> wrong.yaml:6:15
    = after 2 attempts
    help: mlo runs show ID
  1 stage: 1 failed, in N s

Commands of `on` have the secrets too, and show none.

  $ cat > hooks.yaml <<'EOF'
  > stages:
  >   quiet: {cmd: 'true', env: {secrets: [TOKEN_A]}, on: {success: 'echo "$TOKEN_A"; echo "$TOKEN_A" > hooked; printf end'}}
  > EOF
  $ TOKEN_A=hunter2 said mlo run hooks.yaml 2>&1 | sort; cat hooked
  1 stage: 1 ran, in N s
  quiet | ***
  quiet | end
  quiet: begins: it has neither dependencies nor outputs, it never ran
  quiet: done in N s
  hunter2

Who needs more than there is, is told before anything runs; a pool of one lets one through at a time.

  $ echo 'stages: {big: {cmd: echo >> ran, outs: [ran], resources: {licence: 2}}}' > big.yaml
  $ echo 'pools: {licence: 1}' >> big.yaml; said mlo run big.yaml; test ! -e ran
  error[MLO-P035]: 'big' needs 2 of 'licence', of which there are 1
    --> big.yaml:1:59
    help: enlarge the pool: pools: {licence: 2}
  $ cat > alone.yaml <<'EOF'
  > pools: {licence: 1}
  > defaults: {resources: {licence: 1}}
  > stages:
  >   a: {cmd: mkdir held && rmdir held && echo > a, outs: [a]}
  >   b: {cmd: mkdir held && rmdir held && echo > b, outs: [b]}
  >   c: {cmd: mkdir held && rmdir held && echo > c, outs: [c]}
  > EOF
  $ mlo run -q -j 3 alone.yaml

Two at once: the second waits, and says for whom.

  $ echo 'touch begun; until [ -e go ]; do sleep 0.01; done; touch held' > hold.sh
  $ echo 'stages: {hold: {cmd: sh hold.sh, outs: [held]}}' > hold.yaml
  $ mlo run -q hold.yaml & until [ -e begun ]; do sleep 0.01; done
  $ (mlo run -q pipeline.yaml 2> waits; echo $? > code) & until grep -q waiting waits 2>/dev/null; do sleep 0.01; done; touch go; wait
  $ sed -E 's/process [0-9]+, since [^)]*/process P, since T/' waits; cat code
  warning: waiting for mlo run (process P, since T)
  0

A dependency that is tracked, and whose data are not here.

  $ mkdir -p tracked && cd tracked && git init -q && mlo init -q && mkdir data && echo 1 > data/x.csv && mlo add -q data && rm -r data && echo 'outs: [{path: other.csv, md5: 0123456789abcdef0123456789abcdef, hash: md5}]' > other.csv.dvc
  $ printf 'stages:\n  a: {cmd: cp data/x.csv y, deps: [data/x.csv], outs: [y]}\n  b: {cmd: cp other.csv z, deps: [other.csv], outs: [z]}\n' > pipeline.yaml
  $ mlo run -q a
  error[MLO-P055]: stage 'a' depends on 'data/x.csv', which no stage makes and no file provides
    --> pipeline.yaml:2:36
    = 'data.mlo' tracks it, and its data are not in the work tree
    help: mlo pull data/x.csv
  [1]
  $ mlo run -q b
  error[MLO-P055]: stage 'b' depends on 'other.csv', which no stage makes and no file provides
    --> pipeline.yaml:3:35
    = 'other.csv.dvc' tracks it, and its data are not in the work tree
    help: dvc pull other.csv.dvc
  [1]

A share of what is up to date, with or without its sign.

  $ echo 'stages: {copy: {cmd: cp ../in copied, deps: [../in], outs: [copied]}}' > copy.yaml && mlo run -q copy.yaml && for share in 100% 100 0.0% 0; do mlo run copy.yaml --verify $share 2>&1 | tail -2 | head -1 | sed -E 's/, in .*//'; done
  1 stage: 1 ran
  1 stage: 1 ran
  1 stage: 1 up to date
  1 stage: 1 up to date
  $ mlo run copy.yaml --verify 5% -q && mlo run -q copy.yaml --verify 101%
  error[MLO-A003]: '--verify' takes a percentage from 0 to 100, such as 5%, not '101%'
    help: mlo run -h
  [2]
  $ mlo run -q copy.yaml --verify much
  error[MLO-A003]: '--verify' takes a percentage from 0 to 100, such as 5%, not 'much'
    help: mlo run -h
  [2]

Secrets that nobody has declared, but whose names tell of them, are masked in what is shown and kept.

  $ echo "stages: {show: {cmd: 'echo \$DEPLOY_TOKEN \$DB_PASSWORD \$SHORT_KEY'}}" > show.yaml
  $ export DEPLOY_TOKEN=hunter2hunter2 DB_PASSWORD='a b c d e' SHORT_KEY=abc; said mlo run show.yaml | head -3; mlo runs show --log 2>/dev/null | grep -c hunter; unset DEPLOY_TOKEN DB_PASSWORD SHORT_KEY
  show: begins: it has neither dependencies nor outputs, it never ran
  show | *** *** abc
  show: done in N s
  0

A tab where YAML takes spaces alone is named.

  $ printf 'stages:\n  a:\n    cmd: x\n  \t  outs: [y]\n' > tab.yaml && mlo run tab.yaml
  error[MLO-Y001]: a tab in the indentation, where YAML takes spaces alone
    --> tab.yaml:4:3
    help: write spaces in its place
  [2]
  $ printf 'stages:\n\ta:\n\t\tcmd: x\n' > tab.yaml && mlo run tab.yaml
  error[MLO-Y001]: a tab in the indentation, where YAML takes spaces alone
    --> tab.yaml:2:1
    help: write spaces in its place
  [2]
  $ printf 'stages:\n  a:\n    cmd: x\n    deps:\n    -\ta: b\n' > tab.yaml && mlo run tab.yaml
  error[MLO-Y001]: a tab in the indentation, where YAML takes spaces alone
    --> tab.yaml:5:6
    help: write spaces in its place
  [2]
  $ printf 'stages:\n  a: {cmd: x, outs: [y}\n' > tab.yaml && mlo run tab.yaml
  error[MLO-Y001]: not valid YAML: illegal flow end
    --> tab.yaml:2:23
  [2]

A dependency that is misspelt: its folder, its name, or its place.

  $ mkdir -p inputs/raw && echo 1 > inputs/raw/train.csv && printf 'stages:\n  a: {cmd: cp x y, deps: [%s], outs: [models/y]}\n  b: {cmd: x, deps: [y]}\n' input/raw/train.csv > miss.yaml && mlo run -q miss.yaml a
  error[MLO-P055]: stage 'a' depends on 'input/raw/train.csv', which no stage makes and no file provides
    --> miss.yaml:2:27
    = there is 'inputs/raw/train.csv'
    help: write 'inputs/raw/train.csv', or add the file
  [1]
  $ sed -i 's|input/raw/train.csv|inputs/rawe/trian.csv|' miss.yaml && mlo run -q miss.yaml a
  error[MLO-P055]: stage 'a' depends on 'inputs/rawe/trian.csv', which no stage makes and no file provides
    --> miss.yaml:2:27
    = there is 'inputs/raw/train.csv'
    help: write 'inputs/raw/train.csv', or add the file
  [1]
  $ mlo run -q miss.yaml --only b
  error[MLO-P055]: stage 'b' depends on 'y', which no stage makes and no file provides
    --> miss.yaml:3:22
    = there is 'models/y', an output of stage 'a'
    help: write 'models/y', or add the file
  [1]
  $ sed -i 's|inputs/rawe/trian.csv|nowhere/at/all|' miss.yaml && mlo run -q miss.yaml a
  error[MLO-P055]: stage 'a' depends on 'nowhere/at/all', which no stage makes and no file provides
    --> miss.yaml:2:27
    help: add the file 'nowhere/at/all', or correct the path
  [1]
  $ sed -i 's|nowhere/at/all|"https://example.org/x"|' miss.yaml && mlo run -q miss.yaml a
  error[MLO-P058]: stage 'a' depends on 'https://example.org/x', and mlo run looks at files of this machine alone
    --> miss.yaml:2:27
    help: let a stage with 'always_changed: true' download it, and depend on the file that it makes
  [1]

Locks that cannot be used.

  $ echo 'stages: {a: {cmd: echo > made, outs: [made], resources: {gpus: 64}}}' > lock.yaml && mlo run -q lock.yaml
  error[MLO-P110]: stage 'a' asks for 64 of 'gpus', and there is none
    --> lock.yaml:1:10
    help: run it on a machine that has gpus, or take it out of 'resources'
  [2]
  $ sed -i 's/, resources.*/}}/' lock.yaml && for schema in mlo/pipeline-lock-v7 mlo/run-v1; do echo "schema: $schema" > lock.lock; mlo run -q lock.yaml; done
  error[MLO-P081]: lock 'lock.lock' has schema 'mlo/pipeline-lock-v7', known is 'mlo/pipeline-lock-v1'
    --> lock.lock:1:9
    help: use the newer mlo that wrote it, or remove lock.lock: the stages then run again
  error[MLO-P080]: 'lock.lock' is no lock of a pipeline: its 'schema' is not 'mlo/pipeline-lock-v1'
    --> lock.lock:1:9
    help: git checkout -- lock.lock, or remove lock.lock: the stages then run again
  [1]
  $ printf 'schema: mlo/pipeline-lock-v1\nstages:\n  a:\n    command: x\n    lines: [x]\n' > lock.lock; mlo run -q lock.yaml
  error[MLO-P080]: a stage has one of 'command', 'lines' and 'commands'
    --> lock.lock:4:5
    help: take the last good lock with 'git checkout -- FILE', or remove this stage's lines
  [1]
  $ printf 'schema: mlo/pipeline-lock-v1\nstages:\n  a:\n    command: x\n  a:\n    command: x\n' > lock.lock; mlo run -q lock.yaml
  error[MLO-P080]: stage 'a' is there twice
    --> lock.lock:5:1
    = first: lock.lock:3:1
    help: remove one of the two
  [1]
  $ printf 'stages: {a: {cmd: x}}\n' > dvc.yaml; for schema in "'3.0'" 2.0 "[]"; do printf "schema: $schema\nstages: {}\n" > dvc.lock; mlo run -q dvc.yaml; done
  error[MLO-P081]: lock 'dvc.lock' has schema '3.0', known is '2.0'
    --> dvc.lock:1:9
    help: git checkout -- dvc.lock, or remove dvc.lock: the stages then run again
  error[MLO-P080]: 'schema' must be a string, such as '2.0'
    --> dvc.lock:1:9
    help: git checkout -- dvc.lock, or remove dvc.lock: the stages then run again
  error[MLO-P080]: 'schema' must be a string, such as '2.0'
    --> dvc.lock:1:9
    help: git checkout -- dvc.lock, or remove dvc.lock: the stages then run again
  [1]
