Output that the terminal sees, and what is kept of a run. Runs have a name here, because their ids and times are random.

  $ git init -q && mlo init -q && printf 'one\n' > code.py && mkdir data && printf 'a\n' > data/a && mlo add -q data
  $ git add -A && git commit -qm one
  $ part() { mlo runs show "$1" | sed -n "/^$2\$/,/^\$/p"; }
  $ line() { mlo runs show "$1" | sed -n 2p | sed 's/ after [^,]*//'; }

The job has its own output and exit code; mlo says its word on standard error.

  $ mlo track -n plain -- sh -c 'echo out; echo err >&2' 2>/dev/null
  out
  $ mlo track -n plain -- sh -c 'echo out; exit 3'
  out
  run ???????? (plain) failed with exit code 3 (glob)
    next: mlo runs show ???????? (glob)
  [3]
  $ mlo track -q -n quiet -- sh -c 'exit 3'
  [3]
  $ line quiet
    FAILED, exit code 3
  $ echo given | mlo track -q -- cat
  given

Each option.

  $ printf 'raw\n' > raw.csv
  $ mlo track --name first --experiment Trees -p lr=0.1 --param model=tree -t stage=trial --tag who=me --note 'a first try' --input raw.csv --input data \
  >   --output model.bin --output plots -- sh -c 'echo m > model.bin; mkdir plots; echo p > plots/roc; echo trained'
  trained
  run ???????? (first) finished (glob)
    next: mlo runs show ???????? (glob)
  $ mlo runs show first | grep -v '^  packages '
  ???????????????????????????????? first (glob)
    FINISHED after * s, exit code 0 (glob)
    started 20*Z by ada, experiment Trees (glob)
    sh -c 'echo m > model.bin; mkdir plots; echo p > plots/roc; echo trained'
  
  note
    a first try
  
  code
    commit * on main, with uncommitted changes (glob)
    changes: mlo cat sha256:c99322d39002348ea87379e3f03b28434e6030be27c3597b92183cfc1c6fe289
  
  parameters
    lr = 0.1
    model = tree
  
  tags
    stage = trial
    who = me
  
  inputs
    7db286f2f231 data (declared)
    8e5ceeca3a43 raw.csv (declared)
  
  outputs
    01a60e35df88 model.bin (2 B)
    33c5f17d0bff plots (2 B)
  
  more
    what it printed: mlo cat sha256:d8d882672ffcd6531e030e686eafb85733889641a0fc99e9198fcb606d5994a2
  $ mlo cat $(mlo runs show first | sed -n 's/.*printed: mlo cat //p')
  trained
  $ mlo track -q -n short -e Trees -p k=v -t k=v -i data -o model.bin -- true && part short outputs
  outputs
    01a60e35df88 model.bin (2 B)
  
  $ mlo runs -e Trees -c params.lr,tags.stage | sed 's/  *20[^ ]* */ /' | cut -c 11-
  name   status    started               duration  params.lr  tags.stage
  short  FINISHED * s (glob)
  first  FINISHED * s  0.1        trial (glob)

Without them: the data that is there counts as present, what is printed is kept, and what is changed is kept as a diff.

  $ printf 'two\n' >> code.py && mlo track -q -n dirty -- echo hello
  hello
  $ part dirty code && part dirty inputs && mlo runs show dirty | grep -c 'what it printed'
  code
    commit * on main, with uncommitted changes (glob)
    changes: mlo cat sha256:cc462dda37d02d5d3532450bdadc8a2e22fc3a538782b5d68c3795bb4273fc31
  
  inputs
    7db286f2f231 data (present)
  
  1
  $ mlo cat $(mlo runs show dirty | sed -n 's/.*changes: mlo cat //p')
  diff --git a/code.py b/code.py
  index 5626abf0f72e58d7a153368ba57db4c673c0e171..814f4a422927b82f5f8a43f8fab6d3839e3983f2 100644
  --- a/code.py
  +++ b/code.py
  @@ -1 +1,2 @@
   one
  +two
  diff --git a/model.bin b/model.bin
  new file mode 100644
  index 0000000000000000000000000000000000000000..28ce6a8b26aa170e1de65536fe8abe1832bd3242
  --- /dev/null
  +++ b/model.bin
  @@ -0,0 +1 @@
  +m
  diff --git a/plots/roc b/plots/roc
  new file mode 100644
  index 0000000000000000000000000000000000000000..1a9cc2b7fbfa834924f4c03780d767ccbecf0c9c
  --- /dev/null
  +++ b/plots/roc
  @@ -0,0 +1 @@
  +p
  diff --git a/raw.csv b/raw.csv
  new file mode 100644
  index 0000000000000000000000000000000000000000..16b9d46ca2ab51e9b5f8a9e5ba31f3ef5a906ab6
  --- /dev/null
  +++ b/raw.csv
  @@ -0,0 +1 @@
  +raw
  $ mlo track -q -n little --no-diff --no-inputs --no-log -- echo hello
  hello
  $ part little code; part little inputs; mlo runs show little | grep -c 'what it printed'
  code
    commit * on main (glob)
  
  0
  [1]
  $ mlo runs show little --json | check_json; mlo runs show little --json | grep '"dirty":'
  [1]
  $ git checkout -q code.py && rm -r raw.csv model.bin plots
  $ mlo runs show dirty --json | grep '"dirty":'; mlo track -q -n clean -- true && mlo runs show clean --json | grep '"dirty":'
        "dirty": true,
        "dirty": false,

The job knows its run.

  $ mlo track -q -n env -- sh -c 'test -f "$MLO_METRICS" && test -d "$MLO_RUN_STORE" && echo ${#MLO_RUN_ID}'
  32
  $ ls .git/mlo/metrics

A run in a run is part of it. From a folder below, too.

  $ mlo track -q -n outer -- mlo track -q -n inner -- true
  $ test $(mlo runs show inner --json | sed -n 's/.*"parent": "\(.*\)",/\1/p') = $(mlo runs show outer | sed -n '1s/ .*//p')
  $ mlo runs show inner | grep 'part of'
    part of run ???????? (glob)
  $ mkdir below && cd below && mlo track -q -n deep -o made -- sh -c 'echo x > made' && part deep outputs; cd ..
  outputs
    73cb3858a687 below/made (2 B)
  

What did not start: 127 is not found, 126 cannot be run, 125 is mlo's own trouble, and then there is no run.

  $ mlo track -n missing -- no-such-program
  error[MLO-U013]: no program 'no-such-program' in PATH
  [127]
  $ line missing
    FAILED, exit code 127
  $ mlo track -q -n denied -- ./code.py
  error[MLO-U014]: cannot execute './code.py': Permission denied
    help: mlo explain MLO-U014
  [126]
  $ line denied
    FAILED, exit code 126
  $ mlo track -- ''
  error[MLO-U013]: no program '' in PATH
  [127]
  $ mlo track -i nothing -- true
  error[MLO-T101]: the input 'nothing' is not there
    help: name a file or folder of this workspace, relative to the current folder
  [125]
  $ mlo track -i cdoe.py -- true
  error[MLO-T101]: the input 'cdoe.py' is not there
    help: did you mean 'code.py'?
  [125]
  $ ln -s code.py link; mlo track -i link -- true
  error[MLO-T101]: the input 'link' is a symbolic link
    help: name what it leads to
  [125]
  $ rm link
  $ mlo track -o ../outside -- true
  error[MLO-W002]: '../outside' is outside the workspace '$CASE/work'
  [125]
  $ mlo track -p lr -- true
  error[MLO-A003]: 'lr' is no KEY=VALUE for '--param'
  [125]
  $ mlo track -t =x -- true
  error[MLO-A003]: '=x' is no KEY=VALUE for '--tag'
  [125]
  $ mlo track -p ../x=1 -- true
  error[MLO-T004]: '../x' cannot be the name of a parameter: it has a component '', '.' or '..'
    = it has 4 of at most 250 bytes
  [125]
  $ mlo track -p x= -n empty-value -q -- true && part empty-value parameters
  parameters
    x = 
  
  $ mlo track -p a=1 -p a=1 -n twice -q -- true && part twice parameters
  parameters
    a = 1
  
  $ mlo track -p a=1 -p a=2 -- true
  error[MLO-T003]: the parameter 'a' has the value '1' already, and cannot become '2'
  [125]
  $ mlo track
  error[MLO-A005]: missing 'CMD': the program to run and its arguments
    help: mlo track -h
  [125]
  $ mlo track --nothing -- true
  error[MLO-A002]: unknown option '--nothing'
    help: mlo track -h
  [125]
  $ mlo track --json -- true
  error[MLO-A008]: 'mlo track' has no JSON output
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A008",
    "kind": "usage",
    "message": "'mlo track' has no JSON output",
    "notes": []
  }
  [125]
  $ mlo -C nowhere track -- true
  error[MLO-U003]: cannot change to folder 'nowhere': No such file or directory
  [125]
  $ mlo track -- mlo track log 2> /dev/null
  [2]
  $ mlo track --resume nothing -- true
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [125]
  $ mlo runs -w "name IN ('missing', 'denied', 'empty-value', 'twice')" --sort started | cut -c 11- | sed 's/  *20.*//'
  name         status    started               duration  experiment
  missing      FAILED
  denied       FAILED
  empty-value  FINISHED
  twice        FINISHED

Ended by a signal: 128 and its number. One that the wrapper gets, the job gets.

  $ mlo track -q -n killed -- sh -c 'kill -KILL $$'
  [137]
  $ line killed
    KILLED, by signal 9
  $ mlo track -q -n terminated -- sh -c 'kill -TERM $$'
  [143]
  $ line terminated
    KILLED, by signal 15
  $ mlo track -q -n told -- sh -c 'trap "exit 7" TERM; mkfifo never; exec 3<>never; : > ready; read line <&3' & while ! test -e ready; do sleep 0.05; done; kill -TERM $!; wait $!
  [7]
  $ line told; rm ready never
    FAILED, exit code 7

One that the job ignores does not end the wrapper either.

  $ mlo track -q -n deaf -- sh -c 'trap "" TERM HUP; : > ready; while ! test -e stop; do sleep 0.05; done; exit 9' & while ! test -e ready; do sleep 0.05; done; kill -TERM $!; kill -HUP $!; : > stop; wait $!
  [9]
  $ line deaf; rm ready stop
    FAILED, exit code 9

A wrapper that is killed: the next command finds out, and what the job had written is there.

  $ mlo track -q -n lost -- sh -c 'echo "{\"loss\": 0.5}" >> $MLO_METRICS; echo $$ > ready; exec sleep 60' & while ! test -s ready; do sleep 0.05; done; kill -KILL $!; wait $! 2>/dev/null
  [137]
  $ mlo runs -w "name = 'lost'" | cut -c 11- | sed 's/  *20.*Default//'
  name  status   started               duration  experiment
  lost  RUNNING
  $ kill $(cat ready); rm ready; until mlo runs -q -w "name = 'lost'" 2>&1 | grep -q LOST; do sleep 0.05; done
  $ line lost; mlo runs show lost | grep 'loss ='
    LOST
    loss = 0.5 at step 0

What was wrong with its metrics is still known then.

  $ mlo track -q -n lost2 -- sh -c 'printf "%s\n" "loss 0.5" "{\"loss\": 0.4}" >> $MLO_METRICS; echo $$ > ready; exec sleep 60' & while ! mlo runs show lost2 2>&1 | grep -q 'loss = 0.4'; do sleep 0.05; done; kill -KILL $!; wait $! 2>/dev/null
  [137]
  $ kill $(cat ready); rm ready; until mlo runs -q -w "name = 'lost2'" 2>&1 | grep -q LOST; do sleep 0.05; done; part lost2 'not recorded'
  not recorded
    line 1 of MLO_METRICS was left out: it does not begin with '{'

Something that it leaves in the background is not waited for.

  $ mlo track -n daemon -- sh -c 'sleep 60 & echo $! > pid; echo done'
  done
  warning: 'sh' left something running in the background; what that does is not recorded
  run ???????? (daemon) finished (glob)
    next: mlo runs show ???????? (glob)
  $ kill $(cat pid) && part daemon 'not recorded'
  not recorded
    'sh' left something running in the background; what that does is not recorded
  $ mlo track -q -n quiet-daemon -- sh -c 'setsid sleep 60 > /dev/null 2>&1 & echo $! > pid; echo done'
  done
  $ kill $(cat pid); part quiet-daemon 'not recorded'; rm pid

How much is kept of what is printed, and of the environment: settings.

  $ mlo config -q track.log-mib 0 && mlo track -q -n unkept -- echo hello && mlo runs show unkept | grep -c 'what it printed'
  hello
  0
  [1]
  $ mlo config -q track.log-mib 1 && mlo track -q -n bounded -- seq 400000 > /dev/null && mlo cat $(mlo runs show bounded | sed -n 's/.*printed: mlo cat //p') > log
  $ head -n 1 log; grep -a 'left out' log; tail -n 1 log; test $(stat -c %s log) -le 1048640; rm log
  1
  [mlo: * bytes of output were left out here] (glob)
  400000
  $ mlo config -q --unset track.log-mib
  $ kept() { mlo runs show "$1" --json | sed -n '/"environment": {/,/}/p' | grep -E 'APP|TZ' | tr -d ' ,'; }
  $ APP_MODE=fast APP_TOKEN=x MYAPP=1 mlo track -q -n usual -- true; kept usual
  "TZ":"UTC"
  $ APP_MODE=fast APP_TOKEN=x MYAPP=1 mlo --config 'track.environment=APP_*, MYAPP, !TZ' track -q -n more -- true; kept more
  "APP_MODE":"fast"
  "APP_TOKEN":"***"
  "MYAPP":"1"
  $ printf 'track:\n  environment: "*"\n' >> .mlo/config.yaml; mlo track -- true 2>&1 | head -n 1; git checkout -q .mlo
  *MLO-C*track.environment* (glob)

Outputs that are not there at the end, or are no files; models.

  $ echo m > model.bin; mlo track -q -n models -o code.py --model model.bin -- true; part models outputs; mlo runs show models --json | check_json; rm model.bin
  outputs
    * code.py (4 B) (glob)
    01a60e35df88 model.bin (model, 2 B)
  

  $ mlo track -n none -o model.bin -o link -- sh -c 'ln -s code.py link'
  warning: the output 'link' is a symbolic link, which is not stored by itself
  warning: there is no output 'model.bin'
  run ???????? (none) finished (glob)
    next: mlo runs show ???????? (glob)
  $ part none 'not recorded'; part none outputs; rm link
  not recorded
    the output 'link' is a symbolic link, which is not stored by itself
    there is no output 'model.bin'

What changes meanwhile is said.

  $ mlo track -q -n moving -i code.py -- sh -c 'echo three >> code.py; echo b > data/b; git commit -q --allow-empty -m two'
  $ part moving code
  code
    commit * on main, with uncommitted changes (glob)
    changes: mlo cat sha256:913ccc673acfe5b3ea481c9794de650f8e69c8e6aec071ca3af7f886382bb57a
    HEAD changed during the run
    diff changed during the run
    code.py changed during the run
    data changed during the run
  
  $ git checkout -q code.py && rm data/b

The metrics file: lines that are none are told by number, the others count.

  $ mlo track -q -n lines -- sh -c 'printf "%s\n" "{\"loss\": 0.5, \"step\": 1}" "loss 0.4" "{\"loss\": true}" "{\"../x\": 1}" "" "{\"loss\": 0.3, \"step\": 3}" "{\"loss\": 1e999}" "{\"a\": NaN, \"b\": \"NaN\", \"c\": nan, \"d\": -nan, \"e\": null}" "{\"a\": NaN, \"b\": \"NaN\", \"c\": nan, \"d\": -nan, \"e\": -Infinity}" >> $MLO_METRICS; printf "{\"last\": 1}" >> $MLO_METRICS'
  warning: line 2 of MLO_METRICS was left out: it does not begin with '{'
  warning: line 3 of MLO_METRICS was left out: 'loss' is no number
  warning: line 4 of MLO_METRICS was left out: the name '../x' cannot be a metric's: it has a component '', '.' or '..'
  warning: line 7 of MLO_METRICS was left out: 'loss' is too large a number
  warning: line 8 of MLO_METRICS was left out: 'e' is no number
  $ part lines metrics
  metrics
    a = nan at step 0
    b = nan at step 0
    c = nan at step 0
    d = nan at step 0
    e = -inf at step 0
    last = 1 at step 0
    loss = 0.3 at step 3, 2 points, 0.3 to 0.5
  
  $ mlo runs show lines --json | check_json

A file that is none any more: the job goes on, the run says so.

  $ mlo track -q -n pipe -- sh -c 'rm $MLO_METRICS; mkfifo $MLO_METRICS; echo done'
  done
  warning: the metrics could not be recorded: the metrics file '$CASE/work/.git/mlo/metrics/????????????????????????????????.jsonl' is no regular file (glob)
  $ mlo track -q -n linked -- sh -c 'rm $MLO_METRICS; ln -s /dev/zero $MLO_METRICS; echo done'
  done
  warning: the metrics could not be recorded: the metrics file '$CASE/work/.git/mlo/metrics/????????????????????????????????.jsonl' is no regular file (glob)
  $ mlo track -q -n removed -- sh -c 'rm $MLO_METRICS; echo done'
  done
  warning: *MLO_METRICS* (glob)
  $ part removed 'not recorded'; ls .git/mlo/metrics
  not recorded
    *MLO_METRICS* (glob)
  $ mlo track -q -n again -- sh -c 'rm $MLO_METRICS; echo "{\"a\": 1}" > $MLO_METRICS; echo done' 2> /dev/null; part again metrics
  done
  metrics
    a = 1 at step 0
  

A job that takes the descriptors away, or that nobody listens to.

  $ mlo track -q -n closed -- sh -c 'exec >&- 2>&-; exit 4'
  [4]
  $ mlo track -q -n full -- echo hello > /dev/full
  warning: 6 B of the output could not be passed on
  $ part full 'not recorded'
  not recorded
    6 B of the output could not be passed on

Bad bytes and very long names.

  $ printf '{"a\377": 1}\n{"%010000d": 1}\n{"good": 1}\n' 1 > lines && mlo track -q -n bytes -- sh -c 'cat lines >> $MLO_METRICS' && part bytes metrics
  warning: line 1 of MLO_METRICS was left out: the name 'a\xff' cannot be a metric's: it is not UTF-8
  warning: line 2 of MLO_METRICS was left out: the name '0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000' cannot be a metric's: it is too long
  metrics
    good = 1 at step 0
  
  $ rm lines
  $ mlo track -p "$(printf 'a\377=1')" -- true
  error[MLO-T004]: 'a\xff' cannot be the name of a parameter: it is not UTF-8
    = it has 2 of at most 250 bytes
  [125]
  $ mlo track -p "$(printf 'a=\377')" -- true
  error[MLO-T005]: the parameter 'a' is not UTF-8
  [125]
  $ mlo track -n "$(printf 'a\377')" -- true
  error[MLO-T004]: 'a\xff' cannot be the name of a run: it is not UTF-8
    = it has 2 of at most 250 bytes
  [125]
  $ mlo track --note "$(printf 'a\377')" -- true
  error[MLO-T005]: the note is not UTF-8
  [125]
  $ long=$(printf '%010000d' 1)
  $ mlo track -n $long -- true
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a run: it is too long
    = it has 10,000 of at most 250 bytes
  [125]
  $ mlo track -e $long -- true
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of an experiment: it is too long
    = it has 10,000 of at most 500 bytes
  [125]
  $ mlo track -p $long=1 -- true
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a parameter: it is too long
    = it has 10,000 of at most 250 bytes
  [125]
  $ mlo track -p a=$long -- true
  error[MLO-T005]: the parameter 'a' has 10,000 bytes, at most 6,000 are kept
  [125]
  $ mlo track -t a=$long -- true
  error[MLO-T005]: the tag 'a' has 10,000 bytes, at most 8,000 are kept
  [125]
  $ mlo track -q -n long-word -- true $long && mlo runs show long-word --json | check_json
  $ printf 'x\n' > "$(printf 'f\377')" && USER="$(printf 'u\377')" OMP_X="$(printf 'o\377')" mlo track -q -n odd -i "$(printf 'f\377')" -o "$(printf 'g\377')" -- cp "$(printf 'f\377')" "$(printf 'g\377')"
  $ part odd inputs; part odd outputs; mlo runs show odd --json | check_json
  inputs
    73cb3858a687 f\xff (declared)
    7db286f2f231 data (present)
  
  outputs
    73cb3858a687 g\xff (2 B)
  
  $ rm "$(printf 'f\377')" "$(printf 'g\377')"

No commit is checked out by name; none is there yet; no git at all.

  $ git checkout -q --detach && mlo track -q -n detached -- true && part detached code
  code
    commit *, with uncommitted changes (glob)
    changes: mlo cat sha256:913ccc673acfe5b3ea481c9794de650f8e69c8e6aec071ca3af7f886382bb57a
  
  $ mlo runs show detached --json | grep -c '"branch"'
  0
  [1]
  $ git checkout -q main && git branch -q "$(printf 'b\377')" && git checkout -q "$(printf 'b\377')" && mlo track -q -n odd-branch -- true && mlo runs show odd-branch --json | check_json
  $ mkdir ../fresh && cd ../fresh && git init -q && mlo init -q && printf 'x\n' > f && mlo track -q -n fresh -- echo hello && mlo runs show fresh | grep -v '^  packages '
  hello
  ???????????????????????????????? fresh (glob)
    FINISHED after * s, exit code 0 (glob)
    started 20*Z by ada, experiment Default (glob)
    echo hello
  
  code
    changes: mlo cat sha256:???????????????????????????????????????????????????????????????? (glob)
  
  more
    what it printed: mlo cat sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
  $ git add f && mlo track -q -n staged -- echo hello && part staged code
  hello
  code
    changes: mlo cat sha256:* (glob)
  
  $ mkdir ../bare && cd ../bare && mlo init -q --no-git && printf 'x\n' > f && mlo track -q -n bare -i f -- echo hello && mlo runs show bare | grep -v '^  packages '
  hello
  ???????????????????????????????? bare (glob)
    FINISHED after * s, exit code 0 (glob)
    started 20*Z by ada, experiment Default (glob)
    echo hello
  
  inputs
    73cb3858a687 f (declared)
  
  more
    what it printed: mlo cat sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
  $ git clone -q -b main --depth 1 "file://$CASE/work" ../shallow 2>/dev/null; cd ../shallow && mlo track -q -n shallow -- true && mlo runs show shallow --json | grep '"shallow":'
        "shallow": true,

  $ mkdir ../none && cd ../none && mlo track -- true
  error[MLO-W001]: '$CASE/none' is in no workspace
    help: git init    (or, without git: mlo init --no-git)
  [125]

A change of 2 GiB is not kept as a diff, and the run says so; it is not read either.

  $ mkdir ../huge && cd ../huge && git init -q && mlo init -q && printf 'x\n' > big.txt && git add -A && git commit -qm one && truncate -s 2G big.txt
  $ mlo track -q -n huge -- true && part huge 'not recorded'
  not recorded
    the diff is without 'big.txt': a file over 8.0 MiB, a diff over 64.0 MiB, a submodule or an unresolved merge

Of a job that is over at once, what it used is known too.

  $ mlo track -q -n at-once -- true && mlo runs show at-once --json | grep peak_processes
        "usage.peak_processes": 1,
