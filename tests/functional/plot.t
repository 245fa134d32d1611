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
  $ mlo plot -n 2 -m k | sed -E 's/\b[0-9a-f]{8}  [a-z-]+-[0-9]+/ID NAME/' | tail -n 2
  a  ID NAME     3      3         3             1
  b  ID NAME       2      2         2             1
