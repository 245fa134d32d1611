The stages of a document.

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
  $ mlo stage list
  stage    about
  fit      makes model.txt
  prepare  clean rows
  each@a   makes a.txt
  each@b   makes b.txt
  $ mlo stage list each --json | check_json
  $ mlo stage list nobody
  error[MLO-P054]: there is no stage or output 'nobody'
    --> pipeline.yaml
    help: mlo stage list
  [2]
