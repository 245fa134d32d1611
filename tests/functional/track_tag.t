Tags from a job, or for a run that is named; the last value counts.

  $ git init -q && mlo init -q && git add -A && git commit -qm one
  $ tags() { mlo runs show "$1" | sed -n '/^tags$/,/^$/p'; }
  $ mlo track -q -n given -t stage=trial -- sh -c 'mlo track tag stage=done who=me; mlo track tag --run given "with space=a b" url=a=b empty=; mlo track tag who=you' && tags given
  tags
    empty = 
    stage = done
    url = a=b
    who = you
    with space = a b
  
  $ mlo track -q -n unicode -- mlo track tag schlüssel=wert/äöü && tags unicode
  tags
    schlüssel = wert/äöü
  

What cannot be one: nothing of the call is recorded.

  $ mlo track -q -- sh -c 'for bad in a =1 ../x=1 a//b=1; do mlo track tag good=1 "$bad" 2>&1 | head -n 1; done'; tags last
  error[MLO-A003]: 'a' is no KEY=VALUE for a tag
  error[MLO-A003]: '=1' is no KEY=VALUE for a tag
  error[MLO-T004]: '../x' cannot be the name of a tag: it has a component '', '.' or '..'
  error[MLO-T004]: 'a//b' cannot be the name of a tag: it has a component '', '.' or '..'
  $ mlo track -q -- sh -c 'mlo track tag "$(printf "a\377=1")"'
  error[MLO-T004]: 'a\xff' cannot be the name of a tag: it is not UTF-8
    = it has 2 of at most 250 bytes
  [2]
  $ mlo track -q -- sh -c 'mlo track tag "$(printf "a=\377")"'
  error[MLO-T005]: the tag 'a' is not UTF-8
  [2]
  $ mlo track -q -- sh -c 'mlo track tag "$(printf %010000d 1)=1"'
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a tag: it is too long
    = it has 10,000 of at most 250 bytes
  [2]
  $ mlo track -q -- sh -c 'mlo track tag "a=$(printf %010000d 1)"'
  error[MLO-T005]: the tag 'a' has 10,000 bytes, at most 8,000 are kept
  [2]
  $ mlo track -q -- mlo track tag
  error[MLO-A005]: missing 'KEY=VALUE': tags and their values
    help: mlo track tag -h
  [2]

No run, an unknown one, one that has ended ('mlo runs tag' is for that one).

  $ mlo track tag a=1
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track tag --run nothing a=1
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo track tag --run given a=1
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
