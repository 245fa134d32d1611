Files and folders as they are at this moment, kept as outputs of the run.

  $ git init -q && mlo init -q && git add -A && git commit -qm one
  $ outputs() { mlo runs show "$1" | sed -n '/^outputs$/,/^$/p'; }
  $ mlo track -n kept -- sh -c 'mkdir plots; echo p > plots/roc; echo one > model; mlo track artifact plots model; echo two > model'
  stored 2 artifacts in run ???????? (6 B) (glob)
  run ???????? (kept) finished (glob)
    next: mlo runs show ???????? (glob)
  $ outputs kept
  outputs
    2c8b08da5ce6 model (4 B)
    33c5f17d0bff plots (2 B)
  
  $ mlo cat $(mlo runs show kept --json | sed -n '/"path": "model"/,/"size"/s/.*"id": "\(.*\)",/\1/p')
  one
  $ cat model
  two
  $ mlo track -q -n named -- sh -c 'mkdir -p below; cd below; echo x > file; mlo track artifact -q --run named file ../model' && outputs named
  outputs
    73cb3858a687 below/file (2 B)
    27dd8ed44a83 model (4 B)
  

Again under one name: both are kept.

  $ mlo track -q -n again -- sh -c 'for i in 1 12; do echo $i > model; mlo track artifact -q model; done' && outputs again
  outputs
    4355a46b19d3 model (2 B)
    a1fb50e6c86f model (3 B)
  
  $ mlo runs show again --json | check_json

A model.

  $ mlo track -q -n model -- sh -c 'mlo track artifact -q --model model; mlo track artifact -q plots' && outputs model
  outputs
    * model (model, 3 B) (glob)
    33c5f17d0bff plots (2 B)
  

An empty file, an empty folder, and a name that is no text.

  $ mlo track -q -n empty -- sh -c ': > none; mkdir hollow; name=$(printf "f\377"); echo x > "$name"; mlo track artifact -q none hollow "$name"' && outputs empty
  outputs
    73cb3858a687 f\xff (2 B)
    714823f73ca6 hollow (0 B)
    e3b0c44298fc none (0 B)
  
  $ mlo runs show empty --json | check_json

What cannot be: nothing of the call is recorded.

  $ mlo track -q -n cannot -- sh -c 'mlo track artifact model nothing; ln -s model link; mlo track artifact model link; mlo track artifact model ../outside; mlo track artifact model /dev/null; mlo track artifact model .git; mkfifo pipe; mlo track artifact model pipe'
  error[MLO-T101]: 'nothing' is not there
    help: name a file or folder of this workspace, relative to the current folder
  error[MLO-T101]: 'link' is a symbolic link
    help: name what it leads to
  error[MLO-W002]: '../outside' is outside the workspace '$CASE/work'
  error[MLO-W002]: '/dev/null' is outside the workspace '$CASE/work'
  error[MLO-W002]: '.git' belongs to git, not to your data
  error[MLO-W010]: 'pipe' is neither a file, a folder nor a symbolic link
    help: mlo explain MLO-W010
  [1]
  $ outputs cannot
  $ mlo track -q -- mlo track artifact
  error[MLO-A005]: missing 'PATH': files and folders to keep as they are now
    help: mlo track artifact -h
  [2]

No run, an unknown one, one that has ended.

  $ mlo track artifact model
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track artifact --run nothing model
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo track artifact --run kept model
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
