The verdict of Evidently 0.7, from what it said of the same tables (tests/data/drift/make_evidently.py).

  $ DATA=$TESTDIR/../data/drift
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently
  no drift by Evidently's rules: 1 of 6 columns drifted, a share of 0.5 is asked for, 250 rows against 400
  Column  Type  Verdict  Method                  Score  Threshold
  age     num   -        K-S p_value            0.9431       0.05
  score   num   drift    K-S p_value         1.626e-19       0.05
  holes   num   -        K-S p_value            0.1745       0.05
  level   cat   -        chi-square p_value     0.3452       0.05
  city's  cat   -        chi-square p_value     0.4214       0.05
  member  cat   -        Z-test p_value         0.8621       0.05
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --json > ours.json
  $ check_json < ours.json
  $ $DATA/same_snapshot.py ours.json $DATA/snapshot.json
  7 metrics, 7 tests: the same

Other shares, methods and columns.

  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --share 0.1 --columns age,score,level
  drift by Evidently's rules: 1 of 3 columns drifted, a share of 0.1 is asked for, 250 rows against 400
  Column  Type  Verdict  Method                  Score  Threshold
  age     num   -        K-S p_value            0.9431       0.05
  score   num   drift    K-S p_value         1.626e-19       0.05
  level   cat   -        chi-square p_value     0.3452       0.05
  [3]
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --method psi --threshold 0.01
  drift by Evidently's rules: 5 of 6 columns drifted, a share of 0.5 is asked for, 250 rows against 400
  Column  Type  Verdict  Method      Score  Threshold
  age     num   drift    PSI       0.07367       0.01
  score   num   drift    PSI          1.18       0.01
  holes   num   drift    PSI       0.07254       0.01
  level   cat   drift    PSI       0.01296       0.01
  city's  cat   drift    PSI       0.02055       0.01
  member  cat   -        PSI     0.0001961       0.01
  [3]
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --method psi --json | check_json
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --method psi --json | grep -m 3 -A 6 '"metric_name"'
        "metric_name": "DriftedColumnsCount(drift_share=0.5,method=psi)",
        "config": {
          "type": "evidently:metric_v2:DriftedColumnsCount",
          "drift_share": 0.5,
          "method": "psi"
        },
        "value": {
  --
        "metric_name": "ValueDrift(column=age,method=psi,threshold=0.1)",
        "config": {
          "type": "evidently:metric_v2:ValueDrift",
          "column": "age",
          "method": "psi",
          "threshold": 0.1
        },
  --
        "metric_name": "ValueDrift(column=score,method=psi,threshold=0.1)",
        "config": {
          "type": "evidently:metric_v2:ValueDrift",
          "column": "score",
          "method": "psi",
          "threshold": 0.1
        },
  $ mlo drift $DATA/current.csv --reference $DATA/reference.csv --compat evidently --method chisquare --columns level,member
  no drift by Evidently's rules: 0 of 2 columns drifted, a share of 0.5 is asked for, 250 rows against 400
  Column  Type  Verdict  Method               Score  Threshold
  level   cat   -        chi-square p_value  0.3452       0.05
  member  cat   -        chi-square p_value  0.8248       0.05

Profiles do where they know all values.

  $ mlo profile $DATA/reference.csv -o ref.profile -q > told
  $ mlo drift $DATA/current.csv --reference ref.profile --compat evidently --exclude score,holes -q
  no drift by Evidently's rules: 0 of 4 columns drifted, a share of 0.5 is asked for, 250 rows against 400
  Column  Type  Verdict  Method               Score  Threshold
  age     num   -        K-S p_value         0.9431       0.05
  level   cat   -        chi-square p_value  0.3452       0.05
  city's  cat   -        chi-square p_value  0.4214       0.05
  member  cat   -        Z-test p_value      0.8621       0.05
  $ mlo drift $DATA/current.csv --reference ref.profile --compat evidently
  no drift by Evidently's rules: 1 of 6 columns drifted, a share of 0.5 is asked for, 250 rows against 400
  Column  Type  Verdict  Method                  Score  Threshold
  age     num   -        K-S p_value            0.9431       0.05
  score   num   drift    K-S p_value         1.626e-19       0.05
  holes   num   -        K-S p_value            0.1745       0.05
  level   cat   -        chi-square p_value     0.3452       0.05
  city's  cat   -        chi-square p_value     0.4214       0.05
  member  cat   -        Z-test p_value         0.8621       0.05

Of a long column they know a summary.

  $ awk 'BEGIN { print "x"; for (i = 0; i < 3000; i++) print i * 7919 % 3000 }' > long.csv; mlo profile long.csv -o long.profile -q > told
  $ mlo drift long.csv --reference long.profile --compat evidently
  error[MLO-K021]: Evidently's verdict needs all values of 'x', and the reference is a profile that has a summary
    help: name the table instead of its profile
  [2]
  $ mlo drift long.csv --reference long.csv --compat evidently
  no drift by Evidently's rules: 0 of 1 column drifted, a share of 0.5 is asked for, 3,000 rows against 3,000
  Column  Type  Verdict  Method                         Score  Threshold
  x       num   -        Wasserstein distance (normed)      0        0.1

What Evidently would not compare, or not like this, is named.

  $ awk 'BEGIN { print "id,day,x,empty,note,only"; for (i = 0; i < 400; i++) printf "%d,2024-01-%02d,%d,,t%d,1\n", i, 1 + i % 28, i * 7 % 50, i }' > old.csv
  $ awk 'BEGIN { print "id,day,x,empty,note,fresh"; for (i = 0; i < 100; i++) printf "%d,2024-02-%02d,%d,,t%d,1\n", 400 + i, 1 + i % 28, i * 3 % 50, i * 5 }' > new.csv
  $ mlo drift new.csv --reference old.csv --compat evidently
  drift by Evidently's rules: 1 of 2 columns drifted, a share of 0.5 is asked for, 100 rows against 400
  Column  Type  Verdict  Method            Score  Threshold
  id      num   drift    K-S p_value  9.796e-108       0.05
  x       num   -        K-S p_value           1       0.05
  'day': not compared: dates and times are not compared
  'empty': not compared: there are no values on one side
  'note': not compared: it is a text to Evidently, most values being different, which is not reproduced
  'fresh': not compared: the reference does not have it
  [3]
  $ mlo drift new.csv --reference old.csv --compat evidently --json > ours.json
  'day': not compared: dates and times are not compared
  'empty': not compared: there are no values on one side
  'note': not compared: it is a text to Evidently, most values being different, which is not reproduced
  'fresh': not compared: the reference does not have it
  [3]
  $ check_json < ours.json; grep -c SKIPPED ours.json
  4
  $ mlo drift new.csv --reference old.csv --compat evidently --columns note,day -q
  nothing that Evidently compares, 100 rows against 400
  [4]
  $ mlo drift new.csv --reference old.csv --compat evidently --columns only
  error[MLO-K001]: the two tables have no column in common
  [2]

What cannot be.

  $ mlo drift new.csv --reference old.csv --compat evidently --method l_infinity
  error[MLO-K020]: Evidently has no method 'l_infinity'
  [2]
  $ mlo drift new.csv --reference old.csv --compat evidently --method z --columns x
  error[MLO-K020]: Evidently's z does not take 'x', which is a number to it
    help: --columns or --exclude leave such columns out
  [2]
  $ mlo drift new.csv --reference old.csv --compat evidently --alpha 0.01
  error[MLO-A003]: --alpha has no meaning with --compat evidently
    help: mlo drift -h
  [2]
  $ mlo drift new.csv --reference old.csv --compat evidently --report page.html
  error[MLO-A003]: --report has no meaning with --compat evidently
    help: mlo drift -h
  [2]
  $ mlo drift new.csv --reference old.csv --compat nannyml
  error[MLO-A003]: '--compat' takes one of evidently, not 'nannyml'
    help: mlo drift -h
  [2]
  $ mlo drift new.csv --reference old.csv --compat evidently --columns y
  error[MLO-K002]: neither table has a column 'y'
  [2]
