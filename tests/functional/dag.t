Which stages need which.

  $ git init -q && mlo init -q
  $ echo 1 > raw.txt; echo 'lr: 0.1' > params.yaml
  $ cat > pipeline.yaml << 'END'
  > stages:
  >   fit:
  >     cmd: cat data.txt > model.txt
  >     deps: [data.txt]
  >     params: [lr]
  >     outs: [model.txt]
  >   prepare: {cmd: cat raw.txt > data.txt, deps: [raw.txt], outs: [data.txt], desc: clean rows}
  >   each:
  >     foreach: [a, b]
  >     do: {cmd: 'cat data.txt > ${item}.txt', deps: [data.txt], outs: ['${item}.txt']}
  > END
  $ mlo dag
  prepare
  fit
    needs prepare
  each@a
    needs prepare
  each@b
    needs prepare
  $ mlo dag fit
  prepare
  fit
    needs prepare
  $ mlo dag --mermaid
  flowchart TD
    s1["prepare"]
    s0["fit"]
    s2["each@a"]
    s3["each@b"]
    s1 --> s0
    s1 --> s2
    s1 --> s3
  $ mlo dag --dot each@a
  digraph pipeline {
    s1 [label="prepare", shape=box];
    s2 [label="each@a", shape=box];
    s1 -> s2;
  }
  $ mlo dag --json | check_json
  $ mlo dag --dot --mermaid
  error[MLO-A007]: '--dot' and '--mermaid' exclude each other
    help: mlo dag --mermaid
  [2]
  $ printf 'stages:\n  a: {cmd: "true", deps: [y], outs: [x]}\n  b: {cmd: "true", deps: [x], outs: [y]}\n' > circle.yaml; mlo dag circle.yaml
  error[MLO-P053]: stages need each other in a circle: a -> b -> a
    --> circle.yaml:2:3
    = 'b' reads 'x' of 'a': circle.yaml:3:3
    = 'a' reads 'y' of 'b': circle.yaml:2:3
    help: remove one of these dependencies
  [2]
