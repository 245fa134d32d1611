  $ git init -q && mlo init -q
  $ mlo remote add origin ../share --default -q
  $ mlo remote add origin /mnt/share --local -q
  $ mlo remote add other ../other -q
  $ mlo remote rename origin share
  remote origin is now share
    next: git add .mlo/config.yaml
  $ mlo remote list
  NAME   URL         FROM
  other  ../other    repository
  share  /mnt/share  local       default
  $ mlo remote default
  share
  $ mlo remote rename share other
  error[MLO-R017]: the remote 'other' is there already
    help: mlo remote remove other
  [1]
  $ mlo remote rename share 'a b'
  error[MLO-R014]: 'a b' is no name for a remote
    help: at most 64 letters, digits, '-' and '_', the first of them a letter or digit
  [2]
  $ mlo remote rename origin x
  error[MLO-R015]: there is no remote 'origin'
    help: mlo remote list
  [1]
  $ mlo config --user remote.mine.url /x -q
  $ mlo remote rename mine ours
  error[MLO-R015]: the remote 'mine' stands in the user configuration
    --> $CASE/home/.config/mlo/config.yaml:5:10
    help: mlo config --user remote.ours.url URL
  [1]
