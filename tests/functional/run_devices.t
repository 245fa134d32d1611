The store on another device than the work tree: where nothing can be renamed or linked from one to the other.

  $ for place in /dev/shm /tmp /var/tmp; do [ -w $place ] && [ "$(stat -c %d $place)" != "$(stat -c %d .)" ] && break; place=; done
  $ [ -n "$place" ] || { echo 'there is no second device to write to' >&2; exit 80; }
  $ other=$(mktemp -d $place/mlo-XXXXXX) && trap 'rm -rf "$other"' EXIT
  $ said() { "$@" 2>&1 | sed -E 's/[0-9]+\.[0-9] s/N s/g; /next: mlo runs show/d; s/(show|run) [0-9a-f]{8}/\1 ID/'; return ${PIPESTATUS[0]}; }

A work tree of git away from its repository: store and journal are over there, the trash is not.

  $ git init -q main && cd main && mlo init -q && echo 1 > in && cat > pipeline.yaml <<'END'
  > stages:
  >   file: {cmd: cat in > file, deps: [in], outs: [file]}
  >   many: {cmd: mkdir -p many/sub && cp file many/sub/one && ln -s one many/sub/link, deps: [file], outs: [many]}
  > END
  $ git add -A && git commit -qm begin && git worktree add -q "$other/tree" && cd "$other/tree"
  $ mlo run -q && git -C "$CASE/work/main" status --short && ls -A
  .git
  .gitignore
  .mlo
  file
  in
  many
  pipeline.lock
  pipeline.yaml
  $ rm -r file many pipeline.lock && said mlo run && cat many/sub/link
  file: restored from run ID, which took N s: it never ran
  many: restored from run ID, which took N s: it never ran
  2 stages: 2 restored, in N s
  1
  $ echo mine > many/sub/one && echo 2 > in && said mlo run && cat many/sub/link
  file: begins: in changed
  file: done in N s
  many: begins: file changed
  many: done in N s
  2 stages: 2 ran, in N s
  2
  $ find .mlo/trash -name one -exec cat {} +
  mine

And the store alone elsewhere.

  $ cd "$CASE/work/main" && mlo config -q --local store.dir "$other/store" && mlo run -q && rm -r file many pipeline.lock && said mlo run
  file: restored from run ID, which took N s: it never ran
  many: restored from run ID, which took N s: it never ran
  2 stages: 2 restored, in N s
  $ echo 3 > in && said mlo run && cat many/sub/link && [ -d "$other/store/packs" ]
  file: begins: in changed
  file: done in N s
  many: begins: file changed
  many: done in N s
  2 stages: 2 ran, in N s
  3
  $ find "$CASE/work" "$other" -name '*.tmp'
