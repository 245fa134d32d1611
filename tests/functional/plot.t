Curves in the terminal. Points are written with their times, so all but ids and names is the same each time.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ mlo plot
  error[MLO-T001]: there are no runs yet
    help: mlo track -- CMD
  [1]
  $ job() { printf 'for i in range(%s):\n  print(%s)' "$1" "$2" > job.py; mlo track -q -n "$3" -- sh -c 'python3 job.py >> $MLO_METRICS'; }
  $ plot() { mlo plot "$@" | sed -E 's/\b[0-9a-f]{8}\b/IDIDIDID/'; }
  $ mlo track -q -n empty -- true
  $ mlo plot 2>&1 | sed -E 's/\b[0-9a-f]{8}\b/ID/'
  run ID has no metrics
    next: mlo track log KEY=VALUE, within a job that 'mlo track' runs
  $ job 11 '"{\"loss\":%d,\"step\":%d,\"time\":%d}" % (10 - i, i, 1700000000000 + 60000 * i)' one
  $ plot
  loss by step
  10 ┤⠉⠒⠢⠤⣀⡀
     │     ⠈⠉⠒⠢⠤⢄⣀
   8 ┤            ⠉⠉⠒⠢⠤⣀⡀
     │                  ⠈⠉⠒⠢⠤⣀⡀
   6 ┤                        ⠈⠉⠒⠢⠤⣀⡀
     │                              ⠈⠉⠒⠢⠤⣀⡀
     │                                    ⠈⠉⠒⠒⠤⢄⣀⡀
   4 ┤                                           ⠈⠉⠒⠢⠤⣀⡀
     │                                                 ⠈⠉⠒⠢⠤⣀⡀
   2 ┤                                                       ⠈⠉⠒⠢⠤⣀⣀
     │                                                              ⠉⠑⠒⠢⠤⣀⡀
   0 ┤                                                                    ⠈⠉⠒⠢⠤⣀
     └┬─────────────┬──────────────┬──────────────┬──────────────┬─────────────┬
      0             2              4              6              8            10
  
  run       name  last  least  greatest  points drawn
  IDIDIDID  one      0      0        10            11

One that is thinned says so; what is no number is a mark.

  $ job 5000 '"{\"acc\":%s,\"step\":%d,\"time\":%d}" % ("NaN" if i == 2500 else "Infinity" if i == 1000 else i % 100 / 100 + i / 1000, i, 1700000000000 + 60000 * i)' two
  $ plot two -m acc --smooth 0.99
  acc by step, smoothed by 0.99
    │                                                                    ⢀ ⡄⢠⢀⡆⡜
    │                                                             ⡀⢠ ⡆⣰⢠⡇⣼⢰⡇⣾⡎⡷⠁
  5 ┤                                                     ⢀ ⡄⢰⢀⡆⣼⢠⡇⣾⢰⣷⢹⠎⣿⣸⡧⠿⠚⠒⠋⠉
    │                                              ⡀⢠ ⡆⢰⢠⡇⣼⢰⡇⣾⡸⡷⢹⣇⡿⠼⠗⠛⠊⠉⠁
  4 ┤                                      ⢀ ⡄⢰ ⡇⣼⢰⡇⣾⢰⣇⢾⡇⣿⣸⡧⠿⠚⠓⠉⠉
  3 ┤                               ⣀⢀⡄⣰⢠⡇⡇⣾⢰⡇⣾⡰⣇⢿⣇⡿⠼⠗⠛⠊⠉⠁
    │                      ⢀⢀⡀⣠⢀⡆⣼⢠⣷⢹⡎⣷⢹⠎⡿⣸⣸⠧⠿⠚⠋⠉⠁
  2 ┤               ⡀⢀⢀⡄⣰⢠⡇⣾⢸⣷⢹⠎⡿⢸⣇⣿⢼⠤⠗⠚⠉⠉
    │       ⢀ ⡀⣠⢠⡆⣼⢰⠁⣾⡎⡷⢹⢇⣿⣸⠧⠧⠺⠒⠋⠉
  1 ┤ ⢠ ⡄⣴⢠⡇⣾⢰⣇⢿⢎⣿⣸⠧⡼⠺⠓⠏⠙⠉⠁
    │ ⣾⡰⣿⢼⠧⡿⢺⠋⠟⠹⠁⠃⠈
  0 ┤⡜⠸⠃⠋⠘ ⠁
    └┬──────────────┬──────────────┬──────×──────┬──────────────┬───────────────
     0            1000           2000          3000           4000
  
  run       name   last  least  greatest  points drawn  not numbers
  IDIDIDID  two   5.989      0       inf  402 of 5,000  1 nan, 1 inf
  $ plot two -m acc --x time --log
  1 value of 0 or less is not on a logarithmic scale
  acc by time, logarithmic
    5 ┤              ▲                                   ⢀ ⡀⢀ ⡀⣠⢀⡄⣠⢠⣄⢴⡠⣦⢦⢴⠤⡦⢼⠖⠗⠊
      │                                ⡀⢀⢀⡀⡄⣠⢀⡄⣰⡠⣆⢴⡠⣇⢿⠊⡗⢹⠊⠎⠗⠹⠊⠛⠘⠁⠋⠈⠁⠁⠈ ⠁
      │                   ⡀⢀⢠ ⡄⣰⢀⣆⢾⡰⣇⢾⡸⡗⢹⠊⡗⠱⠹⠃⠋⠘⠁⠁⠈ ⠁
    2 ┤        ⢀ ⡀⢠⢀⡆⡰⢠⡇⣿⡜⣧⢻⡜⡎⡷⠹⠊⠟⠘⠁⠋⠈ ⠁
      │   ⡀⣠⢀⡆⡇⣼⢰⡇⣾⡎⣷⢁⠎⡿⠸ ⠇⠘ ⠁
    1 ┤ ⣸⢸⣇⢿⡜⣧⢷⢹⡎⣷⢹⠇⠇⠈
      │ ⣿⢸⣿⢸⡇⡿⢸⠸⠁⠃
  0.5 ┤⢠⢻⡎⡇⢸ ⡇⠘
      │⠘⢸⡇⡇⠸
  0.2 ┤ ⢸⡇⡇
      │ ⢸
  0.1 ┤ ⢸
      └┬───────────────────────────────────×───────────────────────────────────┬
       2023-11-14T22:13:20Z                                 2023-11-18T09:32:20Z
  
  run       name   last  least  greatest  points drawn  not numbers
  IDIDIDID  two   5.989      0       inf  402 of 5,000  1 nan, 1 inf

Several runs: each has a mark where it ends.

  $ job 11 '"{\"loss\":%d,\"step\":%d,\"time\":%d}" % (i, i, 1700000000000 + 60000 * i)' three
  $ plot three one
  loss by step
  10 ┤⠉⠒⠢⢄⣀                                                              ⣀⠤⠔⠒⠉ a
     │     ⠉⠑⠒⠤⠤⣀⣀                                                ⣀⣀⠤⠤⠒⠊⠉
   8 ┤            ⠉⠉⠒⠢⠤⣀                                   ⢀⣀⠤⠔⠒⠉⠉
     │                  ⠉⠑⠒⠤⢄⣀                        ⣀⡠⠤⠒⠊⠁
   6 ┤                        ⠉⠒⠢⠤⣀⡀            ⢀⣀⠤⠔⠊⠉
     │                             ⠈⠉⠒⠢⠤⣀⡀ ⣀⡠⠔⠒⠉⠁
     │                             ⢀⣀⡠⠤⠔⠒⠊⠉⠒⠒⠤⢄⣀⡀
   4 ┤                        ⣀⠤⠔⠒⠉⠁            ⠈⠉⠒⠢⢄⣀
     │                  ⣀⡠⠤⠒⠊⠉                        ⠉⠑⠒⠤⢄⡀
   2 ┤            ⣀⣀⠤⠔⠒⠉                                   ⠈⠉⠒⠢⠤⣀⣀
     │     ⣀⡠⠤⠒⠒⠉⠉                                                ⠉⠉⠒⠒⠤⢄⣀
   0 ┤⣀⠤⠔⠊⠉                                                              ⠉⠒⠢⠤⣀ b
     └┬─────────────┬─────────────┬──────────────┬─────────────┬─────────────┬
      0             2             4              6             8            10
  
     run       name   last  least  greatest  points drawn
  a  IDIDIDID  three    10      0        10            11
  b  IDIDIDID  one       0      0        10            11
  $ plot -n 100 -w "metrics.loss < 20" -m loss --x relative | tail -n 3
     run       name   last  least  greatest  points drawn
  a  IDIDIDID  three    10      0        10            11
  b  IDIDIDID  one       0      0        10            11

Many metrics: a line each. Those of the machine only when asked for.

  $ job 9 '"{\"a\":%d,\"b\":%d,\"val/c\":1,\"val/d\":2,\"e e\":%d,\"system/x\":1,\"time\":1700000000000}" % (i, -i, i * i)' many
  $ plot many
  1 metric of the machine left out: -m 'system/*' draws it
    next: mlo plot -m METRIC, to see one of them large
  metric  run       curve                     last  least  greatest  points drawn
  a       IDIDIDID  ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███     8      0         8             9
  b       IDIDIDID  ██████▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▁    -8     -8         0             9
  e e     IDIDIDID  ▁▁▁▁▁▁▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▇▇█    64      0        64             9
  val/c   IDIDIDID  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄     1      1         1             9
  val/d   IDIDIDID  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄     2      2         2             9
  $ plot many -m 'val/*' -m 'system/*' -m a -m b -m '?'
    next: mlo plot -m METRIC, to see one of them large
  metric    run       curve                     last  least  greatest  points drawn
  val/c     IDIDIDID  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄     1      1         1             9
  val/d     IDIDIDID  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄     2      2         2             9
  system/x  IDIDIDID  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄     1      1         1             9
  a         IDIDIDID  ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███     8      0         8             9
  b         IDIDIDID  ██████▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▁    -8     -8         0             9
  $ plot one two many -m loss --color always | head -n 4 | cat -v | cut -c 1-40
  2 of these 3 runs have no metric 'loss'
  ^[[1mloss by step^[[0m
  10 M-bM-^TM-$^[[36mM-bM- M-^IM-bM- M-^RM
     M-bM-^TM-^B     ^[[36mM-bM- M-^HM-bM-
   8 M-bM-^TM-$            ^[[36mM-bM- M-^

What is not there.

  $ mlo plot many -m aa
  error[MLO-A003]: the run has no metric 'aa'
    help: did you mean 'a'?
  [2]
  $ mlo plot one two -m los
  error[MLO-A003]: none of these runs has a metric 'los'
    help: did you mean 'loss'?
  [2]
  $ mlo plot nobody
  error[MLO-T001]: there is no run 'nobody'
    help: mlo runs
  [1]
  $ mlo plot -w "metrics.loss > 100"
  error[MLO-T001]: there are no such runs
    help: mlo runs
  [1]
  $ mlo plot one -n 3
  error[MLO-A007]: runs are named, or chosen with --where, --experiment and --limit: not both
  [2]
  $ mlo plot --smooth 1
  error[MLO-A003]: '1' is no weight from 0 to below 1 for --smooth
    help: mlo plot --smooth 0.9
  [2]
  $ mlo plot --smooth nan
  error[MLO-A003]: 'nan' is no weight from 0 to below 1 for --smooth
    help: mlo plot --smooth 0.9
  [2]
  $ mlo plot -e Defalt
  error[MLO-T103]: there is no experiment 'Defalt'
    help: did you mean 'Default'?
  [1]
  $ mlo plot --x miles
  error[MLO-A003]: '--x' takes one of step, time, relative, not 'miles'
    help: mlo plot -h
  [2]
  $ mlo plot -n 1 -e Default -m a | tail -n 1 | sed -E 's/\b[0-9a-f]{8}\b/ID/'
  ID  many     8      0         8             9
  $ for i in 1 2 3; do mlo track -q -- mlo track log k=$i; done
  $ mlo plot -n 2 -m k | sed -E 's/\b[0-9a-f]{8}  [a-z-]+-[0-9]+/ID NAME/; s/  +/  /g' | tail -n 2
  a  ID NAME  3  3  3  1
  b  ID NAME  2  2  2  1

A page: one file, which replaces the one of before and needs nothing else.

  $ mlo plot one two -o page.html 2>&1 | sed 's/(.*)/(SIZE)/'
  wrote 'page.html' (SIZE)
  $ head -c 15 page.html; grep -c '<script' page.html; grep -Eo '(src|href)=' page.html | sort -u
  <!doctype html>7
  $ mlo plot one -o - | tail -n 1
  </html>
  $ mlo plot one -o page.png
  error[MLO-A003]: 'page.png' is not the name of an HTML page
    help: mlo plot -o curves.html
  [2]
  $ mlo plot one -o nowhere/page.html
  error[MLO-U003]: cannot open folder '$CASE/work/nowhere': No such file or directory
  [1]
  $ ls -A | grep -c tmp
  0
  [1]
  $ mlo plot -q two -m acc --points 40 -o page.html
  $ grep -o '[0-9]* of 5,000 points drawn' page.html
  22 of 5,000 points drawn
  $ mlo plot one --points 40
  error[MLO-A007]: --points is for --output and --json
  [2]

Each run once, by two columns or across several.

  $ for i in 1 2 4 8; do mlo track -q -e Sizes -p size=$i -p kind=x$i -- mlo track log cost=$((i * i)); done
  $ mlo track -q -e Sizes -p size=large -- mlo track log cost=nan
  $ mlo plot -e Sizes --scatter params.size,metrics.cost
  the others lack one of the two, or it is no finite number, or not on a logarithmic scale
  metrics.cost by params.size
     │                                                                         •
  60 ┤
     │
  50 ┤
     │
     │
  40 ┤
     │
  30 ┤
     │
     │
  20 ┤
     │                               •
  10 ┤
     │
     │•         •
     └──────────┬────────────────────┬────────────────────┬────────────────────┬
                2                    4                    6                    8
  
  4 of 5 runs drawn
  $ mlo plot -e Sizes --scatter params.size,metrics.cost --log --log-x | head -n 3
  the others lack one of the two, or it is no finite number, or not on a logarithmic scale
  metrics.cost by params.size
     │                                                                         •
  50 ┤
  $ mlo plot -q -e Sizes --scatter params.size,metrics.cost -o page.html
  $ grep -o '"title":"[a-z.]*","cells":[^]]*]' page.html
  "title":"params.size","cells":["large",8,4,2,1]
  "title":"metrics.cost","cells":[{"f":"nan"},64,16,4,1]
  $ mlo plot -q -e Sizes --parallel params.size,params.kind,metrics.cost,duration -o page.html
  $ grep -o '"title":"[a-z.]*","cells":[^]]*]' page.html | head -n 3
  "title":"params.size","cells":["large","8","4","2","1"]
  "title":"params.kind","cells":[null,"x8","x4","x2","x1"]
  "title":"metrics.cost","cells":[{"f":"nan"},64,16,4,1]
  $ mlo plot -e Sizes --scatter params.none,metrics.cost | head -n 4
  the others lack one of the two, or it is no finite number, or not on a logarithmic scale
  metrics.cost by params.none
  (there is nothing to draw)
  
  0 of 5 runs drawn
  $ mlo plot --scatter params.size
  error[MLO-A003]: 'params.size' are not two columns for --scatter
    help: mlo plot --scatter params.lr,metrics.loss
  [2]
  $ mlo plot --scatter params.size,metric
  error[MLO-A003]: there is no column 'metric'
    help: write metrics.NAME, params.NAME, tags.NAME, id, name, status, experiment, started, ended, duration, user, parent, commit or exit_code
  [2]
  $ mlo plot --parallel params.size,metrics.cost
  error[MLO-A005]: columns side by side are drawn in a page: name it with --output
    help: mlo plot --parallel params.size,metrics.cost -o runs.html
  [2]
  $ mlo plot --parallel params.size --scatter a,b -o page.html
  error[MLO-A007]: one of --scatter and --parallel is drawn, not both
  [2]
  $ mlo plot --scatter params.size,metrics.cost -m cost
  error[MLO-A007]: --metric, --x, --smooth and --points are for curves, not for --scatter and --parallel
  [2]
  $ mlo plot --log-x
  error[MLO-A007]: --log-x is for --scatter alone
  [2]

The same for programs.

  $ mlo plot one two --json | check_json
  $ mlo plot two -m acc --json --points 40 --smooth 0.5 | check_json
  $ mlo plot two -m acc --json --points 40 --smooth 0.5 | jq -c '.metrics[0].curves[0] | .total, (.points | length), (.smoothed | length), .points[0], .points[-1].value, .smoothed[0].x'
  5000
  22
  10
  {"step":0,"time":"2023-11-14T22:13:20Z","value":0}
  5.989
  249.5
  $ mlo plot two -m acc --json | jq -c '[.metrics[0].curves[0].points[].value | objects]'
  [{"$f":"inf"},{"$f":"nan"}]
  $ mlo plot -e Sizes --scatter params.size,metrics.cost --json | check_json
  $ mlo plot -e Sizes --parallel params.size,params.kind,metrics.cost --json | jq -c '.columns[]'
  {"name":"params.size","values":["large",8,4,2,1]}
  {"name":"params.kind","values":[null,"x8","x4","x2","x1"]}
  {"name":"metrics.cost","values":[{"$f":"nan"},64,16,4,1]}
  $ mlo plot empty --json | jq -c .metrics
  []
  $ mlo plot one --json -o page.html
  error[MLO-A007]: the answer is a page or JSON: leave out --output or --json
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A007",
    "kind": "usage",
    "message": "the answer is a page or JSON: leave out --output or --json",
    "notes": []
  }
  [2]
  $ mlo plot -e Sizes --scatter $'params.\xff,duration' --json | jq -c '.columns[0]'
  {"name":"params.\\xff","values":[null,null,null,null,null]}
  $ mlo plot -q -e Sizes --scatter $'params.\xff,duration' -o page.html; grep -c 'params.\\\\xff' page.html
  1
  $ mlo plot -e Sizes --scatter $'params.\xff,duration' 2>&1 | head -n 2
  the others lack one of the two, or it is no finite number, or not on a logarithmic scale
  duration by params.\xff
