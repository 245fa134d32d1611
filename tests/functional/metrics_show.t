  $ git init -q
  $ cat > dvc.yaml <<'EOF'
  > stages:
  >   eval:
  >     cmd: "true"
  >     metrics: [eval.json, late.json]
  > metrics: [top.yaml]
  > EOF
  $ mkdir other && printf 'metrics: [m.toml]\n' > other/dvc.yaml && printf 'f1 = 0.5\n' > other/m.toml
  $ printf '{"auc": 0.912345678, "n": 3}\n' > eval.json; printf 'loss: 0.25\n' > top.yaml
  $ git add -A && git commit -qm one && git tag v1
  $ mlo metrics show
  Path          Metric    Value
  eval.json     auc     0.91235
  eval.json     n             3
  other/m.toml  f1          0.5
  top.yaml      loss       0.25
  warning: 'late.json' is not there
  $ printf '{"auc": 1.0, "m": 12345678901234567890}\n' > eval.json && git commit -qam two && git tag v2
  $ mlo metrics show -T
  Path          Metric       v1                    v2
  eval.json     auc     0.91235                   1.0
  eval.json     m             -  12345678901234567890
  eval.json     n             3                     -
  other/m.toml  f1          0.5                   0.5
  top.yaml      loss       0.25                  0.25
  $ mlo metrics show --rev v1 --md eval.json --precision 2
  | Path      | Metric | v1   |
  |-----------|--------|------|
  | eval.json | auc    | 0.91 |
  | eval.json | n      | 3    |
  $ mlo metrics show --rev v1 --rev v2 --json | check_json
  $ mlo metrics show --json eval.json
  {
    "schema": "mlo/metrics-show-v1",
    "revisions": [
      {
        "revision": null,
        "files": [
          {
            "path": "eval.json",
            "values": [
              {
                "key": "auc",
                "value": 1.0
              },
              {
                "key": "m",
                "value": 12345678901234567890
              }
            ]
          }
        ]
      }
    ],
    "problems": []
  }
  $ printf 'x: [' > top.yaml; mlo metrics show
  Path          Metric                 Value
  eval.json     auc                      1.0
  eval.json     m       12345678901234567890
  other/m.toml  f1                       0.5
  warning: 'late.json' is not there
  error[MLO-Y001]: not valid YAML: end of sequence flow not found
    --> top.yaml:1:5
  [1]
  $ mlo metrics show --precision 99
  error[MLO-A003]: '--precision' takes a whole number from 0 to 17, not '99'
    help: mlo metrics show -h
  [2]
  $ rm -r dvc.yaml other; mlo metrics show
  no document here names files of metrics
