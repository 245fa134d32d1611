  $ git init -q && printf 'lr: 0.1\nmodel: {depth: 3}\nunused: [1, 2]\n' > params.yaml && printf 'LR = 1e-3\nclass A:\n    b = "x"\n' > conf.py
  $ cat > dvc.yaml <<'EOF'
  > stages:
  >   fit:
  >     cmd: echo ${lr}
  >     params: [lr, model.depth, {conf.py: [A.b]}]
  > EOF
  $ mlo params show
  Path         Param        Value
  conf.py      A.b              x
  params.yaml  lr             0.1
  params.yaml  model.depth      3
  params.yaml  unused       [1,2]
  $ mlo params show --deps
  Path         Param        Value
  conf.py      A.b              x
  params.yaml  lr             0.1
  params.yaml  model.depth      3
  $ git add -A && git commit -qm one && git tag v1
  $ sed -i 's/0.1/0.25/' params.yaml && git commit -qam two && git branch other
  $ mlo params show --rev v1 --rev HEAD params.yaml
  Path         Param           v1   HEAD
  params.yaml  lr             0.1   0.25
  params.yaml  model.depth      3      3
  params.yaml  unused       [1,2]  [1,2]
  $ mlo params show -T --md --no-path
  | Param       | v1    |
  |-------------|-------|
  | A.b         | x     |
  | lr          | 0.1   |
  | model.depth | 3     |
  | unused      | [1,2] |
  $ mlo params show -a --json | check_json
  $ mlo params show --json params.yaml
  {
    "schema": "mlo/params-show-v1",
    "revisions": [
      {
        "revision": null,
        "files": [
          {
            "path": "params.yaml",
            "values": [
              {
                "key": "lr",
                "value": 0.25
              },
              {
                "key": "model.depth",
                "value": 3
              },
              {
                "key": "unused",
                "value": [
                  1,
                  2
                ]
              }
            ]
          }
        ]
      }
    ],
    "problems": []
  }
  $ mlo params show nothing.yaml
  error[MLO-P084]: there is no 'nothing.yaml', neither in git nor in the store
    help: mlo status
  [1]
  $ rm dvc.yaml params.yaml; mlo params show
  no document here names files of parameters
