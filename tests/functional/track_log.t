Points from a job, or into a run that is named.

  $ git init -q && mlo init -q && git add -A && git commit -qm one
  $ mlo track -q -n curve -- sh -c 'mlo track log loss=0.5 accuracy=0.6; mlo track log loss=0.25; mlo track log -s 10 loss=0.125; mlo track log --step 20 --time 2024-01-31T12:00:00.5Z loss=1e-3'
  $ mlo runs show curve | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    accuracy = 0.6 at step 0
    loss = 0.001 at step 20, 4 points, 0.001 to 0.5
  
  $ mlo runs show curve --json | grep -c 2024-01-31T12:00:00.5Z
  3
  $ mlo track -q -n given -- sh -c 'id=$MLO_RUN_ID; unset MLO_RUN_ID; mlo track log --run given a=1; mlo track log --run $id a=2; mlo track log --run $(echo $id | cut -c 1-12) a=3'
  $ mlo runs show given | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    a = 3 at step 2, 3 points, 1 to 3
  

From another folder: the job's store is meant.

  $ mlo track -q -n elsewhere -- sh -c 'cd /; mlo track log a=1' && mlo runs show elsewhere | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    a = 1 at step 0
  

The same point twice counts once. What is no number may stand in any spelling.

  $ mlo track -q -n same -- sh -c 'for i in 1 2; do mlo track log -s 1 --time 2024-01-31T12:00:00Z a=1; done; mlo track log a=-0' && mlo runs show same | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    a = 0 at step 2, 2 points, 0 to 1
  
  $ mlo track -q -n spelled -- mlo track log a=nan b=NaN c=NAN d=-nan e=+Nan f=inf g=-Infinity h=+INF i=.5 j=-1e-300 k=007
  $ mlo runs show spelled | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    a = nan at step 0
    b = nan at step 0
    c = nan at step 0
    d = nan at step 0
    e = nan at step 0
    f = inf at step 0
    g = -inf at step 0
    h = inf at step 0
    i = 0.5 at step 0
    j = -1e-300 at step 0
    k = 7 at step 0
  
  $ mlo runs show spelled --json | check_json

Steps may be anything of 64 bits.

  $ mlo track -q -n steps -- mlo track log -s -9223372036854775808 a=1 && mlo runs show steps | grep 'a = '
    a = 1 at step -9223372036854775808
  $ mlo track -q -n steps2 -- sh -c 'mlo track log -s 9223372036854775807 a=1; mlo track log a=2'
  $ mlo runs show steps2 | grep 'a = '
    a = 2 at step 9223372036854775807, 2 points, 1 to 2

What is none: nothing of the call is recorded.

  $ mlo track -q -n bad -- sh -c 'for bad in b b= =1 b=x b=nanx b=0x10 b=1e999 "b= 1" b=1,5 b=+-1 b=true; do mlo track log a=1 "$bad" 2>&1 | head -n 1; done'
  error[MLO-A003]: 'b' is no KEY=VALUE for a metric
  error[MLO-A003]: '' is no number
  error[MLO-A003]: '=1' is no KEY=VALUE for a metric
  error[MLO-A003]: 'x' is no number
  error[MLO-A003]: 'nanx' is no number
  error[MLO-A003]: '0x10' is no number
  error[MLO-A003]: '1e999' is no number
  error[MLO-A003]: ' 1' is no number
  error[MLO-A003]: '1,5' is no number
  error[MLO-A003]: '+-1' is no number
  error[MLO-A003]: 'true' is no number
  $ mlo track -q -- sh -c 'for bad in .. ../x a/../b a//b /a a/ . "a\$b" "a;b" ""; do mlo track log a=1 "$bad=1" 2>&1 | head -n 1; done'
  error[MLO-T004]: '..' cannot be the name of a metric: it has a component '', '.' or '..'
  error[MLO-T004]: '../x' cannot be the name of a metric: it has a component '', '.' or '..'
  error[MLO-T004]: 'a/../b' cannot be the name of a metric: it has a component '', '.' or '..'
  error[MLO-T004]: 'a//b' cannot be the name of a metric: it has a component '', '.' or '..'
  error[MLO-T004]: '/a' cannot be the name of a metric: it starts or ends with '/'
  error[MLO-T004]: 'a/' cannot be the name of a metric: it starts or ends with '/'
  error[MLO-T004]: '.' cannot be the name of a metric: it has a component '', '.' or '..'
  error[MLO-T004]: 'a$b' cannot be the name of a metric: only letters, digits, '_', '-', '.', ':', '/' and spaces are allowed
  error[MLO-T004]: 'a;b' cannot be the name of a metric: only letters, digits, '_', '-', '.', ':', '/' and spaces are allowed
  error[MLO-A003]: '=1' is no KEY=VALUE for a metric
  $ mlo track -q -- sh -c 'mlo track log a=1 "$(printf "b\377=1")"'
  error[MLO-T004]: 'b\xff' cannot be the name of a metric: it is not UTF-8
    = it has 2 of at most 250 bytes
  [2]
  $ mlo track -q -- sh -c 'mlo track log a=1 "$(printf %010000d 1)=1"'
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a metric: it is too long
    = it has 10,000 of at most 250 bytes
  [2]
  $ mlo track -q -- mlo track log --time yesterday a=1
  error[MLO-A003]: 'yesterday' is no time for '--time'
    help: write it as 2026-01-31T12:00:00Z
  [2]
  $ mlo track -q -- mlo track log --step 1.5 a=1
  error[MLO-A003]: '--step' takes a whole number from -9223372036854775808 to 9223372036854775807, not '1.5'
    help: mlo track log -h
  [2]
  $ mlo track -q -- mlo track log --step 9223372036854775808 a=1
  error[MLO-A003]: '--step' takes a whole number from -9223372036854775808 to 9223372036854775807, not '9223372036854775808'
    help: mlo track log -h
  [2]
  $ mlo track -q -- mlo track log
  error[MLO-A005]: missing 'KEY=VALUE': metrics and their values
    help: mlo track log -h
  [2]
  $ mlo runs show bad | sed -n '/^metrics$/,/^$/p' | grep ' = ' | grep -vc system/
  0
  [1]

No run, an unknown one, several that fit, one that has ended, one that was removed.

  $ mlo track log a=1
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track log --run nothing a=1
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ MLO_RUN_ID=00000000000000000000000000000000 mlo track log a=1
  error[MLO-T001]: there is no run '00000000000000000000000000000000'
    help: mlo runs
  [1]
  $ mlo track log --run '' a=1
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track -q -n bad -- true; mlo track log --run bad a=1
  error[MLO-T009]: 'bad' fits several runs
    = ???????????????????????????????? (glob)
    = ???????????????????????????????? (glob)
  [2]
  $ mlo track log --run curve a=1
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
  $ mlo track log --run last a=1
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
  $ mlo track log --run gvien a=1
  error[MLO-T001]: there is no run 'gvien'
    help: did you mean 'given'?
  [1]
  $ mlo track -q -n gone -- sh -c 'mlo runs rm -q gone; mlo track log a=1 2> said; cat said' 2> /dev/null
  error[MLO-T011]: the run '????????????????????????????????' was deleted (glob)
    help: mlo runs restore ???????????????????????????????? (glob)
  $ MLO_RUN_STORE=$CASE/nowhere MLO_RUN_ID=00000000000000000000000000000000 mlo track log a=1
  error[MLO-U003]: cannot open folder '$CASE/nowhere': No such file or directory
  [1]
  $ cd .. && mlo track log --run curve a=1
  error[MLO-W001]: '$CASE' is in no workspace
    help: git init    (or, without git: mlo init --no-git)
  [1]
