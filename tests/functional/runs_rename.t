A run gets another name.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ names() { mlo runs -s started | sed 1d | cut -c 11- | cut -d ' ' -f 1; }
  $ mlo track -q -n one -- true && mlo track -q -n two -- true
  $ mlo runs rename one first
  run ???????? is called 'first' (glob)
  $ mlo runs rename -q last 'sécond' && names
  first
  sécond
  $ mlo runs rename -q $(mlo runs show first | sed -n '1s/ .*//p') erster && names
  erster
  sécond
  $ mlo runs rename -q erster erster && names
  erster
  sécond

Two may have one name; then only the id tells them apart.

  $ mlo runs rename -q erster same && mlo runs rename -q last same && names
  same
  same
  $ mlo runs rename same other
  error[MLO-T009]: 'same' fits several runs
    = ???????????????????????????????? (glob)
    = ???????????????????????????????? (glob)
  [2]

One that goes on.

  $ mlo track -q -n open -- mlo runs rename -q open opened && names
  same
  same
  opened

What cannot be.

  $ mlo runs rename nothing other
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
  $ mlo runs rename opened ''
  error[MLO-T004]: '' cannot be the name of a run: it is empty
    = it has 0 of at most 250 bytes
  [2]
  $ mlo runs rename opened "$(printf 'a\377')"
  error[MLO-T004]: 'a\xff' cannot be the name of a run: it is not UTF-8
    = it has 2 of at most 250 bytes
  [2]
  $ mlo runs rename opened "$(printf %010000d 1)"
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a run: it is too long
    = it has 10,000 of at most 250 bytes
  [2]
  $ mlo runs rename opened "$(printf 'a\nb')"
  error[MLO-T004]: 'a\nb' cannot be the name of a run: it holds control characters
    = it has 3 of at most 250 bytes
  [2]
  $ mlo runs rename opened ../x
  run ???????? is called '../x' (glob)
  $ mlo runs rename opened
  error[MLO-A005]: missing 'NAME': the new name
    help: mlo runs rename -h
  [2]
  $ mlo runs rename
  error[MLO-A005]: missing 'RUN': its id or the start of it, its name, or 'last'
    help: mlo runs rename -h
  [2]
  $ names
  same
  same
  ../x
