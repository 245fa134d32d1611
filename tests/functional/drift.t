Drift is an effect that is large and sure.

  $ awk 'BEGIN { srand(1); print "age,city,score"; for (i = 0; i < 2000; i++) printf "%d,%s,%.3f\n", 20 + i % 40, i % 5 ? "Ulm" : "Bonn", (i * 7919 % 2000) / 2000 }' > ref.csv
  $ awk 'BEGIN { print "age,city,score"; for (i = 0; i < 300; i++) printf "%d,%s,%s\n", 20 + i * 7 % 40, i % 5 ? "Ulm" : i % 2 ? "Hof" : "Bonn", i % 10 ? 0.4 + (i * 101 % 300) / 500 : "" }' > today.csv
  $ mlo drift today.csv --reference ref.csv
  drift in 2 of 3 columns, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift     0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  drift     0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift     0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift     0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39
  [3]
  $ mlo drift ref.csv --reference ref.csv
  no drift in 3 columns, 2,000 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  age     distribution  -         0.000  0.084       0.109       1.0000  median 39, was 39
  city    distribution  -         0.000  0.013       0.040       1.0000  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  score   distribution  -         0.000  0.059       0.084       1.0000  median 0.498, was 0.498
  $ mlo drift today.csv --reference ref.csv --json | check_json
  $ mlo drift today.csv --reference ref.csv --threshold 60% -q
  no drift in 3 columns, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  score   distribution  -         0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  -         0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    -         0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       -         0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39
  $ mlo drift today.csv --reference ref.csv --columns age
  no drift in 1 column, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39
  $ mlo drift today.csv --reference ref.csv --exclude score,city -q
  no drift in 1 column, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39
  $ mlo drift today.csv --reference ref.csv --share 0.9 -q
  drift in 2 of 3 columns, fewer than --share asks for, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift     0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  drift     0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift     0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift     0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39

  $ mlo drift today.csv --reference ref.csv --columns score -q --report page.html > told
  [3]
  $ grep -c 'class="s1' page.html > told; grep -o '<h1>.*</h1>' page.html
  <h1>drift in 1 of 1 column, 300 rows against 2,000</h1>

Against a profile, which gives the same answer.

  $ mlo profile ref.csv -o ref.profile -q > told
  $ mlo drift today.csv --reference ref.csv -q > one
  [3]
  $ mlo drift today.csv --reference ref.profile -q > two
  [3]
  $ cmp one two

Too few rows decide nothing.

  $ head -21 today.csv > few.csv; mlo drift few.csv --reference ref.profile
  not enough data to decide, 20 rows against 2,000
  Column  What          Verdict     Effect  Noise  Detectable  p, adjusted
  score   distribution  few values   0.822  0.438       0.632       0.0145  median 0.614, was 0.498
  age     distribution  few values   0.558  0.596       0.777       1.0000  median 36, was 39
  city    distribution  few values   0.250  0.135       0.326       0.0006  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    few values   0.228  0.095       0.284       0.0012  'Hof' 10.0 %
  score   missing       few values   0.228  0.095       0.284       0.0006  10.0 %, was 0 %
  [4]
  $ printf 'age,city,score\n' | mlo drift - --reference ref.profile
  not enough data to decide, 0 rows against 2,000
  [4]

A column that is text in the reference is text, though only digits are left in it.

  $ awk 'BEGIN { print "zip"; for (i = 0; i < 400; i++) print i % 4 ? "0123" i % 4 : "A1" }' > zips.csv
  $ awk 'BEGIN { print "zip"; for (i = 0; i < 400; i++) print 1230 + i % 3 }' > digits.csv
  $ mlo drift digits.csv --reference zips.csv --json > one.json
  [3]
  $ grep -c '"what": "type"' one.json
  0
  [1]
  $ mlo profile zips.csv -o zips.profile -q > told; mlo drift digits.csv --reference zips.profile --json > two.json
  [3]
  $ diff <(grep -v '"name"' one.json) <(grep -v '"name"' two.json)
  $ printf 'zip: integer\n' | sed 's/^/  /; 1i columns:' > types.yaml
  $ mlo drift digits.csv --reference zips.profile --types types.yaml -q
  drift in 1 of 1 column, 400 rows against 400
  Column  What  Verdict  Effect  Noise  Detectable  p, adjusted
  zip     type  drift                                            integer, was text
  [3]

A schema that changed; two tables that have nothing to do with each other.

  $ sed 's/,city/,town/' today.csv | cut -d, -f 1,2 > other.csv; mlo drift other.csv --reference ref.profile
  drift in 2 of 3 columns, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  city    column        drift                                            gone
  score   column        drift                                            gone
  age     distribution  -         0.028  0.164       0.214       1.0000  median 39, was 39
  town    column        -                                                new
  [3]
  $ printf 'a\n1\n' > stranger.csv; mlo drift stranger.csv --reference ref.profile
  error[MLO-K001]: the two tables have no column in common
  [2]
  $ mlo drift today.csv --reference ref.profile --columns scor
  error[MLO-K002]: neither table has a column 'scor'
    = the nearest is 'score'
  [2]
  $ mlo drift today.csv --reference ref.profile --alpha 2
  error[MLO-A003]: '--alpha' takes a number from 0 to 1, or a percentage, not '2'
    help: mlo drift -h
  [2]
  $ mlo drift today.csv --reference ref.profile --alpha 0.9
  error[MLO-A003]: --alpha must be more than 0 and less than 0.8
  [2]
  $ mlo drift today.csv
  error[MLO-A005]: missing '--reference': what to compare with: a profile, a table, or DATA@REV[:PATH]
    help: mlo drift -h
  [2]
  $ mlo drift today.csv --reference missing.csv
  error[MLO-U003]: there is no 'missing.csv'
    help: check the spelling; paths are relative to the current folder
  [1]

Against a version: the answer names its object.

  $ git init -q; mlo init -q; mlo add -q ref.csv; git add -A; git commit -qm first; git tag v1
  $ mlo drift today.csv --reference ref.csv@v1 --json | grep -A 5 '"reference": {'
    "reference": {
      "name": "ref.csv@v1",
      "data": "sha256:b05a8b3b3b41123ab804aab63d504d4a22d13385a86bc3a41ba5db3827d710da",
      "profile": "sha256:69baaa182b24e0824893f69abcd13b649a5ea2246664129291a4ecc77d476831",
      "rows": 2000
    },
  $ mlo drift ref.csv@v1 --reference ref.csv@v1
  no drift in 3 columns, 2,000 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  age     distribution  -         0.000  0.084       0.109       1.0000  median 39, was 39
  city    distribution  -         0.000  0.013       0.040       1.0000  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  score   distribution  -         0.000  0.059       0.084       1.0000  median 0.498, was 0.498

In a store that cannot be written a version is read, and nothing is kept of it.

  $ mine() { if [ "$(id -u)" = 0 ]; then setpriv --bounding-set=-dac_override --inh-caps=-all "$@"; else "$@"; fi; }
  $ chmod -R a-w .git/mlo
  $ mine mlo drift ref.csv@v1 --reference ref.csv@v1 -q | head -1
  no drift in 3 columns, 2,000 rows against 2,000
  $ chmod u+w .git/mlo; rm -f .git/mlo/ledger.db*; chmod a-w .git/mlo; mine mlo drift today.csv --reference ref.csv@v1 --json | grep -c '"profile"'
  0
  [1]
  $ mine mlo profile ref.csv@v1 2>&1 > told
  'ref.csv@v1': 2,000 rows, 3 columns
  $ chmod -R u+w .git/mlo
