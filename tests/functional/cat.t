  $ git init -q && mlo init -q
  $ mkdir -p data/sub; printf 'one\n' > data/sub/a; printf '\000\377\n' > data/bin; ln -s bin data/link
  $ mlo add -q data
  $ git add -A && git commit -qm one && git tag v1
  $ printf 'two\n' > data/sub/a; printf colon > a:b; mlo add -q data a:b; git add -A; git commit -qm two
  $ printf 'not added\n' > data/sub/a

  $ mlo cat data/sub/a
  $ mlo cat v1:data/sub/a HEAD:data/sub/a
  $ (cd data && mlo cat v1:sub/a)
  $ mlo cat data/bin | od -c
  $ mlo cat a:b; echo
  $ mlo cat data/sub
  $ mlo cat data/link
  $ mlo cat data/nothing
  $ mlo cat nothing
  $ mlo cat nothing:data/bin
  $ mlo cat
  $ mlo cat data/bin | head -c 1 | od -c
