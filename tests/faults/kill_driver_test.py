#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill_driver_test.py KILL_DRIVER KILL_VICTIM: the kill driver counts and strikes exactly the calls it says it does."""
import errno
import os
import signal
import string
import sys
import tempfile
import unittest

from driver import Driver

driver = Driver(sys.argv[1])
victim = sys.argv[2]
NAMES = ["openat2", "write", "pwrite64", "fchmod", "ftruncate", "fsync", "rename", "link", "symlink", "unlink", "mkdir", "rmdir",
         "fsync", "syncfs"]


class KillDriver(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mlo-kill-")
        self.addCleanup(self._folder.cleanup)
        self.folder = os.path.realpath(self._folder.name)

    def entries(self):
        return sorted(os.listdir(self.folder))

    def test_counts_the_calls_that_change_files_and_no_others(self):
        report, calls = driver.trace([victim, "calls", self.folder])
        self.assertEqual([call[0] for call in calls], NAMES)
        self.assertEqual(report.calls, len(NAMES))
        self.assertEqual(report.code, 0)
        self.assertEqual(calls[6], ["rename", f"{self.folder}/a", f"{self.folder}/b"])
        self.assertEqual(calls[-1], ["syncfs", self.folder])

    def test_kills_before_the_call_is_made(self):
        after = {1: [], 2: ["a"], 7: ["a"], 8: ["b"], 9: ["b", "c"], 10: ["b", "c", "d"], 11: ["b", "d"], 12: ["b", "d", "e"], 13: ["b", "d"]}
        for number, name in enumerate(NAMES, 1):
            with self.subTest(number=number):
                for entry in self.entries():
                    path = os.path.join(self.folder, entry)
                    os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
                report = driver.run(["kill-at", number], [victim, "calls", self.folder])
                self.assertEqual((report.code, report.calls, report.struck[:2]), (137, number, [str(number), name]))
                if number in after:
                    self.assertEqual(self.entries(), after[number])

    def test_a_number_beyond_the_last_call_changes_nothing(self):
        report = driver.run(["kill-at", len(NAMES) + 1], [victim, "calls", self.folder])
        self.assertEqual((report.code, report.calls, report.struck), (0, len(NAMES), []))

    def test_counts_all_threads_by_one_counter(self):
        report = driver.run(["count"], [victim, "threads", self.folder, 8, 25])
        self.assertEqual((report.code, report.calls), (0, 8 * 25 * 2))

    def test_kills_all_threads_at_once(self):
        for number in (1, 7, 50, 51, 199, 399, 400):
            folder = os.path.join(self.folder, str(number))
            os.mkdir(folder)
            report = driver.run(["kill-at", number], [victim, "threads", folder, 8, 25])
            self.assertEqual((report.code, report.calls), (137, number))
            made = sum(1 + os.path.getsize(os.path.join(folder, entry)) for entry in os.listdir(folder))
            self.assertLess(made, number)
            self.assertGreaterEqual(made, number - 8)

    def test_follows_children_and_the_programs_they_become(self):
        report = driver.run(["count"], [victim, "children", self.folder, 6])
        self.assertEqual((report.code, report.calls, len(self.entries())), (0, 6, 6))

    def test_kills_children_too(self):
        report = driver.run(["kill-at", 4], [victim, "children", self.folder, 6])
        self.assertEqual((report.code, self.entries()), (137, ["0", "1", "2"]))

    def test_lets_one_call_fail_without_making_it(self):
        report = driver.run(["fail-at", 7, errno.EIO], [victim, "calls", self.folder])
        self.assertEqual((report.code, report.calls, report.struck[1], self.entries()), (3, 7, "rename", ["a"]))

    def test_lets_all_later_calls_fail_too(self):
        once = driver.run(["fail-at", 1, errno.ENOSPC], ["sh", "-c", f"mkdir {self.folder}/a; mkdir {self.folder}/b"], under=[self.folder])
        self.assertEqual(self.entries(), ["b"])
        always = driver.run(["fail-at", 1, errno.ENOSPC, "persistent"], ["sh", "-c", f"mkdir {self.folder}/c; mkdir {self.folder}/d"],
                            under=[self.folder])
        self.assertEqual(self.entries(), ["b"])
        self.assertEqual((once.calls, always.calls), (2, 2))
        self.assertIn("No space left", always.errors)

    def test_shortens_a_write(self):
        report = driver.run(["short-write-at", 2], [victim, "copy", self.folder, 3000])
        self.assertEqual((report.code, report.struck[1]), (0, "write"))
        self.assertEqual(report.calls, 4)
        with open(os.path.join(self.folder, "copy")) as file:
            text = string.ascii_lowercase * 200
            self.assertEqual(file.read(), text[:3000])

    def test_interrupts_a_call(self):
        report = driver.run(["fail-at", 2, errno.EINTR], [victim, "copy", self.folder, 2500], calls=["write"])
        self.assertEqual((report.code, report.calls, os.path.getsize(os.path.join(self.folder, "copy"))), (0, 4, 2500))

    def test_holds_a_call_until_a_file_is_there(self):
        with driver.hold(7, [victim, "calls", self.folder]) as held:
            self.assertTrue(held.wait_until_held())
            self.assertEqual(self.entries(), ["a"])
            report = held.end()
        self.assertEqual((report.code, report.calls, report.struck[1], self.entries()), (0, len(NAMES), "rename", ["b", "d"]))

    def test_other_threads_go_on_while_one_is_held(self):
        def made():
            return sum(1 + os.path.getsize(os.path.join(self.folder, entry)) for entry in self.entries())

        with driver.hold(1, [victim, "threads", self.folder, 8, 25]) as held:
            self.assertTrue(held.wait_for(lambda: made() == 7 * 25 * 2))
            report = held.end()
        self.assertEqual((report.code, made()), (0, 8 * 25 * 2))

    def test_a_signal_reaches_the_command_while_it_is_held(self):
        with driver.hold(2, [victim, "calls", self.folder]) as held:
            self.assertTrue(held.wait_until_held())
            held.send(signal.SIGINT)
            report = held.end()
        self.assertEqual((report.code, self.entries()), (128 + signal.SIGINT, ["a"]))

    def test_counts_only_below_the_folders_named(self):
        inside = os.path.join(self.folder, "inside")
        os.mkdir(inside)
        os.mkdir(inside + "-not")
        command = ["sh", "-c", f"echo 1 > {inside}/a; echo 2 > {inside}-not/b; cd {inside}; mv a ../inside-not/c; mv ../inside-not/c c"]
        report, calls = driver.trace(command, under=[inside])
        self.assertEqual([call[0] for call in calls][:2], ["openat", "write"])
        self.assertEqual(report.calls, 4)

    def test_passes_on_the_exit_code_and_the_output(self):
        report = driver.run(["count"], ["sh", "-c", "echo out; exit 7"])
        self.assertEqual((report.code, report.output), (7, "out\n"))
        report = driver.run(["count"], ["sh", "-c", "kill -TERM $$"])
        self.assertEqual(report.code, 128 + 15)

    def test_refuses_what_it_does_not_understand(self):
        for mode in (["kill-at", "x"], ["kill-at", 0], ["fail-at", 1], ["hold-at", 1], ["explode"], ["--nonsense", "count"]):
            with self.assertRaises(RuntimeError):
                driver.run(mode, ["true"])
        with self.assertRaises(RuntimeError):
            driver.run(["count"], ["true"], calls=["getpid"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
