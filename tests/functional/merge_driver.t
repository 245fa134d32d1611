Branches that add different files to one tracked folder merge without a question.

  $ git init -q && mlo init -q && mlo hooks install --merge -q
  $ mkdir -p data/sub && for name in a b c sub/d; do echo $name >data/$name; done
  $ mlo add -q data && git add -A && git commit -qm base && git tag base
  $ git checkout -q -b side && mlo checkout -q
  $ echo side >data/side && echo changed >data/sub/d && rm data/b && mlo add -q data && git commit -qam side
  $ git checkout -q main && mlo checkout -q
  $ echo main >data/main && chmod +x data/a && mlo add -q data && git commit -qam main
  $ git merge -q side
  merged 'data.mlo': 3 entries of theirs
    next: mlo checkout data
  Auto-merging data.mlo
  $ mlo checkout -q && mlo status -q && (cd data && grep -r . . | sort)
  1 tracked path unchanged
  ./a:a
  ./c:c
  ./main:main
  ./side:side
  ./sub/d:changed
  $ cp data.mlo merged && mlo add -q data && cmp data.mlo merged && test -x data/a

A conflict: two pointers, either of which can be kept; both have what could be merged.

  $ git checkout -q -b left base && mlo checkout -q
  $ echo left >data/a && rm data/b && echo left >data/left && mlo add -q data && git commit -qam left
  $ git checkout -q -b right base && mlo checkout -q
  $ echo right >data/a && echo right >data/b && echo right >data/right && mlo add -q data && git commit -qam right
  $ git merge -q left
  error[MLO-W025]: both sides changed 2 entries of 'data'
    = 'data/a': changed on both sides
    = 'data/b': changed by ours, deleted by theirs
    help: keep one of the two pointers in 'data.mlo', then: mlo checkout data && git add data.mlo
  Auto-merging data.mlo
  CONFLICT (content): Merge conflict in data.mlo
  Automatic merge failed; fix conflicts and then commit the result.
  [1]
  $ sed 's/id: .*/id: .../' data.mlo
  <<<<<<< ours
  mlo: 1
  path: data
  id: ...
  kind: directory
  size: 31
  files: 6
  ||||||| in conflict
  # data/a: changed on both sides
  # data/b: changed by ours, deleted by theirs
  =======
  mlo: 1
  path: data
  id: ...
  kind: directory
  size: 24
  files: 5
  >>>>>>> theirs
  $ mlo status
  error[MLO-Y002]: 'data.mlo' has merge conflict markers
    --> data.mlo:1:1
    help: settle the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>
  [1]
  $ cp data.mlo conflict
  $ sed -i '/^=======/,$d; /^|||||||/,$d; /^<<<<<<</d' data.mlo && mlo checkout data && (cd data && grep -r . . | sort)
  1 added (5 B written)
  ./a:right
  ./b:right
  ./c:c
  ./left:left
  ./right:right
  ./sub/d:sub/d

Git can do it again, and the other pointer is as good.

  $ git checkout -m data.mlo 2>/dev/null; cmp data.mlo conflict
  $ sed -i '1,/^=======/d; /^>>>>>>>/d' data.mlo && mlo checkout -q data && (cd data && grep -r . . | sort)
  ./a:left
  ./c:c
  ./left:left
  ./right:right
  ./sub/d:sub/d
  $ git add data.mlo && git commit -qm settled

Rebase and cherry-pick merge in the same way.

  $ git checkout -q -b other base && mlo checkout -q
  $ echo one >data/one && mlo add -q data && git commit -qam one && echo two >data/two && mlo add -q data && git commit -qam two
  $ git rebase -q main
  merged 'data.mlo': 1 entry of theirs
    next: mlo checkout data
  merged 'data.mlo': 1 entry of theirs
    next: mlo checkout data
  $ mlo checkout -q && ls data
  a
  c
  main
  one
  side
  sub
  two
  $ git checkout -q right && mlo checkout -q && git cherry-pick other >/dev/null
  merged 'data.mlo': 1 entry of theirs
    next: mlo checkout data
  $ mlo checkout -q && ls data
  a
  c
  left
  right
  sub
  two

Criss-cross: git merges the two common ancestors first, in conflict, and that is what both sides began with.

  $ git checkout -q -b x base && mlo checkout -q && echo x >data/a && mlo add -q data && git commit -qam x
  $ git checkout -q -b y base && mlo checkout -q && echo y >data/a && mlo add -q data && git commit -qam y
  $ settle() { sed -i '/^=======/,$d; /^|||||||/,$d; /^<<<<<<</d' data.mlo; mlo checkout -q && echo z >data/a && echo $1 >data/$1 && mlo add -q data && git commit -qam $1; }
  $ git checkout -q -b x2 x && mlo checkout -q && git merge -q y >/dev/null 2>&1; settle x2
  $ git checkout -q -b y2 y && mlo checkout -q && git merge -q x >/dev/null 2>&1; settle y2
  $ git merge-base --all x2 y2 | wc -l
  2
  $ git merge -q x2
  merged 'data.mlo': 1 entry of theirs
    next: mlo checkout data
  Auto-merging data.mlo
  $ mlo checkout -q && (cd data && grep . a x2 y2)
  a:z
  x2:x2
  y2:y2
  $ git checkout -q x2 && mlo checkout -q && echo x >data/a && mlo add -q data && git commit -qam 'back to x'
  $ git checkout -q y2 && git reset -q --hard HEAD~1 && mlo checkout -q && git merge x2 2>&1 | grep = -A1
    = 'data/a': changed on both sides
    help: keep one of the two pointers in 'data.mlo', then: mlo checkout data && git add data.mlo
  $ git merge --abort

A pointer that one side renamed.

  $ git checkout -q -b renamed base && git mv data.mlo set.mlo && sed -i 's/path: data/path: set/' set.mlo && git commit -qam renamed
  $ git merge -q side
  merged 'set.mlo': as theirs
    next: mlo checkout set
  Auto-merging set.mlo
  $ mlo checkout -q set && ls set
  a
  c
  side
  sub

Pointers of files, and a folder that became a file.

  $ git checkout -q -b file1 base && echo 1 >f && mlo add -q f && git add -A && git commit -qm f
  $ git checkout -q -b file2 && echo 2 >f && mlo add -q f && git commit -qam f2
  $ git checkout -q file1 && mlo checkout -q && chmod +x f && mlo add -q f && git commit -qam f3
  $ git merge -q file2
  merged 'f.mlo': 1 entry of theirs
    next: mlo checkout f
  Auto-merging f.mlo
  $ mlo checkout -q && cat f && test -x f
  2
  $ git checkout -q -b file3 file2 && rm -r data && echo data >data && mlo add -q data && git commit -qam 'a file'
  $ git checkout -q -b file4 file2 && rm data && mkdir data && echo 4 >data/4 && mlo add -q data && git commit -qam 'a folder'
  $ git merge file3 >log 2>&1; head -n 2 log; rm log
  error[MLO-W025]: both sides changed 1 entry of 'data'
    = 'data': changed on both sides: a folder in ours, a file in theirs
  $ git merge --abort

Locks merge by stage; a conflict is around the lines of the stage alone.

  $ lock() { echo 'schema: mlo/pipeline-lock-v1'; echo stages:; for each; do echo "  ${each%=*}:"; echo "    command: fit ${each#*=}"; done; }
  $ git checkout -q -b lock base && lock a=1 b=1 c=1 >pipeline.lock && cp pipeline.lock other.lock && git add -A . && git commit -qm lock
  $ git checkout -q -b lock2 && lock a=2 b=1 c=1 d=1 >pipeline.lock && git commit -qam lock2
  $ git checkout -q -b lock3 lock && lock a=1 c=3 >pipeline.lock && git commit -qam lock3
  $ git merge -q lock2
  merged 'pipeline.lock': 2 stages of theirs
    next: mlo run
  Auto-merging pipeline.lock
  $ cat pipeline.lock
  schema: mlo/pipeline-lock-v1
  stages:
    a:
      command: fit 2
    c:
      command: fit 3
    d:
      command: fit 1
  $ git checkout -q -b lock4 lock && lock a=4 b=1 c=4 >pipeline.lock && git commit -qam lock4
  $ git merge -q lock2
  error[MLO-P190]: both sides changed 1 stage in 'pipeline.lock'
    = 'a'
    help: keep one of each in 'pipeline.lock', then: mlo run && git add pipeline.lock
  Auto-merging pipeline.lock
  CONFLICT (content): Merge conflict in pipeline.lock
  Automatic merge failed; fix conflicts and then commit the result.
  [1]
  $ cat pipeline.lock
  schema: mlo/pipeline-lock-v1
  stages:
  <<<<<<< ours
    a:
      command: fit 4
  =======
    a:
      command: fit 2
  >>>>>>> theirs
    b:
      command: fit 1
    c:
      command: fit 4
    d:
      command: fit 1
  $ git merge --abort
  $ echo 'schema: 9' >x && mlo merge-driver x pipeline.lock x sub/dvc.lock
  error[MLO-P190]: 'sub/dvc.lock' cannot be merged
    = * (glob)
    help: keep one side: git checkout --ours sub/dvc.lock (or --theirs), then: git add sub/dvc.lock
  [1]
  $ git restore pipeline.lock

A clone that has not got the lists of the folders.

  $ mkdir ../remote && mlo remote add -q origin ../remote --default && mlo push -q --all-commits
  $ cp .mlo/config.yaml ../config.yaml; git stash -q
  $ git clone -q . ../clone 2>/dev/null; cd ../clone && git checkout -q main && cp ../config.yaml .mlo/config.yaml && mlo hooks install --merge -q
  $ git merge -q origin/left
  error[MLO-W053]: to merge 'data', the list of one of its folders is not in the store of this clone
    = 'data'
    help: mlo fetch --rev HEAD --rev MERGE_HEAD --rev $(git merge-base HEAD MERGE_HEAD) data && git checkout -m data.mlo
  Auto-merging data.mlo
  CONFLICT (content): Merge conflict in data.mlo
  Automatic merge failed; fix conflicts and then commit the result.
  [1]
  $ git show :2:data.mlo >ours && git show :3:data.mlo >theirs
  $ sed -n '2,/^|||/p' data.mlo | sed '$d' | cmp - ours && sed '1,/^=====/d' data.mlo | sed '$d' | cmp - theirs
  $ mlo fetch -q --rev HEAD --rev MERGE_HEAD --rev $(git merge-base HEAD MERGE_HEAD) data && git checkout -m data.mlo
  merged 'data.mlo': 2 entries of theirs
    next: mlo checkout data
  Recreated 1 merge conflict

What cannot be merged at all leaves both sides whole, and says so to git.

  $ cd ../work && git stash pop -q
  $ git show base:data.mlo >ours && cp ours base && echo 'no pointer' >theirs
  $ mlo merge-driver base ours theirs data.mlo
  error[MLO-W025]: 'data.mlo' cannot be merged
    = data.mlo (theirs):1:1: 'data.mlo (theirs)' is not a pointer file
    help: keep one side: git checkout --ours data.mlo (or --theirs), then: git add data.mlo
  [1]
  $ tail -n 4 ours
  # 'data.mlo (theirs)' is not a pointer file
  =======
  no pointer
  >>>>>>> theirs
  $ mlo merge-driver base ours theirs notes.txt
  error[MLO-W026]: 'notes.txt' is neither a pointer nor a lock
    help: take 'merge=mlo' for it out of .gitattributes
  [1]
  $ cp base ours && cd / && mlo merge-driver $CASE/work/base $CASE/work/ours $CASE/work/theirs data.mlo
  error[MLO-W025]: 'data.mlo' cannot be merged
    = * (glob)
  * (glob)
  [1]
