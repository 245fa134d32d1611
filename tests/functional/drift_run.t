One file says what is compared with what, and one command checks it all.

  $ mkdir shop && cd shop && git init -q && git commit -q --allow-empty -m first
  $ awk 'BEGIN { print "placed,price,city"; for (i = 0; i < 600; i++) printf "2026-05-0%dT%02d:%02d:00Z,%.2f,%s\n", 1 + i / 100, i % 100 / 5, i % 5 * 12, 10 + i * 7919 % 600 / 100 + (i >= 400 ? 3 : 0), i % 3 ? "Ulm" : "Bonn" }' > orders.csv
  $ head -301 orders.csv > first.csv; mlo profile first.csv -o first.profile -q > told
  $ cat > drift.yaml <<'YAML'
  > schema: mlo/drift-checks-v1
  > defaults: {threshold: 0.15, exclude: placed}
  > YAML
  $ mlo drift run
  error[MLO-U022]: unknown key 'exclude'
    --> drift.yaml:2:29
  [2]
  $ cat > drift.yaml <<'YAML'
  > schema: mlo/drift-checks-v1
  > defaults: {threshold: 0.15}
  > checks:
  >   orders:
  >     current: {data: orders.csv, window: {column: placed, last: 1d, until: day}}
  >     reference: first.profile
  >     exclude: placed
  >     report: pages/orders.html
  >   prices:
  >     current: {data: [orders.csv], window: {column: placed, last: 2d, until: day}}
  >     reference: {data: orders.csv, window: {column: placed, last: 2d, until: day, ago: 2d}}
  >     only: price
  >     columns: {price: {threshold: 0.9}}
  > YAML
  $ mlo drift run --at 2026-05-03T06:00:00Z
  orders: no drift in 2 columns, 100 rows against 300
  prices: not enough data to decide, 200 rows against 0
  [4]
  $ mlo drift run --at 2026-05-06T06:00:00Z
  orders: drift in 1 of 2 columns, 100 rows against 300
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  price   distribution  drift     0.685  0.219       0.314     < 0.0001  median 15.89, was 13.07
  price   range         drift     0.544  0.049       0.146     < 0.0001  48.0 % outside of 10 .. 15.99: 13.01 .. 18.96
  prices: no drift in 1 column, 200 rows against 200
  [3]
  $ grep -o '<h1>.*</h1>' pages/orders.html
  <h1>drift in 1 of 2 columns, 100 rows against 300</h1>
  $ mlo drift run prices --at 2026-05-06T06:00:00Z --all
  prices: no drift in 1 column, 200 rows against 200
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  price   distribution  -         0.397  0.195       0.276     < 0.0001  median 14.5, was 13.1
  price   range         -         0.367  0.042       0.126     < 0.0001  24.5 % outside of 10.03 .. 15.99: 10.02 .. 18.96
  $ mlo drift run prices --at 2026-05-06T06:00:00Z --no-history -q
  prices: no drift in 1 column, 200 rows against 200
  $ mlo drift run --at 2026-05-06T06:00:00Z --json > one.json
  [3]
  $ check_json < one.json

It is found from folders below, and names in it are seen from its own folder.

  $ mkdir -p deep/er && cd deep/er && mlo drift run orders --at 2026-05-06T06:00:00Z --no-history | head -1; cd ../..
  orders: drift in 1 of 2 columns, 100 rows against 300

What was found is kept.

  $ mlo drift history
  Time                  Check   Verdict   Drifted  Rows
  2026-05-03T06:00:00Z  orders  -             0/2   100  greatest effect: price distribution 0.033
  2026-05-03T06:00:00Z  prices  few rows      0/1   200
  2026-05-06T06:00:00Z  orders  drift         1/2   100  price distribution 0.685, price range 0.544
  2026-05-06T06:00:00Z  prices  -             0/1   200  greatest effect: price distribution 0.397
  2026-05-06T06:00:00Z  prices  -             0/1   200  greatest effect: price distribution 0.397
  2026-05-06T06:00:00Z  orders  drift         1/2   100  price distribution 0.685, price range 0.544
  2026-05-06T06:00:00Z  prices  -             0/1   200  greatest effect: price distribution 0.397
  $ mlo drift history orders -n 1
  Time                  Check   Verdict  Drifted  Rows
  2026-05-06T06:00:00Z  orders  drift        1/2   100  price distribution 0.685, price range 0.544
  $ mlo drift history orders --column price
  Time                  Check   What          Effect  p, adjusted
  2026-05-03T06:00:00Z  orders  distribution   0.033       1.0000
  2026-05-06T06:00:00Z  orders  distribution   0.685       0.0000  drift
  2026-05-06T06:00:00Z  orders  distribution   0.685       0.0000  drift
  trend, from 0 to 0.685: ▁██
  $ mlo drift history --column price -n 2
  Time                  Check   What          Effect  p, adjusted
  2026-05-06T06:00:00Z  orders  distribution   0.685       0.0000  drift
  2026-05-06T06:00:00Z  prices  distribution   0.397       0.0000
  $ mlo drift history prices --json | check_json
  $ mlo drift history nothing
  nothing is kept of that: mlo drift history
  $ mlo drift history -f drift.yaml -n 1 prices
  Time                  Check   Verdict  Drifted  Rows
  2026-05-06T06:00:00Z  prices  -            0/1   200  greatest effect: price distribution 0.397

For CI and monitoring.

  $ mlo drift run --at 2026-05-06T06:00:00Z -q --junit out.xml --markdown out.md --sarif out.sarif --prometheus out.prom > told
  [3]
  $ grep -c '<failure' out.xml; grep -c '"level": "error"' out.sarif; grep 'mlo_check_outcome.*failed' out.prom
  2
  4
  mlo_check_outcome{tool="mlo drift",check="orders",outcome="failed"} 1
  mlo_check_outcome{tool="mlo drift",check="prices",outcome="failed"} 0
  $ check_prometheus out.prom; check_sarif out.sarif
  error drift/distribution drift.yaml:4:3: orders: price: distribution: median 15.89, was 13.07 (effect 0.684593, threshold 0.15, p 6.67086e-17)
  error drift/range drift.yaml:4:3: orders: price: range: 48.0 % outside of 10 .. 15.99: 13.01 .. 18.96 (effect 0.543707, threshold 0.15, p 4.96635e-33)
  $ head -1 out.md; grep -o '^| orders.*\*\* |' out.md
  ### drift.yaml: 2 checks: 1 failed, 1 passed
  | orders | **failed** |

One check that cannot be made keeps no other from being made, and counts for more than drift.

  $ cat >> drift.yaml <<'YAML'
  >   users:
  >     current: users.csv
  >     reference: first.profile
  >   typo:
  >     current: orders.csv
  >     reference: first.profile
  >     exclude: plcaed
  >   words:
  >     current: {data: orders.csv, window: {column: city, last: 1d}}
  >     reference: first.profile
  >   kept:
  >     current: first.profile
  >     reference: {data: first.profile, window: {column: placed, last: 1d}}
  > YAML
  $ mlo drift run --at 2026-05-06T06:00:00Z --prometheus out.prom 2>errors | grep -v price
  orders: drift in 1 of 2 columns, 100 rows against 300
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  users: failed
  typo: failed
  words: failed
  kept: failed
  $ cat errors
  error[MLO-U003]: there is no 'users.csv'
    --> drift.yaml:14:3
    help: check the spelling; paths are relative to the current folder
  error[MLO-K002]: neither table has a column 'plcaed'
    --> drift.yaml:17:3
    = the nearest is 'placed'
  error[MLO-B023]: column 'city' of 'orders.csv' is text, and a window is a span of time
    --> drift.yaml:21:3
    = text, as in the table to compare with
    help: say with a file of types how its times are written: mlo-table-types(5)
  error[MLO-A003]: 'first.profile' is a profile: no rows of a span of time can be told from it
    --> drift.yaml:24:3
    help: name the table that it was made of, or leave the window out
  $ grep 'broken"} 1' out.prom
  mlo_check_outcome{tool="mlo drift",check="users",outcome="broken"} 1
  mlo_check_outcome{tool="mlo drift",check="typo",outcome="broken"} 1
  mlo_check_outcome{tool="mlo drift",check="words",outcome="broken"} 1
  mlo_check_outcome{tool="mlo drift",check="kept",outcome="broken"} 1
  $ mlo drift run --at 2026-05-06T06:00:00Z --json > one.json 2>errors
  [1]
  $ check_json < one.json
  $ mlo drift history users
  Time                  Check  Verdict  Drifted  Rows
  2026-05-06T06:00:00Z  users  failed                  MLO-U003: there is no 'users.csv'
  2026-05-06T06:00:00Z  users  failed                  MLO-U003: there is no 'users.csv'

Numbers that count from 1970 have a unit.

  $ python3 -c 'for i in range(600): print("{\"t\": %d, \"value\": %d}" % (1777766400 + 600 * i, i * 7 % 100 + (50 if i >= 500 else 0)))' > sensor.jsonl
  $ printf 'checks:\n  sensor:\n    current: {data: sensor.jsonl, window: {column: t, last: 16h}}\n    reference: {data: sensor.jsonl, window: {column: t, last: 3d, ago: 16h}}\n    only: value\n' > sensor.yaml
  $ mlo drift run -f sensor.yaml --at 2026-05-07T03:55:00Z
  sensor: failed
  error[MLO-B023]: column 't' of 'sensor.jsonl' is integer, and a window is a span of time
    --> sensor.yaml:2:3
    = as its values in JSON are
    help: if it counts from 1970, say what: 'unit: s' in the window (or ms, us, ns)
  [1]
  $ sed -i 's/column: t/column: t, unit: s/' sensor.yaml; mlo drift run -f sensor.yaml --at 2026-05-07T03:55:00Z
  sensor: drift in 1 of 1 column, 96 rows against 432
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  value   distribution  drift     0.714  0.214       0.307     < 0.0001  median 101, was 50
  value   range         drift     0.573  0.048       0.143     < 0.0001  52.1 % outside of 0 .. 99: 51 .. 149
  [3]

What cannot be is told before anything is read.

  $ mlo drift run order
  error[MLO-K011]: 'drift.yaml' has no check 'order'
    = the nearest is 'orders'
  [2]
  $ mlo drift run --at yesterday
  error[MLO-A003]: --at takes a moment, not 'yesterday'
    help: --at 2026-05-01T00:00:00Z
  [2]
  $ mlo drift run -f missing.yaml
  error[MLO-U003]: cannot open '$CASE/work/shop/missing.yaml': No such file or directory
  [1]
  $ printf 'checks:\n  a:\n    current: orders.csv\n    referense: first.csv\n' > bad.yaml; mlo drift run -f bad.yaml
  error[MLO-U022]: unknown key 'referense'
    --> bad.yaml:4:5
    help: did you mean 'reference'?
  [2]
  $ mkdir empty && cd empty && git init -q && mlo drift run; mlo drift history
  error[MLO-U003]: there is no 'drift.yaml' here or above
    help: mlo help drift-checks
  no check was run yet: mlo drift run

Where there is no workspace nothing is kept.

  $ mkdir "$CASE/bare" && cp ../drift.yaml ../orders.csv ../first.profile "$CASE/bare" && cd "$CASE/bare" && mlo drift run orders --at 2026-05-03T06:00:00Z
  orders: no drift in 2 columns, 100 rows against 300
  no history is kept: there is no workspace here (git init, or mlo init)
