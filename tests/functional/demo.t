A project in a fresh folder, and all of it run.

  $ mlo demo > told 2>progress; sed -n 's/^[$] /run: /p' told
  run: git init -q && mlo init -q && mlo add data
  run: mlo run
  run: git add . && git commit -q -m 'A first model' && git tag v1
  run: mlo metrics show
  run: mlo lineage model.txt
  run: awk -F, -v OFS=, 'NR > 1 && $6 != "NA" { $6 = int($6 * 1.12) } 1' data/penguins.csv > today.csv
  run: mlo drift run
  $ tail -2 progress
  all of it is in 'mlo-demo': its README.md says what to try
    next: cd mlo-demo && mlo runs
  $ grep -A 4 'drift in' told
  penguins: drift in 1 of 8 columns, 344 rows against 344
  Column       What          Verdict  Effect  Noise  Detectable  p, adjusted
  body_mass_g  distribution  drift     0.320  0.145       0.208     < 0.0001  median 4536, was 4050
  body_mass_g  range         drift     0.173  0.032       0.097     < 0.0001  5.8 % outside of 2700 .. 6300: 3024 .. 7056
  
  $ cd mlo-demo && ls -A && cat model.txt
  .git
  .gitignore
  .mlo
  README.md
  clean.csv
  data
  data.mlo
  drift.html
  drift.yaml
  metrics.json
  model.txt
  pipeline.lock
  pipeline.yaml
  today.csv
  train.sh
  mass = -5872.1 + 50.15 * flipper
  $ git log --format=%an:%s
  mlo demo:A first model
  $ mlo status -q; git status --short
  1 tracked path unchanged
  pipeline.yaml: 2 stages up to date
  ?? drift.html
  ?? today.csv
  $ mlo runs --json | check_json; mlo runs -q | wc -l
  4
  $ mlo drift history -n 1 --json | grep -c '"verdict": "drift"'
  3
  $ mlo run -q; cd ..

It takes no folder that holds anything, and says where it stopped.

  $ mlo demo
  error[MLO-A003]: '$CASE/work/mlo-demo' is there already, and not empty
    help: mlo demo ANOTHER-FOLDER
  [2]
  $ mkdir empty && mlo demo empty -q > told 2>&1 && ls empty | wc -l
  12
  $ PATH=$(dirname "$(command -v mlo)"):/nowhere mlo demo other > told
  error[MLO-U013]: no program 'sh' in PATH
  [1]
