  $ git init -q && mlo init -q
  $ mkdir -p data/sub; printf 'one\n' > data/sub/a; printf '\000\377\n' > data/bin; ln -s bin data/link
  $ mlo add -q data
  $ git add -A && git commit -qm one && git tag v1
  $ printf 'two\n' > data/sub/a; printf colon > a:b; mlo add -q data a:b; git add -A; git commit -qm two
  $ printf 'not added\n' > data/sub/a

  $ mlo cat data/sub/a
  two
  $ mlo cat v1:data/sub/a HEAD:data/sub/a
  one
  two
  $ (cd data && mlo cat v1:sub/a)
  one
  $ mlo cat data/bin | od -c
  0000000  \0 377  \n
  0000003
  $ mlo cat a:b; echo
  colon
  $ mlo cat data/sub
  error[MLO-W061]: 'data/sub' is a folder
    help: mlo ls data/sub
  [2]
  $ mlo cat data/link
  error[MLO-W061]: 'data/link' is a symbolic link to 'bin'
    help: name the file that it points to
  [2]
  $ mlo cat data/nothing
  error[MLO-W060]: the version of 'data' holds no 'data/nothing'
    help: mlo ls data
  [1]
  $ mlo cat nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo cat nothing:data/bin
  error[MLO-G002]: no commit is named 'nothing'
    help: git log --oneline --all
  [1]
  $ mlo cat
  error[MLO-A005]: missing '[REV:]PATH': a tracked file or one in a tracked folder, of a revision or as its pointer says, or an object's id
    help: mlo cat -h
  [2]
  $ mlo cat data/bin | head -c 1 | od -c
  0000000  \0
  0000001
