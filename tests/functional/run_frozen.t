A frozen stage never runs. What DVC does with one is in tests/conformance/dvc ("frozen", "frozen, and made by hand").

  $ said() { "$@" 2>&1 | sed -E 's/[0-9]+\.[0-9] s/N s/g; /next: mlo runs show/d'; return "${PIPESTATUS[0]}"; }
  $ git init -q && mlo init -q && echo 1 > in
  $ cat > pipeline.yaml <<'END'
  > stages:
  >   make: {cmd: cat in > mid; echo ran >> ran, deps: [in], outs: [mid], frozen: true}
  >   read: {cmd: cat mid > out, deps: [mid], outs: [out]}
  > END

It never ran, and its output is not there: nothing makes it run.

  $ mlo run -q make
  error[MLO-P156]: stage 'make' is frozen, so it does not run, and its output 'mid' is not there
    --> pipeline.yaml:2:65
    help: put 'mid' there, or remove 'frozen: true' and run 'make'
  [1]
  $ mlo run -q --force --only make
  error[MLO-P156]: stage 'make' is frozen, so it does not run, and its output 'mid' is not there
    --> pipeline.yaml:2:65
    help: put 'mid' there, or remove 'frozen: true' and run 'make'
  [1]
  $ said mlo run; test ! -e ran
  make: failed
  error[MLO-P156]: stage 'make' is frozen, so it does not run, and its output 'mid' is not there
    --> pipeline.yaml:2:65
    help: put 'mid' there, or remove 'frozen: true' and run 'make'
  read: cannot run: it needs stage 'make'
  2 stages: 1 failed, 1 cannot run, in N s

Made by hand, it counts as the stage's.

  $ echo 'by hand' > mid && said mlo run --dry
  make: would be recorded as it is: it never ran; it is frozen
  read: would run: it never ran
  2 stages: 1 would run, 1 would be recorded, in N s
    next: mlo run
  $ mlo status && mlo why make
  pipeline.yaml: 2 of 2 stages out of date
      make would be recorded as it is: it never ran; it is frozen
      read would run: it never ran
    next: mlo run
  make would be recorded as it is
    it never ran
    it is frozen
  $ said mlo run && cat out
  make: recorded as it is: it never ran; it is frozen
  read: begins: it never ran
  read: done in N s
  2 stages: 1 ran, 1 recorded, in N s
  by hand
  $ said mlo run
  2 stages: 2 up to date, in N s

What it reads does not count, and need not be there.

  $ rm in && said mlo run && echo 2 > in && said mlo run
  2 stages: 2 up to date, in N s
  2 stages: 2 up to date, in N s

Another command is recorded, and so is an edit; what needs the output runs only where that changed.

  $ sed -i 's/cat in/cat  in/' pipeline.yaml && said mlo run
  make: recorded as it is: its command changed; it is frozen
  2 stages: 1 recorded, 1 up to date, in N s
  $ echo edited > mid && said mlo run && cat out
  make: recorded as it is: mid is not what it made; it is frozen
  read: begins: mid changed
  read: done in N s
  2 stages: 1 ran, 1 recorded, in N s
  edited

--force records anew what it follows from. That must be there.

  $ said mlo run --force make && mlo run -q --force make --json | check_json
  make: recorded as it is: --force; it is frozen
  1 stage: 1 recorded, in N s
  $ rm in && mlo run -q --force make
  error[MLO-P055]: stage 'make' depends on 'in', which no stage makes and no file provides
    --> pipeline.yaml:2:54
    help: add the file 'in', or correct the path
  [1]
  $ echo 2 > in

What is missing comes from the store, if that has it.

  $ rm mid && said mlo run make && cat mid
  make: restored from the store: mid is not there
  1 stage: 1 restored, in N s
  edited
  $ rm -r mid .git/mlo/packs .git/mlo/index && mlo run -q make
  error[MLO-P156]: stage 'make' is frozen, so it does not run, and its output 'mid' is not there
    --> pipeline.yaml:2:66
    help: mlo pull, or remove 'frozen: true' and run 'make'
  [1]

One without outputs has nothing to be done; one that always runs does not while it is frozen. Thawed, it runs.

  $ echo 'stages: {look: {cmd: echo ran > ran, frozen: true}, always: {cmd: echo ran > ran; echo > made, outs: [made], always_changed: true, frozen: true}}' > still.yaml
  $ echo > made && said mlo run still.yaml && said mlo run still.yaml && test ! -e ran
  always: recorded as it is: it never ran; it is frozen
  2 stages: 1 recorded, 1 up to date, in N s
  2 stages: 2 up to date, in N s
  $ sed -i 's/, frozen: true//' still.yaml && mlo run -q still.yaml && cat ran
  ran
