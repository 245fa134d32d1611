  $ git init -q && mlo init -q && mkdir ../share && mlo remote add origin ../share -q
  $ mkdir -p data/sub/empty && printf 'a\n' > data/a && printf '#!/bin/sh\n' > data/run && chmod +x data/run && ln -s a data/link
  $ mlo add -q data && git add -A && git commit -qm one && git tag v1 && mlo push -q
  $ printf 'changed\n' > data/a && mlo add -q data && git add -A && git commit -qm two && mlo push -q

From the store: a file of a revision, a folder, into a folder that is there.

  $ mlo get v1:data/a -o old
  wrote 'old' (2 B)
  $ cat old data/a
  a
  changed
  $ mlo get data -o ../copy && diff -r data ../copy && ls -F ../copy ../copy/sub
  wrote '../copy' (18 B)
  ../copy:
  a
  link@
  run*
  sub/
  
  ../copy/sub:
  empty/
  $ mkdir ../in && mlo get data/run -o ../in && ls -l ../in | grep -c rwx
  wrote '../in/run' (10 B)
  1
  $ mlo get data/link -o ../in/ && readlink ../in/link
  wrote '../in/link' (1 B)
  a
  $ mlo get data/a && cat a
  wrote 'a' (8 B)
  changed

From a remote, in a clone that has nothing: only what is asked for.

  $ git clone -q . ../clone && cd ../clone
  $ mlo get v1:data/a
  wrote 'a' (2 B)
  $ cat a; git status --short
  a
  ?? a
  $ mlo cat v1:data/a
  a
  $ mlo cat data/a > /dev/null 2>&1; echo $?
  1

What cannot be.

  $ mlo get v1:data/a
  error[MLO-X007]: there is something at 'a' already
    help: name another place with '-o DEST'
  [1]
  $ mlo get data/nothing
  error[MLO-W060]: the version of 'data' holds no 'data/nothing'
    help: mlo ls data
  [1]
  $ mlo get nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo get nothing:data
  error[MLO-G002]: no commit is named 'nothing'
    help: git log --oneline --all
  [1]
  $ mlo get data -o no/such/folder
  error[MLO-U003]: cannot open folder '$CASE/clone/no/such': No such file or directory
  [1]
  $ ls -A
  .git
  .gitignore
  .mlo
  a
  data.mlo
