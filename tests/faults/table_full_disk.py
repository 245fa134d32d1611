#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""table_full_disk.py KILL_DRIVER MLO

A folder for temporary files that is full from some call of 'mlo table' on: at moments spread evenly over the calls (8, MLO_FULL=1: 60). The query
spills, reads standard input and writes Parquet, all of which goes there. It ends with one error that says so, or is right; nothing is left behind."""
import errno
import os
import pathlib
import sys
import tempfile
import unittest

from driver import Driver

FULL = os.environ.get("MLO_FULL") == "1"
driver = Driver(sys.argv[1])
mlo = sys.argv[2]
# What a full disk answers with ENOSPC; removing and renaming within a folder go on.
NEEDS_ROOM = ["open", "openat", "openat2", "creat", "write", "pwrite64", "writev", "pwritev", "mkdir", "mkdirat", "ftruncate", "fallocate"]
ROWS = 100_000
# A sort of more than the memory holds.
SQL = f"SELECT count(*) AS n, max(s) AS s FROM (SELECT n, s, row_number() OVER (ORDER BY s) AS r FROM t, range(8)) WHERE r > 0"


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mlo-full-disk-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.scratch = self.folder / "tmp"
        self.scratch.mkdir()
        with open(self.folder / "a.csv", "w") as file:
            file.write("n,s\n")
            file.writelines(f"{i},{i * 2654435761 % 2**32:0100d}\n" for i in range(ROWS))
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.scratch), "LC_ALL": "C.UTF-8"}

    def query(self, mode):
        return driver.run(mode, [mlo, "table", "sql", SQL, "a.csv", "--memory", "144MiB", "-j", "1", "--format", "csv"], under=[self.scratch],
                          calls=NEEDS_ROOM, environment=self.environment, cwd=self.folder)

    def check(self, report):
        if report.code == 0:
            self.assertEqual(report.output.splitlines()[1].split(",")[0], str(8 * ROWS))
        else:
            self.assertEqual(report.code, 1, report.errors)
            self.assertEqual(report.errors.count("error["), 1, report.errors)
            self.assertRegex(report.errors, r"error\[MLO-(B014|U[0-9]{3})\].*\n")
            self.assertIn("space", report.errors)
        self.assertEqual(report.output == "", report.code != 0)

    def test_a_full_folder_for_temporary_files_is_one_clear_error(self):
        whole = self.query(["count"])
        self.assertEqual(whole.code, 0, whole.errors)
        self.check(whole)
        self.assertGreater(whole.calls, 20, "the query does not spill")
        refused = 0
        step = max(1, whole.calls // (60 if FULL else 8))
        for number in range(1, whole.calls + 1, step):
            with self.subTest(call=number):
                report = self.query(["fail-at", number, errno.ENOSPC, "persistent"])
                self.check(report)
                refused += report.code != 0
                self.assertEqual(os.listdir(self.scratch), [])
        self.assertGreater(refused, 1)


unittest.main(argv=sys.argv[:1])
