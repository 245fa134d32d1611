Metrics between revisions.

  $ git init -q && mkdir sub
  $ cat > pipeline.yaml <<'EOF'
  > stages:
  >   eval:
  >     cmd: "true"
  >     metrics:
  >       - eval.json: {cache: false}
  > EOF
  $ printf '{"auc": 0.912345678, "loss": 1e-7, "n": 1000, "ok": true, "note": "fine", "curve": [1, 2], "by": {"a": 1.5}}\n' > eval.json
  $ git add -A && git commit -qm one && git tag v1
  $ mlo metrics diff; mlo metrics diff --exit-code
  $ printf '{"auc": 0.93, "loss": 2e-7, "n": 1200, "ok": true, "note": "better", "by": {"b": -2.5}}\n' > eval.json
  $ mlo metrics diff
  Path       Metric     HEAD  workspace   Change
  eval.json  auc     0.91235       0.93  0.01765
  eval.json  by.a        1.5          -        -
  eval.json  by.b          -       -2.5        -
  eval.json  loss      1e-07      2e-07    1e-07
  eval.json  n          1000       1200      200
  eval.json  note       fine     better        -
  $ mlo metrics diff --all --precision 2 --no-path
  Metric   HEAD  workspace  Change
  auc      0.91       0.93    0.02
  by.a      1.5          -       -
  by.b        -       -2.5       -
  loss    1e-07      2e-07   1e-07
  n        1000       1200     200
  note     fine     better       -
  ok       true       true       -
  $ (cd sub && mlo metrics diff --md --exit-code)
  | Path         | Metric | HEAD    | workspace | Change  |
  |--------------|--------|---------|-----------|---------|
  | ../eval.json | auc    | 0.91235 | 0.93      | 0.01765 |
  | ../eval.json | by.a   | 1.5     | -         | -       |
  | ../eval.json | by.b   | -       | -2.5      | -       |
  | ../eval.json | loss   | 1e-07   | 2e-07     | 1e-07   |
  | ../eval.json | n      | 1000    | 1200      | 200     |
  | ../eval.json | note   | fine    | better    | -       |
  [3]
  $ mlo metrics diff --json > answer; check_json < answer; cat answer; rm answer
  {
    "schema": "mlo/metrics-diff-v1",
    "before": "HEAD",
    "after": null,
    "values": [
      {
        "path": "eval.json",
        "key": "auc",
        "before": 0.912345678,
        "after": 0.93,
        "change": 0.017654322000000056
      },
      {
        "path": "eval.json",
        "key": "by.a",
        "before": 1.5
      },
      {
        "path": "eval.json",
        "key": "by.b",
        "after": -2.5
      },
      {
        "path": "eval.json",
        "key": "loss",
        "before": 1e-7,
        "after": 2e-7,
        "change": 1e-7
      },
      {
        "path": "eval.json",
        "key": "n",
        "before": 1000,
        "after": 1200,
        "change": 200.0
      },
      {
        "path": "eval.json",
        "key": "note",
        "before": "fine",
        "after": "better"
      }
    ],
    "problems": []
  }
  $ git commit -qam two && git tag v2
  $ mlo metrics diff v1 v2 -- eval.json | head -n 2
  Path       Metric       v1      v2   Change
  eval.json  auc     0.91235    0.93  0.01765

A file may be nothing but a number, and one that cannot be read does not hide the others.

  $ printf '0.5\n' > acc.json && printf '{"x": ' > bad.json && git add -A && git commit -qm three
  $ printf '0.75\n' > acc.json
  $ mlo metrics diff --targets acc.json --targets bad.json
  Path      Metric  HEAD  workspace  Change
  acc.json           0.5       0.75    0.25
  error[MLO-J001]: not valid JSON: unexpected end of input; expected '[', '{', or a literal
    --> bad.json:1:7
    = in revision 'HEAD'
  error[MLO-J001]: not valid JSON: unexpected end of input; expected '[', '{', or a literal
    --> bad.json:1:7
  [1]
  $ mlo metrics diff --targets bad.json --json | check_json

What a revision's lock names is taken from the store.

  $ mlo init -q
  $ printf '{"auc": 0.5}\n' > kept.json && mlo add -q kept.json && git add -A && git commit -qm four
  $ printf '{"auc": 0.6}\n' > kept.json
  $ mlo metrics diff -- kept.json
  Path       Metric  HEAD  workspace  Change
  kept.json  auc      0.5        0.6     0.1
  $ id=$(sed -n 's/^id: //p' kept.json.mlo)
  $ printf 'stages:\n  eval:\n    cmd: "true"\n    metrics: [kept.json]\n' > pipeline.yaml
  $ printf 'schema: mlo/pipeline-lock-v1\nstages:\n  eval:\n    command: "true"\n    outs:\n      - path: kept.json\n        role: metric\n        id: %s\n        size: 13\n' $id > pipeline.lock
  $ rm kept.json.mlo && git add -A && git commit -qm five
  $ mlo metrics diff
  Path       Metric  HEAD  workspace  Change
  kept.json  auc      0.5        0.6     0.1
  $ rm kept.json; mlo metrics diff
