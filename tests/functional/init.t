Outside of a git repository there is nothing to prepare.

  $ mlo init
  error[MLO-G001]: '$CASE/work' is in no git repository
    help: git init && mlo init    (or, without git: mlo init --no-git)
  [1]

From anywhere below, the root of the work tree is prepared, once.

  $ git init -q
  $ mkdir sub
  $ mlo -C sub init
  prepared '$CASE/work'
  settings: ../.mlo/config.yaml; store: ../.git/mlo, made when it is first needed
    next: git add ../.mlo/config.yaml && git commit -m 'Start mlo'
    next: mlo add PATH
  $ sed 's/: "*[0-9a-f]\{32\}"*$/: ID/' .mlo/config.yaml
  # Settings of mlo: man 5 mlo-config
  version: 1
  project: ID
  $ cp .mlo/config.yaml before
  $ mlo init
  already prepared: '$CASE/work'
  settings: .mlo/config.yaml; store: .git/mlo, made when it is first needed
    next: mlo add PATH
  $ cmp before .mlo/config.yaml
  $ git status --short --untracked-files=all
  ?? .mlo/config.yaml
  ?? before
  $ mlo init --json | check_json

An id that was lost is made anew, and what stands beside it stays.

  $ printf '# ours\nstore:\n  large: whole\n' > .mlo/config.yaml
  $ mlo init --json | grep created
    "created": true,
  $ head -3 .mlo/config.yaml
  # ours
  store:
    large: whole

A broken file is not overwritten.

  $ printf 'project: short\n' > .mlo/config.yaml
  $ mlo init
  error[MLO-C002]: 'project' takes 32 lower-case hex digits, not 'short'
    --> .mlo/config.yaml:1:10
  [2]
  $ cat .mlo/config.yaml
  project: short

If git ignores the file, it will be missed in every clone.

  $ rm .mlo/config.yaml; echo .mlo > .gitignore
  $ mlo init -q
  warning: git ignores '.mlo/config.yaml', which must be committed: git add -f

A clone that makes '.mlo' a symbolic link does not make mlo write elsewhere.

  $ rm -r .mlo; mkdir ../elsewhere; ln -s ../elsewhere .mlo
  $ mlo init
  error[MLO-U007]: * (glob)
  [1]
  $ ls ../elsewhere

Within git, doing without it is a contradiction; in a bare repository there is no place.

  $ mlo init --no-git
  error[MLO-A007]: '$CASE/work' is in a git repository, which '--no-git' is not for
    help: mlo init
  [2]
  $ git init -q --bare ../bare.git
  $ mlo -C ../bare.git init
  error[MLO-G008]: '$CASE/bare.git' is in no work tree
    help: git worktree list
  [1]

Without git, the current folder is prepared, and only one within another.

  $ mkdir -p ../plain/below
  $ mlo -C ../plain init --no-git
  prepared '$CASE/plain'
  settings: .mlo/config.yaml; store: .mlo, made when it is first needed
    next: mlo add PATH
  $ mlo -C ../plain init --no-git
  already prepared: '$CASE/plain'
  settings: .mlo/config.yaml; store: .mlo, made when it is first needed
    next: mlo add PATH
  $ mlo -C ../plain/below init --no-git
  error[MLO-A013]: '$CASE/plain/below' is inside the workspace '$CASE/plain'
  [1]
