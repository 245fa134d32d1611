What was removed comes back.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ names() { mlo runs "$@" -s started | sed 1d | cut -c 11- | cut -d ' ' -f 1; }
  $ for name in one two three; do mlo track -q -n $name -t a=b -- mlo track log a=1; done
  $ mlo runs rm -q one two three && names
  no runs but deleted ones
    next: mlo runs --deleted
  $ mlo runs restore two
  restored 1 run
  $ names && mlo runs show two | sed -n '/^metrics$/,$p' | sed '/^more$/,$d; / system\//d'
  two
  metrics
    a = 1 at step 0
  
  tags
    a = b
  
  $ mlo runs restore -q $(mlo runs show one | sed -n '1s/ .*//p') three && names
  one
  two
  three
  $ names --deleted
  no such runs

One that is there already.

  $ mlo runs restore one && names
  restored 1 run
  one
  two
  three

What cannot be: none comes back.

  $ mlo runs rm -q one && mlo runs restore one nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ names
  two
  three
  $ mlo runs restore
  error[MLO-A005]: missing 'RUN': their ids or the starts of them, their names, or 'last'
    help: mlo runs restore -h
  [2]
  $ mlo runs restore ''
  error[MLO-T001]: there is no run ''
    help: mlo runs
  [1]
