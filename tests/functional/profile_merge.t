The profile of a whole from those of its parts.

  $ awk 'BEGIN { print "n,w"; for (i = 0; i < 900; i++) print i ",w" i % 4 }' > all.csv
  $ head -301 all.csv > a.csv; (head -1 all.csv; tail -600 all.csv) > b.csv
  $ mlo profile a.csv -o a.profile -q > told
  $ mlo profile b.csv -o b.profile --bins-of a.profile -q > told
  $ mlo profile merge a.profile b.profile -o ab.profile
  Column  Type     Missing  Different  Histogram         Values
  n       integer      0 %  about 900  ███████████████▇  0 .. 449 .. 899, mean 449.5
  w       text         0 %          4                    'w0' 25.0 %, 'w1' 25.0 %, 'w2' 25.0 %, ...
  'ab.profile': 900 rows, 2 columns
  $ mlo profile diff ab.profile all.csv
  $ mlo profile ab.profile --json | grep -c '"exact": true'
  1

With bins of their own, counts in them are estimated, which the profile says.

  $ mlo profile b.csv -o c.profile -q > told
  $ mlo profile merge a.profile c.profile -o ac.profile -q > told
  $ mlo profile ac.profile --json | grep '"exact"'
          "exact": false

Only parts of one table.

  $ printf 'n\n1\n' > d.csv; mlo profile d.csv -o d.profile -q > told
  $ mlo profile merge a.profile d.profile -o x.profile
  error[MLO-F003]: one profile has 2 columns, the other 1
    --> d.profile
  [1]
  $ mlo profile merge a.profile a.csv -o x.profile
  error[MLO-A003]: 'a.csv' is no profile
    --> a.csv
    help: mlo profile 'a.csv' -o FILE
  [2]
  $ mlo profile merge a.profile
  error[MLO-A005]: missing '--output': the file to write
    help: mlo profile merge -h
  [2]
  $ ls x.profile
  ls: cannot access 'x.profile': No such file or directory
  [2]
