'mlo' alone is an overview of at most twenty lines.

  $ mlo | head -n 4
  mlo 0.1.0: the MLOps toolchain in one binary
  
  usage: mlo [-C DIR] [--json] [-q] [-v] COMMAND [ARGUMENT...]
  
  $ mlo | awk 'END { print NR <= 20 }'
  1
  $ mlo -h | cmp - <(mlo)

A summary of a command is one screen, examples first.

  $ mlo explain -h
  mlo explain: say what the code of an error means and what to do
  
  examples:
    mlo explain MLO-U005  the cause of an error, and what to do
    mlo explain           every code
  
  usage: mlo explain [CODE]
  
  arguments:
    CODE  a code as a message shows it, with or without 'MLO-' [default: list all]
  
  always: -C DIR; --json; --config KEY=VALUE; -q, --quiet; -v, --verbose; --color auto|always|never; --no-progress; -h; --help
  manual page: mlo help explain
  $ for command in $(mlo __dump-cli | jq -r '.commands[].name | gsub(" "; "_")'); do mlo ${command//_/ } -h | awk 'END { if (NR > 40) print "too long" }'; done

Guesses are given where they are good, and never run.

  $ mlo versoin
  error[MLO-A001]: unknown command 'versoin'
    help: did you mean 'mlo version'?
  [2]
  $ mlo xyzzy
  error[MLO-A001]: unknown command 'xyzzy'
    help: 'mlo' lists the commands
  [2]
  $ mlo explain --jsno
  error[MLO-A002]: unknown option '--jsno'
    help: did you mean '--json'?
  [2]
  $ mlo explain --js
  error[MLO-A002]: unknown option '--js'
    help: mlo explain -h
  [2]
  $ mlo --colour=never version
  error[MLO-A002]: unknown option '--colour'
    help: did you mean '--color'?
  [2]
  $ mlo version --color=sometimes
  error[MLO-A003]: '--color' takes one of auto, always, never, not 'sometimes'
    help: mlo version -h
  [2]
  $ mlo version --color
  error[MLO-A004]: option '--color' needs a value: when to use colour [default: auto, on terminals]
    help: mlo version -h
  [2]
  $ mlo version --quiet=yes
  error[MLO-A004]: option '--quiet' takes no value
    help: mlo version -h
  [2]
  $ mlo -q version -v
  error[MLO-A007]: '--quiet' and '--verbose' contradict each other
  [2]
  $ mlo version -x
  error[MLO-A002]: unknown option '-x'
    help: mlo version -h
  [2]
  $ mlo version -- -x
  error[MLO-A006]: unexpected argument '-x'
    help: mlo version -h
  [2]
  $ mlo 'two
  > lines'
  error[MLO-A001]: unknown command 'two\nlines'
    help: 'mlo' lists the commands
  [2]

Options of all commands stand before or after the command.

  $ mlo --json version | jq -r .schema
  mlo/version-v1
  $ mlo -C / -C tmp version
  mlo * (glob)
  $ mlo -C nowhere version
  error[MLO-U003]: cannot change to folder 'nowhere': No such file or directory
  [1]
  $ mlo --json
  error[MLO-A008]: '--json' needs a command that answers something
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A008",
    "kind": "usage",
    "message": "'--json' needs a command that answers something",
    "notes": []
  }
  [2]
  $ mlo completion bash --json
  error[MLO-A008]: 'mlo completion' has no JSON output
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A008",
    "kind": "usage",
    "message": "'mlo completion' has no JSON output",
    "notes": []
  }
  [2]

With --json an error is a document too.

  $ mlo explain --json X999 2>/dev/null | check_json
  $ mlo --json nonsense 2>/dev/null | jq -r .code
  MLO-A001
  $ mlo __dump-cli | check_json

An unknown command may be a program.

  $ mkdir bin && printf '#!/bin/sh\necho "in ${PWD##*/}: $*"; exit 7\n' >bin/mlo-greet && chmod +x bin/mlo-greet
  $ PATH=$PWD/bin:$PATH mlo -C bin --json greet 'a b' --flag
  in bin: --json a b --flag
  [7]
  $ printf '#!/no/such/program\n' >bin/mlo-greet
  $ PATH=$PWD/bin:$PATH mlo greet
  error[MLO-A012]: cannot start '$CASE/work/bin/mlo-greet': No such file or directory
    help: mlo explain MLO-A012
  [1]
  $ PATH=bin:$PATH mlo greet
  error[MLO-A001]: unknown command 'greet'
    help: 'mlo' lists the commands
  [2]

Nothing but text reaches a pipe; colour is there on demand, and never alone.

  $ mlo explain | grep -c $'\x1b'
  0
  [1]
  $ FORCE_COLOR=1 mlo explain U005 | head -n 1
  \x1b[1mMLO-U005\x1b[0m: io (exit code 1) (esc)
  $ FORCE_COLOR=1 NO_COLOR=1 mlo explain U005 | head -n 1
  MLO-U005: io (exit code 1)
  $ NO_COLOR=1 mlo explain U005 --color=always | head -n 1
  \x1b[1mMLO-U005\x1b[0m: io (exit code 1) (esc)
  $ FORCE_COLOR=1 mlo explain U005 --color=never | head -n 1
  MLO-U005: io (exit code 1)
  $ FORCE_COLOR=1 mlo nonsense
  \x1b[1;31merror[MLO-A001]\x1b[0m: unknown command 'nonsense' (esc)
    \x1b[1mhelp:\x1b[0m 'mlo' lists the commands (esc)
  [2]

On a terminal there is colour without being asked for, unless the terminal is dumb or the user said no.

  $ terminal() { TERM=${2:-xterm} script -qec "$1" /dev/null | tr -d '\r'; }
  $ terminal 'mlo explain U005 | head -n 1'
  MLO-U005: io (exit code 1)
  $ terminal 'mlo nonsense'
  \x1b[1;31merror[MLO-A001]\x1b[0m: unknown command 'nonsense' (esc)
    \x1b[1mhelp:\x1b[0m 'mlo' lists the commands (esc)
  $ terminal 'mlo nonsense' dumb
  error[MLO-A001]: unknown command 'nonsense'
    help: 'mlo' lists the commands
  $ terminal 'NO_COLOR=1 mlo nonsense'
  error[MLO-A001]: unknown command 'nonsense'
    help: 'mlo' lists the commands
  $ terminal 'mlo version'
  mlo 0.1.0

A reader that goes away is no error; an answer that cannot be written is.

  $ exec {closed}> >(true); wait $!
  $ mlo help >&$closed
  [141]
  $ (trap '' PIPE; mlo help >&$closed)
  [141]
  $ mlo --json version >&$closed
  [141]
  $ mlo version >/dev/full
  error[MLO-A009]: cannot write to standard output: No space left on device
    help: mlo explain MLO-A009
  [1]
  $ mlo --json version >/dev/full
  error[MLO-A009]: cannot write to standard output: No space left on device
    help: mlo explain MLO-A009
  [1]

A hostile world.

  $ mlo version <&- >&- 2>&-
  $ mlo nonsense 2>&-
  [2]
  $ mkdir gone; (cd gone; rmdir ../gone; mlo version)
  mlo 0.1.0
  $ env -i "$(command -v mlo)" version
  mlo 0.1.0
  $ mlo $'\xff\xfe'
  error[MLO-A001]: unknown command '\xff\xfe'
    help: 'mlo' lists the commands
  [2]
  $ mlo explain $'\xff' --json 2>/dev/null | check_json
  $ mlo explain ''
  error[MLO-A011]: there is no diagnostic ''
    help: 'mlo explain' lists them all
  [2]
