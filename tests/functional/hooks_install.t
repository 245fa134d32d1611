The attributes are for everybody, the settings for this clone.

  $ git init -q && mlo init -q && mkdir sub
  $ mlo -C sub hooks install --merge
  set merge.mlo.driver = mlo merge-driver %O %A %B %P
  added 3 lines to .gitattributes: with it, each clone needs this command once
    next: git add ../.gitattributes && git commit -m 'Merge pointers with mlo'
  $ cat .gitattributes
  *.mlo merge=mlo
  pipeline.lock merge=mlo
  dvc.lock merge=mlo
  $ git config --local --get-regexp '^merge'
  merge.mlo.name mlo: pointers by their entries, locks by their stages
  merge.mlo.recursive mlo-ancestors
  merge.mlo.driver mlo merge-driver %O %A %B %P
  merge.mlo-ancestors.name mlo: several common ancestors of a merge
  merge.mlo-ancestors.driver mlo merge-driver --ancestors %O %A %B %P
  $ git check-attr merge -- a/b.mlo a/pipeline.lock poetry.lock
  a/b.mlo: merge: mlo
  a/pipeline.lock: merge: mlo
  poetry.lock: merge: unspecified

Once is enough.

  $ cp .gitattributes before
  $ mlo hooks install --merge
  already set: merge.mlo.driver = mlo merge-driver %O %A %B %P
  .gitattributes has its lines already
  $ cmp before .gitattributes && git config --local --get-all merge.mlo.driver | wc -l
  1
  $ git add -A && git commit -qm one
  $ mlo doctor 2>/dev/null | grep merge
    ok      git merges pointers and locks with mlo

A clone has the lines alone.

  $ git clone -q . ../clone && cd ../clone
  $ mlo doctor 2>/dev/null | grep -A1 merge
    warning '.gitattributes' names the merge driver 'mlo', which this clone does not know: git merges pointers as text
            help: mlo hooks install --merge
  configuration
  $ mlo hooks install --merge
  set merge.mlo.driver = mlo merge-driver %O %A %B %P
  .gitattributes has its lines already
  $ git status --short

A linked work tree shares the settings.

  $ git worktree add -q ../linked && mlo -C ../linked hooks install --merge | head -n 1
  already set: merge.mlo.driver = mlo merge-driver %O %A %B %P
  .gitattributes has its lines already

What others wrote stays.

  $ echo '*.bin binary' >>.gitattributes
  $ mlo hooks install --merge --uninstall
  removed merge.mlo.driver
  removed 3 lines from .gitattributes
    next: git add .gitattributes && git commit -m 'Merge pointers as text'
  $ cat .gitattributes
  *.bin binary
  $ git config --local --get-regexp '^merge'
  [1]
  $ mlo hooks install --merge --uninstall
  nothing of it is installed
  $ echo '*.mlo -text merge=mlo' >>.gitattributes
  $ mlo hooks install --merge --uninstall
  nothing of it is installed
  warning: .gitattributes still names 'merge=mlo', in lines that give more
  $ mlo hooks install --merge 2>&1 | sed -n 2p
  added 2 lines to .gitattributes: with it, each clone needs this command once

What cannot be.

  $ mlo hooks install
  error[MLO-A005]: 'mlo hooks install' needs to be told what to install
    help: mlo hooks install --merge
  [2]
  $ mkdir ../none && cd ../none && mlo hooks install --merge
  error[MLO-G001]: '$CASE/none' is in no git repository
    help: git init && mlo init
  [1]
  $ git init -q --bare bare && mlo -C bare hooks install --merge
  error[MLO-G008]: '$CASE/none/bare' is in no work tree
    help: git worktree list
  [1]
