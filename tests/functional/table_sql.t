One table, or several by name.

  $ printf 'id,label\n1,cat\n2,dog\n3,cat\n' > a.csv; printf 'id,score\n1,0.5\n3,0.25\n' > b.csv
  $ mlo table sql 'SELECT label, count(*) AS n FROM t GROUP BY ALL ORDER BY n DESC' a.csv
  label  n
  cat    2
  dog    1
  $ mlo table sql 'SELECT * FROM x JOIN y USING (id) ORDER BY id' x=a.csv y=b.csv --format csv
  id,label,score
  1,cat,0.5
  3,cat,0.25
  $ mlo table sql 'SELECT count(*) AS n FROM t1, t2' a.csv b.csv --json
  {
    "schema": "mlo/table-rows-v1",
    "columns": [
      {
        "name": "n",
        "type": "integer",
        "declared": "BIGINT"
      }
    ],
    "rows": [
      [
        6
      ]
    ]
  }
  $ mlo table sql 'SELECT 1.10::DECIMAL(4,2) AS d, 18446744073709551615::UBIGINT AS u, [1, NULL] AS l, 1 AS d' a.csv --format jsonl
  {"d":"1.10","u":"18446744073709551615","l":"[1,null]","d_2":1}
  $ mlo table sql 'SELECT * FROM t' - < b.csv
  id  score
   1    0.5
   3   0.25
  $ mlo table sql 'SELECT * FROM t' x=a.csv x=b.csv
  error[MLO-A007]: two tables are called 'x'
    help: give each its own name: NAME=FILE
  [2]

Into a file, which appears whole.

  $ mlo table sql 'SELECT * FROM t WHERE id > 1' a.csv -o out.csv && cat out.csv
  wrote 2 rows to 'out.csv'
  id,label
  2,dog
  3,cat
  $ mlo table sql 'SELECT * FROM t WHERE id > 1' a.csv -o out.jsonl && cat out.jsonl
  wrote 2 rows to 'out.jsonl'
  {"id":2,"label":"dog"}
  {"id":3,"label":"cat"}
  $ mlo table sql 'SELECT * FROM t' a.csv -o out.parquet && mlo table head out.parquet
  wrote 3 rows to 'out.parquet'
  id  label
   1  cat
   2  dog
   3  cat
  $ mlo table sql "SELECT error('no') FROM t" a.csv -o out.csv
  error[MLO-B021]: no
    help: TRY(...) and TRY_CAST(...) turn such values into NULL
  [2]
  $ cat out.csv; ls -A
  id,label
  2,dog
  3,cat
  a.csv
  b.csv
  out.csv
  out.jsonl
  out.parquet
  $ mlo table sql 'SELECT 1' a.csv -o out.xls
  error[MLO-A003]: the name 'out.xls' says no format that can be written
    help: end it with .csv, .jsonl or .parquet
  [2]

A query reads what was named, and changes nothing.

  $ mlo table sql "SELECT * FROM read_text('/etc/passwd')" a.csv
  error[MLO-B012]: the query is refused: Cannot access file "/etc/passwd" - file system operations are disabled by configuration
    help: name each file on the command line, and use it by its table name: t, t1, t2 or NAME=FILE
  [2]
  $ mlo table sql "COPY (SELECT 1) TO 'x.csv'" a.csv
  error[MLO-B012]: the query is refused: Cannot access file "x.csv" - file system operations are disabled by configuration
    help: name each file on the command line, and use it by its table name: t, t1, t2 or NAME=FILE
  [2]
  $ mlo table sql "SET memory_limit = '1GB'" a.csv
  error[MLO-B012]: only a SELECT is run: this statement would change something
    help: SELECT ... FROM t
  [2]
  $ mlo table sql 'SELECT 1; SELECT 2' a.csv
  error[MLO-B012]: one statement is run at a time
    help: leave one SELECT of them
  [2]
  $ mlo table sql 'SELECT labl FROM t' a.csv
  error[MLO-B013]: Referenced column "labl" not found in FROM clause!
    = the nearest is 'label'
    help: mlo table schema FILE
  [2]
  $ mlo table sql 'SELEKT 1' a.csv
  error[MLO-B013]: syntax error at or near "SELEKT"
    help: mlo table schema FILE
  [2]
  $ mlo table sql 'SELECT label::INTEGER FROM t' a.csv
  error[MLO-B021]: Could not convert string 'cat' to INT32 when casting from source column label
    help: TRY(...) and TRY_CAST(...) turn such values into NULL
  [2]
  $ mlo table sql "SELECT length(string_agg(repeat('x', 100000000), '')) FROM t" a.csv --memory 20MiB
  error[MLO-B014]: could not allocate block of size 30.5 MiB (0 bytes/20.0 MiB used)
    help: allow more with '--memory', or free room where TMPDIR leads
  [1]
  $ ls "$TMPDIR"

A run that was killed leaves its folder to the next one, which removes it.

  $ mlo table sql 'SELECT count(*) FROM t AS a, range(1000000000000)' a.csv -q & job=$!
  $ until ls "$TMPDIR"/mlo-table-*/lock > /dev/null 2>&1; do :; done; kill -9 $job; wait $job 2> /dev/null; ls "$TMPDIR" | wc -l
  1
  $ mlo table head a.csv -n 0; ls "$TMPDIR"
  id  label

Ctrl-C ends a query at once.

  $ mlo table sql 'SELECT count(*) FROM t AS a, range(1000000000000)' a.csv -q & job=$!
  $ until ls "$TMPDIR"/mlo-table-*/lock > /dev/null 2>&1; do :; done; kill -TERM $job; wait $job; echo $?; ls "$TMPDIR"
  error[MLO-U009]: interrupted; what was complete is kept: run the same command again
  143
