Why a stage would run: each thing that changed.

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
  $ mlo why fit
  fit would run
    it waits for what stage 'prepare' makes
  $ mlo run -q && mlo why fit
  fit is up to date
  $ echo 'lr: 0.2' > params.yaml && mlo why fit
  fit would run
    params.yaml:lr 0.1 -> 0.2
      before: 0.1
      now:    0.2
  $ echo 2 > raw.txt && mlo why fit && mlo why each
  fit would run
    params.yaml:lr 0.1 -> 0.2
      before: 0.1
      now:    0.2
    it needs what stage 'prepare' makes
  each@a might run
    it needs what stage 'prepare' makes
  each@b might run
    it needs what stage 'prepare' makes
  $ mlo run -q && rm model.txt && mlo why model.txt
  fit would be restored from the store
    model.txt is not there
      before: sha256:53c234e5e8472b6ac51c1ae1cab3fe06fad053beb8ebfd8977b010655bfdd3c3
      now:    nothing
  $ mlo why fit --json | check_json
  $ mlo why fitt
  error[MLO-P054]: there is no stage or output 'fitt'
    --> pipeline.yaml
    help: did you mean 'fit'?
  [2]
  $ mlo why
  error[MLO-A005]: missing 'STAGE': a stage, a group of stages, or an output
    help: mlo why -h
  [2]
