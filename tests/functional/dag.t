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
  $ mlo dag --svg > dag.svg && python3 -c 'import sys, xml.dom.minidom as x; d = x.parse("dag.svg"); print(d.documentElement.namespaceURI, [t.firstChild.data for t in d.getElementsByTagName("text")], [t.firstChild.data for t in d.getElementsByTagName("title") if t.firstChild], len(d.getElementsByTagName("path")))'
  http://www.w3.org/2000/svg ['prepare', 'fit', 'each@a', 'each@b'] ['clean rows'] 3
  $ { echo stages:; for i in $(seq 301); do echo "  s$i: {cmd: 'true'}"; done; } > many.yaml; mlo dag --svg many.yaml
  error[MLO-A015]: 301 stages are too many for a picture: at most 300, and not much more of what they need
    help: mlo dag --svg STAGE
  [1]
  $ mlo dag --dot --mermaid
  error[MLO-A007]: '--dot', '--mermaid' and '--svg' exclude each other
    help: mlo dag --svg
  [2]
  $ printf 'stages:\n  a: {cmd: "true", deps: [y], outs: [x]}\n  b: {cmd: "true", deps: [x], outs: [y]}\n' > circle.yaml; mlo dag circle.yaml
  error[MLO-P053]: stages need each other in a circle: a -> b -> a
    --> circle.yaml:2:3
    = 'b' reads 'x' of 'a': circle.yaml:3:3
    = 'a' reads 'y' of 'b': circle.yaml:2:3
    help: remove one of these dependencies
  [2]
