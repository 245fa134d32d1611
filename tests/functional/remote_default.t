  $ git init -q && mlo init -q
  $ mlo remote default
  error[MLO-R016]: there is no remote
    help: mlo remote add NAME URL
  [1]
  $ mlo remote add one ../one -q

A single remote needs no choice; of several none is taken.

  $ mlo remote default
  one
  $ mlo remote add two ../two -q
  $ mlo remote default
  error[MLO-R016]: none of 2 remotes is the default
    = there are one, two
    help: mlo remote default NAME
  [1]
  $ mlo remote default two
  default remote = two in .mlo/config.yaml
    next: git add .mlo/config.yaml
  $ mlo remote default
  two
  $ mlo remote default --json | check_json
  $ mlo remote default one --local
  default remote = one in .git/mlo/config.yaml
  $ mlo remote default
  one
  $ mlo remote default two
  default remote = two in .mlo/config.yaml
  warning: not in force here: .git/mlo/config.yaml:9:11 says 'one'
    next: git add .mlo/config.yaml
  $ mlo remote default --unset --local
  no default remote in .git/mlo/config.yaml any more
  $ mlo remote default --unset --local
  nothing to do: .git/mlo/config.yaml names no default remote
  $ mlo remote default
  two
  $ mlo remote default three
  error[MLO-R015]: there is no remote 'three'
    help: mlo remote list
  [1]
  $ mlo remote default one --unset
  error[MLO-A007]: '--unset' takes no name
  [2]
  $ mlo remote default --local
  error[MLO-A007]: '--local' belongs to a name or to '--unset'
  [2]

A default that names no remote is an error where a default is needed.

  $ mlo config --repository core.remote gone -q
  $ mlo remote default
  error[MLO-R015]: there is no remote 'gone'
    = core.remote names it as the default
    help: did you mean 'one'?
  [1]
