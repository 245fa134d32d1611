Runs as a table for other programs.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ mlo runs export | tr -d '\r'
  id,name,status,experiment,started,ended,user,parent,commit,exit_code,duration
  $ mlo track -q -n one -e Trees -p lr=0.1 -p 'text=a "b", c' -p empty= -t stage=trial -- sh -c 'mlo track log loss=0.1 --step 1; mlo track log loss=0.30000000000000004 acc=nan --step 2'
  $ ls .git/mlo/packs > packs
  $ mlo track -q -n two -p lr=1e-3 -p "lines=$(printf 'a\nb')" -- sh -c 'mlo track log loss=inf tiny=5e-324; exit 4'
  [4]
  $ mlo runs export -s started -o runs.csv
  wrote 2 runs to 'runs.csv'
  $ python3 - << 'END'
  > import csv
  > for row in csv.DictReader(open("runs.csv", newline="", encoding="utf-8"), strict=True):
  >     print({key: value for key, value in row.items() if key not in ("id", "started", "ended", "duration", "commit")})
  > END
  {'name': 'one', 'status': 'FINISHED', 'experiment': 'Trees', 'user': 'ada', 'parent': '', 'exit_code': '0', 'params.empty': '', 'params.lines': '', 'params.lr': '0.1', 'params.text': 'a "b", c', 'metrics.acc': 'NaN', 'metrics.loss': '0.30000000000000004', 'metrics.tiny': '', 'tags.stage': 'trial'}
  {'name': 'two', 'status': 'FAILED', 'experiment': 'Default', 'user': 'ada', 'parent': '', 'exit_code': '4', 'params.empty': '', 'params.lines': 'a\nb', 'params.lr': '1e-3', 'params.text': '', 'metrics.acc': '', 'metrics.loss': 'Inf', 'metrics.tiny': '5e-324', 'tags.stage': ''}
  $ head -c -1 runs.csv | tail -c 1 | od -An -c
    \r
  $ mlo runs export -c name,params.lr,params.text,params.empty,metrics.loss,metrics.loss.min,metrics.loss.count,metrics.acc.max,tags.stage,exit_code,nothing
  error[MLO-A003]: there is no column 'nothing'
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo runs export -c name,params.lr,params.text,params.empty,metrics.loss,metrics.loss.min,metrics.loss.count,metrics.acc,metrics.acc.max,tags.stage,exit_code | tr -d '\r'
  name,params.lr,params.text,params.empty,metrics.loss,metrics.loss.min,metrics.loss.count,metrics.acc,metrics.acc.max,tags.stage,exit_code
  two,1e-3,,,Inf,Inf,1,,,,4
  one,0.1,"a ""b"", c","",0.30000000000000004,0.1,2,NaN,,trial,0
  $ mlo runs export -w "params.lr < 0.01" -c name | tr -d '\r'
  name
  two
  $ mlo runs export -e Trees -c name | tr -d '\r'
  name
  one
  $ mlo runs export -n 1 -c name | tr -d '\r'
  name
  two
  $ mlo runs export -s metrics.loss -c name,metrics.loss | tr -d '\r'
  name,metrics.loss
  one,0.30000000000000004
  two,Inf

JSON has what 'mlo runs --json' has.

  $ mlo runs export --format json | check_json
  $ mlo runs export --json | cmp - <(mlo runs export --format json)
  $ mlo runs export --format json -c name,params.lr | cmp - <(mlo runs --json -c params.lr)
  $ mlo runs export --format jsonl | python3 -c 'import json, sys; print([(r["name"], r["metrics"]["loss"]["last"]["value"]) for r in map(json.loads, sys.stdin)])'
  [('two', {'$f': 'inf'}), ('one', 0.30000000000000004)]

Every point.

  $ id() { mlo runs show $1 --json | sed -n '0,/ *"id": "\(.*\)",/s//\1/p' | grep -E '^[0-9a-f]{32}$'; }
  $ one=$(id one) two=$(id two); mlo runs export --metrics all -s started -o points.csv && sed -E "s/$one/ONE/; s/$two/TWO/; s/20[0-9-]+T[0-9:.]+Z/then/" points.csv | tr -d '\r'
  wrote 2 runs to 'points.csv'
  run,key,step,time,value
  ONE,acc,2,then,NaN
  ONE,loss,1,then,0.1
  ONE,loss,2,then,0.30000000000000004
  TWO,loss,0,then,Inf
  TWO,tiny,0,then,5e-324
  $ mlo runs export --metrics all -c metrics.acc -o points.csv && cut -d , -f 2,3,5 points.csv | tr -d '\r'
  wrote 2 runs to 'points.csv'
  key,step,value
  acc,2,NaN
  $ mlo runs export --metrics all --format json | check_json
  $ mlo runs export --metrics all --format jsonl | python3 -c 'import json, sys; print(sorted((r["key"], r["step"], str(r["value"])) for r in map(json.loads, sys.stdin)))'
  [('acc', 2, "{'$f': 'nan'}"), ('loss', 0, "{'$f': 'inf'}"), ('loss', 1, '0.1'), ('loss', 2, '0.30000000000000004'), ('tiny', 0, '5e-324')]

The file is replaced as a whole, or not at all.

  $ echo old > kept.csv; mlo runs export -w 'metrics.loss <' -o kept.csv; cat kept.csv
  error[MLO-T050]: something is missing at column 15 of the filter
    = metrics.loss <
    =               ^
  old
  $ ln -s kept.csv link; mlo runs export -o . ; mlo runs export -o /dev/null; mlo runs export -o link; mlo runs export -o missing/file.csv
  error[MLO-A003]: '.' is something else than a file
    help: leave out --output to write to standard output
  error[MLO-A003]: '/dev/null' is something else than a file
    help: leave out --output to write to standard output
  error[MLO-A003]: 'link' is something else than a file
    help: leave out --output to write to standard output
  error[MLO-U003]: cannot open folder '$CASE/work/missing': No such file or directory
  [1]
  $ mlo runs export -q -o kept.csv -c name && tr -d '\r' < kept.csv
  name
  two
  one
  $ ls -A | grep tmp
  [1]

Points that were not fetched are told, the others are there.

  $ ls .git/mlo/packs | comm -13 packs - | sed 's|^|.git/mlo/packs/|' | xargs rm && mlo runs export --metrics all -c metrics.loss -o points.csv
  wrote 2 runs to 'points.csv'
  error[MLO-S006]: pack 'packs/*.pack' is missing (glob)
    = the points of 1 run could not be read
    help: remove the folder 'index' of the store, then 'mlo pull': it lists anew what is there and fetches the rest
  [1]
  $ cut -d , -f 2,3,5 points.csv | tr -d '\r'
  key,step,value
  loss,1,0.1
  loss,2,0.30000000000000004

Mistakes.

  $ mlo runs export --format xml
  error[MLO-A003]: '--format' takes one of csv, json, jsonl, not 'xml'
    help: mlo runs export -h
  [2]
  $ mlo runs export --metrics all -c params.lr
  error[MLO-A007]: 'params.lr' is no metric, and '--metrics all' has points alone
    help: join the rows with those of another export by the column 'run'
  [2]
  $ mlo runs export -c nothing
  error[MLO-A003]: there is no column 'nothing'
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo runs export extra
  error[MLO-A006]: unexpected argument 'extra'
    help: mlo runs export -h
  [2]
