What differs between two tables.

  $ printf 'age,city,gone\n31,Ulm,x\n47,Bonn,y\n52,Ulm,x\n' > monday.csv
  $ printf 'age,city,came\n31,Ulm,1\n,Hof,2\n52.5,Ulm,3\n60,Ulm,3\n' > tuesday.csv
  $ mlo profile diff monday.csv tuesday.csv
  Column  What                Before              After
          rows                3                   4
  age     type                integer             real
          missing             0 %                 25.0 %
          median              47                  52.5
          mean                43.3333             47.8333
          maximum             52                  60
          standard deviation  10.9697             15.0527
  city    new value                               'Hof' (25.0 %)
          vanished value      'Bonn' (33.3 %)
          most frequent       'Ulm' (66.7 %)      'Ulm' (75.0 %)
          length              3 to 4, mean 3.333  3 to 3, mean 3
  came    column added                            integer
  gone    column removed      text
  $ mlo profile diff monday.csv tuesday.csv --json | check_json
  $ mlo profile diff monday.csv monday.csv
  $ mlo profile diff monday.csv monday.csv --exit-code
  $ mlo profile diff monday.csv tuesday.csv --exit-code > changes
  [3]
  $ mlo profile diff monday.csv monday.csv --json
  {
    "schema": "mlo/profile-diff-v1",
    "rows": {
      "before": 3,
      "after": 3
    },
    "columns": []
  }

A profile in place of a table, and versions.

  $ mlo profile monday.csv -o monday.profile -q > told
  $ mlo profile diff monday.profile tuesday.csv | head -3
  Column  What                Before              After
          rows                3                   4
  age     type                integer             real
  $ git init -q; mlo init -q; cp monday.csv data.csv; mlo add -q data.csv; git add -A; git commit -qm first
  $ cp tuesday.csv data.csv; mlo add -q data.csv; git add -A; git commit -qm second
  $ mlo profile diff data.csv@HEAD~1 data.csv | head -3
  Column  What                Before              After
          rows                3                   4
  age     type                integer             real
  $ mlo profile diff data.csv@HEAD~1 data.csv@HEAD | head -3
  Column  What                Before              After
          rows                3                   4
  age     type                integer             real
  $ mlo profile diff data.csv@HEAD~7 data.csv
  error[MLO-G002]: no commit is named 'HEAD~7'
    help: git log --oneline --all
  [1]
