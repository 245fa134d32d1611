  $ git init -q && mlo init -q
  $ mkdir -p data/sub; printf 'hello\n' > data/a; printf '#!' > data/run; chmod +x data/run; ln -s a data/link; printf x > 'data/sub/a b'
  $ printf '%1500d' 0 > model.bin
  $ mlo add -q data model.bin
  $ git add -A && git commit -qm one && git tag v1
  $ rm -r data model.bin

What is tracked, though nothing of it is checked out.

  $ mlo ls
  data/
  model.bin
  $ mlo ls data
  data/a
  data/link
  data/run
  data/sub/
  $ mlo ls -l data
  f-        6 B  5891b5b522d5  data/a
  l-        1 B                data/link -> a
  fx        2 B  3612ddaf46e1  data/run
  d-        1 B  de02b9005cba  data/sub/
  $ mlo ls -R
  data/
  data/a
  data/link
  data/run
  data/sub/
  data/sub/a b
  model.bin
  $ mlo ls data/sub/a\ b model.bin
  data/sub/a b
  model.bin
  $ (mkdir -p data && cd data && mlo ls; mlo ls sub; mlo ls -R ..)
  a
  link
  run
  sub/
  sub/a b
  ./
  a
  link
  run
  sub/
  sub/a b
  ../model.bin

Of a revision.

  $ rm -r data; mkdir data; printf 'bye\n' > data/b; mlo add -q data; git commit -qam two
  $ mlo ls data
  data/b
  $ mlo ls --rev v1 data
  data/a
  data/link
  data/run
  data/sub/
  $ mlo ls --rev nothing
  error[MLO-G002]: no commit is named 'nothing'
    help: git log --oneline --all
  [1]
  $ mlo ls nothing
  error[MLO-W006]: 'nothing' is not tracked by mlo
    help: mlo add nothing
  [1]
  $ mlo ls data/nothing
  error[MLO-W060]: the version of 'data' holds no 'data/nothing'
    help: mlo ls data
  [1]

For a program.

  $ mlo ls --json --rev v1 data
  {
    "schema": "mlo/ls-v1",
    "entries": [
      {
        "path": "data/a",
        "kind": "file",
        "size": 6,
        "id": "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "executable": false
      },
      {
        "path": "data/link",
        "kind": "symlink",
        "size": 1,
        "target": "a"
      },
      {
        "path": "data/run",
        "kind": "file",
        "size": 2,
        "id": "sha256:3612ddaf46e149a4f583faf0face846585148f59e0ce2645594df83b5dc807e8",
        "executable": true
      },
      {
        "path": "data/sub",
        "kind": "directory",
        "size": 1,
        "id": "sha256:de02b9005cba12308b4ae9ba5cb77fbcfd0ab17dffb4b9d3f719684185277507",
        "executable": false
      }
    ]
  }
  $ mlo ls --json -R | check_json

Names that are no text.

  $ mkdir odd; printf x > "odd/$(printf 'new\nline')"; printf x > "odd/$(printf '\377')"; printf x > "odd/it's"
  $ mlo add -q odd
  $ mlo ls odd
  odd/it\'s
  odd/new\nline
  odd/\xff
  $ mlo ls --json odd | check_json
