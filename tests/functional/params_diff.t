Parameters between revisions, with the document of each.

  $ git init -q && mkdir sub
  $ cat > params.yaml <<'EOF'
  > lr: 0.1
  > model: {depth: 3, layers: [8, 8]}
  > name: one|two
  > EOF
  $ printf '{"seed": 1}\n' > sub/extra.json
  $ cat > pipeline.yaml <<'EOF'
  > stages:
  >   fit:
  >     cmd: "true"
  >     params:
  >       - lr
  >       - sub/extra.json:
  > EOF
  $ mlo params diff
  Path            Param         HEAD  workspace
  params.yaml     lr               -        0.1
  params.yaml     model.depth      -          3
  params.yaml     model.layers     -      [8,8]
  params.yaml     name             -    one|two
  sub/extra.json  seed             -          1
  $ git add -A && git commit -qm one && git tag v1
  $ mlo params diff; mlo params diff --exit-code
  $ sed -i 's/0.1/0.2/; s/depth: 3/depth: 4, width: null/' params.yaml; printf '{"seed": 2}\n' > sub/extra.json
  $ mlo params diff
  Path            Param        HEAD  workspace
  params.yaml     lr            0.1        0.2
  params.yaml     model.depth     3          4
  params.yaml     model.width     -       null
  sub/extra.json  seed            1          2
  $ mlo params diff --deps --no-path
  Param  HEAD  workspace
  lr      0.1        0.2
  seed      1          2
  $ mlo params diff --md --exit-code
  | Path           | Param       | HEAD | workspace |
  |----------------|-------------|------|-----------|
  | params.yaml    | lr          | 0.1  | 0.2       |
  | params.yaml    | model.depth | 3    | 4         |
  | params.yaml    | model.width | -    | null      |
  | sub/extra.json | seed        | 1    | 2         |
  [3]
  $ (cd sub && mlo params diff --all)
  Path            Param            HEAD  workspace
  ../params.yaml  lr                0.1        0.2
  ../params.yaml  model.depth         3          4
  ../params.yaml  model.layers    [8,8]      [8,8]
  ../params.yaml  model.width         -       null
  ../params.yaml  name          one|two    one|two
  extra.json      seed                1          2
  $ git commit -qam two && git tag v2
  $ mlo params diff v1 v2 --json > answer; check_json < answer; cat answer; rm answer
  {
    "schema": "mlo/params-diff-v1",
    "before": "v1",
    "after": "v2",
    "values": [
      {
        "path": "params.yaml",
        "key": "lr",
        "before": 0.1,
        "after": 0.2,
        "change": 0.1
      },
      {
        "path": "params.yaml",
        "key": "model.depth",
        "before": 3,
        "after": 4,
        "change": 1.0
      },
      {
        "path": "params.yaml",
        "key": "model.width",
        "after": null
      },
      {
        "path": "sub/extra.json",
        "key": "seed",
        "before": 1,
        "after": 2,
        "change": 1.0
      }
    ],
    "problems": []
  }
  $ mlo params diff v1 v2 --targets sub/extra.json
  Path            Param  v1  v2
  sub/extra.json  seed    1   2
  $ mlo params diff v1 v2 -- sub/extra.json
  Path            Param  v1  v2
  sub/extra.json  seed    1   2
  $ mlo params diff v2
  $ mlo params diff v1 -f other.yaml
  error[MLO-P023]: there is no document 'other.yaml'
    help: name another one: mlo run -f FILE
  [1]
  $ cp pipeline.yaml other.yaml; mlo params diff v1 -f other.yaml --deps
  Path            Param  v1  workspace
  params.yaml     lr      -        0.2
  sub/extra.json  seed    -          2

Nobody needs a document for files that are named, not even one that can be read.

  $ printf 'stages: 3\n' > pipeline.yaml; printf 'a: 1\n' > a.toml
  $ mlo params diff
  error[MLO-P021]: 'stages' must be a mapping of stages, not an integer
    --> pipeline.yaml:1:9
    help: stages: {fit: {cmd: python fit.py}}
  [2]
  $ mlo params diff -- a.toml
  error[MLO-M001]: not valid TOML: key-value pair: expected '=', saw ':'
    --> a.toml:1:2
  [1]
  $ printf 'a = 1\n' > a.toml; mlo params diff -- a.toml
  Path    Param  HEAD  workspace
  a.toml  a         -          1
  $ mlo params diff -- nothing.yaml
  error[MLO-P084]: there is no 'nothing.yaml', neither in git nor in the store
    help: mlo status
  [1]
  $ mlo params diff nothing
  error[MLO-W023]: 'nothing' is neither a revision nor a path
    help: name a path that is gone after '--': mlo diff REV -- PATH
  [2]
  $ mlo params diff v1 v2 HEAD
  error[MLO-W023]: 'HEAD' is neither a revision nor a path
    help: name a path that is gone after '--': mlo diff REV -- PATH
  [2]
  $ git add -A && git commit -qm three && git tag broken && git checkout -q v2
  $ mlo params diff broken
  error[MLO-P021]: 'stages' must be a mapping of stages, not an integer
    --> pipeline.yaml:1:9
    = in revision 'broken'
    help: stages: {fit: {cmd: python fit.py}}
  [2]
