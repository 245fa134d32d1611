What each column of a table holds.

  $ awk 'BEGIN { print "age,income,city,ok,day,code"; for (i = 0; i < 500; i++) printf "%d,%s,%s,%s,2024-%02d-01,K%05d\n", 20 + i % 40, i % 50 ? i * 1.5 : "", i % 5 ? "Ulm" : "Bonn", i % 3 ? "true" : "false", 1 + i % 12, i }' > people.csv
  $ mlo profile people.csv
  Column  Type     Missing  Different  Histogram         Values
  age     integer      0 %         40  █████████████▃    20 .. 39 .. 59, mean 39.1
  income  real       2.0 %  about 490  ████████████████  1.5 .. 373.5 .. 748.5, mean 375
  city    text         0 %          2                    'Ulm' 80.0 %, 'Bonn' 20.0 %
  ok      boolean      0 %          2                    'true' 66.6 %, 'false' 33.4 %
  day     date         0 %         12  ███ ██ ██ ██ ███  2024-01-01 .. 2024-06-01 .. 2024-12-01
  code    text         0 %  about 500                    like 'A9+' 100 %
  'people.csv': 500 rows, 6 columns

The file stands in for the table, and is the same whatever the number of threads.

  $ mlo profile people.csv -o a.profile --report people.html > told
  'people.csv': 500 rows, 6 columns
  wrote the profile to 'a.profile'
  wrote the page to 'people.html'
  $ mlo profile people.csv -o b.profile -j 1 -q > told
  $ cmp a.profile b.profile
  $ mlo profile a.profile -q | head -3
  Column  Type     Missing  Different  Histogram         Values
  age     integer      0 %         40  █████████████▃    20 .. 39 .. 59, mean 39.1
  income  real       2.0 %  about 490  ████████████████  1.5 .. 373.5 .. 748.5, mean 375
  $ grep -c '<section' people.html
  6
  $ mlo profile people.csv --json | check_json
  $ mlo profile a.profile --json | grep -A 3 '"name": "city"'
        "name": "city",
        "type": "text",
        "missing": 0,
        "not_a_number": 0,

In the bins of another one, so that counts compare.

  $ sed 's/Ulm/Hof/' people.csv | head -200 > other.csv
  $ mlo profile other.csv --bins-of a.profile -o other.profile -q > told
  $ mlo profile other.csv -o own.profile -q > told
  $ for file in a other own; do grep -oE '"edges":[^]]*]' $file.profile | md5sum > $file.edges; done
  $ cmp a.edges other.edges; cmp -s a.edges own.edges
  [1]
  $ grep -oE '"frame":{"categories":[^}]*}' other.profile
  "frame":{"categories":[["Ulm",0],["Bonn",40]],"exact":true,"rest":159}
  "frame":{"categories":[["true",132],["false",67]],"exact":true,"rest":0}
  "frame":{"categories":[],"exact":true,"rest":199}
  $ mlo profile other.csv --bins-of people.csv
  error[MLO-A003]: --bins-of takes a profile, and 'people.csv' is none
    help: mlo profile 'people.csv' -o FILE
  [2]

Columns without values, without rows; infinities; what would act on a terminal.

  $ printf 'a,b,c\n1,inf,\n,nan,\n' > odd.csv
  $ mlo profile odd.csv
  Column  Type     Missing  Different  Histogram  Values
  a       integer   50.0 %          1             1 .. 1 .. 1, mean 1
  b       real         0 %          0             1 not a number; 1 +infinity
  c       text       100 %          0
  'odd.csv': 2 rows, 3 columns
  $ printf 'a,b\n' | mlo profile -
  Column  Type  Missing  Different  Histogram  Values
  a       text      0 %          0
  b       text      0 %          0
  '-': 0 rows, 2 columns
  $ printf 'w\n\033[31mred\n\033[31mred\n' > escape.csv
  $ mlo profile escape.csv
  Column  Type  Missing  Different  Histogram  Values
  w       text      0 %          1             '\x1b[31mred' 100 %
  'escape.csv': 2 rows, 1 column

Of a version it is made once, and kept in the store.

  $ git init -q; mlo init -q
  $ mkdir data; cp people.csv data/train.csv; mlo add -q data; git add -A; git commit -qm first
  $ mlo profile data@HEAD:train.csv > first
  'data@HEAD:train.csv': 500 rows, 6 columns
  stored as sha256:1ef24619b833ef04ffcdd5d083356b5c8e25981c76f3fb0e2dd0069f9d1c3396
  $ mlo profile data@HEAD:train.csv > second
  'data@HEAD:train.csv': 500 rows, 6 columns
  $ cmp first second
  $ mlo profile data@HEAD:train.csv --json | grep -E '"(data|profile)"'
    "data": "sha256:76e78d0455d7aff915b32458a0090d8dace736e7475168067164602f13d6b5a1",
    "profile": "sha256:1ef24619b833ef04ffcdd5d083356b5c8e25981c76f3fb0e2dd0069f9d1c3396",
  $ sha256sum data/train.csv | cut -c 1-64
  76e78d0455d7aff915b32458a0090d8dace736e7475168067164602f13d6b5a1
  $ tr -d '\n' < a.profile | sha256sum | cut -c 1-64
  1ef24619b833ef04ffcdd5d083356b5c8e25981c76f3fb0e2dd0069f9d1c3396
  $ mlo profile data@HEAD:train.csv --seed 1 > third
  'data@HEAD:train.csv': 500 rows, 6 columns
  stored as sha256:788d2007f42bf20b15d989645d4fb45e0cab1ad5072827327d6c5d49ae5e3a14

What is no profile, and what cannot be read.

  $ head -c 5000 a.profile > cut.profile; mlo profile cut.profile
  error[MLO-F001]: not a profile: not valid JSON: invalid string: missing closing quote
    --> cut.profile:1:5001
    help: mlo explain MLO-F001
  [1]
  $ sed 's/profile-v1/profile-v2/' a.profile > new.profile; mlo profile new.profile
  error[MLO-F002]: the profile is of form 'mlo/profile-v2'
    --> new.profile
    help: mlo explain MLO-F002
  [1]
  $ sed 's/"rows":500/"rows":501/' a.profile > wrong.profile; mlo profile wrong.profile
  error[MLO-F001]: not a profile: the values of a column are not as many as the rows
    --> wrong.profile:1:13
    help: mlo explain MLO-F001
  [1]
  $ mlo profile missing.csv
  error[MLO-U003]: there is no 'missing.csv'
    help: check the spelling; paths are relative to the current folder
  [1]
  $ mlo profile people.csv -o no/such/folder.profile
  error[MLO-U003]: cannot open folder '$CASE/work/no/such': No such file or directory
  [1]
  $ mlo profile people.csv --seed -1
  error[MLO-A003]: '--seed' takes a whole number from 0 to 9223372036854775807, not '-1'
    help: mlo profile -h
  [2]
