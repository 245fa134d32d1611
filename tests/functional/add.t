A folder and a file are stored, get a pointer each, and are ignored by git.

  $ git init -q; git commit -q --allow-empty -m start
  $ mkdir -p data/sub/empty; printf 'one\n' > data/a.csv; printf 'two\n' > data/sub/b.csv; ln -s a.csv data/latest; chmod +x data/sub/b.csv
  $ printf 'weights\n' > model.bin
  $ mlo add data model.bin
  added 'data' (3 files, 8 B)
  added 'model.bin' (8 B)
    next: git add data.mlo model.bin.mlo .gitignore
  $ cat data.mlo model.bin.mlo .gitignore
  mlo: 1
  path: data
  id: sha256:170b71ea7d320577f0584961016adaca1605015033559c7c03dc783e3913b2ab
  kind: directory
  size: 8
  files: 3
  mlo: 1
  path: model.bin
  id: sha256:1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0
  kind: file
  size: 8
  /data
  /model.bin
  $ sha256sum < model.bin
  1b465fa6b6bcbc06a3199e3d2d8aec35d37494a712f888b6d5536684dd89d0f0  -
  $ git add data.mlo model.bin.mlo .gitignore && git commit -qm data && git status --short

Adding again writes nothing, and neither does it where the stat cache is gone or damaged.

  $ mlo add data model.bin
  2 paths unchanged
  $ rm -f .git/mlo/statcache; mlo add data
  'data' is unchanged
  $ printf 'rubbish' > .git/mlo/statcache; mlo add data model.bin
  2 paths unchanged
  $ git status --short

A change is recorded; what is stored already is not stored again.

  $ printf 'three\n' > data/c.csv
  $ mlo add data
  updated 'data' (4 files, 14 B)
    next: git add data.mlo
  $ git diff --stat
   data.mlo | 6 +++---
   1 file changed, 3 insertions(+), 3 deletions(-)
  $ cd data; mlo add ../data --json | check_json; cd ..

What cannot be tracked is refused, with the way out, and nothing is written.

  $ mlo add nothing
  error[MLO-W021]: there is nothing at 'nothing'
  [1]
  $ mlo add /etc/passwd
  error[MLO-W002]: '/etc/passwd' is outside the workspace '$CASE/work'
  [2]
  $ mlo add ../outside
  error[MLO-W002]: '../outside' is outside the workspace '$CASE/work'
  [2]
  $ mlo add .
  error[MLO-W016]: the whole workspace cannot be tracked, only files and folders in it
  [2]
  $ mlo add .git/config
  error[MLO-W002]: '.git/config' belongs to git, not to your data
  [2]
  $ mlo add data/a.csv
  error[MLO-W007]: 'data/a.csv' lies in 'data', which is tracked as a whole
    help: mlo add data
  [1]
  $ mlo add data.mlo
  error[MLO-W016]: 'data.mlo' is a pointer file, not data
    help: mlo add data
  [2]
  $ mlo add .gitignore
  error[MLO-W016]: '.gitignore' is no data: it belongs in git
  [2]
  $ ln -s data alias; mlo add alias
  error[MLO-W011]: 'alias' is a symbolic link
    help: mlo explain MLO-W011
  [1]
  $ mkfifo pipe; mlo add pipe
  error[MLO-W010]: 'pipe' is neither a file nor a folder
    help: mlo explain MLO-W010
  [1]
  $ printf 'x\n' > code.py; git add code.py; mlo add code.py
  error[MLO-W009]: git tracks 'code.py' already
    help: git rm -r --cached code.py
  [1]
  $ mkdir pkg; printf 'x\n' > pkg/a.py; printf 'y\n' > pkg/b.py; git add pkg; mlo add pkg
  error[MLO-W009]: git tracks 2 of the files to be added already
    = 'pkg/a.py'
    = 'pkg/b.py'
    help: git rm -r --cached pkg
  [1]
  $ mkdir outer; printf 'x\n' > outer/part; mlo add -q outer/part; mlo add outer
  error[MLO-W008]: 'outer/part.mlo' tracks a part of the folder already
    = nothing was recorded
  [1]
  $ mkdir both; printf 'x\n' > both/x; mlo add both both/x
  error[MLO-W007]: 'both/x' lies in 'both', which is to be tracked as a whole
  [1]
  $ mkdir -p repo/.git; printf 'x\n' > repo/x; mlo add repo
  error[MLO-W013]: 'repo/.git' would be git's own folder on some file systems
    = nothing was recorded
    help: mlo explain MLO-W013
  [1]
  $ mkdir case; mkdir case/.GiT; mlo add case
  error[MLO-W013]: 'case/.GiT' would be git's own folder on some file systems
    = nothing was recorded
    help: mlo explain MLO-W013
  [1]
  $ printf '*.mlo\n' > both/.gitignore; mlo add both/x
  error[MLO-W017]: git ignores 'both/x.mlo', the pointer that would be written
    help: git check-ignore -v both/x.mlo    (shows the rule to remove)
  [1]
  $ mlo add "$(printf '%0252d' 0)"
  error[MLO-W012]: the name of '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000' is 252 bytes long, and that of its pointer would exceed 255
    help: move it into a folder and track that
  [1]
  $ touch "$(printf '%0252d' 0)"; mlo add "$(printf '%0252d' 0)"
  error[MLO-W012]: the name of '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000' is 252 bytes long, and that of its pointer would exceed 255
    help: move it into a folder and track that
  [1]
  $ mlo add
  error[MLO-A005]: missing 'PATH': files and folders to track, or to track anew
    help: mlo add -h
  [2]
  $ git status --short
  A  code.py
   M data.mlo
  A  pkg/a.py
  A  pkg/b.py
  ?? 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
  ?? alias
  ?? both/
  ?? outer/
  ?? repo/

Something in the data that is neither file, folder nor link is an error; .mloignore leaves it out.

  $ mkdir mixed; printf 'x\n' > mixed/x; mkfifo mixed/pipe mixed/queue
  $ mlo add mixed
  error[MLO-W010]: 2 paths cannot be added; nothing was recorded
    = 'mixed/pipe' is neither a file, a folder nor a symbolic link
    = 'mixed/queue' is neither a file, a folder nor a symbolic link
    help: mlo explain MLO-W010
  [1]
  $ printf 'pipe\nqueue\n' > mixed/.mloignore
  $ mlo add mixed
  added 'mixed' (2 files, 13 B)
    next: git add mixed.mlo .gitignore

Patterns are mlo's own: '**' crosses folders, and a folder that matches is one target.

  $ mkdir -p many/x/y; touch many/1.csv many/2.csv many/note.txt many/x/3.csv many/x/y/4.csv
  $ mlo add --glob 'many/*.csv'
  added 'many/1.csv' (0 B)
  added 'many/2.csv' (0 B)
    next: git add many/1.csv.mlo many/2.csv.mlo many/.gitignore
  $ mlo add --glob 'many/**/*.csv' -q; ls many many/x/y
  many:
  1.csv
  1.csv.mlo
  2.csv
  2.csv.mlo
  note.txt
  x
  
  many/x/y:
  4.csv
  4.csv.mlo
  $ mlo add --glob 'none/*.csv'
  error[MLO-W019]: no file or folder matches 'none/*.csv'
  [1]
  $ mlo add --glob '../*.csv'
  error[MLO-W018]: '../*.csv' is no pattern of paths below the current folder
  [2]
  $ cd many; mlo add --glob 'x/*.csv'; cd ..
  'x/3.csv' is unchanged

Without git there are pointers alone.

  $ mkdir ../plain; cd ../plain; printf 'x\n' > f
  $ mlo add f
  error[MLO-W001]: '$CASE/plain' is in no workspace
    help: git init    (or, without git: mlo init --no-git)
  [1]
  $ mlo init -q --no-git; mlo add f; ls -A
  added 'f' (2 B)
  .mlo
  f
  f.mlo
