A run without a program of its own: a shell, a notebook, a service.

  $ git init -q && mlo init -q && printf 'one\n' > code.py && mkdir data && printf 'a\n' > data/a && mlo add -q data && git add -A && git commit -qm one
  $ part() { mlo runs show "$1" | sed -n "/^$2\$/,/^\$/p"; }
  $ state() { mlo runs show "$1" 2>/dev/null | sed -n '2s/ after [^,]*//;2p'; }
  $ RUN=$(mlo track start -n first -e Notebooks -p lr=0.1 -t who=me --note 'by hand' -i code.py -o made --model model.bin)
  run ???????? (first) started (glob)
    next: export MLO_RUN_ID=????????????????????????????????    (then, at the end: mlo track end) (glob)
  $ echo $RUN | grep -c '^[0-9a-f]\{32\}$'
  1
  $ state first; mlo runs show first --json | check_json
    RUNNING
  $ mlo track log --run $RUN loss=0.5 && export MLO_RUN_ID=$RUN && mlo track log loss=0.25 && mlo track param depth=3 && mlo track tag stage=trial
  $ echo '{"acc": 0.9}' >> .git/mlo/metrics/$RUN.jsonl
  $ mkdir made && echo x > made/x && echo m > model.bin && mlo track end
  run ???????? (first) finished (glob)
    next: mlo runs show ???????? (glob)
  $ unset MLO_RUN_ID; mlo runs show first | grep -v '^  packages '
  ???????????????????????????????? first (glob)
    FINISHED after * s (glob)
    started 20*Z by ada, experiment Notebooks (glob)
    * (glob)
  
  note
    by hand
  
  code
    commit * on main (glob)
  
  parameters
    depth = 3
    lr = 0.1
  
  metrics
    acc = 0.9 at step 0
    loss = 0.25 at step 1, 2 points, 0.25 to 0.5
  
  tags
    stage = trial
    who = me
  
  inputs
    2c8b08da5ce6 code.py (declared)
    7db286f2f231 data (present)
  
  outputs
    * made (2 B) (glob)
    * model.bin (model, 2 B) (glob)
  
  more
  $ ls .git/mlo/metrics; rm -r made model.bin
  $ mlo track start -q --json -n json | tee answer | check_json; grep -c metrics answer; mlo track end -q json
  1

The run belongs to who reads its id, whatever is in between.

  $ owner() { sed -n 's/.*"pid": //p'; }
  $ here=$$; is_here() { test "$1" = $here && echo here || echo elsewhere; }
  $ is_here $(mlo track start -q --json | owner | tr -d ,)
  here
  $ answer=$(mlo track start -q --json); is_here $(echo "$answer" | owner | tr -d ,)
  here
  $ answer=$(cd data; true; mlo track start -q --json; true); is_here $(echo "$answer" | owner | tr -d ,)
  here
  $ answer=$(mlo track start -q --json | cat); is_here $(echo "$answer" | owner | tr -d ,)
  here
  $ mlo track start -q --json > answer; is_here $(owner < answer | tr -d ,); (cd data; mlo track start -q --json > ../answer; true); is_here $(owner < answer | tr -d ,)
  here
  here
  $ (answer=$(mlo track start -q --json); test $(echo "$answer" | owner | tr -d ,) = $BASHPID && echo the part that reads)
  the part that reads
  $ sh -c 'answer=$(mlo track start -q --json); test $(echo "$answer" | sed -n "s/.*\"pid\": //p" | tr -d ,) = $$ && echo that shell' 2>/dev/null
  that shell
  $ cat > caller.py <<'END'
  > import json, os, subprocess
  > for command in ("mlo track start -q --json", "true && mlo track start -q --json && true", "(mlo track start -q --json)"):
  >     print(json.loads(subprocess.run(command, shell=True, capture_output=True).stdout)["pid"] == os.getpid())
  > print(json.loads(os.popen("mlo track start -q --json | cat; true").read())["pid"] == os.getpid())
  > END
  $ python3 caller.py
  True
  True
  True
  False
  $ rm caller.py answer

Once that is gone, the run is lost; its end can be told all the same.

  $ id=$(sh -c 'RUN=$(mlo track start -q -n forgotten); echo $RUN' 2>/dev/null); state $id
    LOST
  $ sleep 100 & there=$!; id=$(mlo track start -q -n bound --pid $there -o made); state bound
    RUNNING
  $ kill $there; wait $there 2>/dev/null; mlo runs show bound | sed -n '2s/ after.*//p'
  warning: run ???????? has ended without a word: it is marked LOST (glob)
    LOST
  $ part bound 'not recorded'
  not recorded
    the output 'made' was not stored: the run was lost before
  $ mlo track log --run bound loss=1
  error[MLO-T002]: the run '????????????????????????????????' has ended: LOST (glob)
  [1]
  $ echo x > made; mlo track end bound -o made && part bound outputs; mlo runs show bound --json | grep '"attempt"'; rm made
  run ???????? (bound) finished (glob)
    next: mlo runs show ???????? (glob)
  outputs
    73cb3858a687 made (2 B)
  
      "attempt": 2,
  $ mlo track start --pid 999999999
  error[MLO-T106]: there is no process 999999999
    help: mlo track start --pid PID
  [2]
  $ mlo track start --pid 0
  error[MLO-A003]: '--pid' takes a whole number from 1 to 2147483647, not '0'
    help: mlo track start -h
  [2]

What cannot be: nothing is begun.

  $ before=$(mlo runs -q | wc -l)
  $ mlo track start -i nothing
  error[MLO-T101]: the input 'nothing' is not there
    help: name a file or folder of this workspace, relative to the current folder
  [2]
  $ mlo track start -p lr
  error[MLO-A003]: 'lr' is no KEY=VALUE for '--param'
  [2]
  $ mlo track start -o ../outside
  error[MLO-W002]: '../outside' is outside the workspace '$CASE/work'
  [2]
  $ mlo track start --resume nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo track start --resume first -n other
  error[MLO-A007]: a run that is resumed keeps its name and experiment: '--resume' excludes '--name' and '--experiment'
  [2]
  $ mlo track start --resume first -p lr=0.2
  error[MLO-T003]: the parameter 'lr' has the value '0.1' already, and cannot become '0.2'
  [1]
  $ mlo track start -- true
  error[MLO-A006]: unexpected argument 'true'
    help: mlo track start -h
  [2]
  $ test $(mlo runs -q | wc -l) = $before && state first
    FINISHED
  $ mlo track start -q -n untold > /dev/full
  error[MLO-*]: * (glob)
    help: mlo explain MLO-A009
  [1]
  $ state untold; part untold 'not recorded'
    FAILED
  not recorded
    the run was not begun: nobody was told its id

Going on with a run: all is there, the code of the first attempt stays, what differs is said.

  $ echo two >> code.py && git commit -qam two && mlo track start -q --resume first -t stage=second -p extra=1 > id; test $(cat id) = $RUN && state first
    RUNNING
  $ mlo track log --run first loss=0.125 && mlo track end -q first; mlo runs show first | sed -n '2s/ after.*//p'; part first code; part first metrics; part first tags; part first parameters; part first 'not recorded'
    FINISHED
  code
    commit * on main (glob)
    HEAD changed during the run
    code.py changed during the run
  
  metrics
    acc = 0.9 at step 0
    loss = 0.125 at step 2, 3 points, 0.125 to 0.5
  
  tags
    stage = second
    who = me
  
  parameters
    depth = 3
    extra = 1
    lr = 0.1
  
  not recorded
    the code of attempt 2, which differs: commit * (glob)
  $ mlo runs show first --json | check_json; rm id
  $ mlo track -q -n job -- sh -c 'echo "{\"a\": 1}" >> $MLO_METRICS; exit 3'; mlo track --resume job -- sh -c 'echo "{\"a\": 2}" >> $MLO_METRICS'
  run ???????? (job) finished (glob)
    next: mlo runs show ???????? (glob)
  $ state job; part job metrics; part job 'not recorded'
    FINISHED, exit code 0
  metrics
    a = 2 at step 1, 2 points, 1 to 2
  
  not recorded
    the command of attempt 2, which differs: sh -c echo "{\\"a\\": 2}" >> $MLO_METRICS
  $ long=$(printf 'ä%.0s' $(seq 4000)); mlo track -q --resume job -- true $long x; part job 'not recorded' | grep -c '^  the command of attempt 3, which differs: true ä*\.\.\.$'
  1
  $ mlo track -q -n busy -- mlo track start --resume busy
  error[MLO-T010]: the run '????????????????????????????????' is running: process * on '*' (glob)
  [1]
  $ mlo runs rm -q job; mlo track start --resume $(mlo runs --deleted --json | sed -n 's/.*"id": "\(.*\)",/\1/p' | head -1)
  error[MLO-T011]: the run '????????????????????????????????' was deleted (glob)
    help: mlo runs restore * (glob)
  [1]

One in another: it is part of it.

  $ mlo track -q -n outer -- sh -c 'id=$(mlo track start -q -n inner); mlo track end -q $id'; mlo runs show inner | grep 'part of'
    part of run ???????? (glob)
