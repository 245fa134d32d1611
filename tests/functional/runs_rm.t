Runs leave the list, and can come back.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ names() { mlo runs "$@" -s started | sed 1d | cut -c 11- | cut -d ' ' -f 1; }
  $ for name in one two three four; do mlo track -q -n $name -- true; done
  $ mlo runs rm one
  removed 1 run
    next: mlo runs restore ???????? (glob)
  $ mlo runs rm two $(mlo runs show three | sed -n '1s/ .*//p' | cut -c 1-10)
  removed 2 runs
    next: mlo runs restore ???????? (glob)
  $ names
  four
  $ names --deleted
  one
  two
  three

It is still known by its id and name, and says so; what names the last run means one that is there.

  $ mlo runs show one | sed -n 2p | sed 's/ after [^,]*//'
    FINISHED, exit code 0, deleted
  $ mlo runs show one --json | check_json
  $ mlo runs rm -q last; names
  no runs but deleted ones
    next: mlo runs --deleted
  $ mlo runs rm last
  error[MLO-T001]: there are no runs but deleted ones
    help: mlo runs --deleted
  [1]
  $ mlo runs rm one && names --deleted
  removed 1 run
    next: mlo runs restore ???????? (glob)
  one
  two
  three
  four

One that goes on: the job goes on too, what it records is refused.

  $ mlo track -q -n open -- sh -c 'mlo runs rm -q open; mlo track log a=1; echo "{\"b\": 1}" >> $MLO_METRICS' 2>&1 | grep -v packages
  error[MLO-T011]: the run '????????????????????????????????' was deleted (glob)
    help: mlo runs restore ???????????????????????????????? (glob)
  warning: the run was deleted while its job ran: nothing more of it was recorded
  $ names --deleted
  one
  two
  three
  four
  open
  $ mlo runs show open | sed -n '2p; /^not/,$p' | sed 's/ after [^,]*//; /packages/d'
    FINISHED, exit code 0, deleted
  not recorded
    the run was deleted while its job ran: nothing more of it was recorded

One unknown name, and none is removed.

  $ mlo runs restore -q two && mlo runs rm two nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ names
  two
  $ mlo runs rm
  error[MLO-A005]: missing 'RUN': their ids or the starts of them, their names, or 'last'
    help: mlo runs rm -h
  [2]
  $ mlo runs rm ''
  error[MLO-T001]: there is no run ''
    help: mlo runs
  [1]
