What CI systems are told. The variables are set here: of the caller's environment a transcript has nothing.

  $ git init -q && mlo init -q
  $ shown() { sed -E 's/[0-9]+\.[0-9] s/T/g; s/show [0-9a-f]{8}/show ID/'; }
  $ cat > pipeline.yaml << 'END'
  > stages:
  >   prepare: {cmd: seq 3 | tee data, outs: [data]}
  >   fit:
  >     cmd: sh print; echo '{"acc":0.5}' > m.json
  >     deps: [data, print]
  >     metrics: [m.json]
  >   boom: {cmd: "cat bad; exit 3", deps: [data, bad], outs: [boom]}
  >   behind: {cmd: cp boom b, deps: [boom], outs: [b]}
  > END
  $ cat > print << 'END'
  > echo '::set-output name=a::1'
  > printf '  ::stop-commands::x\nwas\r::error::over\n'
  > echo 'x ##[set-output name=b]1'
  > END
  $ printf '<&]]>`` \001\377\033[31mred\033[0m\n' > bad
  $ git add -A; git commit -qm first

GitHub: groups, annotations, the summary. Nothing that a stage prints is a command.

  $ export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_WORKSPACE=$CASE
  $ printf 'before\n' > summary
  $ mlo run -k -j 1 --junit made/too/junit.xml --open-metrics made/metrics.txt > said 2>&1
  [3]
  $ shown < said
  prepare: begins: it never ran
  ::group::prepare
  prepare | 1
  prepare | 2
  prepare | 3
  ::endgroup::
  prepare: done in T
  boom: begins: it never ran
  ::group::boom
  boom | <&]]>`` \xff\x1b[31mred\x1b[0m (esc)
  ::endgroup::
  boom: failed
  error[MLO-P152]: stage 'boom' failed with exit code 3
    --> pipeline.yaml:7:15
    help: mlo runs show ID
  behind: cannot run: it needs stage 'boom'
  fit: begins: it never ran
  ::group::fit
  fit | ::set-output name=a::1
  fit |   ::stop-commands::x
  fit | ::error::over
  fit | x ## [set-output name=b]1
  ::endgroup::
  fit: done in T
  4 stages: 2 ran, 1 failed, 1 cannot run, in T
    next: mlo runs show ID
  ::error file=work/pipeline.yaml,line=7,col=15,title=MLO-P152 boom::stage 'boom' failed with exit code 3%0Ahelp: mlo runs show ID
  $ shown < summary
  before
  ### pipeline.yaml: 4 stages: 2 ran, 1 failed, 1 cannot run, in T
  
  | stage | result | time | why |
  | --- | --- | ---: | --- |
  | boom | **failed** | T | stage 'boom' failed with exit code 3 (work/pipeline.yaml:7) |
  | prepare | done | T | it never ran |
  | behind | cannot run |  | it needs stage 'boom' |
  | fit | done | T | it never ran |
  
  | metric | value |
  | --- | ---: |
  | m.json:acc | 0.5 |
  
  <details><summary>the output of boom</summary>
  
  ```text
  <&]]>`` �red
  ```
  
  </details>
  $ check_junit < made/too/junit.xml
  prepare: passed
  boom: failure: stage 'boom' failed with exit code 3 (7 lines)
  behind: skipped: cannot run: it needs stage 'boom' (0 lines)
  fit: passed
  $ grep -vE 'duration|cpu|memory' made/metrics.txt
  # TYPE mlo_stages gauge
  # HELP mlo_stages Stages of the pipeline by what became of them.
  mlo_stages{outcome="up_to_date"} 0
  mlo_stages{outcome="passed"} 2
  mlo_stages{outcome="skipped"} 1
  mlo_stages{outcome="stopped"} 0
  mlo_stages{outcome="failed"} 1
  # TYPE mlo_metric gauge
  # HELP mlo_metric What the stages have measured.
  mlo_metric{file="m.json",key="acc"} 0.5
  # EOF

A summary has room for what is left of 1 MiB; without a file for it there is a warning; with nothing to do there is no table.

  $ rm bad; head -c 1048500 /dev/zero > summary; mlo run -q -k; stat -c %s summary
  error[MLO-P055]: stage 'boom' depends on 'bad', which no stage makes and no file provides
    --> pipeline.yaml:7:47
    help: add the file 'bad', or correct the path
  ::error file=work/pipeline.yaml,line=7,col=47,title=MLO-P055 boom::stage 'boom' depends on 'bad', which no stage makes and no file provides%0Ahelp: add the file 'bad', or correct the path
  1048500
  $ git checkout -q bad; GITHUB_STEP_SUMMARY=$PWD/none/at/all mlo run -q prepare
  warning: the summary of the step cannot be written: No such file or directory
  $ rm summary; mlo run -q prepare; shown < summary
  ### pipeline.yaml: 1 stage: 1 up to date, in T
  
  1 stage up to date
  
  | metric | value |
  | --- | ---: |
  | m.json:acc | 0.5 |

An error that keeps all from running is an annotation as well.

  $ echo 'stages: {a: {cmd: x, otus: [a]}}' > wrong.yaml; mlo run wrong.yaml
  ::error file=work/wrong.yaml,line=1,col=22,title=MLO-P020 mlo run::'a' has no key 'otus'%0Ahelp: did you mean 'outs'?
  error[MLO-P020]: 'a' has no key 'otus'
    --> wrong.yaml:1:22
    help: did you mean 'outs'?
  [2]

Names that a stage makes up are no commands either.

  $ cat > split.yaml << 'END'
  > stages:
  >   split: {cmd: 'printf "[\"##[debug]a\"]" > parts.yaml', outs: [parts.yaml]}
  >   part: {foreach: {from: parts.yaml}, do: {cmd: 'true', deps: [parts.yaml]}}
  > END
  $ mlo run -j 1 split.yaml 2>&1 | shown
  split: begins: it never ran
  split: done in T
  part@## [debug]a: begins: it never ran
  part@## [debug]a: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID

More than ten failures are ten annotations.

  $ echo 'stages: {all: {foreach: [a, b, c, d, e, f, g, h, i, j, k, l], do: {cmd: "false", outs: ["${item}"]}}}' > many.yaml
  $ mlo run -k -j 1 many.yaml 2>&1 | grep '^::' | shown
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@a::stage 'all@a' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@b::stage 'all@b' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@c::stage 'all@c' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@d::stage 'all@d' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@e::stage 'all@e' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@f::stage 'all@f' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@g::stage 'all@g' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@h::stage 'all@h' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error file=work/many.yaml,line=1,col=73,title=MLO-P152 all@i::stage 'all@i' failed with exit code 1%0Ahelp: mlo runs show ID
  ::error::3 more:%0Astage 'all@j' failed with exit code 1%0Astage 'all@k' failed with exit code 1%0Astage 'all@l' failed with exit code 1
  $ grep -c '\*\*failed\*\*' summary
  12

What stages print at the same time: one is shown as it comes, the others when they end.

  $ cat > both.yaml << 'END'
  > stages:
  >   one: {cmd: 'echo 1; touch a; until [ -e b ]; do sleep 0.01; done; echo 3; touch c; until [ -e d ]; do sleep 0.01; done'}
  >   two: {cmd: 'until [ -e a ]; do sleep 0.01; done; echo 2; touch b; until [ -e c ]; do sleep 0.01; done; echo 4'}
  > END
  $ (until grep -q 'two: done' said 2>/dev/null; do sleep 0.01; done; touch d) & mlo run -j 2 both.yaml > said 2>&1; shown < said | grep -v begins
  ::group::one
  one | 1
  one | 3
  ::endgroup::
  ::group::two
  two | 2
  two | 4
  ::endgroup::
  two: done in T
  one: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID

GitLab: sections.

  $ unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY GITHUB_WORKSPACE; export GITLAB_CI=true
  $ mlo run --force fit 2>&1 | shown | sed -E 's/[0-9]{10}/TIME/g'
  prepare: begins: --force
  \x1b[0Ksection_start:TIME:mlo_TIME_1[collapsed=true]\r\x1b[0Kprepare (esc)
  prepare | 1
  prepare | 2
  prepare | 3
  \x1b[0Ksection_end:TIME:mlo_TIME_1\r\x1b[0K (esc)
  prepare: done in T
  fit: begins: --force
  \x1b[0Ksection_start:TIME:mlo_TIME_2[collapsed=true]\r\x1b[0Kfit (esc)
  fit | ::set-output name=a::1
  fit |   ::stop-commands::x
  fit | ::error::over
  fit | x ##[set-output name=b]1
  \x1b[0Ksection_end:TIME:mlo_TIME_2\r\x1b[0K (esc)
  fit: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID

Elsewhere there is nothing of that; a variable says so.

  $ export GITLAB_CI=false; mlo run --force fit 2>&1 | shown
  prepare: begins: --force
  prepare | 1
  prepare | 2
  prepare | 3
  prepare: done in T
  fit: begins: --force
  fit | ::set-output name=a::1
  fit |   ::stop-commands::x
  fit | ::error::over
  fit | x ##[set-output name=b]1
  fit: done in T
  2 stages: 2 ran, in T
    next: mlo runs show ID

JUnit of a dry run; when all is up to date; as an answer beside JSON.

  $ mlo run -q --dry --force --junit dry.xml fit; check_junit < dry.xml
  prepare: skipped: would run: --force (0 lines)
  fit: skipped: would run: --force; it needs what stage 'prepare' makes (0 lines)
  $ mlo run -q --junit done.xml fit; check_junit < done.xml
  prepare: passed
  fit: passed
  $ mlo run -k --json --junit json.xml 2> /dev/null | check_json; check_junit < json.xml
  prepare: passed
  fit: passed
  boom: failure: stage 'boom' failed with exit code 3 (7 lines)
  behind: skipped: cannot run: it needs stage 'boom' (0 lines)
  $ mkdir taken; mlo run -q --junit taken fit
  error[MLO-U002]: cannot rename '$CASE/work/.mlo-*.tmp' to '$CASE/work/taken': Is a directory (glob)
    help: mlo explain MLO-U002
  [1]
  $ mlo run -q --junit pipeline.yaml/x fit
  error[MLO-U006]: cannot make folder '$CASE/work/pipeline.yaml': File exists
  [1]

A page for people: nothing but itself, no scripts.

  $ mlo run -q -k -j 1 --force --report made/run.html 2> /dev/null
  [3]
  $ grep -cE '<script|<img|<link|src=|href=' made/run.html
  0
  [1]
  $ grep -oE '<h2>[^<]*|class="node [a-z]*|<summary>[^<]*|<td>m.json.*' made/run.html
  <h2>Stages
  class="node passed
  class="node failed
  class="node skipped
  class="node passed
  <h2>Time
  <h2>Metrics
  <td>m.json:acc</td><td class="number"></td><td class="number">0.5</td><td class="number"></td></tr>
  <h2>Results
  <h2>What they printed
  <summary>prepare
  <summary>boom
  <summary>fit
