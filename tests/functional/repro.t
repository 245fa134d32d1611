A run, once more, from what it recorded.

  $ git init -q && mlo init -q && mkdir data && seq 1 100 > data/n.txt && mlo add -q data && printf '/model.txt\n/out.txt\n' >> .gitignore
  $ cat > train.sh <<'END'
  > sum=0; for i in $(cat data/n.txt); do sum=$((sum + i)); done
  > echo "sum $sum"
  > echo "{\"loss\": 0.$sum, \"step\": 1}" >> $MLO_METRICS
  > mlo track param sum=$sum 2>/dev/null
  > echo $sum > model.txt
  > END
  $ git add -A && git commit -qm one
  $ echo '# not committed' >> train.sh && echo 2 > new.txt
  $ mlo track -q -n base -p lr=0.1 -i data -o model.txt -- sh train.sh
  sum 5050

Whatever became of the code and the data since, it is as it was, in a folder of its own.

  $ seq 1 50 > data/n.txt && mlo add -q data && rm train.sh new.txt && git add -A && git commit -qm two
  $ mlo repro -q base
  sum 5050
  METRIC  BEFORE    NOW  DIFFERENCE
  loss     0.505  0.505  same
  OUTPUT     BEFORE  NOW  DIFFERENCE
  model.txt     5 B  5 B  same
  reproduced: 1 metric and 1 output are the same
  $ git worktree list | wc -l; ls .git/mlo/repro; git status --short
  1
  lock
  $ mlo repro base >/dev/null
  repeating run ???????? (base): sh train.sh (glob)
  sum 5050
  run ???????? (*) finished (glob)

The repetition is a run with the parameters of the first, also those that were given to it, and names it.

  $ mlo runs --columns params.lr,params.sum,metrics.loss --where "tags.\`mlo.repeats\` != ''" | awk 'NR > 1 { print $(NF-2), $(NF-1), $NF }'
  0.1 5050 0.505
  0.1 5050 0.505
  $ test "$(mlo runs show last --json | sed -n 's/.*"mlo.repeats": "\(.*\)".*/\1/p')" = "$(mlo runs show base | sed -n '1s/ .*//p')"
  $ mlo repro base --json 2>/dev/null | check_json
  $ mlo repro base --json 2>/dev/null | sed -n '/"answer"/p; /"ended_alike"/p'
    "answer": "same",
    "ended_alike": true,

What differs.

  $ cat > random.sh <<'END'
  > echo "{\"a\": $(mktemp -u XXXXXXXXXX | cksum | cut -d' ' -f1), \"b\": 1}" >> $MLO_METRICS; mktemp -u XXXXXXXXXX > out.txt
  > END
  $ git add -A && git commit -qm random && mlo track -q -n random -o out.txt -- sh random.sh
  $ mlo repro random > said 2>said2; echo $?; cat said2 said
  3
  repeating run ???????? (random): sh random.sh (glob)
  run ???????? (*) finished (glob)
    next: mlo runs diff ???????? ???????? (glob)
  METRIC *BEFORE *NOW  DIFFERENCE (glob)
  a * (glob)
  b * 1  same (glob)
  OUTPUT   BEFORE   NOW  DIFFERENCE
  out.txt    11 B  11 B  differs
  not reproduced: 1 of 2 metrics and 0 of 1 output are the same
  $ mlo repro random --ignore a --json 2>/dev/null | check_json
  $ mlo track -q -n tenth -- sh -c 'echo "{\"a\": $(cat /proc/uptime | cut -d" " -f1 | tr -d .)}" >> $MLO_METRICS'
  $ mlo repro -q tenth --tolerance 0.9 | tail -1
  reproduced: 1 metric and 0 outputs are the same
  $ mlo track -q -n nan -- sh -c 'echo "{\"a\": NaN, \"b\": Infinity}" >> $MLO_METRICS'
  $ mlo repro -q nan
  METRIC  BEFORE  NOW  DIFFERENCE
  a          nan  nan  same
  b          inf  inf  same
  reproduced: 2 metrics and 0 outputs are the same
  $ mlo repro nan --json 2>/dev/null | check_json
  $ echo 'mlo track log x=1 && exit $(cat code)' > end.sh && echo 3 > code && git add -A && git commit -qm end
  $ echo /code >> .gitignore && git rm -q --cached code && git commit -qm 'an ignored file'
  $ mlo track -q -n end -- sh end.sh; echo $?
  3
  $ mlo repro -q end
  cat: code: No such file or directory
  METRIC  BEFORE  NOW  DIFFERENCE
  x            1    1  same
  ended with exit code 0, and not with exit code 3
  not reproduced: 1 metric and 0 outputs are the same
  [3]

Nothing to compare.

  $ mlo track -q -n nothing -- true && mlo repro -q nothing
  nothing to compare: the run has neither metrics nor outputs
  [4]

The environment that numbers depend on is as it was; secrets were not kept.

  $ OMP_NUM_THREADS=3 mlo track -q -n threads -o out.txt -- sh -c 'echo "$OMP_NUM_THREADS $MKL_NUM_THREADS" > out.txt'
  $ OMP_NUM_THREADS=1 MKL_NUM_THREADS=7 mlo repro threads
  MKL_NUM_THREADS is not set, as it was
  OMP_NUM_THREADS is '3' as it was
  repeating run ???????? (threads): sh -c * (glob)
  run ???????? (*) finished (glob)
  OUTPUT   BEFORE  NOW  DIFFERENCE
  out.txt     3 B  3 B  same
  reproduced: 0 metrics and 1 output are the same
  $ mlo track -q -n secret -o out.txt -- sh -c 'echo $2 > out.txt' sh --token=hunter2hunter2
  $ mlo repro secret
  error[MLO-T140]: the command of '*' had a secret, which was not kept: '--token=***' (glob)
    help: mlo repro RUN -- CMD, with the secret in its place
  [1]
  $ mlo repro -q secret -- sh -c 'echo $2 > out.txt' sh --token=hunter2hunter2
  OUTPUT   BEFORE  NOW  DIFFERENCE
  out.txt     1 B  1 B  same
  reproduced: 0 metrics and 1 output are the same

An absolute path leads into the new folder.

  $ mkdir -p sub && echo 'pwd' > sub/where.sh && git add -A && git commit -qm where && cd sub && mlo track -q -n where -- sh $PWD/where.sh; cd ..
  $CASE/work/sub
  $ mlo repro where
  '$CASE/work/sub/where.sh' became '$CASE/work/.git/mlo/repro/*/tree/sub/where.sh' (glob)
  repeating run ???????? (where): sh $CASE/work/.git/mlo/repro/*/tree/sub/where.sh (glob)
  $CASE/work/.git/mlo/repro/*/tree/sub (glob)
  run ???????? (*) finished (glob)
  nothing to compare: the run has neither metrics nor outputs
  [4]

Inputs that nobody has.

  $ echo '/big' >> .gitignore && echo one > big && mlo track -q -n gone -i big -- sh -c 'wc -c < big > out.txt'
  $ mlo repro -q gone
  nothing to compare: the run has neither metrics nor outputs
  [4]
  $ echo two > big && mlo track -q -n gone2 -i big -- true && echo three > big && mlo repro gone2
  error[MLO-T141]: nobody here has what the run '*' used: 'big' (glob)
  [1]
  $ mlo runs rm -q nothing gone gone2 where secret threads

What is kept, and what a killed one leaves to the next.

  $ mlo repro -q --keep base > /dev/null 2>&1; git worktree list | wc -l; ls .git/mlo/repro/*/tree
  2
  data
  data.mlo
  model.txt
  new.txt
  train.sh
  $ mlo track -q -n slow -- true
  $ (mlo repro -q slow -- sh -c 'echo $$ > "$0"; exec sleep 1000' "$CASE/tmp/started" & until test -s $CASE/tmp/started; do sleep 0.1; done
  > kill -9 $! $(cat $CASE/tmp/started); wait $!) 2>/dev/null
  [137]
  $ ls .git/mlo/repro | wc -l; mlo repro -q base > /dev/null 2>&1; ls .git/mlo/repro | wc -l; git worktree list | wc -l
  3
  2
  2
  $ git worktree remove --force .git/mlo/repro/*/tree && mlo repro -q base > /dev/null 2>&1; ls .git/mlo/repro
  lock

What cannot be repeated.

  $ mlo repro
  error[MLO-A005]: missing 'RUN': its id or the start of it, its name, or 'last'
    help: mlo repro -h
  [2]
  $ mlo repro nobody
  error[MLO-T001]: there is no run 'nobody'
    help: mlo runs
  [1]
  $ mlo repro base --ignore accuracy
  error[MLO-A003]: the run has no metric 'accuracy' for '--ignore'
    help: mlo runs show ???????? (glob)
  [2]
  $ mlo repro base --tolerance much
  error[MLO-A003]: 'much' is no number
    help: write a decimal number, nan, inf or -inf
  [2]
  $ mlo repro base --tolerance 1
  error[MLO-A003]: '1' is no '--tolerance': it is relative, from 0 to below 1
  [2]
  $ mlo repro base -- no-such-program
  repeating run ???????? (base): no-such-program (glob)
  error[MLO-U013]: no program 'no-such-program' in PATH
  [1]
  $ git checkout -q --orphan other && git commit -qm 'another history' && git branch -qD main && git reflog expire --expire=all --all && git gc -q --prune=now && mlo repro base
  error[MLO-G002]: no commit is named '*' (glob)
    help: git log --oneline --all
  [1]
  $ mkdir ../plain && cd ../plain && mlo init -q --no-git && mlo track -q -n plain -- true && mlo repro plain
  error[MLO-T140]: the run '*' was recorded without a commit of git (glob)
    help: mlo explain MLO-T140
  [1]

The packages of Python that the run had, from a folder of wheels in place of an index.

  $ cd $CASE && mkdir python wheels && cd python && git init -q && mlo init -q && echo /out.txt > .gitignore && cat > wheel.py <<'END'
  > import sys, zipfile
  > version = sys.argv[1]
  > with zipfile.ZipFile(f"../wheels/tiny-{version}-py3-none-any.whl", "w") as wheel:
  >     wheel.writestr("tiny.py", f"version = '{version}'\n")
  >     wheel.writestr(f"tiny-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
  >     wheel.writestr(f"tiny-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
  >     wheel.writestr(f"tiny-{version}.dist-info/RECORD", "")
  > END
  $ python3 wheel.py 1.0 && python3 wheel.py 2.0 && echo 'import tiny; print(tiny.version, file=open("out.txt", "w"))' > use.py
  $ git add -A && git commit -qm tiny && export PIP_NO_INDEX=1 PIP_FIND_LINKS=$CASE/wheels
  $ python3 -m venv $CASE/old && $CASE/old/bin/pip -q --disable-pip-version-check install tiny==1.0
  $ (. $CASE/old/bin/activate && mlo track -q -n tiny -o out.txt -- python use.py)
  $ $CASE/old/bin/pip -q --disable-pip-version-check install tiny==2.0
  $ (. $CASE/old/bin/activate && mlo repro -q tiny); echo $?
  warning: 1 package of pip not as installed then: tiny 1.0, now 2.0
  OUTPUT   BEFORE  NOW  DIFFERENCE
  out.txt     4 B  4 B  differs
  not reproduced: 0 metrics and 0 of 1 output are the same
  3
  $ mlo repro -q --install tiny
  OUTPUT   BEFORE  NOW  DIFFERENCE
  out.txt     4 B  4 B  same
  reproduced: 0 metrics and 1 output are the same
  $ rm $CASE/wheels/tiny-1.0* && mlo repro --install tiny
  installing the packages of the run
  error[MLO-T143]: 'pip install' failed
    = ERROR: Could not find a version that satisfies the requirement tiny==1.0 (from versions: 2.0)
    = ERROR: No matching distribution found for tiny==1.0
    help: mlo explain MLO-T143
  [1]
  $ ls .git/mlo/repro; git worktree list | wc -l
  lock
  1
