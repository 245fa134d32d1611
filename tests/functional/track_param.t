Parameters from a job, or for a run that is named: one value each, for ever.

  $ git init -q && mlo init -q && git add -A && git commit -qm one
  $ params() { mlo runs show "$1" | sed -n '/^parameters$/,/^$/p'; }
  $ mlo track -q -n given -p lr=0.1 -- sh -c 'mlo track param model=tree depth=3; mlo track param --run given "with space=a b" url=a=b empty=; mlo track param lr=0.1' && params given
  parameters
    depth = 3
    empty = 
    lr = 0.1
    model = tree
    url = a=b
    with space = a b
  

A second value is an error, and nothing of that call is recorded.

  $ mlo track -q -n conflict -p lr=0.1 -- mlo track param new=1 lr=0.2
  error[MLO-T003]: the parameter 'lr' has the value '0.1' already, and cannot become '0.2'
  [1]
  $ params conflict
  parameters
    lr = 0.1
  
  $ mlo track -q -n same-call -- mlo track param a=1 a=2
  error[MLO-T003]: the parameter 'a' has the value '1' already, and cannot become '2'
  [1]
  $ params same-call
  $ mlo track -q -- mlo track param a=1 a=1

What cannot be one.

  $ mlo track -q -- sh -c 'for bad in a =1 ../x=1 a//b=1 "a\$=1"; do mlo track param good=1 "$bad" 2>&1 | head -n 1; done'; params last
  error[MLO-A003]: 'a' is no KEY=VALUE for a parameter
  error[MLO-A003]: '=1' is no KEY=VALUE for a parameter
  error[MLO-T004]: '../x' cannot be the name of a parameter: it has a component '', '.' or '..'
  error[MLO-T004]: 'a//b' cannot be the name of a parameter: it has a component '', '.' or '..'
  error[MLO-T004]: 'a$' cannot be the name of a parameter: only letters, digits, '_', '-', '.', ':', '/' and spaces are allowed
  $ mlo track -q -- sh -c 'mlo track param "$(printf "a\377=1")"'
  error[MLO-T004]: 'a\xff' cannot be the name of a parameter: it is not UTF-8
    = it has 2 of at most 250 bytes
  [2]
  $ mlo track -q -- sh -c 'mlo track param "$(printf "a=\377")"'
  error[MLO-T005]: the parameter 'a' is not UTF-8
  [2]
  $ mlo track -q -- sh -c 'mlo track param "$(printf %010000d 1)=1"'
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a parameter: it is too long
    = it has 10,000 of at most 250 bytes
  [2]
  $ mlo track -q -- sh -c 'mlo track param "a=$(printf %010000d 1)"'
  error[MLO-T005]: the parameter 'a' has 10,000 bytes, at most 6,000 are kept
  [2]
  $ mlo track -q -n longest -- sh -c 'mlo track param "a=$(printf %06000d 1)"' && mlo runs show longest --json | check_json
  $ mlo track -q -- sh -c 'mlo track param "a=$(printf %06001d 1)" 2>&1' | head -n 1
  error[MLO-T005]: the parameter 'a' has 6,001 bytes, at most 6,000 are kept
  $ mlo track -q -- mlo track param
  error[MLO-A005]: missing 'KEY=VALUE': parameters and their values
    help: mlo track param -h
  [2]

No run, or one that cannot be.

  $ mlo track param a=1
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track param --run nothing a=1
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo track param --run given a=1
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
