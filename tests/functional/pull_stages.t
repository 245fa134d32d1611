A clone gets with 'mlo pull' what stages have made, as their locks tell.

  $ said() { mlo run 2>&1 | sed -E 's/in [0-9.]+ m?s$/in T/'; }
  $ git init -q && mlo init -q && mkdir "$CASE/tmp/shared" && mlo remote add -q origin "$CASE/tmp/shared"
  $ cat > pipeline.yaml <<'END'
  > stages:
  >   fit:
  >     cmd: |
  >       mkdir out && cp raw.txt out/model
  >       echo '{"n": 1}' > m.json
  >     deps: [raw.txt]
  >     outs: [out]
  >     metrics: [m.json]
  > END
  $ echo raw > raw.txt && mlo run -q && git add -A && git commit -qm one && mlo push -q
  $ git clone -q . "$CASE/tmp/clone" && cd "$CASE/tmp/clone" && mlo pull
  fetched 2 runs and 1 result of a stage from 'origin'
    next: mlo runs
  nothing is tracked here
  restored 2 outputs of stages
  $ cat out/model m.json; git status --short; said
  raw
  {"n": 1}
  1 stage: 1 up to date, in T

DVC's locks name their content by MD5. Which objects these are travels too.

  $ cd "$CASE/work" && cat > dvc.yaml <<'END'
  > stages:
  >   fit:
  >     cmd: mkdir made; cp raw.txt made/model; echo x > one.bin; chmod +x one.bin
  >     deps: [raw.txt]
  >     outs: [made, one.bin]
  > END
  $ git rm -q --cached pipeline.yaml pipeline.lock && rm pipeline.* && mlo run -q && git add -A && git commit -qm two && mlo push -q
  $ git clone -q . "$CASE/tmp/second" && cd "$CASE/tmp/second" && mlo pull --json | check_json
  $ cat made/model; ls -l one.bin | cut -c 1-10; said
  raw
  -rwxr-xr-x
  1 stage: 1 up to date, in T

What was edited stays. What nobody sent is told.

  $ rm -r made && echo edited > one.bin && mlo pull && ls
  nothing is tracked here
  1 output of stages cannot be had: 'made'
    next: mlo run
  dvc.lock
  dvc.yaml
  one.bin
  raw.txt
  $ cd "$CASE/work" && echo raw2 > raw.txt && mlo run -q && git commit -qam three && cd "$CASE/tmp/second" && rm one.bin && git pull -q && mlo pull; ls
  nothing is tracked here
  2 outputs of stages cannot be had: 'made', ...
    next: mlo run
  dvc.lock
  dvc.yaml
  raw.txt
