Columns, their types, and why.

  $ cat > a.csv <<'EOF'
  > zip,n,price,day,at,ok,word,mixed
  > 01234,1,2.5,31.12.2023,2024-01-01 10:00:00,true,x,1
  > 99999,NA,3,01.01.2024,2024-01-01T10:00,false,"",2
  > 00001,-7,,02.01.2024,,TRUE,y,three
  > EOF
  $ mlo table schema a.csv
  Column  Type       Missing  Why
  zip     text             0  integers, of which 2 would lose leading zeros
  n       integer          1  all 2 values fit; read as missing: 1 'NA'
  price   real             1  all 2 values fit
  day     date             0  all 3 values fit %d.%m.%Y
  at      timestamp        1  all 2 values fit
  ok      boolean          0  all 3 values fit
  word    text             0  3 values with other text than numbers, dates and truth values
  mixed   text             0  2 of 3 values are integers; the first other one is 'three' in row 3
  'a.csv': csv, 3 rows, 8 columns
  cells are parted by ',', quoted by '"'; lines end with line feeds
  the first row is taken for titles: none of its cells is a number, a date or a truth value
  $ mlo table schema a.csv --json | check_json
  $ mlo table schema a.csv --json | grep -A5 '"price"'
        "name": "price",
        "type": "real",
        "declared": "DOUBLE",
        "missing": 1,
        "evidence": "all 2 values fit"
      },
  $ cat > types.yaml <<'EOF'
  > schema: mlo/table-types-v1
  > columns:
  >   zip: text
  >   mixed: {type: integer, nulls: [three]}
  > EOF
  $ mlo table schema a.csv --types types.yaml -q | grep -e Column -e mixed -e zip
  Column  Type       Missing  Why
  zip     text             0  as the file of types says
  mixed   integer          1  as the file of types says
  $ printf 'a;a;;x\n1;2;3;4\n' > b.csv; mlo table schema b.csv
  Column   Type     Missing  Why
  a        integer        0  the one value fits
  a_2      integer        0  the one value fits
  column3  integer        0  the one value fits
  x        integer        0  the one value fits
  'b.csv': csv, 1 row, 4 columns
  cells are parted by ';', quoted by '"'; lines end with line feeds
  the first row is taken for titles: none of its cells is a number, a date or a truth value
  a second column has the title 'a': it is called 'a_2'
  column 3 has no title: it is called 'column3'
  $ printf '1\t2\n' > c.tsv; mlo table schema c.tsv
  Column   Type     Missing  Why
  column1  integer        0  the one value fits
  column2  integer        0  the one value fits
  'c.tsv': csv, 1 row, 2 columns
  cells are parted by tab, quoted by '"'; lines end with line feeds
  the first row is taken for values: '1' is no title
  $ printf 'a,b\n' > d.csv; mlo table schema d.csv
  Column  Type  Missing  Why
  a       text        0  no values
  b       text        0  no values
  'd.csv': csv, 0 rows, 2 columns
  cells are parted by ',', quoted by '"'; lines end with line feeds
  the first row is taken for titles: none of its cells is a number, a date or a truth value
  $ printf '{"a": {"b": 1}, "c": "2024-01-01"}\n' > e.jsonl; mlo table schema e.jsonl
  Column  Type     Missing  Why
  a.b     integer        0  as its values in JSON are
  c       date           0  as its values in JSON are
  'e.jsonl': jsonl, 1 row, 2 columns
  $ printf 'a\r\nb\n1\n' > mixed.csv; mlo table schema mixed.csv
  Column  Type  Missing  Why
  a       text        0  2 values with other text than numbers, dates and truth values
  'mixed.csv': csv, 2 rows, 1 column
  'mixed.csv' has mixed line ends: it is read from a copy whose are alike
  cells are parted by ',', quoted by '"'; lines end with line feeds
  the first row is taken for titles: none of its cells is a number, a date or a truth value
  $ mlo table schema - < d.csv --json | check_json
  $ printf 'columns:\n  zap: text\n' > types.yaml; mlo table schema a.csv --types types.yaml
  error[MLO-B011]: 'a.csv' has no column 'zap'
    --> types.yaml:2:3
    = the nearest is 'zip'
    help: mlo table schema 'a.csv'
  [2]
