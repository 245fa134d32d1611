A code is found however it is written.

  $ mlo explain MLO-U005
  MLO-U005: io (exit code 1)
  cause: The file system or the user's quota is full.
  cure:  Free some space and run the command again: what was complete is kept, nothing half-written is visible.
  $ test "$(mlo explain u005)" = "$(mlo explain MLO-U005)"
  $ mlo explain --json S999
  error[MLO-A011]: there is no diagnostic 'S999'
    help: 'mlo explain' lists them all
  {
    "schema": "mlo/error-v1",
    "code": "MLO-A011",
    "kind": "usage",
    "message": "there is no diagnostic 'S999'",
    "notes": [],
    "help": "'mlo explain' lists them all"
  }
  [2]
  $ mlo explain U005 --json | check_json
  $ mlo explain --json | check_json

Without a code it lists all of them, each once.

  $ mlo explain | head -n 1
  CODE      KIND         CAUSE
  $ mlo explain | grep -c '^MLO-[A-Z][0-9][0-9][0-9] ' | awk '{ print ($1 > 40) }'
  1
  $ mlo explain | cut -d' ' -f1 | sort | uniq -d
