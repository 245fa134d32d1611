  $ git init -q && mlo init -q
  $ mlo remote list
  no remote yet
    next: mlo remote add NAME URL
  $ mlo remote list --json | check_json
  $ mlo remote add origin ../share
  remote origin = ../share in .mlo/config.yaml
    next: git add .mlo/config.yaml
    next: mlo remote check origin
  $ mlo remote add backup /mnt/backup
  remote backup = /mnt/backup in .mlo/config.yaml
    next: git add .mlo/config.yaml
    next: mlo remote check backup
  $ mlo remote list
  NAME    URL          FROM
  backup  /mnt/backup  repository
  origin  ../share     repository
  $ mlo remote list --json | check_json
  $ mlo remote list --json | tr -d ' \n'; echo
  {"schema":"mlo/remote-list-v1","remotes":[{"name":"backup","url":"/mnt/backup","default":false,"approved":true,"layer":"repository","place":".mlo/config.yaml:8:10"},{"name":"origin","url":"../share","default":false,"approved":true,"layer":"repository","place":".mlo/config.yaml:6:10"}]}

A clone has not approved what the repository brings, but what the user's own configuration says needs no approval.

  $ git add .mlo && git commit -qm start && git clone -q . ../clone && cd ../clone
  $ mlo config --user remote.mine.url /home/ada/data -q
  $ mlo remote list
  read only: this clone has not approved the URL
    next: mlo remote trust NAME
  NAME    URL             FROM
  backup  /mnt/backup     repository  read only
  mine    /home/ada/data  user
  origin  ../share        repository  read only

A password that somebody wrote into the file is not shown.

  $ mlo config --local remote.bad.url https://ada:s3cr3t@example.org/data -q
  $ mlo remote list | grep bad
  read only: this clone has not approved the URL
    next: mlo remote trust NAME
  bad     https://example.org/data  local       read only
  $ mlo remote check bad
  error[MLO-R012]: a password in the URL of 'https://example.org/data'
    --> .git/mlo/config.yaml:5:10
    help: leave out what stands before '@'; never commit a password
  [2]
  $ mlo remote list --json | grep -c s3cr3t
  0
  [1]

A committed approval is refused, with its place.

  $ mlo config --repository remote.origin.trusted-url ../share
  error[MLO-C003]: 'remote.origin.trusted-url' may not be set by a committed file
    help: mlo config --local remote.origin.trusted-url ../share
  [2]
  $ printf 'version: 1\nremote:\n  origin:\n    url: ../share\n    trusted-url: ../share\n' > .mlo/config.yaml
  $ mlo remote list
  error[MLO-C003]: 'remote.origin.trusted-url' may not be set by a committed file
    --> .mlo/config.yaml:5:5
    = what comes with a clone is not trusted with paths, programs and credentials of this machine
    help: remove the line; to set it for yourself: mlo config --local remote.origin.trusted-url VALUE
  [2]
  $ mlo __complete -- remote trust o
