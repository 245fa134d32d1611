The end of a run that 'mlo track start' began.

  $ git init -q && mlo init -q && printf 'one\n' > code.py && printf 'd\n' > data && mlo add -q data && git add -A && git commit -qm one
  $ part() { mlo runs show "$1" | sed -n "/^$2\$/,/^\$/p"; }
  $ state() { mlo runs show "$1" | sed -n '2s/ after.*//p'; }
  $ for how in finished failed killed; do mlo track start -q -n $how > /dev/null; mlo track end $how --state $how; state $how; done
  run ???????? (finished) finished (glob)
    next: mlo runs show ???????? (glob)
    FINISHED
  run ???????? (failed) failed (glob)
    next: mlo runs show ???????? (glob)
    FAILED
  run ???????? (killed) was killed (glob)
    next: mlo runs show ???????? (glob)
    KILLED

Outputs that were named at the start, at the end, or are not there.

  $ mlo track start -q -n outputs -o one -o two -o gone --model three > /dev/null; echo 1 > one; mkdir two; echo 2 > two/2; echo 3 > three; echo 4 > four
  $ mlo track end -q outputs -o four --model one; part outputs outputs
  warning: there is no output 'gone'
  outputs
    * four (2 B) (glob)
    * one (model, 2 B) (glob)
    * three (model, 2 B) (glob)
    * two (2 B) (glob)
  
  $ part outputs 'not recorded'; rm -r one two three four
  not recorded
    there is no output 'gone'

What changed meanwhile. Files that are new since then are no change of the code.

  $ echo a > new; echo two >> code.py; mlo track start -q -n same > /dev/null; echo b > newer; mlo track end -q same; part same code
  code
    commit * on main, with uncommitted changes (glob)
    changes: mlo cat sha256:* (glob)
  
  $ mlo track start -q -n moved > /dev/null; echo three >> code.py; echo e > data; git commit -q --allow-empty -m two; mlo track end -q moved; part moved code
  code
    commit * on main, with uncommitted changes (glob)
    changes: mlo cat sha256:* (glob)
    HEAD changed during the run
    diff changed during the run
    data changed during the run
  
  $ mlo track start -q -n unseen --no-diff > /dev/null; echo four >> code.py; mlo track end -q unseen; part unseen code
  code
    commit * on main (glob)
  

What cannot be ended.

  $ mlo track end
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: mlo track end RUN
  [2]
  $ mlo track end nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo track end finished
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
    help: mlo track start --resume ???????? (glob)
  [1]
  $ mlo track -n job -- mlo track end
  error[MLO-T105]: the run '????????????????????????????????' is recorded by process * on '*' (glob)
  run ???????? (job) failed with exit code 1 (glob)
    next: mlo runs show ???????? (glob)
  [1]
  $ mlo track start -q -n removed > /dev/null; mlo runs rm -q removed; mlo track end removed
  error[MLO-T011]: the run '????????????????????????????????' was deleted (glob)
    help: mlo runs restore * (glob)
  [1]
  $ mlo track end finished --state lost
  error[MLO-A003]: '--state' takes one of finished, failed, killed, not 'lost'
    help: mlo track end -h
  [2]
