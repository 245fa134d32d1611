What checks found is in the ledger, and travels with it.

  $ git init -q --bare hub.git && git clone -q hub.git ada 2>told && cd ada && mlo init -q && mlo remote add origin ../shared >../told
  remote origin = ../shared in .mlo/config.yaml
    next: git add .mlo/config.yaml
    next: mlo remote check origin
  $ mlo drift history
  no check was run yet: mlo drift run
  $ awk 'BEGIN { print "x"; for (i = 0; i < 400; i++) print i % 40 }' > ref.csv
  $ for day in 1 2 3; do awk -v d=$day 'BEGIN { print "x"; for (i = 0; i < 200; i++) print i % 40 + (d - 1) * 10 }' > day$day.csv; done
  $ printf 'checks:\n' > drift.yaml; for day in 1 2 3; do printf '  day%s: {current: day%s.csv, reference: ref.csv}\n' $day $day >> drift.yaml; done
  $ mlo drift run --at 2026-05-01T00:00:00Z | grep day
  day1: no drift in 1 column, 200 rows against 400
  day2: drift in 1 of 1 column, 200 rows against 400
  day3: drift in 1 of 1 column, 200 rows against 400
  $ git add -A && git commit -qm first && git push -q && mlo push -q
  $ cd .. && git clone -q hub.git bob && cd bob && mlo pull -q
  $ mlo drift history
  Time                  Check  Verdict  Drifted  Rows
  2026-05-01T00:00:00Z  day1   -            0/1   200  greatest effect: x distribution 0.000
  2026-05-01T00:00:00Z  day2   drift        1/1   200  x distribution 0.500, x range 0.371
  2026-05-01T00:00:00Z  day3   drift        1/1   200  x distribution 0.707, x range 0.558
  $ mlo drift history day3 --json | check_json
  $ mlo drift history day3 --column x
  Time                  Check  What          Effect  p, adjusted
  2026-05-01T00:00:00Z  day3   distribution   0.707       0.0000  drift

A store that cannot be written is read.

  $ mine() { if [ "$(id -u)" = 0 ]; then setpriv --bounding-set=-dac_override --inh-caps=-all "$@"; else "$@"; fi; }
  $ chmod -R a-w .git/mlo; mine mlo drift history day2
  Time                  Check  Verdict  Drifted  Rows
  2026-05-01T00:00:00Z  day2   drift        1/1   200  x distribution 0.500, x range 0.371
  $ mine mlo drift run day1 --at 2026-05-02T00:00:00Z
  day1: no drift in 1 column, 200 rows against 400
  warning: no history is kept: '$CASE/work/bob/.git/mlo' cannot be written
  $ chmod -R u+w .git/mlo
  $ mlo drift history -n x
  error[MLO-A003]: '--limit' takes a whole number from 0 to 1000000, not 'x'
    help: mlo drift history -h
  [2]
