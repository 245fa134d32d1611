  $ git init -q && mlo init -q && mlo remote add origin ../share -q
  $ mlo remote check | sed 's/([0-9.]* ms)/(TIME)/'
  origin = ../share
    can    store and remove
    can    list what it holds
    can    read a part of a value
    can    never overwrite, whoever else writes
    can    keep what was acknowledged through a power cut
    ok     ask what is there (TIME)
    ok     store a value (TIME)
    ok     read it back (TIME)
    ok     read a part of it (TIME)
    ok     ask for its size (TIME)
    ok     store it again, which must change nothing (TIME)
    ok     find it in a listing (TIME)
    ok     remove it (TIME)
  $ find ../share -type f
  $ mlo remote check --json | check_json
  $ mlo remote trust --revoke origin -q
  $ mlo remote check --json | check_json
  only read: this clone has not approved the URL
    next: mlo remote trust origin
  $ mlo remote check | sed 's/([0-9.]* ms)/(TIME)/'
  only read: this clone has not approved the URL
    next: mlo remote trust origin
  origin = ../share
    cannot store and remove
    can    list what it holds
    can    read a part of a value
    can    never overwrite, whoever else writes
    can    keep what was acknowledged through a power cut
    ok     ask what is there (TIME)
    ok     read a value (TIME)
    ok     list keys (TIME)

A drive that is not there, and a file in the place of the folder.

  $ mlo remote add usb /media/nowhere/data -q
  $ mlo remote check usb | tail -n 2
    FAILED ask what is there: MLO-R003: there is no folder '/media/nowhere/data'
           help: is the drive mounted? Otherwise correct the URL: mlo remote list
  $ mlo remote check usb --json > answer; echo $?
  1
  $ check_json < answer
  $ echo > ../file && mlo remote add file ../file -q && mlo remote check file | grep FAILED
    FAILED store a value: MLO-U006: cannot make folder '$CASE/file': File exists

A link in the remote leads nowhere.

  $ rm -r ../share && mkdir -p ../share ../victim && ln -s ../victim ../share/check
  $ mlo remote trust origin -q; mlo remote check origin | grep FAILED
    FAILED store a value: MLO-U006: cannot make folder '$CASE/share/check': File exists
  $ ls -A ../victim

A remote of a newer mlo, and a folder of something else: nothing is tried there, and what this clone remembers does not count.

  $ rm ../share/check && mlo remote remove usb -q && mlo remote remove file -q && echo 1 > n && mlo add -q n && mlo push -q
  $ printf 'mlo remote 2\n' > ../share/format; mlo remote check | tail -n 2
    FAILED ask what is there: MLO-X001: '$CASE/share' has format 2, this mlo knows format 1
           help: mlo explain MLO-X001
  $ echo 2 > n && mlo add -q n && find ../share -type f > before && mlo push
  error[MLO-X001]: '$CASE/share' has format 2, this mlo knows format 1
    help: mlo explain MLO-X001
  [1]
  $ find ../share -type f | diff before -
  $ mlo status --remote
  1 tracked path unchanged
  error[MLO-X001]: '$CASE/share' has format 2, this mlo knows format 1
    help: mlo explain MLO-X001
  [1]
  $ rm -r .git/mlo/packs .git/mlo/index .git/mlo/whole n; mlo pull
  error[MLO-X001]: '$CASE/share' has format 2, this mlo knows format 1
    help: mlo explain MLO-X001
  [1]
  $ mlo doctor | grep -A1 origin
  0 errors, 1 warning
    warning origin = ../share: '$CASE/share' has format 2, this mlo knows format 1
            help: mlo explain MLO-X001
  $ printf 'backup of June\n' > ../share/format; mlo remote check | tail -n 1
           help: mlo explain MLO-X002
