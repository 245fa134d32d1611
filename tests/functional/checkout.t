Two versions of a folder, each committed to git.

  $ git init -q && mlo init -q
  $ mkdir -p data/train data/val
  $ printf 'one\n' > data/train/a.csv; printf 'b\n' > data/val/b.csv; ln -s a.csv data/train/link
  $ printf '#!/bin/sh\n' > data/run; chmod +x data/run
  $ mlo add -q data
  $ git add -A && git commit -qm one && git tag v1
  $ printf 'two\n' > data/train/a.csv; rm data/val/b.csv; mkdir data/empty; printf 'new\n' > data/new.csv
  $ mlo add -q data
  $ git add -A && git commit -qm two && git tag v2

After git has brought the pointers of the first, mlo brings its data; the second time there is nothing to do.

  $ git checkout -q v1
  $ mlo checkout -v
  $ cat data/train/a.csv; ls -F data
  $ mlo checkout

A file whose content is stored nowhere is in the way: all are named, nothing is changed.

  $ echo mine > data/train/a.csv; echo mine too > data/notes
  $ git checkout -q v2
  $ mlo checkout
  $ cat data/train/a.csv; ls data

A dry run of the forced checkout, then the checkout; the command that it prints brings the file back.

  $ mlo checkout --force --dry-run
  $ mlo checkout --force 2>&1 | sed 's/trash\/[^/]*/trash\/TIME/g'
  $ cat data/train/a.csv; ls -F data
  $ mlo checkout -q && eval "$(echo again > data/new.csv; mlo checkout --force 2>&1 | grep 'mv -T')" && cat data/new.csv
  $ rm data/new.csv

Only a part; a path that is not tracked; one that the version lacks.

  $ rm -r data
  $ mlo checkout data/train
  $ find data | sort
  $ mlo checkout nothing
  $ mlo checkout data/nothing

Sparse patterns hold from then on.

  $ mlo checkout --sparse '*.csv'
  $ find data -type f | sort
  $ mlo checkout data/run
  $ mlo checkout --sparse x --no-sparse
  $ mlo checkout --sparse x data
  $ mlo checkout --sparse ''
  $ mlo checkout --no-sparse
  $ find data | sort

For a program.

  $ rm data/run
  $ mlo checkout --json
  $ rm data/run
  $ mlo checkout --json | check_json
  $ echo mine > data/run; mlo checkout --force --json | check_json

A pointer whose objects are not here fails alone.

  $ printf 'x' > other; mlo add -q other; rm other
  $ sed -i 's/sha256:....../sha256:000000/' data.mlo
  $ mlo checkout
  $ cat other
