A path that was typed in a folder below is kept relative to the root; the URL is committed, the approval is not.

  $ git init -q && mlo init -q && mkdir sub
  $ mlo -C sub remote add origin ../../share
  remote origin = ../share in $CASE/work/.mlo/config.yaml
    next: git add $CASE/work/.mlo/config.yaml
    next: mlo remote check origin
  $ grep -A3 '^remote' .mlo/config.yaml .git/mlo/config.yaml
  .mlo/config.yaml:remote:
  .mlo/config.yaml-  origin:
  .mlo/config.yaml-    url: "../share"
  --
  .git/mlo/config.yaml:remote:
  .git/mlo/config.yaml-  origin:
  .git/mlo/config.yaml-    trusted-url: "../share"
  $ stat -c %a .git/mlo/config.yaml
  600
  $ mlo remote add backup file:///tmp/mlo%20backup --local
  remote backup = file:///tmp/mlo%20backup in .git/mlo/config.yaml
    next: mlo remote check backup
  $ mlo remote add second /mnt/second --default
  remote second = /mnt/second in .mlo/config.yaml, the default
    next: git add .mlo/config.yaml
    next: mlo remote check second
  $ mlo remote list
  NAME    URL                       FROM
  backup  file:///tmp/mlo%20backup  local
  origin  ../share                  repository
  second  /mnt/second               repository  default
  $ test -e ../share
  [1]

One name, one remote; the local file may say otherwise than the committed one.

  $ mlo remote add origin /elsewhere
  error[MLO-R017]: the remote 'origin' is there already: '../share'
    help: mlo remote remove origin
  [1]
  $ mlo remote add origin /elsewhere --local
  remote origin = /elsewhere in .git/mlo/config.yaml
    next: mlo remote check origin
  $ mlo remote add backup ../b
  remote backup = ../b in .mlo/config.yaml
  warning: not in force here: .git/mlo/config.yaml:9:10 says 'file:///tmp/mlo%20backup'
    next: git add .mlo/config.yaml
    next: mlo remote check backup
  $ mlo remote list
  NAME    URL                       FROM
  backup  file:///tmp/mlo%20backup  local
  origin  /elsewhere                local
  second  /mnt/second               repository  default

A folder of another machine; nothing is connected to.

  $ mlo remote add host ada@host.invalid:data -q && mlo remote add url ssh://ada@host.invalid:2222/data -q
  $ mlo remote list | grep invalid
  host    ada@host.invalid:data             repository
  url     ssh://ada@host.invalid:2222/data  repository
  $ mlo remote remove -q host && mlo remote remove -q url

What is no name and no place.

  $ mlo remote add 'a b' /x
  error[MLO-R014]: 'a b' is no name for a remote
    help: at most 64 letters, digits, '-' and '_', the first of them a letter or digit
  [2]
  $ mlo remote add a.b /x
  error[MLO-R014]: 'a.b' is no name for a remote
    help: at most 64 letters, digits, '-' and '_', the first of them a letter or digit
  [2]
  $ mlo remote add -- -a /x
  error[MLO-R014]: '-a' is no name for a remote
    help: at most 64 letters, digits, '-' and '_', the first of them a letter or digit
  [2]
  $ mlo remote add x ''
  error[MLO-R011]: the URL of a remote is empty
  [2]
  $ mlo remote add x c:/data
  error[MLO-R011]: the URL 'c:/data' looks like a path on a drive of Windows
    help: ssh://c/path for the host, ./c:/data for a folder of that name
  [2]
  $ mlo remote add x host:
  error[MLO-R011]: the URL 'host:' is neither a path nor a URL
    help: ./host: for a folder of that name
  [2]
  $ mlo remote add x s3:bucket
  error[MLO-R011]: the URL 's3:bucket' lacks '//' behind 's3:'
    help: ssh://s3/path for a host of that name
  [2]
  $ mlo remote add x ssh://-oProxyCommand=x/y
  error[MLO-N062]: the host '-oProxyCommand=x' of the URL 'ssh://-oProxyCommand=x/y' is no name
  [2]
  $ mlo remote add x ssh://host/a/../b
  error[MLO-R011]: the URL 'ssh://host/a/../b' holds the component '..'
    help: write the path in full
  [2]
  $ mlo remote add x s4://bucket/a
  error[MLO-R010]: the URL 's4://bucket/a' has the unknown scheme 's4'
    = known: file, https, http, s3, ssh
    help: did you mean 's3'?
  [2]
  $ mlo remote add x fil:///a
  error[MLO-R010]: the URL 'fil:///a' has the unknown scheme 'fil'
    = known: file, https, http, s3, ssh
    help: did you mean 'file'?
  [2]
  $ mlo remote add x file://server/share
  error[MLO-R013]: 'file://server/share' is on another machine
    help: mount the folder here, or write 'file:///path' for one of this machine
  [1]
  $ mlo remote add x file:relative
  error[MLO-R011]: the URL 'file:relative' has no absolute path
    help: file:///path, or a plain path
  [2]
  $ mlo remote add x 'file:///a?b'
  error[MLO-R011]: the URL 'file:///a' holds a '?' or '#'
    help: '%3F' and '%23' in a file: URL, or a plain path
  [2]
  $ mlo remote add x 'file:///a%00b'
  error[MLO-R011]: the URL 'file:///a%00b' escapes a line break or a NUL
  [2]
  $ mlo remote add x 'file:///a%0ab'
  error[MLO-R011]: the URL 'file:///a%0ab' escapes a line break or a NUL
  [2]
  $ mlo remote add x 'file:///a%2Fb'
  error[MLO-R011]: the URL 'file:///a%2Fb' escapes a slash
  [2]
  $ mlo remote add x 'file:///a%zz'
  error[MLO-R011]: the URL 'file:///a%zz' has a '%' without two hex digits
    help: '%25' for a percent sign
  [2]
  $ mlo remote add x "$(printf '/a\nb')"
  error[MLO-R011]: the URL '/a\nb' holds a line break or a NUL
  [2]
  $ mlo remote add x
  error[MLO-A005]: missing 'URL': a folder, or a URL
    help: mlo remote add -h
  [2]
  $ mlo remote add host:dir ./host:dir
  error[MLO-R014]: 'host:dir' is no name for a remote
    help: at most 64 letters, digits, '-' and '_', the first of them a letter or digit
  [2]
  $ mlo remote add odd ./host:dir
  warning: './host:dir' lies inside the workspace, so git and 'mlo add' see it
  remote odd = ./host:dir in .mlo/config.yaml
    next: git add .mlo/config.yaml
    next: mlo remote check odd

A password is neither kept nor shown.

  $ mlo remote add x https://ada:s3cr3t@example.org/data
  error[MLO-R012]: a password in the URL of 'https://example.org/data'
    help: leave out what stands before '@'; never commit a password
  [2]
  $ mlo remote add x 'https://ada:s3/cr3t@example.org/data' 2>&1 | grep -c s3
  0
  [1]
  $ mlo remote add x 'ada:s3cr3t@host:data'
  error[MLO-R012]: a password in the URL of 'host:data'
    help: leave out what stands before '@'; never commit a password
  [2]
  $ grep -r s3 .mlo .git/mlo
  [1]

In the workspace itself, and without one.

  $ mlo remote add inside data/remote
  warning: './data/remote' lies inside the workspace, so git and 'mlo add' see it
  remote inside = ./data/remote in .mlo/config.yaml
    next: git add .mlo/config.yaml
    next: mlo remote check inside
  $ mkdir ../bare && cd ../bare && mlo remote add origin /x
  error[MLO-C009]: there is no repository configuration here
    help: mlo init
  [1]
