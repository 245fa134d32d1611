A clone reads what the repository brings, and writes nothing there before the user has said so.

  $ git init -q && mlo init -q && mlo remote add origin ../share -q
  $ git add .mlo && git commit -qm start && git clone -q . ../clone && cd ../clone
  $ mkdir ../share
  $ mlo remote check 2>/dev/null | grep -c ok
  3
  $ ls -A ../share
  $ mlo remote trust origin
  remote origin = ../share approved for this clone
    next: mlo remote check origin
  $ mlo remote trust origin
  nothing to do: remote origin = ../share is approved
  $ mlo remote check -q | grep -c ok
  8
  $ grep -A2 origin .git/mlo/config.yaml
    origin:
      trusted-url: "../share"

The approval holds for that URL alone.

  $ mlo config --repository remote.origin.url /somewhere/else -q
  $ mlo remote list
  read only: this clone has not approved the URL
    next: mlo remote trust NAME
  NAME    URL              FROM
  origin  /somewhere/else  repository  default, read only
  $ mlo config --repository remote.origin.url ../share -q
  $ mlo remote list
  NAME    URL       FROM
  origin  ../share  repository  default
  $ mlo remote trust --revoke origin
  remote origin is only read from now on
  $ mlo remote trust --revoke origin
  nothing to do: remote origin was not approved
  $ mlo remote list
  read only: this clone has not approved the URL
    next: mlo remote trust NAME
  NAME    URL       FROM
  origin  ../share  repository  default, read only

What cannot be opened is not approved; what is the user's own needs no approval.

  $ mlo config --repository remote.bad.url s4://bucket -q
  $ mlo remote trust bad
  error[MLO-R010]: the URL 's4://bucket' has the unknown scheme 's4'
    --> .mlo/config.yaml:8:10
    = known: file, https, http, s3, ssh
    help: did you mean 's3'?
  [2]
  $ mlo config --user remote.mine.url /x -q
  $ mlo remote trust mine
  nothing to do: remote mine = /x is approved
  $ mlo remote trust --revoke mine
  nothing to do: remote mine was not approved
  warning: still approved: the URL is your own setting, $CASE/home/.config/mlo/config.yaml:5:10
  $ mlo remote trust nothing
  error[MLO-R015]: there is no remote 'nothing'
    help: mlo remote list
  [1]
