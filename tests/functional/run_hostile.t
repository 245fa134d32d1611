What others do to a pipeline while it stands or runs. Durations and ids differ.

  $ git init -q && mlo init -q && echo 1 > in && echo secret > ../victim && mkdir ../folder && echo keep > ../folder/keep
  $ said() { "$@" 2>&1 | sed -E 's/[0-9]+\.[0-9] s/N s/g; /next: mlo runs show/d; s/(show|run) [0-9a-f]{8}/\1 ID/'; return ${PIPESTATUS[0]}; }
  $ cat > pipeline.yaml <<'END'
  > stages:
  >   file: {cmd: cat in > file, deps: [in], outs: [file]}
  >   many: {cmd: mkdir -p many && cp file many/one, deps: [file], outs: [many]}
  >   deep: {cmd: cp many/one sub/deep, deps: [many], outs: [sub/deep]}
  > END
  $ mlo run -q

An output becomes a link out of the workspace, a folder, a file where a folder was: it is what it was again. Nothing outside changes, and what
was in its place is in the trash.

  $ rm file && ln -s ../victim file && said mlo run && cat file ../victim
  file: restored from the store: file is not what it made
  3 stages: 1 restored, 2 up to date, in N s
  1
  secret
  $ rm file && mkdir file && echo precious > file/mine && said mlo run && cat file && find .git/mlo/trash -name mine -exec cat {} +
  file: restored from the store: file is not what it made
  3 stages: 1 restored, 2 up to date, in N s
  1
  precious
  $ rm -r many && ln -s ../folder many && said mlo run && ls many ../folder
  many: restored from the store: many is not what it made
  3 stages: 1 restored, 2 up to date, in N s
  ../folder:
  keep
  
  many:
  one
When the command runs again, it does not write through such a link either.

  $ rm file && ln -s ../victim file && echo 2 > in && said mlo run && cat file ../victim
  file: begins: in changed
  file: done in N s
  many: begins: file changed
  many: done in N s
  deep: begins: many changed
  deep: done in N s
  3 stages: 3 ran, in N s
  2
  secret
  $ rm -r sub && ln -s ../folder sub && echo 3 > in && said mlo run; ls ../folder
  file: begins: in changed
  file: done in N s
  many: begins: file changed
  many: done in N s
  deep: failed
  error[MLO-P095]: 'sub' is a symbolic link that leads out of the workspace
    --> pipeline.yaml:4:3
    help: put the data into the workspace, or name where it really is
  3 stages: 2 ran, 1 failed, in N s
  keep
  $ rm sub && said mlo run && cat sub/deep
  deep: begins: many changed
  deep: done in N s
  3 stages: 1 ran, 2 up to date, in N s
  3

Ctrl-C reaches children, grandchildren, daemons, and those who do not want to hear it.

  $ cat > hold.sh <<'END'
  > echo $$ >> pids
  > sleep 1000 & echo $! >> pids
  > setsid sleep 1000 & echo $! >> pids
  > (setsid sh -c 'echo $$ >> pids; exec sleep 1000' &)
  > sh -c 'trap "" TERM; echo $$ >> pids; touch begun; while :; do sleep 0.05; done' & wait
  > END
  $ cat > hold.yaml <<'END'
  > stages:
  >   first: {cmd: echo x >> ran; echo one > first, outs: [first]}
  >   hold: {cmd: sh hold.sh, deps: [first], outs: [held], timeout: {after: 1h, grace: 300ms}}
  >   last: {cmd: cp held last, deps: [held], outs: [last]}
  > END
  $ alive() { for pid in $(cat pids); do case $(cut -d' ' -f3 /proc/$pid/stat 2>/dev/null) in ''|Z) ;; *) return 0;; esac; done; return 1; }
  $ env --default-signal=INT mlo run hold.yaml > told 2>&1 & until [ -e begun ] && [ "$(wc -l < pids)" = 5 ]; do sleep 0.01; done; kill -INT $!; wait $!
  [130]
  $ wc -l < pids; alive
  5
  [1]
  $ said cat told
  first: begins: it never ran
  first: done in N s
  hold: begins: it never ran
  stopping after the current step; once more to leave at once
  hold: stopped
  3 stages: 1 ran, 1 stopped, 1 not started, in N s
    next: mlo run

Who asks twice does not wait; what ran is gone all the same, and the next run goes on where this one was.

  $ rm pids begun; sed -i 's/300ms/1h/' hold.yaml
  $ env --default-signal=INT mlo run hold.yaml > told 2>&1 & until [ -e begun ] && [ "$(wc -l < pids)" = 5 ]; do sleep 0.01; done; kill -INT $!; until grep -q stopping told; do sleep 0.01; done; kill -INT $!; wait $!
  [130]
  $ echo 'touch held' > hold.sh; said mlo run hold.yaml; alive; wc -l < ran
  hold: begins: it never ran
  hold: done in N s
  last: begins: it never ran
  last: done in N s
  3 stages: 2 ran, 1 up to date, in N s
  1

A daemon does not outlive its stage.

  $ rm pids; cat > daemon.yaml <<'END'
  > stages:
  >   leave: {cmd: "(setsid sh -c 'echo $$ > pids; touch up; exec sleep 1000' &); until [ -e up ]; do sleep 0.01; done; echo > left", outs: [left]}
  > END
  $ said mlo run daemon.yaml; alive
  leave: begins: it never ran
  leave: done in N s: 1 process that it had left running was ended
  1 stage: 1 ran, in N s
  [1]

What changed under a stage is not the result of what it was before: the same again runs.

  $ echo old > source; echo 'stages: {slow: {cmd: cp source out; sh change.sh, deps: [source], outs: [out]}}' > slow.yaml
  $ echo 'echo new > source' > change.sh; said mlo run slow.yaml; cat out
  slow: begins: it never ran
  slow: done in N s: 'source' was changed while it ran: the result is kept, and out of date
  1 stage: 1 ran, in N s
  old
  $ echo old > source; : > change.sh; said mlo run slow.yaml; cat out
  slow: begins: source is a new dependency
  slow: done in N s
  1 stage: 1 ran, in N s
  old
  $ echo 'rm source' > change.sh; said mlo run --force slow.yaml; cat out
  slow: begins: --force
  slow: done in N s: what it followed from was removed while it ran: stage 'slow' depends on 'source', which no stage makes and no file provides
  1 stage: 1 ran, in N s
  old
  $ echo old > source; said mlo run slow.yaml
  slow: restored from run ID, which took N s: source is a new dependency
  1 stage: 1 restored, in N s

An output outside of the workspace, by its path or by a link: it is not made, and what is there stays.

  $ mkdir leaving && cd leaving && git init -q && mlo init -q && printf 'vars: [{up: ..}]\nstages:\n  a: {cmd: echo > ../../victim, outs: [../../victim]}\n' > pipeline.yaml
  $ mlo run -q
  error[MLO-P025]: the output '../../victim' is outside of the workspace, where it cannot be kept
    --> pipeline.yaml:3:40
    help: name a path of the workspace, or leave it out of the cache: ../../victim: {cache: false}
  [2]
  $ sed -i 's|../../victim, outs: .*|x, outs: ["${up}/${up}/victim"]}|' pipeline.yaml && mlo run -q
  error[MLO-P025]: the output '../../victim' is outside of the workspace, where it cannot be kept
    --> pipeline.yaml:3:29
    = in stage 'a'
    help: name a path of the workspace, or leave it out of the cache: ../../victim: {cache: false}
  [2]
  $ echo "stages: {a: {cmd: echo > x, outs: [/etc/mlo-victim]}}" > pipeline.yaml && mlo run -q
  error[MLO-P025]: the output '/etc/mlo-victim' is outside of the workspace, where it cannot be kept
    --> pipeline.yaml:1:36
    help: name a path of the workspace, or leave it out of the cache: /etc/mlo-victim: {cache: false}
  [2]
  $ ln -s ../../folder there && echo "stages: {a: {cmd: echo > there/keep, outs: [there/keep]}}" > pipeline.yaml && mlo run -q
  error[MLO-P095]: 'there' is a symbolic link that leads out of the workspace
    --> pipeline.yaml:1:10
    help: put the data into the workspace, or name where it really is
  [1]
  $ cd .. && cat ../victim ../folder/keep
  secret
  keep
