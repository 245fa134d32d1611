Runs travel with the data: pushed by one clone, seen by another under the same ids.

  $ git init -q && mlo init -q && mkdir ../share && mlo remote add origin ../share -q
  $ mkdir data && printf 'a\n' > data/a && mlo add -q data && git add -A && git commit -qm one
  $ mlo push -q
  $ mlo track -q -n first -p lr=0.1 -i data -o model.bin --no-diff -- sh -c 'echo printed; echo m > model.bin; echo "{\"loss\": 0.5, \"step\": 1}" >> $MLO_METRICS'
  printed
  $ mlo track -q -n second --no-diff -- true
  $ mlo status --remote
  1 tracked path unchanged
  2 runs: not on 'origin'
  all versions are on 'origin'
    next: mlo push
  $ mlo status --remote --short; mlo status --remote --exit-code > /dev/null 2>&1; echo $?
  ^ 2 runs
  3
  $ mlo status --remote --json | check_json && mlo status --remote --json | grep -A3 not_pushed
    "not_pushed": {
      "runs": 2,
      "events": 2
    },
  $ mlo push -n 2>&1 | sed 's/(.*/(.../'
  would push 2 runs to 'origin' (...
  $ mlo push 2>&1 | sed 's/(.*/(.../'
  pushed 2 runs to 'origin' (...
  $ mlo push
  everything is in 'origin' already
  $ mlo status --remote --exit-code
  1 tracked path unchanged
  all versions are on 'origin'
  $ mlo push --json | grep -e runs -e events -e requests
    "runs": 0,
    "events": 0,
      "requests": 3,
  $ mlo push --json | check_json
  $ mlo runs show first > ../first && mlo cat $(mlo runs show first | sed -n 's/.*printed: mlo cat //p')
  printed

A fresh clone has them with all that shows them. What they wrote comes when it is asked for.

  $ git clone -q . ../clone && cd ../clone
  $ mlo fetch -n --only runs
  would fetch 2 runs from 'origin'
  $ mlo runs
  no runs yet
    next: mlo track -- CMD
  $ mlo pull
  fetched 2 runs from 'origin'
    next: mlo runs
  fetched 2 records from 'origin' (*) (glob)
  1 path changed (2 B written)
  $ mlo runs show first | diff - ../first
  $ mlo runs -c metrics.loss,params.lr -s name | awk '{print $2, $(NF-1), $NF}'
  name metrics.loss params.lr
  first 0.5 0.1
  second s Default
  $ mlo cat $(mlo runs show first | sed -n 's/.*printed: mlo cat //p')
  printed
  $ model=$(mlo runs show first --json | sed -n '/"outputs"/,/]/s/.*"id": "\(.*\)",*/\1/p')
  $ mlo cat $model
  error[MLO-S002]: object sha256:01a60e35df88d8b49546cb3f8f4ba4f406870f9b8e1f394c9d48ab73548d748d is not in the store
  [1]
  $ mlo fetch --run first 2>&1 | sed 's/(.*/(.../'
  fetched 1 record of runs from 'origin' (...
  $ mlo cat $model
  m
  $ mlo fetch --run first
  everything is here already
  $ mlo pull
  everything is as its pointers say
  $ mlo pull --json | grep -e runs -e events -e not_pub -e requests
    "runs": 0,
    "events": 0,
    "not_published": 0,
      "requests": 1,
  $ mlo pull --json | check_json && mlo fetch --json | check_json

What is done to a run travels too, either way.

  $ mlo remote trust -q origin && mlo runs rm -q second && mlo runs tag -q first stage=best && mlo track -q -n third --no-diff -- true
  $ mlo push 2>&1 | sed 's/(.*/(.../'
  pushed 1 version, 1 run and 2 changes of runs to 'origin' (...
    next: git push
  $ cd ../work && mlo track -q -n fourth --no-diff -- true && mlo pull
  fetched 1 run and 2 changes of runs from 'origin'
    next: mlo runs
  everything is as its pointers say
  $ mlo runs -s name -c tags.stage | awk '{print $2, $NF}'
  name tags.stage
  first best
  fourth Default
  third Default
  $ mlo push -q && cd ../clone && mlo pull -q && mlo runs -s name -c tags.stage | awk '{print $2, $NF}'
  name tags.stage
  first best
  fourth Default
  third Default
  $ mlo runs restore -q second && mlo push -q && cd ../work && mlo pull -q && mlo runs | grep -c second
  1

Only one of the two; and only data where paths are named.

  $ printf 'b\n' > data/b && mlo add -q data && mlo track -q -n fifth --no-diff -- true
  $ mlo push data 2>&1 | sed 's/(.*/(.../'
  pushed 1 version to 'origin' (...
    next: git push
  $ mlo push --only data
  everything is in 'origin' already
  $ mlo push --only runs 2>&1 | sed 's/(.*/(.../'
  pushed 1 run to 'origin' (...
  $ cd ../clone && mlo fetch --only data
  everything is here already
  $ mlo pull --only runs
  fetched 1 run from 'origin'
    next: mlo runs
  $ mlo pull --only runs
  everything is here already
  $ mlo push --only runs data
  error[MLO-A007]: paths and revisions are of data: name no runs with them
  [2]
  $ mlo push --only data --run first
  error[MLO-A007]: '--only data' leaves the runs out: name none
  [2]
  $ mlo push --only models
  error[MLO-A003]: '--only' takes one of data, runs, not 'models'
    help: mlo push -h
  [2]
  $ mlo fetch --run nosuchrun
  error[MLO-T001]: there is no run 'nosuchrun'
    help: mlo runs
  [1]

A history that was damaged is told, and the data come all the same.

  $ git clone -q . ../late && cd ../late
  $ for file in ../share/events/*/*; do chmod u+w "$file" && printf x >> "$file"; done
  $ mlo pull 2>&1 | sed 's/[0-9a-f]\{32,\}/.../g' | sort
    help: mlo explain MLO-X003
    help: mlo explain MLO-X003
    help: mlo explain MLO-X003
  1 path changed (2 B written)
  error[MLO-X003]: 'events/.../1-2-...' in '$CASE/share' is damaged
  error[MLO-X003]: 'events/.../1-3-...' in '$CASE/share' is damaged
  error[MLO-X003]: 'events/.../1-4-...' in '$CASE/share' is damaged
  fetched 2 records from 'origin' (59 B)
  $ mlo pull > /dev/null 2>&1; echo $?
  1
  $ cat data/a && mlo runs
  a
  no runs yet
    next: mlo track -- CMD
