Pointers that do not follow their format are told with their place, and nothing else is stopped by them.

  $ git init -q; printf 'x\n' > x; mlo add -q x; printf 'g\n' > good; mlo add -q good; cp x.mlo sound
  $ try() { sed "$1" sound > x.mlo; mlo status; }
  $ try 's/mlo: 1/mlo: 2/'
  error[MLO-W004]: pointer format 2 is newer than this mlo, which knows 1
    --> x.mlo:1:6
    help: install a newer mlo; 'mlo version' shows this one
  [1]
  $ try 's/sha256:../sha256:/'
  error[MLO-W003]: 'sha256:cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac' is no id: 'sha256:' and 64 hex digits
    --> x.mlo:3:5
  [1]
  $ try 's/kind: file/kind: pipe/'
  error[MLO-W003]: 'kind' must be 'file' or 'directory', not 'pipe'
    --> x.mlo:4:7
  [1]
  $ try 's/kind: file/kind: directory/'
  error[MLO-U021]: the document lacks the key 'files'
    --> x.mlo:1:1
  [1]
  $ try 's/size: 2/size: -2/'
  error[MLO-U020]: 'size' must not be negative
    --> x.mlo:5:7
  [1]
  $ try 's/^size: 2/size: 2\nsize: 2/'
  error[MLO-U023]: the key 'size' appears twice
    --> x.mlo:6:1
    = first at x.mlo:5:1
  [1]
  $ try 's/^size: 2/size: 2\nsice: 2/'
  error[MLO-U022]: unknown key 'sice'
    --> x.mlo:6:1
    help: did you mean 'size'?
  [1]
  $ try 's/^path: x/path: ..\/x/'
  error[MLO-W003]: '../x' is not the name of something beside the pointer file
    --> x.mlo:2:7
  [1]
  $ try 's/^path: x/path: \/etc\/passwd/'
  error[MLO-W003]: '/etc/passwd' is not the name of something beside the pointer file
    --> x.mlo:2:7
  [1]
  $ try 's/^path: x/path: sub\/x/'
  error[MLO-W003]: 'sub/x' is not the name of something beside the pointer file
    --> x.mlo:2:7
  [1]
  $ try 's/^path: x/path: good/'
  error[MLO-W005]: the pointer of 'x' describes 'good'
    --> x.mlo:2:7
    help: after a rename, correct 'path' to 'x'
  [1]
  $ try 's/^path: x/path_bytes: eA==/'
  error[MLO-W003]: 'x' must be written as 'path'
    --> x.mlo:2:13
  [1]
  $ try '/^path/d'
  error[MLO-W003]: a pointer file must say 'path'
    --> x.mlo:1:1
  [1]
  $ try '1d'
  error[MLO-W003]: a pointer file must say 'mlo: 1'
    --> x.mlo:1:1
  [1]
  $ printf '<<<<<<< HEAD\nmlo: 1\n=======\nmlo: 1\n>>>>>>> theirs\n' > x.mlo; mlo status
  error[MLO-Y002]: 'x.mlo' has merge conflict markers
    --> x.mlo:1:1
    help: settle the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>
  [1]
  $ : > x.mlo; mlo status
  error[MLO-W003]: 'x.mlo' is not a pointer file
    --> x.mlo:1:1
  [1]
  $ head -c 100000 /dev/zero > x.mlo; mlo status
  error[MLO-U012]: '$CASE/work/x.mlo' holds 97.7 KiB, more than the 64.0 KiB allowed here
    help: mlo explain MLO-U012
  [1]

Adding again mends a broken pointer.

  $ mlo add x; cmp x.mlo sound; mlo status
  updated 'x' (2 B)
    next: git add x.mlo
  2 tracked paths unchanged

Every name that Linux allows works inside a tracked folder, and is shown without harm.

  $ mkdir names; cd names; touch -- "$(printf 'new\nline')" "$(printf 'quote\047"')" "$(printf 'bad\377utf8')" "$(printf '%0255d' 0)" ' ' '-n' '*' 'a\b' "$(printf 'esc\033[31m')"; cd ..
  $ mlo add names; mlo status
  added 'names' (9 files, 0 B)
    next: git add names.mlo .gitignore
  3 tracked paths unchanged
  $ rm names/*; mlo status -s
  D names/ 
  D names/*
  D names/-n
  D names/000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
  D names/a\\b
  D names/bad\xffutf8
  D names/esc\x1b[31m
  D names/new\nline
  D names/quote\'"

As a target, a name that is not UTF-8 is written as bytes.

  $ f="$(printf 'raw\377')"; printf 'x\n' > "$f"; mlo add "$f"; cat "$f.mlo"; mlo status --json "$f" | check_json
  added 'raw\xff' (2 B)
    next: git add $'raw\xff.mlo' .gitignore
  mlo: 1
  path_bytes: cmF3/w==
  id: sha256:73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac
  kind: file
  size: 2
  $ f="$(printf 'two\nlines')"; printf 'x\n' > "$f"; mlo add "$f"; cat "$f.mlo"; git status --short
  added 'two\nlines' (2 B)
    next: git add $'two\nlines.mlo' .gitignore
  mlo: 1
  path: "two\nlines"
  id: sha256:73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac
  kind: file
  size: 2
  ?? .gitignore
  ?? good.mlo
  ?? names.mlo
  ?? "raw\377.mlo"
  ?? sound
  ?? "two\nlines.mlo"
  ?? x.mlo

An empty file, an empty folder, a folder 200 deep.

  $ : > nothing; mkdir void; mlo add nothing void; cat nothing.mlo void.mlo
  added 'nothing' (0 B)
  added 'void' (0 files, 0 B)
    next: git add nothing.mlo void.mlo .gitignore
  mlo: 1
  path: nothing
  id: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  kind: file
  size: 0
  mlo: 1
  path: void
  id: sha256:714823f73ca61c38b80842767b2a46a7caaa1c1de4156e29ad2a2b7d024d761f
  kind: directory
  size: 0
  files: 0
  $ mkdir deep; cd deep; for i in $(seq 200); do mkdir "$(printf 'a-rather-long-name-of-a-folder-%03d' $i)"; cd "$(printf 'a-rather-long-name-of-a-folder-%03d' $i)"; done; printf 'x\n' > bottom; cd "$CASE/work"
  $ mlo add deep; printf 'n\n' > deep/new; mlo status -s; mlo add -q deep; mlo status; rm -rf deep deep.mlo
  added 'deep' (1 file, 2 B)
    next: git add deep.mlo .gitignore
  A deep/new
  D names/ 
  D names/*
  D names/-n
  D names/000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
  D names/a\\b
  D names/bad\xffutf8
  D names/esc\x1b[31m
  D names/new\nline
  D names/quote\'"
  names: modified (9 deleted)
      deleted       names/   (0 B)
      deleted       names/*  (0 B)
      deleted       names/-n  (0 B)
      deleted       names/000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000  (0 B)
      deleted       names/a\\b  (0 B)
      deleted       names/bad\xffutf8  (0 B)
      deleted       names/esc\x1b[31m  (0 B)
      deleted       names/new\nline  (0 B)
      deleted       names/quote\'"  (0 B)
    next: mlo add names    (keeps the changes)

A hundred thousand files in one folder.

  $ mkdir flat; cd flat; seq 100000 | xargs touch; cd ..; mlo add --no-progress flat; rm flat/777; mlo status -s flat; rm -rf flat flat.mlo
  added 'flat' (100,000 files, 0 B)
    next: git add flat.mlo .gitignore
  D flat/777

A symbolic link above the path is not followed.

  $ mkdir real; printf 'x\n' > real/f; ln -s real link; mlo add link/f
  error[MLO-U007]: cannot open folder '$CASE/work/link': Too many levels of symbolic links
  [1]
  $ ln -sf /etc/hostname .gitignore-target; rm .gitignore; ln -s .gitignore-target .gitignore; printf 'x\n' > late; mlo add late; rm .gitignore
  error[MLO-W010]: '.gitignore' is no regular file, so git does not read it
    help: mlo explain MLO-W010

Nothing is recorded of a file that may not be read.

  $ printf 's\n' > names/secret; chmod 0 names/secret
  $ if [ "$(id -u)" = 0 ]; then chmod 644 names/secret; else mlo add names 2>&1 | grep -q MLO-U004 && chmod 644 names/secret; fi

A list of what is in packs that is damaged hides what it alone lists, and nothing else; the next 'mlo add' brings it back, and keeps the damaged one.

  $ mkdir ../lists && cd ../lists && git init -q && mlo init -q && mkdir ../there && mlo remote add origin ../there -q
  $ for i in 1 2 3 4 5 6; do seq $i 900 > kept$i; done && mlo add -q kept* && echo hidden > hidden && mlo add -q hidden
  $ list=$(ls -S .git/mlo/index/* | tail -n 1) && chmod +w $list && truncate -s 20 $list && rm kept1 hidden
  $ mlo checkout kept1 && head -n 1 kept1
  1 added (3.4 KiB written)
  1
  $ mlo checkout 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  error[MLO-W053]: 1 object of the version of 'hidden' is not in the store of this clone
    = 'hidden'
    = index segment 'index/....idx' is damaged: it has no sound header
    help: 'mlo fetch', or 'mlo add' of any path: it lists anew what is in the packs
  $ mlo cat hidden 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  error[MLO-S004]: index segment 'index/....idx' is damaged: it has no sound header
    = object sha256:... may be listed there
    help: 'mlo fetch', or 'mlo add' of any path: it lists anew what is in the packs
  $ mlo status 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  warning: index segment 'index/....idx' is damaged: it has no sound header
  hidden: not checked out, missing from the store
  $ mlo push 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  pushed 6 versions to 'origin' (6 records, 9.6 KiB)
  error[MLO-X011]: 'hidden' was not pushed: index segment 'index/....idx' is damaged: it has no sound header
    = object sha256:... may be listed there
    help: 'mlo fetch', or 'mlo add' of any path: it lists anew what is in the packs
  $ mlo add kept2 2>&1 | sed 's/[0-9a-f]\{64\}/.../'
  warning: index segment 'index/....idx' is damaged: it has no sound header; it is in 'quarantine' now, and its packs are listed anew
  'kept2' is unchanged
  $ mlo checkout && cat hidden && ls .git/mlo/quarantine | wc -l
  1 added (7 B written)
  hidden
  1
  $ mlo push
  pushed 1 version to 'origin' (1 record, 207 B)
    next: git push
