  $ git init -q && mlo init -q
  $ mkdir -p data/sub; printf 'hello\n' > data/a; printf '#!' > data/run; chmod +x data/run; ln -s a data/link; printf x > 'data/sub/a b'
  $ printf '%1500d' 0 > model.bin
  $ mlo add -q data model.bin
  $ git add -A && git commit -qm one && git tag v1
  $ rm -r data model.bin

What is tracked, though nothing of it is checked out.

  $ mlo ls
  $ mlo ls data
  $ mlo ls -l data
  $ mlo ls -R
  $ mlo ls data/sub/a\ b model.bin
  $ (mkdir -p data && cd data && mlo ls; mlo ls sub; mlo ls -R ..)

Of a revision.

  $ mkdir data; printf 'bye\n' > data/b; mlo add -q data; git commit -qam two
  $ mlo ls data
  $ mlo ls --rev v1 data
  $ mlo ls --rev nothing
  $ mlo ls nothing
  $ mlo ls data/nothing

For a program.

  $ mlo ls --json --rev v1 data
  $ mlo ls --json -R | check_json

Names that are no text.

  $ mkdir odd; printf x > "odd/$(printf 'new\nline')"; printf x > "odd/$(printf '\377')"; printf x > "odd/it's"
  $ mlo add -q odd
  $ mlo ls odd
  $ mlo ls --json odd | check_json
