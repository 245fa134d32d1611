Results of stages travel: what a colleague ran is taken from the remote instead of run again.

  $ mkdir remote && git init -q -b main ada && cd ada && mlo init -q && mlo remote add -q origin "$CASE/work/remote" && echo 1 > in
  $ said() { mlo run "$@" 2>&1 | sed -E 's/[0-9]+\.[0-9] s/N s/g; s/run [0-9a-f]{8}/run ID/; s/show [0-9a-f]{8}/show ID/'; return ${PIPESTATUS[0]}; }
  $ cat > pipeline.yaml <<'EOF'
  > stages:
  >   copy: {cmd: cp in copied, deps: [in], outs: [copied]}
  >   count: {cmd: 'wc -c < copied > size; echo 2 > m.json', deps: [copied], outs: [size], metrics: [{m.json: {cache: false}}]}
  > EOF
  $ git add -A && git commit -qm one && git clone -q . ../bob

Nothing travels unless somebody says so; with the settings it does, there and back.

  $ mlo run -q && ls ../remote
  $ mlo config -q --local cache.remote origin && mlo config -q --local cache.write true
  $ echo 22 > in && said
  copy: begins: in changed
  copy: done in N s
  count: begins: copied changed
  count: done in N s
  2 stages: 2 ran, in N s
    next: mlo runs show ID
  $ git commit -qam two && cd ../bob && git pull -q
  $ said
  copy: begins: it never ran
  copy: done in N s
  count: begins: it never ran
  count: done in N s
  2 stages: 2 ran, in N s
    next: mlo runs show ID
  $ rm -f copied size m.json pipeline.lock && git -C ../ada show HEAD~1:in > in && said --pull
  copy: restored from run ID, which took N s: it never ran
  count: restored from run ID, which took N s: it never ran
  2 stages: 2 restored, in N s
  $ git checkout -q in && rm -f copied size m.json && git clone -q . ../eve && cd ../eve && said --pull && ls
  copy: restored from run ID, which took N s: it never ran
  count: restored from run ID, which took N s: it never ran
  2 stages: 2 restored, in N s
  copied
  in
  m.json
  pipeline.lock
  pipeline.yaml
  size
  $ said --pull
  2 stages: 2 up to date, in N s

A remote that cannot be used stops --pull; with the settings alone it is a warning.

  $ mkdir ../newer && echo 'mlo remote 99' > ../newer/format && mlo remote add -q --local newer "$CASE/work/newer" && mlo config -q --local cache.remote newer
  $ echo 333 > in && said --pull
  error[MLO-X001]: '$CASE/work/newer' has format 99, this mlo knows format 1
    help: mlo explain MLO-X001
  [1]
  $ said
  warning: results could not be got from 'newer': '$CASE/work/newer' has format 99, this mlo knows format 1
  copy: begins: in changed
  copy: done in N s
  count: begins: copied changed
  count: done in N s
  2 stages: 2 ran, in N s
    next: mlo runs show ID
  $ mlo config -q --local cache.remote other && said
  error[MLO-R015]: there is no remote 'other'
    help: mlo remote list
  [1]
