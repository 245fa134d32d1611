Everything that is known of a run.

  $ git init -q && mlo init -q && printf 'code\n' > code.py && git add -A && git commit -qm one
  $ mlo runs show
  error[MLO-T001]: there are no runs yet
    help: mlo track -- CMD
  [1]
  $ mlo track -q -n one -p lr=0.1 -- echo one && mlo track -q -n two -- echo two
  one
  two
  $ first() { mlo runs show "$@" | sed -n '1s/^[0-9a-f]\{32\} //p'; }

By its name, its id, the start of that, or as the last one.

  $ first; first last; first one
  two
  two
  one
  $ id=$(mlo runs show one | sed -n '1s/ .*//p'); first $id; first $(echo $id | cut -c 1-8)
  one
  one
  $ mlo runs show one --json | check_json
  $ mlo runs show nothing
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo runs show 00000000000000000000000000000000
  error[MLO-T001]: there is no run '00000000000000000000000000000000'
    help: mlo runs
  [1]
  $ mlo runs show ''
  error[MLO-T001]: there is no run ''
    help: mlo runs
  [1]
  $ mlo runs show one two
  error[MLO-A006]: unexpected argument 'two'
    help: mlo runs show -h
  [2]
  $ mlo runs show "$(printf 'a\377')"
  error[MLO-T001]: there is no run 'a\xff'
    help: mlo runs
  [1]
  $ mlo runs show $(printf %010000d 1)
  error[MLO-T001]: there is no run '0000000000000000000000000000000000000000000000000000000000000000'
    help: mlo runs
  [1]
  $ mlo track -q -n one -- true; mlo runs show one
  error[MLO-T009]: 'one' fits several runs
    = ???????????????????????????????? (glob)
    = ???????????????????????????????? (glob)
  [2]

Secrets do not come into a run: of the environment, the command line, the remote.

  $ git remote add origin https://ada:hunter2@example.org/code.git
  $ HF_TOKEN=hunter2 MLO_API_KEY=hunter2 OMP_NOTE=ghp_hunter2hunter2hunter2 PYTHONPATH=https://ada:hunter2@example.org/x GITHUB_PASSWORD= UNLISTED=hunter2 OMP_NUM_THREADS=2 \
  >   mlo track -q -n secret -- true --password hunter2 --api-key=hunter2 TOKEN=hunter2 https://ada:hunter2@example.org/ --lr 0.1
  $ mlo runs show secret --json | grep -E 'HF_TOKEN|MLO_API_KEY|OMP_|PYTHONPATH|GITHUB_PASSWORD|UNLISTED|"remote"'
        "remote": "https://example.org/code.git",
        "GITHUB_PASSWORD": "",
        "HF_TOKEN": "***",
        "MLO_API_KEY": "***",
        "OMP_NOTE": "***",
        "OMP_NUM_THREADS": "2",
        "PYTHONPATH": "https://***@example.org/x",
  $ mlo runs show secret --json | sed -n '/"command"/,/\]/p'
      "command": [
        "true",
        "--password",
        "***",
        "--api-key=***",
        "TOKEN=***",
        "https://***@example.org/",
        "--lr",
        "0.1"
      ],
  $ { mlo runs show secret; mlo runs show secret --json; } | grep -c hunter2
  0
  [1]
  $ mlo runs show secret --json | check_json
  $ cat .git/mlo/*.db* | grep -c hunter2
  0
  [1]

The command line is what was given, for a program exactly, for people so that a shell understands it.

  $ mlo track -q -n words -- echo "it's" 'a b' -n '"' 'back\slash' '' '$HOME' > /dev/null
  $ mlo runs show words | sed -n 4p
    echo $'it\'s' 'a b' -n '"' $'back\\slash' '' '$HOME'
  $ eval "$(mlo runs show words | sed -n 4p)"; echo
  it's a b -n " back\slash  $HOME
  
  $ mlo runs show words --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["run"]["command"])'
  ['echo', "it's", 'a b', '-n', '"', 'back\\slash', '', '$HOME']
  $ OMP_DISPLAY='back\slash' mlo track -q -n variable -- true && mlo runs show variable --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["run"]["environment"]["OMP_DISPLAY"])'
  back\slash

Seeds, and what the machine is.

  $ PYTHONHASHSEED=3 mlo track -q -n seeds -- true --seed 7 --data_seed=8 && mlo runs show seeds --json | python3 -c 'import json, sys; r = json.load(sys.stdin)["run"]; print(r["seeds"], "cpu.count" in r["hardware"], "name" in r["host"])'
  [{'name': 'PYTHONHASHSEED', 'value': '3'}, {'name': '--seed', 'value': '7'}, {'name': '--data_seed', 'value': '8'}] True True

Values that are no numbers, and the output of the job.

  $ mlo track -q -n values -- sh -c 'mlo track log a=nan b=-inf c=1e-300; printf "10%%\r20%%\r100%%\nwarned\n" >&2' 2>/dev/null
  $ mlo runs show values --json | check_json
  $ mlo runs show values | sed -n '/^metrics$/,/^$/{/ system\//!p}'
  metrics
    a = nan at step 0
    b = -inf at step 0
    c = 1e-300 at step 0
  
  $ mlo cat $(mlo runs show values | sed -n 's/.*printed: mlo cat //p')
  100%
  warned

Nothing here can move the cursor of the reader.

  $ mlo track -q -n escape --note "$(printf 'red \033[31m')" -p "a=$(printf '\033[31m')" -- true "$(printf '\033]0;title\007')" && mlo runs show escape | grep -c "$(printf '\033')"
  0
  [1]
  $ mlo runs show escape | sed -n 4p
    true $'\x1b]0;title\x07'
  $ mlo runs show escape --json | check_json

Nowhere.

  $ mkdir ../none && cd ../none && mlo runs show
  error[MLO-W001]: '$CASE/none' is in no workspace
    help: git init    (or, without git: mlo init --no-git)
  [1]
