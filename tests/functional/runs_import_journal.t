Runs that are journaled instead of written to the run store, and journals from elsewhere.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ echo result > out.txt
  $ mlo config -q --local runs.storage journal

The job has its run, as always; the run store is not touched, and no scratch store is left.

  $ mlo track -n first -p lr=0.1 -o out.txt -- sh -c 'mlo track log loss=0.5; mlo track log loss=0.4 --step 7; mlo track log loss=0.3; mlo track param depth=3; echo "{\"acc\": 1, \"step\": 2}" >> "$MLO_METRICS"; echo said'
  said
  run ???????? (first) finished (glob)
    next: mlo runs show ???????? (glob)
  $ ls .git/mlo/journals | sed 's/^[0-9a-f]*/RUN/'
  RUN.1.journal
  $ ls .git/mlo/runs.db
  ls: cannot access '.git/mlo/runs.db': No such file or directory
  [2]
  $ ls "$TMPDIR" .git/mlo/metrics
  .git/mlo/metrics:
  
  $CASE/tmp:

Whoever looks takes it over, once, and the journal goes when the run is sealed.

  $ cp -r .git/mlo/journals copy
  $ mlo runs show first | sed -n '/^parameters$/,/^$/p; /^metrics$/,/^$/{/ system\//!p}; /^outputs$/,/^$/p'
  parameters
    depth = 3
    lr = 0.1
  
  metrics
    acc = 1 at step 2
    loss = 0.3 at step 8, 3 points, 0.3 to 0.5
  
  outputs
    5656fafa00d4 out.txt (7 B)
  
  $ mlo cat $(mlo runs show first --json | sed -n 's/.*"log": "\(.*\)".*/\1/p')
  said
  $ ls .git/mlo/journals
  $ mlo runs import-journal copy
  nothing new

In another repository, from a folder or a file; the outputs are not there.

  $ mkdir ../other && cd ../other && git init -q && mlo init -q
  $ mlo runs import-journal ../work/copy
  took * entries of 1 run (glob)
    next: mlo runs show ???????? (glob)
  $ mlo runs import-journal ../work/copy/*.journal
  nothing new
  $ mlo runs show first | sed -n '/^parameters$/,/^$/p'
  parameters
    depth = 3
    lr = 0.1
  
  $ ls ../work/copy | wc -l
  1

What is no journal, is damaged, or is not there.

  $ mkdir ../third && cd ../third && git init -q && mlo init -q
  $ echo text > text
  $ mlo runs import-journal text
  warning: '$CASE/third/text' is no journal
  nothing new
  [1]
  $ mlo runs import-journal none
  error[MLO-U003]: '$CASE/third/none' does not exist
  [1]
  $ printf x | dd of=$(echo ../work/copy/*.journal) bs=1 seek=4000 conv=notrunc status=none
  $ mlo runs import-journal ../work/copy
  took * entries of 1 run (glob)
    next: mlo runs show ???????? (glob)
  $ mlo runs show first | grep -c 'what it recorded is not all there'
  1

A wrapper that is killed: what it had told is there, and its run is LOST.

  $ cd ../work
  $ (mlo track -q -n killed -- sh -c 'mlo track log loss=0.9; kill -9 $PPID; echo "{\"loss\": 0.8, \"step\": 1}" >> "$MLO_METRICS"'; echo $?) 2>/dev/null
  137
  $ mlo runs show killed 2>&1 | sed -n '/LOST/p; /^  loss/p'
  warning: run ???????? has ended without a word: it is marked LOST (glob)
    LOST after * s (glob)
    loss = 0.8 at step 1, 2 points, 0.8 to 0.9
  $ mlo runs -q | grep -c .
  3
  $ ls .git/mlo/journals .git/mlo/metrics
  .git/mlo/journals:
  
  .git/mlo/metrics:
