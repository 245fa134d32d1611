Distributions compared by a method of the user's choice; all else as ever.

  $ awk 'BEGIN { srand(1); print "age,city,score"; for (i = 0; i < 2000; i++) printf "%d,%s,%.3f\n", 20 + i % 40, i % 5 ? "Ulm" : "Bonn", (i * 7919 % 2000) / 2000 }' > ref.csv
  $ awk 'BEGIN { print "age,city,score"; for (i = 0; i < 300; i++) printf "%d,%s,%s\n", 20 + i * 7 % 40, i % 5 ? "Ulm" : i % 2 ? "Hof" : "Bonn", i % 10 ? 0.4 + (i * 101 % 300) / 500 : "" }' > today.csv
  $ mlo drift today.csv --reference ref.csv --method psi
  drift in 2 of 3 columns, 300 rows against 2,000
  Column  What          Verdict  Method  Score  Threshold  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift    psi     1.464        0.1   0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  drift    psi     0.673        0.1   0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift                               0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift                               0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -        psi     0.004        0.1   0.028  0.164       0.214       1.0000  median 39, was 39
  [3]
  $ mlo drift today.csv --reference ref.csv --method psi --json | check_json
  $ mlo drift today.csv --reference ref.csv --method psi --json | grep -A 5 -m 1 '"method"'
        "method": "psi",
        "score": 1.4639891540548073,
        "score_kind": "distance",
        "score_threshold": 0.1,
        "score_noise_floor": 0.07987037037037038,
        "test": "kolmogorov-smirnov",
  $ mlo drift today.csv --reference ref.csv --method wasserstein --threshold 0.7 -q
  drift in 2 of 3 columns, 300 rows against 2,000
  Column  What          Verdict  Method       Score  Threshold  Effect  Noise  Detectable  p, adjusted
  city    distribution  drift                                    0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift                                    0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift                                    0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  score   distribution  -        wasserstein  0.694        0.7   0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  age     distribution  -        wasserstein  0.007        0.7   0.028  0.164       0.214       1.0000  median 39, was 39
  [3]
  $ mlo drift today.csv --reference ref.csv --method ks --columns score,age -q
  drift in 1 of 2 columns, 300 rows against 2,000
  Column  What          Verdict  Method     Score  Threshold  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift    ks      < 0.0001       0.05   0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  score   missing       drift                                  0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -        ks        1.0000       0.05   0.028  0.164       0.214       1.0000  median 39, was 39
  [3]
  $ mlo drift today.csv --reference ref.csv --method chi2 --columns city,score
  drift in 2 of 2 columns, 300 rows against 2,000
  Column  What          Verdict  Method        Score  Threshold  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift                                     0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  drift    chisquare  < 0.0001       0.05   0.250  0.037       0.090     < 0.0001  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift                                     0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift                                     0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  'score': chisquare takes columns of a few values that come again: compared without it
  [3]
  $ mlo drift today.csv --reference ref.csv --method z --columns city
  drift in 1 of 1 column, 300 rows against 2,000
  Column  What          Verdict  Effect  Noise  Detectable  p, adjusted
  city    distribution  drift     0.250  0.037       0.090       0.0001  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift     0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  'city': z has no answer (the method takes columns of two values): compared without it
  [3]

By its other name, the same.

  $ mlo drift today.csv --reference ref.csv --method jensenshannon -q > one
  [3]
  $ mlo drift today.csv --reference ref.csv --method js -q > two
  [3]
  $ cmp one two

Every method has an answer that keeps to the schema.

  $ for name in ks cvm anderson mannw t_test es mmd chi2 z fisher_exact g_test tvd wasserstein energy js kl psi hellinger l_infinity; do
  >   mlo drift today.csv --reference ref.csv --method $name --json > told; echo $name $?; check_json < told; done | uniq -f 1 -c
       19 ks 3

A page tells it too.

  $ mlo drift today.csv --reference ref.csv --method psi --report page.html -q > told
  [3]
  $ grep -c 'psi 1.4' page.html
  1

A profile stands for a table where counts are enough, and says so where they are not.

  $ mlo profile ref.csv -o ref.profile -q > told; mlo profile today.csv -o today.profile -q > told
  $ mlo drift today.csv --reference ref.profile --method psi --json | grep -v '"name"' > one.json
  $ mlo drift today.csv --reference ref.csv --method psi --json | grep -v '"name"' > two.json
  $ cmp one.json two.json
  $ mlo drift today.csv --reference ref.profile --method ks
  error[MLO-K021]: 'ks' needs all values of 'score', and the reference is a profile that has a summary of them
    help: name the table instead, or choose a method that only counts: psi, jensenshannon, hellinger, kl_div
  [2]
  $ mlo drift today.profile --reference ref.csv --method es
  drift in 2 of 3 columns, 300 rows against 2,000
  Column  What          Verdict  Method     Score  Threshold  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift    es      < 0.0001       0.05   0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  city    distribution  drift                                  0.250  0.037       0.090       0.0002  most frequent 'Ulm' 80.0 %, was 'Ulm' 80.0 %
  city    new values    drift                                  0.228  0.026       0.078     < 0.0001  'Hof' 10.0 %
  score   missing       drift                                  0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  age     distribution  -        es        0.9999       0.05   0.028  0.164       0.214       1.0000  median 39, was 39
  'city': es takes numbers: compared without it
  [3]
  $ mlo drift today.csv --reference ref.profile --method t_test --columns score -q
  drift in 1 of 1 column, 300 rows against 2,000
  Column  What          Verdict  Method     Score  Threshold  Effect  Noise  Detectable  p, adjusted
  score   distribution  drift    t_test  < 0.0001       0.05   0.485  0.120       0.173     < 0.0001  median 0.698, was 0.498
  score   missing       drift                                  0.228  0.026       0.078     < 0.0001  10.0 %, was 0 %
  [3]
  $ mlo drift today.csv --reference ref.profile --method ks --columns age -q
  no drift in 1 column, 300 rows against 2,000
  Column  What          Verdict  Method   Score  Threshold  Effect  Noise  Detectable  p, adjusted
  age     distribution  -        ks      1.0000       0.05   0.028  0.164       0.214       1.0000  median 39, was 39

Of a version whose profile is in the store already, the values are read when they are needed.

  $ git init -q; mlo init -q; mlo add -q ref.csv; git add -A; git commit -qm first; git tag v1
  $ mlo drift today.csv --reference ref.csv@v1 --method ks --json | grep -v -e '"name"' -e '"data"' -e '"profile"' > one.json
  $ mlo drift today.csv --reference ref.csv@v1 --method ks --json | grep -v -e '"name"' -e '"data"' -e '"profile"' > two.json
  $ mlo drift today.csv --reference ref.csv --method ks --json | grep -v '"name"' > three.json
  $ cmp one.json two.json; cmp one.json three.json; grep -c score_kind one.json
  2

Few rows and small distances.

  $ head -41 today.csv > few.csv; mlo drift few.csv --reference ref.csv --method psi --columns age -q
  no drift in 1 column, 40 rows against 2,000
  Column  What          Verdict  Method  Score  Threshold  Effect  Noise  Detectable  p, adjusted
  age     distribution  -        psi     0.000        0.1   0.000  0.423       0.552       1.0000  median 39, was 39
  $ head -21 today.csv > few.csv; mlo drift few.csv --reference ref.csv --method ks --columns age -q
  not enough data to decide, 20 rows against 2,000
  Column  What          Verdict     Method   Score  Threshold  Effect  Noise  Detectable  p, adjusted
  age     distribution  few values  ks      0.9994       0.05   0.558  0.596       0.777       1.0000  median 36, was 39
  [4]

What cannot be.

  $ mlo drift today.csv --reference ref.csv --method wassersteins
  error[MLO-A003]: there is no method 'wassersteins'
    = the nearest is 'wasserstein'
    help: one of ks, cramer_von_mises, anderson, mannw, t_test, es, empirical_mmd, chisquare, z, fisher_exact, g_test, TVD, wasserstein, ed, jensenshannon, kl_div, psi, hellinger, l_infinity
  [2]
  $ mlo drift today.csv --reference ref.csv --method ks --threshold 2
  error[MLO-A003]: '--threshold' takes a number from 0 to 1, or a percentage, not '2'
    help: mlo drift -h
  [2]
  $ mlo drift today.csv --reference ref.csv --method psi --threshold=-1
  error[MLO-A003]: '--threshold' takes a number from 0 on, or a percentage, not '-1'
    help: mlo drift -h
  [2]
  $ mlo drift today.csv --reference ref.csv --threshold much
  error[MLO-A003]: '--threshold' takes a number from 0 to 1, or a percentage, not 'much'
    help: mlo drift -h
  [2]
