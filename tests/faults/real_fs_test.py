#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""real_fs_test.py KILL_DRIVER ATOMIC_WRITER: what RealFs deals with inside (short writes, EINTR), and what it must report."""
import errno
import os
import sys
import tempfile
import unittest

from driver import Driver

driver = Driver(sys.argv[1])
writer = sys.argv[2]
FILES, SIZE = 2, 10_000


def content(name):
    return (f"{name}\n" * SIZE)[:SIZE].encode()


class RealFs(unittest.TestCase):
    def run_writer(self, mode, **options):
        self.folder = tempfile.TemporaryDirectory(prefix="mlo-real-fs-")
        self.addCleanup(self.folder.cleanup)
        return driver.run(mode, [writer, self.folder.name, FILES, SIZE], under=[self.folder.name], **options)

    def check(self, report, complete):
        """Every file under its own name is whole, every acknowledged one is there, and running again completes the rest."""
        acknowledged = [line.split()[1] for line in report.output.splitlines()]
        self.assertEqual(report.code == 0, len(acknowledged) == FILES)
        if complete:
            self.assertEqual(report.code, 0, report.errors)
        names = [name for name in os.listdir(self.folder.name) if not name.endswith(".tmp")]
        for name in names:
            with open(os.path.join(self.folder.name, name), "rb") as file:
                self.assertEqual(file.read(), content(name))
        self.assertLessEqual(set(acknowledged), set(names))
        if not complete:
            again = driver.run(["count"], [writer, self.folder.name, FILES, SIZE])
            self.assertEqual(again.code, 0, again.errors)
            self.check(again, True)

    def until_missed(self, mode, complete, **options):
        """Strikes the first call, the second, and so on until a run meets its end first; returns how many were struck."""
        number = 1
        while True:
            report = self.run_writer([mode[0], number, *mode[1:]], **options)
            if not report.struck:
                return number - 1
            with self.subTest(mode=mode, number=number, call=report.struck):
                if complete is False:
                    self.assertNotEqual(report.code, 0)
                self.check(report, complete)
            number += 1

    def test_short_writes_are_continued(self):
        self.assertEqual(self.until_missed(["short-write-at"], True), FILES * 3)

    def test_interrupted_writes_are_repeated(self):
        self.assertEqual(self.until_missed(["fail-at", errno.EINTR], True, calls=["pwrite64"]), FILES * 3)

    def test_interrupted_opens_are_repeated(self):
        self.assertEqual(self.until_missed(["fail-at", errno.EINTR], True, calls=["openat2"]), FILES)

    def test_a_rename_that_may_not_replace_is_a_link_where_the_file_system_knows_no_such_rename(self):
        report = self.run_writer(["fail-at", 1, errno.EINVAL, "persistent"], calls=["renameat2"])
        self.assertTrue(report.struck)
        self.check(report, True)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["file-1", "file-2"])

    def test_an_interrupted_sync_is_an_error_and_final(self):
        self.assertEqual(self.until_missed(["fail-at", errno.EINTR], False, calls=["fdatasync", "fsync"]), FILES * 2)

    def test_every_failed_call_is_reported(self):
        for error in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
            self.assertEqual(self.until_missed(["fail-at", error], False), FILES * 7)

    def test_every_failed_call_is_reported_when_all_later_ones_fail_too(self):
        for error in (errno.EIO, errno.ENOSPC):
            self.assertEqual(self.until_missed(["fail-at", error, "persistent"], False), FILES * 7)

    def test_a_kill_at_any_call_leaves_whole_files_only(self):
        self.assertEqual(self.until_missed(["kill-at"], False), FILES * 7)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
