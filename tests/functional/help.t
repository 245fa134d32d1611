The pages are part of the program.

  $ mlo help explain | head -n 8
  mlo-explain(1)
  
  NAME
      mlo-explain - say what the code of an error means and what to do
  
  SYNOPSIS
      mlo explain [CODE]
  
  $ mlo explain --help | cmp - <(mlo help explain)
  $ mlo --help | cmp - <(mlo help)
  $ mlo help mlo | cmp - <(mlo help)
  $ for command in $(mlo __dump-cli | jq -r '.commands[].name | gsub(" "; "-")'); do mlo help "$command" >page || echo "no page for $command"; done

They have no marker left and no line over 80 columns.

  $ for command in $(mlo __dump-cli | jq -r '.commands[].name | gsub(" "; "-")') mlo; do mlo help "$command" | grep -nE '@[A-Z]+@|^.{81}'; done; true

  $ mlo help explian
  error[MLO-A010]: there is no manual page for 'explian'
    help: did you mean 'mlo help explain'?
  [2]
  $ mlo help nothing-like-this
  error[MLO-A010]: there is no manual page for 'nothing-like-this'
    help: 'mlo help' lists them
  [2]
  $ mlo help --json
  error[MLO-A008]: 'mlo help' has no JSON output
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A008",
    "kind": "usage",
    "message": "'mlo help' has no JSON output",
    "notes": []
  }
  [2]

Colour marks headings, and only where it is wanted.

  $ mlo help explain | grep -c $'\x1b'
  0
  [1]
  $ mlo help explain --color always | sed -n 3p
  \x1b[1mNAME\x1b[0m (esc)

On a terminal, a page that is longer goes through the pager, wherever it is not installed for man(1).

  $ terminal() { TERM=xterm script -qec "stty rows ${2:-10} cols 60; $1" /dev/null | tr -d '\r'; }
  $ terminal 'PAGER="sed -n 4p" mlo help explain'
      mlo-explain - say what the code of an error means and
  $ terminal 'PAGER="sed -n 4p" mlo help explain' 200 | head -n 3
  mlo-explain(1)
  
  \x1b[1mNAME\x1b[0m (esc)
  $ terminal 'PAGER=no-such-pager mlo help explain 2>/dev/null' | head -n 1
  mlo-explain(1)
  $ terminal 'PAGER=true mlo help explain'
