What a job says that it uses, and what mlo hands out to it.

  $ git init -q && mlo init -q && mkdir data && printf 'a\n' > data/a && printf 'b\n' > data/b && printf 'l\n' > labels && mlo add -q data labels && git add -A && git commit -qm one
  $ inputs() { mlo runs show "$1" | sed -n '/^inputs$/,/^$/p'; }
  $ printf 'raw\n' > raw && mlo track -n declared --no-inputs -- mlo track input raw data/a
  recorded 2 inputs of run ???????? (glob)
  run ???????? (declared) finished (glob)
    next: mlo runs show ???????? (glob)
  $ inputs declared
  inputs
    87428fc52280 data/a (declared)
    8e5ceeca3a43 raw (declared)
  
  $ mlo track -q -n both -- sh -c 'cd data; mlo track input -q --run both ../labels'; inputs both
  inputs
    * labels (declared) (glob)
    * data (present) (glob)
    * labels (present) (glob)
  

Handed out within a run: observed.

  $ mlo track -q -n observed --no-inputs -- sh -c 'mlo cat labels data/a; mlo get -q data -o copy; mlo checkout -q labels' && inputs observed
  l
  a
  inputs
    * data (observed) (glob)
    87428fc52280 data/a (observed)
    * labels (observed) (glob)
  
  $ mlo runs show observed --json | check_json; rm -r copy
  $ rm -r data && mlo track -q -n all --no-inputs -- mlo checkout -q && inputs all
  inputs
    * data (observed) (glob)
    * labels (observed) (glob)
  
  $ printf 'm\n' > labels && mlo add -q labels && git commit -qam two && mlo track -q -n old -- sh -c 'mlo get -q HEAD~1:labels -o old; mlo cat HEAD~1:labels' && inputs old; mlo runs show old | grep -c changed
  l
  inputs
    * labels (observed) (glob)
    * data (present) (glob)
    * labels (present) (glob)
  
  0
  [1]
  $ test $(mlo runs show old | sed -n 's/ labels (observed)//p') = $(mlo runs show observed | sed -n 's/ labels (observed)//p')

In a journal, too.

  $ mlo --config runs.storage=journal track -q -n journaled --no-inputs -- sh -c 'mlo cat labels; mlo track input -q data'; inputs journaled
  m
  inputs
    * data (declared) (glob)
    * labels (observed) (glob)
  

Not for a run of another repository, one that has ended, one that is unknown, or a trial.

  $ RUN=$(mlo track start -q -n ended --no-inputs); mlo track end -q $RUN; MLO_RUN_ID=$RUN mlo cat labels; inputs ended
  m
  $ MLO_RUN_ID=nonsense mlo cat labels; MLO_RUN_ID= mlo cat labels
  m
  m
  $ mlo track -q -n dry --no-inputs -- mlo checkout -q -n; inputs dry
  $ mlo track -q -n ids --no-inputs -- mlo cat sha256:87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7; inputs ids
  a
  $ git clone -q . ../clone && (cd ../clone && mlo track -q -n elsewhere --no-inputs -- mlo -C "$CASE/work" cat labels; mlo runs show elsewhere | grep -c observed); mlo runs -q | grep -c elsewhere
  m
  0
  0
  [1]

What cannot be: nothing of the call is recorded.

  $ mlo track -q -n cannot --no-inputs -- sh -c 'mlo track input raw rwa; ln -s raw link; mlo track input raw link; mlo track input raw ../outside'; inputs cannot; rm link
  error[MLO-T101]: the input 'rwa' is not there
    help: did you mean 'raw'?
  error[MLO-T101]: the input 'link' is a symbolic link
    help: name what it leads to
  error[MLO-W002]: '../outside' is outside the workspace '$CASE/work'
  $ mlo track input raw
  error[MLO-T102]: there is no run to record in: MLO_RUN_ID is not set
    help: run this inside of 'mlo track -- CMD', or name a run: --run RUN
  [2]
  $ mlo track input --run declared raw
  error[MLO-T002]: the run '????????????????????????????????' has ended: FINISHED (glob)
  [1]
  $ mlo track input
  error[MLO-A005]: missing 'PATH': files and folders that the run uses, tracked or not, as they are now
    help: mlo track input -h
  [2]
