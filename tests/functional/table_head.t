The first rows, of what a table may be.

  $ printf 'id,price,name,day\n1,2.50,"a, b",2024-01-02\n2,,\x1b[31mred,\n3,nan,"",1969-12-31\n' > a.csv
  $ mlo table head a.csv
  id  price  name         day
   1    2.5  a, b         2024-01-02
   2   NULL  \x1b[31mred  NULL
   3    nan               1969-12-31
  $ mlo table head a.csv -n 1 --columns name,id
  name  id
  a, b   1
  $ mlo table head a.csv --format csv
  id,price,name,day
  1,2.5,"a, b",2024-01-02
  2,,\x1b[31mred, (esc)
  3,nan,"",1969-12-31
  $ mlo table head a.csv --format jsonl
  {"id":1,"price":2.5,"name":"a, b","day":"2024-01-02"}
  {"id":2,"price":null,"name":"\u001b[31mred","day":null}
  {"id":3,"price":{"$f":"nan"},"name":"","day":"1969-12-31"}
  $ mlo table head a.csv --format md
  | id | price | name | day |
  |---:|---:|---|---|
  | 1 | 2.5 | a, b | 2024-01-02 |
  | 2 |  | \x1b[31mred |  |
  | 3 | nan |  | 1969-12-31 |
  $ mlo table head a.csv --json | check_json
  $ mlo table head a.csv --json -n 1 --columns id,day
  {
    "schema": "mlo/table-rows-v1",
    "columns": [
      {
        "name": "id",
        "type": "integer",
        "declared": "BIGINT"
      },
      {
        "name": "day",
        "type": "date",
        "declared": "DATE"
      }
    ],
    "rows": [
      [
        1,
        "2024-01-02"
      ]
    ]
  }
  $ gzip -k a.csv && mlo table head a.csv.gz --columns id
  id
   1
   2
   3
  $ mlo table head - --columns id < a.csv
  id
   1
   2
   3
  $ mlo table head - -n 0 < a.csv
  id  price  name  day
  $ mlo table head --columns ids a.csv
  error[MLO-B015]: 'a.csv' has no column 'ids'
    = the nearest is 'id'
    help: mlo table schema 'a.csv'
  [2]

JSON lines, Parquet, and many files as one table.

  $ printf '{"a": 9223372036854775807, "b": {"c": [1, 2]}}\n{"a": null}\n' > a.jsonl && mlo table head a.jsonl
                    a  b.c
  9223372036854775807  [1,2]
                 NULL  NULL
  $ mlo table sql 'SELECT id, price FROM t' a.csv -o a.parquet
  wrote 3 rows to 'a.parquet'
  $ mlo table head a.parquet --json | check_json
  $ mkdir -p parts/year=2023 parts/year=2024 && printf 'x\n1\n' > parts/year=2023/a.csv && printf 'x\n2\n' > parts/year=2024/a.csv
  $ mlo table head parts
  x  year
  1  2023
  2  2024
  $ mlo table head 'parts/*/*.csv' --format csv
  x,year
  1,2023
  2,2024
  $ printf 'y\n2\n' > parts/year=2024/b.csv && mlo table head parts
  error[MLO-B010]: 'parts/year=2023/a.csv' and 'parts/year=2024/b.csv' have different columns
    = only in 'parts/year=2023/a.csv': 'x'
    = only in 'parts/year=2024/b.csv': 'y'
    help: '--union-by-name' joins them by column, with nothing where one lacks a column
  [1]
  $ mlo table head parts --union-by-name --format csv
  x,year,y
  1,2023,
  2,2024,
  ,2024,2

Versions of tracked data.

  $ git init -q && mlo init -q && mkdir data && cp a.csv data/part.csv && mlo add -q data && git add -A && git commit -qm one && git tag v1
  $ printf 'id\n9\n' > data/part.csv
  $ mlo table head data@v1:part.csv --columns id
  id
   1
   2
   3
  $ mlo table head v1:data/part.csv -n 1 --columns id
  id
   1
  $ mlo table head data@v1 -n 1 --columns id
  id
   1
  $ mlo table head data/part.csv
  id
   9
  $ mlo table head data@v1:none.csv
  error[MLO-B020]: revision 'v1' holds no 'data/none.csv'
    help: mlo ls --rev v1
  [1]
  $ mlo table head data@v9:part.csv
  error[MLO-G002]: no commit is named 'v9'
    help: git log --oneline --all
  [1]

A table of SQLite.

  $ python3 -c "import sqlite3; d = sqlite3.connect('x.sqlite'); d.executescript('create table p (id integer, v, b blob); create table q (x)'); d.execute('insert into p values (9007199254740993, 1.5, x\'00ff\')'); d.execute('insert into p values (2, null, \'t\')'); d.commit()"
  $ mlo table head x.sqlite:p
                id     v  b
  9007199254740993   1.5  00FF
                 2  NULL  t
  $ mlo table head x.sqlite --table q
  x
  $ mlo table head x.sqlite
  error[MLO-B018]: 'x.sqlite' has 2 tables
    = it has 'p', 'q'
    help: name one with '--table NAME', or as FILE:NAME
  [1]
  $ mlo table schema x.sqlite:p -q
  Column  Type     Missing  Why
  id      integer        0  2 integers
  v       real           1  1 real
  b       text           0  1 text, 1 blob (as hex)

What is no table.

  $ : > empty.csv; mlo table head empty.csv
  error[MLO-B005]: 'empty.csv' is empty
    = even a table without rows has a line of titles
    help: check what wrote it
  [1]
  $ mlo table head none.csv
  error[MLO-U003]: there is no 'none.csv'
    help: check the spelling; paths are relative to the current folder
  [1]
  $ mlo table head 'none/*.csv'
  error[MLO-B020]: 'none/*.csv' names no file of a table
    help: quote patterns, so that the shell leaves them alone, and check the spelling
  [1]
  $ printf 'a,b\n1,2\n3' > torn.csv; mlo table head torn.csv
  error[MLO-B007]: 'torn.csv': a row has 1 cells, the others have 2
    --> torn.csv:3
    help: if it is the last line, the file was cut off; else look at the delimiter and at quotes before it
  [1]
  $ printf 'a\ncaf\xe9\n' > latin.csv; mlo table head latin.csv
  error[MLO-B009]: 'latin.csv' is not in UTF-8
    --> latin.csv:2
    help: name the encoding that it has: '--encoding windows-1252', '--encoding utf-16', ...
  [1]
  $ mlo table head latin.csv --encoding latin1
  a
  café
  $ head -c 100 a.parquet > cut.parquet; mlo table head cut.parquet
  error[MLO-B006]: 'cut.parquet' cannot be read: No magic bytes found at end of file 'cut.parquet'
    help: fetch or write it again; 'mlo checkout' restores a tracked file
  [1]
  $ mlo table head a.csv --delimiter ab
  error[MLO-A003]: --delimiter takes one character, not 'ab'
    help: --delimiter tab
  [2]
  $ mlo table head a.csv --sample-rows none
  error[MLO-A003]: --sample-rows takes a number or 'all', not 'none'
  [2]
  $ printf 'columns:\n  id: integr\n' > types.yaml; mlo table head a.csv --types types.yaml
  error[MLO-B011]: there is no type 'integr'
    --> types.yaml:2:7
    = the nearest is 'integer'
    help: boolean, integer, real, text, date or timestamp
  [2]

Misfits have their line, however far it is from the start.

  $ (echo a,b; yes 1,x | head -30000; echo 2.50,y) > late.csv; mlo table head late.csv -n 40000 > out
  error[MLO-B008]: '2.50' in column 'a' is no integer
    --> late.csv:30002
    = the type follows from the first rows, or from the file of types
    help: give the column another type or null values with '--types', or look at more rows with '--sample-rows'
  [1]
  $ head -c 100 $TESTDIR/../data/table/packed.csv.zst > cut.csv.zst; mlo table head cut.csv.zst
  error[MLO-B006]: 'cut.csv.zst' is cut off or damaged: its last zstd frame does not end
    help: fetch or write it again; 'mlo checkout' restores a tracked file
  [1]
  $ printf '{"a":1}\n[2]\n' > bad.jsonl; mlo table head bad.jsonl
  error[MLO-B007]: a line is no object of JSON
    --> bad.jsonl:2
    help: each line of JSON lines is one object
  [1]
