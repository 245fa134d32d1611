Reading, writing, removing; the local file is the one that is written without a choice, and it is private.

  $ git init -q && mlo init -q
  $ mlo config core.jobs
  error[MLO-C008]: 'core.jobs' is not set
    help: mlo config core.jobs VALUE    (an integer from 1 to 1024)
  [1]
  $ mlo config core.jobs 4
  core.jobs = 4 in .git/mlo/config.yaml
  $ mlo config core.jobs
  4
  $ stat -c %a .git/mlo/config.yaml
  600
  $ mlo config --show-origin core.jobs
  4\tlocal .git/mlo/config.yaml:4:9 (esc)
  $ mlo config --unset core.jobs
  core.jobs removed from .git/mlo/config.yaml
  $ mlo config --unset core.jobs
  error[MLO-C008]: 'core.jobs' is not set in '.git/mlo/config.yaml'
    help: mlo config --list --show-origin
  [1]

The stronger place wins: --config, variable, local, repository, user.

  $ mlo config --user core.jobs 2
  core.jobs = 2 in $CASE/home/.config/mlo/config.yaml
  $ mlo config core.jobs
  2
  $ mlo config --repository core.jobs 3
  core.jobs = 3 in .mlo/config.yaml
    next: git add .mlo/config.yaml
  $ mlo config core.jobs
  3
  $ MLO_CORE_JOBS=5 mlo config core.jobs
  5
  $ MLO_CORE_JOBS=5 mlo --config core.jobs=6 config --show-origin core.jobs
  6\tflag --config (esc)
  $ mlo config --user core.jobs
  2
  $ mlo config --user core.jobs 1
  core.jobs = 1 in $CASE/home/.config/mlo/config.yaml
  warning: not in force here: repository .mlo/config.yaml:5:9 says '3'

All of them.

  $ mlo config | sed 's/[0-9a-f]\{32\}/ID/'
  cache.read=true
  cache.write=false
  checkout.link=reflink,copy
  core.jobs=3
  project=ID
  runs.storage=auto
  store.large=auto
  track.log-mib=8
  $ mlo config --list --all | grep -A2 store.dir
  store.dir is not set
      The folder of the store. Without it, 'mlo' in git's common folder, or '.mlo' without git.
      an absolute path
  $ mlo config --list --user
  core.jobs=1
  $ mlo config --json | check_json
  $ mlo config core.jobs --json | tr -d ' \n'; echo
  {"schema":"mlo/config-v1","settings":[{"name":"core.jobs","value":"3","layer":"repository","place":".mlo/config.yaml:5:9"}]}

What is wrong is said, with a guess.

  $ mlo config core.job
  error[MLO-C001]: there is no setting 'core.job'
    help: did you mean 'core.jobs'?
  [2]
  $ mlo config jobs 3
  error[MLO-C001]: there is no setting 'jobs'
    help: did you mean 'core.jobs'?
  [2]
  $ mlo config core.jobs many
  error[MLO-C002]: 'core.jobs' takes an integer from 1 to 1024, not 'many'
  [2]
  $ mlo config checkout.link hardlink
  error[MLO-C002]: 'checkout.link' takes a list of reflink, copy, each at most once, not 'hardlink'
  [2]
  $ mlo --config core.jobs config core.jobs
  error[MLO-C007]: --config takes KEY=VALUE, not 'core.jobs'
  [2]
  $ MLO_CORE_JOB=3 mlo config core.jobs
  error[MLO-C001]: the variable 'MLO_CORE_JOB' names no setting
    help: did you mean 'MLO_CORE_JOBS'?
  [2]
  $ mlo config --local --user core.jobs
  error[MLO-A007]: only one of --system, --user, --repository, --local can be meant
  [2]
  $ mlo config --unset
  error[MLO-A005]: '--unset' needs a key
    help: mlo config --unset KEY
  [2]

A clone is not trusted: the committed file may not set a path of this machine, neither by us nor by others.

  $ mlo config --repository store.dir /tmp/evil
  error[MLO-C003]: 'store.dir' may not be set by a committed file
    help: mlo config --local store.dir /tmp/evil
  [2]
  $ printf 'version: 1\nstore:\n  dir: /tmp/evil\n' > .mlo/config.yaml
  $ mlo config store.dir
  error[MLO-C003]: 'store.dir' may not be set by a committed file
    --> .mlo/config.yaml:3:3
    = what comes with a clone is not trusted with paths, programs and credentials of this machine
    help: remove the line; to set it for yourself: mlo config --local store.dir VALUE
  [2]

It disturbs no command that needs no setting, and can be mended by command.

  $ mlo version | cut -d' ' -f1
  mlo
  $ mlo config core.jobs 4
  core.jobs = 4 in .git/mlo/config.yaml
  warning: not in force yet: .mlo/config.yaml:3:3: 'store.dir' may not be set by a committed file
  $ mlo config --repository --unset store.dir
  store.dir removed from .mlo/config.yaml
  $ cat .mlo/config.yaml
  version: 1
  $ mlo config store.dir /tmp/mine
  store.dir = /tmp/mine in .git/mlo/config.yaml
  $ chmod 666 .git/mlo/config.yaml
  $ mlo config store.dir
  error[MLO-C004]: 'store.dir' may only be set in a file that nobody else can write
    --> .git/mlo/config.yaml:6:3
    help: look at the file, then take it over with chown and chmod 600
  [2]

Outside of any workspace there is the user's configuration.

  $ mkdir ../outside && cd ../outside
  $ mlo config core.jobs
  1
  $ mlo config core.jobs 4
  error[MLO-C009]: there is no local configuration here
    help: mlo init
  [1]
