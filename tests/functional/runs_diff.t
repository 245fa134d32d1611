What is not the same in runs. Their ids are random, so they are replaced here.

  $ git init -q && mlo init -q && printf 'code\n' > code.py && mkdir data && echo 1 > data/a && mlo add -q data && git add -A && git commit -qm one
  $ compare() { mlo runs diff "$@" | sed -E 's/\b[0-9a-f]{8}\b/ID/g; s/\b[0-9a-f]{10}\b/COMMIT/g'; }
  $ mlo track -q -n one -p lr=0.1 -p depth=3 -t team=risk --input data -- sh -c 'mlo track log loss=0.5 acc=0.9; mlo track log loss=0.25'
  $ mlo track -q -n two -p lr=0.2 -p note= -t team=risk -- sh -c 'mlo track log loss=nan acc=0.9; mlo track log loss=0.125; echo hi > out'
  $ compare one two -p params,metrics,tags,data
  ID one
  ID two
  
  parameters  ID  ID
    depth     3         -
    lr        0.1       0.2
    note      -         ''
  
  metrics     ID  ID  difference
    loss      0.25      0.125     -0.125 (-50 %)
    loss.min  0.25      0.125     -0.125 (-50 %)
    loss.max  0.5       0.125     -0.375 (-75 %)
  
  inputs  ID                 ID
    data  930d0a26e7a2 (declared)  930d0a26e7a2 (present)
  $ mlo runs diff one two --json | check_json
  $ mlo runs diff one one; mlo runs diff one one --exit-code
  the runs do not differ
  the runs do not differ
  $ compare one two -p params --exit-code; mlo runs diff one two -p params --exit-code > ../out.txt
  ID one
  ID two
  
  parameters  ID  ID
    depth     3         -
    lr        0.1       0.2
    note      -         ''
  [3]

The code: commits between the two, and what was not committed.

  $ mkdir sub && echo more >> code.py && git commit -qam two && git commit -qm three --allow-empty
  $ mlo track -q -n three -- true
  $ printf 'print(1)\n' >> code.py && printf 'new\n' > sub/new.py && printf 'a\0b' > binary
  $ mlo track -q -n four -- true
  $ compare one three -p code
  ID one
  ID three
  
  code           ID    ID
    commit       COMMIT  COMMIT
    uncommitted  -           5d865ec7c900
    ID has 2 commits more: git log COMMIT..COMMIT
  $ compare three four -p code
  ID three
  ID four
  
  code           ID      ID
    uncommitted  5d865ec7c900  08edb63a5ae4
  $ compare four one -p code
  ID four
  ID one
  
  code           ID      ID
    commit       COMMIT    COMMIT
    uncommitted  08edb63a5ae4  -
    ID has 2 commits more: git log COMMIT..COMMIT
  $ mlo runs diff three four -p code --code > ../patch; sed '/^diff/,$!d' ../patch | grep -v -e '^index' -e ^literal -e '^[zc]' -e '^$'
  diff --git a/binary b/binary
  new file mode 100644
  GIT binary patch
  KcmYdfNCE%>hycU@
  HcmV?d00001
  diff --git a/code.py b/code.py
  --- a/code.py
  +++ b/code.py
  @@ -1,2 +1,3 @@
   code
   more
  +print(1)
  diff --git a/sub/new.py b/sub/new.py
  new file mode 100644
  --- /dev/null
  +++ b/sub/new.py
  @@ -0,0 +1 @@
  +new
  $ mlo runs diff three four --code --json | check_json
  $ git stash -q -u && git apply ../patch && git status --short && git checkout -q . && git clean -fdq && git stash pop -q
   M code.py
  ?? binary
  ?? sub/
  $ mlo runs diff one four -p code --code | grep '^[+-]'
  --- a/code.py
  +++ b/code.py
  +more
  +print(1)
  --- /dev/null
  +++ b/out
  +hi
  --- /dev/null
  +++ b/sub/new.py
  +new
  $ mlo runs diff four one -p code --code | grep '^[+-]'
  --- a/code.py
  +++ b/code.py
  -more
  -print(1)
  --- a/out
  +++ /dev/null
  -hi
  --- a/sub/new.py
  +++ /dev/null
  -new
  $ mlo runs diff four four --code
  the runs do not differ
  $ ls -A .git/mlo | grep -c code
  0
  [1]

Commits that are not here any more.

  $ git checkout -q --orphan other && git commit -qm other && mlo track -q -n five -- true; git checkout -q main 2> /dev/null; git stash -q -u; git checkout -q main
  $ git branch -D -q other && git reflog expire --expire=now --all && git gc -q --prune=now
  $ compare one five -p code
  ID one
  ID five
  
  code           ID    ID
    branch       main        other
    commit       COMMIT  COMMIT
    uncommitted  -           08edb63a5ae4
  $ mlo runs diff one five --code 2>&1 | sed -E 's/[0-9a-f]{40}/COMMIT/'
  error[MLO-G002]: no commit is named 'COMMIT'
    help: git log --oneline --all

More than two: a column for each.

  $ compare one two three -p params,metrics,data
  ID one
  ID two
  ID three
  
  parameters  ID  ID  ID
    depth     3         -         -
    lr        0.1       0.2       -
    note      -         ''        -
  
  metrics     ID  ID  ID
    acc       0.9       0.9       -
    loss      0.25      0.125     -
    loss.min  0.25      0.125     -
    loss.max  0.5       0.125     -
  
  inputs  ID                 ID                ID
    data  930d0a26e7a2 (declared)  930d0a26e7a2 (present)  930d0a26e7a2 (present)
  $ mlo runs diff one two three four --json | check_json
  $ mlo runs diff one two three --code
  error[MLO-A007]: '--code' takes two runs
    help: name the two
  [2]

Long values.

  $ long=$(printf 'x%.0s' $(seq 60))
  $ mlo track -q -n long1 -p v=${long}1 -- true && mlo track -q -n long2 -p v=${long}2 -- true && mlo track -q -n long3 -p v=short -- true
  $ compare long1 long2 -p params
  ID long1
  ID long2
  
  parameters
    v
      - xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1
      + xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx2
  $ compare long1 long2 long3 -p params
  long values are cut: --json has them whole
  ID long1
  ID long2
  ID long3
  
  parameters  ID                                   ID                                   ID
    v         xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  short

The command, how it ended, the environment.

  $ OMP_NUM_THREADS=1 mlo track -q -n bad -- sh -c 'exit 3'
  [3]
  $ compare bad long1 -p run,environment
  ID bad
  ID long1
  
  run          ID        ID
    command    sh -c 'exit 3'  true
    exit_code  3               0
    status     FAILED          FINISHED
  
  environment        ID  ID
    OMP_NUM_THREADS  1         -
  $ compare bad long1 -p usage | sed -n 1p
  ID bad

Mistakes.

  $ mlo runs diff one
  error[MLO-A005]: there is one run, and nothing to compare it with
    help: mlo runs diff one last
  [2]
  $ mlo runs diff
  error[MLO-A005]: missing 'RUN': two runs or more: ids or the start of them, names, or 'last'
    help: mlo runs diff -h
  [2]
  $ mlo runs diff one nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo runs diff one two -p parms
  error[MLO-A003]: there is no part 'parms'
    help: did you mean 'params'?
  [2]
  $ mlo runs diff one two -p everything
  error[MLO-A003]: there is no part 'everything'
    help: mlo runs diff -h
  [2]
  $ mkdir ../bare && cd ../bare && mlo init -q --no-git && mlo track -q -n a -- true && mlo track -q -n b -- true && mlo runs diff a b && mlo runs diff a b --code
  the runs do not differ
  error[MLO-W022]: this workspace is not in a git repository, so it has no revisions
    help: mlo explain MLO-W022
  [1]
