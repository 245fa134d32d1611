  $ git init -q; mkdir -p data/deep
  $ printf '*.part\n/data/tmp/\n!keep.part\n' > .mloignore; printf '# comment\n\n*.log\n' > data/.mloignore
  $ mlo check-ignore x.part data/x.part data/deep/y.log keep.part data/tmp/ data/tmp/z data/ok.csv
  x.part
  data/x.part
  data/deep/y.log
  data/tmp/
  data/tmp/z
  $ mlo check-ignore -v x.part data/deep/y.log keep.part data/tmp/z data/ok.csv
  .mloignore:1:*.part\tx.part (esc)
  data/.mloignore:3:*.log\tdata/deep/y.log (esc)
  .mloignore:3:!keep.part\tkeep.part (esc)
  .mloignore:2:/data/tmp/\tdata/tmp/z (esc)
  $ mlo check-ignore keep.part data/ok.csv
  [3]
  $ cd data; mlo check-ignore -v deep/y.log ../x.part; cd ..
  .mloignore:3:*.log\tdeep/y.log (esc)
  ../.mloignore:1:*.part\t../x.part (esc)
  $ mlo check-ignore --json x.part keep.part ok | check_json
  $ mlo check-ignore ../x
  error[MLO-W002]: '../x' is outside the workspace '$CASE/work'
  [2]
  $ mlo check-ignore
  error[MLO-A005]: missing 'PATH': paths to ask about; they need not exist, a folder's may end in '/'
    help: mlo check-ignore -h
  [2]

add and status obey.

  $ printf 'x\n' > data/a.csv; printf 'x\n' > data/a.log; printf 'x\n' > data/b.part; printf 'x\n' > data/keep.part; mkdir data/tmp; printf 'x\n' > data/tmp/t
  $ mlo add -q data; grep files data.mlo
  files: 3
  $ printf 'y\n' > data/c.log; mlo status
  1 tracked path unchanged
