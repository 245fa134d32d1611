Where files come from. Ids and times are random, so they are replaced here.

  $ git init -q && mlo init -q && mkdir raw && echo 3 > raw/a.csv && echo 1 > raw/b.csv && mlo add -q raw && git add -A && git commit -qm one
  $ lineage() { mlo lineage "$@" | sed -E 's/run [0-9a-f]{8}/run ID/; s/20[0-9-]+T[0-9:.]+Z/then/; s/commit [0-9a-f]{10}/commit C/'; }
  $ mlo track -q -n clean --input raw --output clean -- sh -c 'mkdir clean && sort raw/*.csv > clean/all.csv'
  $ echo code > code.py && git add -A && git commit -qm two && echo more >> code.py
  $ mlo track -q -n train -p lr=0.1 -p depth=3 --input clean/all.csv --output model.bin -- sh -c 'wc -l clean/all.csv > model.bin'
  $ mlo track -q -n evaluate --input model.bin --output report -- sh -c 'cat model.bin > report; echo good >> report'

Up: a file, its run, what that read.

  $ lineage report
  report 3a457239412d
    written by run ID evaluate FINISHED, then, commit C and uncommitted changes
      read model.bin 30bf3f535615 (declared)
        written by run ID train FINISHED, then, commit C and uncommitted changes
          with depth = 3, lr = 0.1
          read clean/all.csv 8391e9ff91c3 (declared)
            in clean written by run ID clean FINISHED, then, commit C
              read raw 38ae9443119e (declared)
  $ lineage raw
  raw 38ae9443119e
    no run wrote it
  $ lineage train
  run ID train FINISHED, then, commit C and uncommitted changes
    with depth = 3, lr = 0.1
    read clean/all.csv 8391e9ff91c3 (declared)
      in clean written by run ID clean FINISHED, then, commit C
        read raw 38ae9443119e (declared)
  $ lineage model.bin --depth 1
  1 file is not followed for --depth
  model.bin 30bf3f535615
    written by run ID train FINISHED, then, commit C and uncommitted changes
      with depth = 3, lr = 0.1
      read clean/all.csv 8391e9ff91c3 (declared)
  $ mlo lineage report --json | check_json
  $ mv report elsewhere && lineage elsewhere -d 1 && mv elsewhere report
  1 file is not followed for --depth
  elsewhere 3a457239412d
    written by run ID evaluate FINISHED, then, commit C and uncommitted changes
      read model.bin 30bf3f535615 (declared)

Down: what became of it.

  $ lineage --down raw/b.csv
  raw/b.csv 4355a46b19d3
    in raw read by run ID clean FINISHED, then, commit C
      wrote clean 743757d74784
        all.csv read by run ID train FINISHED, then, commit C and uncommitted changes
          wrote model.bin 30bf3f535615
            read by run ID evaluate FINISHED, then, commit C and uncommitted changes
              wrote report 3a457239412d
  $ lineage --down report
  report 3a457239412d
    no run read it
  $ lineage --down last
  run ID evaluate FINISHED, then, commit C and uncommitted changes
    wrote report 3a457239412d
  $ mlo lineage --down raw --json | check_json
  $ lineage --down clean
  clean 743757d74784
    all.csv read by run ID train FINISHED, then, commit C and uncommitted changes
      wrote model.bin 30bf3f535615
        read by run ID evaluate FINISHED, then, commit C and uncommitted changes
          wrote report 3a457239412d

By ids, names and revisions.

  $ id=$(mlo runs show train --json | sed -n '/outputs/,$s/ *"id": "\(.*\)",*/\1/p')
  $ lineage $id -d 1; lineage ${id#sha256:} -d 1 | tail -n +3; lineage $(echo ${id#sha256:} | cut -c 1-12) -d 1 | tail -n +3
  1 file is not followed for --depth
  model.bin 30bf3f535615
    written by run ID train FINISHED, then, commit C and uncommitted changes
      with depth = 3, lr = 0.1
      read clean/all.csv 8391e9ff91c3 (declared)
  1 file is not followed for --depth
      with depth = 3, lr = 0.1
      read clean/all.csv 8391e9ff91c3 (declared)
  1 file is not followed for --depth
      with depth = 3, lr = 0.1
      read clean/all.csv 8391e9ff91c3 (declared)
  $ lineage HEAD:raw/a.csv --down | head -n 2
  raw/a.csv 1121cfccd591
    in raw read by run ID clean FINISHED, then, commit C
  $ rm -r raw && lineage raw/a.csv --down | head -n 2; mlo checkout -q
  raw/a.csv 1121cfccd591
    in raw read by run ID clean FINISHED, then, commit C
  $ lineage sha256:0000000000000000000000000000000000000000000000000000000000000000
  000000000000
    no run wrote it
  $ lineage nothing
  error[MLO-T001]: there is no run 'nothing'
    = nor a file, a folder, or the start of an object's id
    help: mlo runs
  $ lineage HEAD:nothing
  error[MLO-W060]: 'HEAD:nothing' is not tracked in that version
    help: mlo ls
  $ lineage nowhere:raw
  error[MLO-G002]: no commit is named 'nowhere'
    help: git log --oneline --all
  $ mlo lineage
  error[MLO-A005]: missing 'ID|[REV:]PATH|RUN': an object's id, a file or folder, or a run: its id, name, or 'last'
    help: mlo lineage -h
  [2]

Several runs that wrote the same.

  $ for i in 1 2 3; do mlo track -q -n again$i --output same -- sh -c 'echo same > same'; done; lineage same
  same a6328afc76e9
    written by run ID again3 FINISHED, then, commit C and uncommitted changes
      no declared or observed inputs; 1 was present
    written by run ID again2 FINISHED, then, commit C and uncommitted changes
      no declared or observed inputs; 1 was present
    written by run ID again1 FINISHED, then, commit C and uncommitted changes
      no declared or observed inputs; 1 was present
  $ lineage same --width 1
  same a6328afc76e9
    written by run ID again3 FINISHED, then, commit C and uncommitted changes
      no declared or observed inputs; 1 was present
    and 2 more runs: --width
  $ lineage same --width 1 --format dot | sed -E 's/[0-9a-f]{8} again/ID again/'
  some files have more runs: --width
  digraph lineage {
    rankdir=LR;
    o0 [shape=box, label="same a6328afc76e9"];
    r0 [shape=ellipse, label="ID again3"];
    r0 -> o0;
  }
  $ mlo track -q -n reader --input same -- true; mlo track -q -n again4 --output same -- true; lineage reader | head -n 2
  run ID reader FINISHED, then, commit C and uncommitted changes
    read same a6328afc76e9 (declared)

What was merely present is not followed.

  $ mlo track -q -n silent --output silent.out -- cp raw/a.csv silent.out && lineage silent.out
  silent.out 1121cfccd591
    written by run ID silent FINISHED, then, commit C and uncommitted changes
      no declared or observed inputs; 1 was present
  $ lineage raw/a.csv --down
  raw/a.csv 1121cfccd591
    in raw read by run ID clean FINISHED, then, commit C
      wrote clean 743757d74784
        all.csv read by run ID train FINISHED, then, commit C and uncommitted changes
          wrote model.bin 30bf3f535615
            read by run ID evaluate FINISHED, then, commit C and uncommitted changes
              wrote report 3a457239412d

Circles, and files that change in place.

  $ echo x > x; echo y > y; mlo track -q -n ab --input x --output y -- true; mlo track -q -n ba --input y --output x -- true; lineage x
  x 73cb3858a687
    written by run ID ba FINISHED, then, commit C and uncommitted changes
      read y 3bb2abb69ebb (declared)
        written by run ID ab FINISHED, then, commit C and uncommitted changes
          read x 73cb3858a687 (declared) (above)
  $ mlo track -q -n inplace --input x --output x -- true; lineage inplace
  run ID inplace FINISHED, then, commit C and uncommitted changes
    read x 73cb3858a687 (declared)
      written by run ID ba FINISHED, then, commit C and uncommitted changes
        read y 3bb2abb69ebb (declared)
          written by run ID ab FINISHED, then, commit C and uncommitted changes
            read x 73cb3858a687 (declared) (above)

Names of which a terminal, Graphviz and Mermaid would make something else.

  $ touch base; f=$(printf 'a"b<script>\\\n[x]\033'); echo z > "$f"; mlo track -q -n '"><b>' --input "$f" --output z2 -- sh -c 'echo z2 > z2'
  $ lineage z2
  z2 d8ff994d310b
    written by run ID "><b> FINISHED, then, commit C and uncommitted changes
      read a"b<script>\\\n[x]\x1b c865f6c5ab8d (declared)
  $ mlo lineage z2 --format dot | grep label | sed -E 's/[0-9a-f]{8} //'
    o0 [shape=box, label="z2 d8ff994d310b"];
    o1 [shape=box, label="a\"b<script>\\\\\\n[x]\\x1b c865f6c5ab8d"];
    r0 [shape=ellipse, label="\"><b>"];
  $ mlo lineage z2 --format mermaid | sed -E 's/[0-9a-f]{8} //'
  flowchart LR
    o0["z2 d8ff994d310b"]
    o1["a#34;b#60;script#62;#92;#92;#92;n#91;x#93;#92;x1b c865f6c5ab8d"]
    r0(["#34;#62;#60;b#62;"])
    r0 --> o0
    o1 --> r0
  $ mlo lineage z2 --json | check_json

Removed runs are part of it.

  $ mlo runs rm -q train && lineage model.bin -d 1 | sed -n 2p
  1 file is not followed for --depth
    written by run ID train FINISHED, then, commit C and uncommitted changes, deleted
