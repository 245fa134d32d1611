Tags and the note of any run, also of one that has ended.

  $ git init -q && mlo init -q && git add -A && git commit -q --allow-empty -m one
  $ texts() { mlo runs show "$1" | sed -n '/^note$/,/^$/p; /^tags$/,/^$/p'; }
  $ mlo track -q -n one -t stage=trial -t old=yes --note first -- true
  $ mlo runs tag one stage=done who=me
  tagged run ???????? (glob)
  $ texts one
  note
    first
  
  tags
    old = yes
    stage = done
    who = me
  
  $ mlo runs tag -q one -d old --delete who --note 'second, with more' "with space=a b" url=a=b empty= && texts one
  note
    second, with more
  
  tags
    empty = 
    stage = done
    url = a=b
    with space = a b
  
  $ mlo runs tag -q last --note '' && texts one
  tags
    empty = 
    stage = done
    url = a=b
    with space = a b
  
  $ mlo runs tag -q $(mlo runs show one | sed -n '1s/ .*//p') who=id && texts one
  tags
    empty = 
    stage = done
    url = a=b
    who = id
    with space = a b
  
  $ mlo runs show one --json | check_json
  $ mlo runs -w "tags.stage = 'done'" --columns tags.stage | wc -l
  2

A tag that is not there, and one that is set and removed at once.

  $ mlo runs tag one -d nothing
  tagged run ???????? (glob)
  $ mlo runs tag one stage=x -d stage
  tagged run ???????? (glob)
  $ mlo runs tag -q one a=1 a=2 && texts one
  tags
    a = 2
    empty = 
    url = a=b
    who = id
    with space = a b
  

One that goes on.

  $ mlo track -q -n open -- sh -c 'mlo runs tag -q open by=tag; mlo track tag by=job and=more' && texts open
  tags
    and = more
    by = job
  

What cannot be: nothing of the call is recorded.

  $ for bad in a =1 ../x=1 a//b=1; do mlo runs tag one good=1 "$bad" 2>&1 | head -n 1; done; texts one
  error[MLO-A003]: 'a' is no KEY=VALUE for a tag
  error[MLO-A003]: '=1' is no KEY=VALUE for a tag
  error[MLO-T004]: '../x' cannot be the name of a tag: it has a component '', '.' or '..'
  error[MLO-T004]: 'a//b' cannot be the name of a tag: it has a component '', '.' or '..'
  tags
    a = 2
    empty = 
    url = a=b
    who = id
    with space = a b
  
  $ mlo runs tag one "$(printf 'a\377=1')"
  error[MLO-T004]: 'a\xff' cannot be the name of a tag: it is not UTF-8
    = it has 2 of at most 250 bytes
  [2]
  $ mlo runs tag one "$(printf 'a=\377')"
  error[MLO-T005]: the tag 'a' is not UTF-8
  [2]
  $ mlo runs tag one --note "$(printf '\377')"
  error[MLO-T005]: the note is not UTF-8
  [2]
  $ long=$(printf %0100000d 1)
  $ mlo runs tag one ${long:0:10000}=1
  error[MLO-T004]: '000000000000000000000000000000000000000000000000000000000000...' cannot be the name of a tag: it is too long
    = it has 10,000 of at most 250 bytes
  [2]
  $ mlo runs tag one a=${long:0:10000}
  error[MLO-T005]: the tag 'a' has 10,000 bytes, at most 8,000 are kept
  [2]
  $ mlo runs tag one --note $long
  error[MLO-T005]: the note has 100,000 bytes, at most 65,536 are kept
  [2]
  $ mlo runs tag one -d ../x
  error[MLO-T004]: '../x' cannot be the name of a tag: it has a component '', '.' or '..'
    = it has 4 of at most 250 bytes
  [2]
  $ mlo runs tag one
  error[MLO-A005]: there is nothing to set
    help: mlo runs tag RUN KEY=VALUE
  [2]
  $ mlo runs tag
  error[MLO-A005]: missing 'RUN': its id or the start of it, its name, or 'last'
    help: mlo runs tag -h
  [2]
  $ mlo runs tag nothing a=1
  error[MLO-T001]: there is no run 'nothing'
    help: mlo runs
  [1]
