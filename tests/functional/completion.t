Each script is small, and complains of nothing when it is read.

  $ for shell in bash zsh fish; do mlo completion $shell | awk 'END { print NR < 60 }'; done
  1
  1
  1
  $ mlo completion bash | bash -n
  $ mlo completion
  error[MLO-A005]: missing 'SHELL': the shell to print a script for
    help: mlo completion -h
  [2]
  $ mlo completion basch
  error[MLO-A003]: 'SHELL' takes one of bash, zsh, fish, not 'basch'
    help: did you mean 'bash'?
  [2]

What the scripts ask for: commands, options, values.

  $ mlo __complete -- vers | tr '\t' '|'
  version|print the version of mlo and of what it is made of
  $ mlo __complete -- --verb | tr '\t' '|'
  --verbose|say more; twice: what is going on inside
  $ mlo __complete -- -C / expl | tr '\t' '|'
  explain|say what the code of an error means and what to do
  $ mlo __complete -- completion '' | tr '\t' '|'
  bash
  zsh
  fish
  $ mlo __complete -- completion bash '' | tr '\t' '|'
  $ mlo __complete -- version --color '' | tr '\t' '|'
  auto
  always
  never
  $ mlo __complete -- version --color=a | tr '\t' '|'
  --color=auto
  --color=always
  $ mlo __complete -- -C '' | tr '\t' '|'
  :directory
  $ mlo __complete -- explain MLO-U005 | tr '\t' '|'
  MLO-U005|The file system or the user's quota is full.
  $ mlo __complete -- help expl | tr '\t' '|'
  explain|say what the code of an error means and what to do
  $ mlo __complete -- nonsense '' | tr '\t' '|'
  $ mlo __complete | cut -f1 | cmp - <(mlo __dump-cli | jq -r '.commands[].name | split(" ")[0]' | awk '!seen[$0]++')

Runs, the newest first: by the start of their id, once something is typed by name too.

  $ git init -q && mlo init -q && mlo track -q -n first -- true && mlo track -q -n second -- false
  [1]
  $ mlo __complete -- runs show '' | tr '\t' '|'
  last|the newest run
  ????????|second, FAILED (glob)
  ????????|first, FINISHED (glob)
  $ mlo __complete -- runs show fir | cut -f1
  first
  $ mlo __complete -- track --resume=sec | cut -f1
  --resume=second
  $ id=$(mlo runs show first --json | jq -r .run.id) && test "$(mlo __complete -- repro ${id:0:9} | cut -f1)" = $id

In a real bash:

  $ cat >ask <<'SCRIPT'
  > source <(mlo completion bash)
  > COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  > compopt() { echo "compopt $*"; }
  > _mlo
  > printf '%s\n' "${COMPREPLY[@]}"
  > SCRIPT
  $ bash ask mlo comple
  completion
  $ bash ask mlo version --color = al
  always
  $ bash ask mlo version --color = ''
  auto
  always
  never
  $ mkdir folder; touch file 'with space'
  $ bash ask mlo -C fo
  compopt -o filenames
  folder

In a real fish and zsh, where there are such:

  $ if command -v fish >/dev/null; then fish -c 'source (mlo completion fish | psub); complete -C "mlo comple"' | cut -f1; else echo completion; fi
  completion
  $ if command -v zsh >/dev/null; then mlo completion zsh | zsh -n; fi
