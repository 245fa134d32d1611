  $ git init -q; mkdir -p data/sub; printf 'one\n' > data/a.csv; printf 'two\n' > data/b.csv; printf 'm\n' > model.bin
  $ mlo add -q data model.bin; mlo diff
  added         data/a.csv  (4 B)
  added         data/b.csv  (4 B)
  added         data/sub  (empty directory)
  added         model.bin  (2 B)
  4 added

Before the first commit everything is new; then the work tree is compared with HEAD, added or not.

  $ git add .; git commit -qm one; git tag v1
  $ mlo diff
  $ printf 'ONE!\n' > data/a.csv; mv data/b.csv data/sub/b.csv; printf 'new\n' > data/n.csv; chmod +x model.bin
  $ mlo diff
  modified      data/a.csv  (4 B -> 5 B)
  added         data/n.csv  (4 B)
  renamed       data/b.csv -> data/sub/b.csv  (4 B)
  mode changed  model.bin  (now executable)
  1 added, 1 modified, 1 mode changed, 1 renamed
  $ mlo diff --short --exit-code
  M data/a.csv
  A data/n.csv
  R data/b.csv -> data/sub/b.csv
  X model.bin
  [3]
  $ mlo add -q data model.bin; mlo diff -s
  M data/a.csv
  A data/n.csv
  R data/b.csv -> data/sub/b.csv
  X model.bin
  $ git commit -qam two; mlo diff --exit-code

Between revisions the work tree does not matter.

  $ mv data away
  $ mlo diff v1 HEAD
  modified      data/a.csv  (4 B -> 5 B)
  added         data/n.csv  (4 B)
  renamed       data/b.csv -> data/sub/b.csv  (4 B)
  mode changed  model.bin  (now executable)
  1 added, 1 modified, 1 mode changed, 1 renamed
  $ mlo diff HEAD v1 -s
  M data/a.csv
  R data/sub/b.csv -> data/b.csv
  D data/n.csv
  X model.bin
  $ mlo diff v1 HEAD -- data/sub model.bin
  added         data/sub/b.csv  (4 B)
  mode changed  model.bin  (now executable)
  1 added, 1 mode changed
  $ mlo diff HEAD~1 HEAD data/n.csv -s
  A data/n.csv
  $ mlo diff --json v1 HEAD | check_json
  $ mlo diff -s
  D data/a.csv
  D data/n.csv
  D data/sub/b.csv
  $ mv away data
  $ mlo diff

A whole tracked folder that moves is made of renames.

  $ mv data moved; mv data.mlo moved.mlo; sed -i 's/path: data/path: moved/' moved.mlo; sed -i 's|^/data|/moved|' .gitignore
  $ mlo diff
  renamed       data/a.csv -> moved/a.csv  (5 B)
  renamed       data/n.csv -> moved/n.csv  (4 B)
  renamed       data/sub/b.csv -> moved/sub/b.csv  (4 B)
  3 renamed
  $ git add -A; git commit -qm three; mlo diff -s HEAD~1 HEAD
  R data/a.csv -> moved/a.csv
  R data/n.csv -> moved/n.csv
  R data/sub/b.csv -> moved/sub/b.csv

Words are revisions as long as they can be, then paths; what could be both is refused.

  $ mlo diff nothing
  error[MLO-W023]: 'nothing' is neither a revision nor a path
    help: name a path that is gone after '--': mlo diff REV -- PATH
  [2]
  $ mlo diff v1 HEAD v1
  error[MLO-W023]: 'v1' is neither a revision nor a path
    help: name a path that is gone after '--': mlo diff REV -- PATH
  [2]
  $ git tag moved; mlo diff moved
  error[MLO-W023]: 'moved' is both a revision and a path
    help: mlo diff -- moved    (or, for the revision: mlo diff moved -- .)
  [2]
  $ mlo diff -s -- moved; mlo diff -s moved -- .
  $ mlo diff nothing -- moved
  error[MLO-G002]: no commit is named 'nothing'
    help: git log --oneline --all
  [1]

A broken pointer, and versions whose data is not here, are errors of their own.

  $ printf '<<<<<<< ours\n' > model.bin.mlo; mlo diff
  error[MLO-Y002]: 'model.bin.mlo' has merge conflict markers
    --> model.bin.mlo:1:1
    help: settle the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>
  [1]
  $ git commit -qam broken; mlo diff -s HEAD~1 HEAD; git reset -q --hard HEAD~1
  error[MLO-Y002]: 'c12ee96d96:model.bin.mlo' has merge conflict markers
    --> c12ee96d96:model.bin.mlo:1:1
    help: settle the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>
  $ mv .git/mlo store; mlo diff -s v1 HEAD; rm -rf .git/mlo; mv store .git/mlo
  X model.bin
  error[MLO-S002]: object sha256:a6632b44ba899cc55cc90318b71c27391badadd0ffa8d3137514545f89c43aae is not in the store
  error[MLO-S002]: object sha256:987937af9dc5876cc9a2b35da091de6043d6d2e1ab94122846d614157ae36af2 is not in the store

Without git there is nothing to compare with.

  $ mkdir ../plain; cd ../plain; mlo init -q --no-git; mlo diff
  error[MLO-W022]: this workspace is not in a git repository, so it has no revisions
    help: mlo explain MLO-W022
  [1]
