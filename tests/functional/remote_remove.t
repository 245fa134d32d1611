  $ git init -q && mlo init -q
  $ mlo remote add origin ../share --default
  remote origin = ../share in .mlo/config.yaml, the default
    next: git add .mlo/config.yaml
    next: mlo remote check origin
  $ mlo remote check -q | tail -n 1 | cut -c1-20
    ok     remove it (
  $ mlo remote remove origin
  remote origin removed from .mlo/config.yaml
  what was pushed to it stays there
    next: git add .mlo/config.yaml
  $ mlo remote list
  no remote yet
    next: mlo remote add NAME URL
  $ mlo config core.remote
  error[MLO-C008]: 'core.remote' is not set
    help: mlo config core.remote VALUE    (a text that is not empty)
  [1]
  $ grep origin .mlo/config.yaml .git/mlo/config.yaml
  [1]
  $ test -d ../share

Only the local one; then the committed one counts again, and the approval was for the other.

  $ mlo remote add origin ../share -q
  $ mlo remote add origin /mnt/share --local -q
  $ mlo remote remove origin --local
  remote origin removed from .git/mlo/config.yaml
  what was pushed to it stays there
  in force now is what is committed, ../share, which this clone has not approved
    next: mlo remote trust origin
  $ mlo remote list
  read only: this clone has not approved the URL
    next: mlo remote trust NAME
  NAME    URL       FROM
  origin  ../share  repository  default, read only
  $ mlo remote remove origin --local
  error[MLO-R015]: the remote 'origin' stands in the repository configuration
    --> .mlo/config.yaml:6:10
    help: mlo remote remove origin
  [1]
  $ mlo remote remove nothing
  error[MLO-R015]: there is no remote 'nothing'
    help: mlo remote list
  [1]
  $ mlo remote remove orign
  error[MLO-R015]: there is no remote 'orign'
    help: did you mean 'origin'?
  [1]
  $ mlo config --user remote.mine.url /x -q
  $ mlo remote remove mine
  error[MLO-R015]: the remote 'mine' stands in the user configuration
    --> $CASE/home/.config/mlo/config.yaml:5:10
    help: mlo config --user --unset remote.mine.url
  [1]
