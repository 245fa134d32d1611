#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runner must accept what is right and, above all, refuse what is wrong."""

import contextlib
import copy
import io
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import runner


class Transcript(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "case.t"

    def run_text(self, text, *options):
        self.path.write_text(re.sub(r"^ *\|", "", text, flags=re.MULTILINE).rstrip(" "))
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = runner.main([str(self.path), "--temporary", str(self.folder), *options])
        self.assertEqual([self.path], list(self.folder.iterdir()), "a case's folder was left behind")
        return code, output.getvalue()

    def assert_passes(self, text):
        code, output = self.run_text(text)
        self.assertEqual((0, "1 passed, 0 failed\n"), (code, output))

    def assert_fails(self, text, *lines):
        code, output = self.run_text(text)
        self.assertEqual(1, code)
        self.assertTrue(output.endswith("0 passed, 1 failed\n"), output)
        for line in lines:
            self.assertIn(line, output.splitlines())

    def test_equal_output_passes(self):
        self.assert_passes("""\
            |Text, then a command of two lines, a pipe and an error stream.
            |
            |  $ for i in 1 2
            |  > do echo $i; done
            |  1
            |  2
            |  $ echo problem >&2; false
            |  problem
            |  [1]
            """)

    def test_other_output_fails_with_a_diff(self):
        self.assert_fails("  $ echo one; echo two\n  one\n  three\n", "-  three", "+  two")

    def test_missing_output_fails(self):
        self.assert_fails("  $ echo one\n", "+  one")

    def test_expected_but_absent_output_fails(self):
        self.assert_fails("  $ true\n  one\n", "-  one")

    def test_unexpected_exit_code_fails(self):
        self.assert_fails("  $ (exit 3)\n", "+  [3]")

    def test_expected_but_absent_exit_code_fails(self):
        self.assert_fails("  $ true\n  [3]\n", "-  [3]")

    def test_absent_end_of_line_is_told(self):
        self.assert_passes("  $ printf one\n  one (no-eol)\n")
        self.assert_fails("  $ printf one\n  one\n", "+  one (no-eol)")

    def test_patterns_match_whole_lines(self):
        self.assert_passes("  $ echo 'took 12 [s]'; echo b7\n  took ?? [s] (glob)\n  b[0-9] (re)\n")
        self.assert_fails("  $ echo 'took 123 s'; echo b77\n  took ?? s (glob)\n  b[0-9] (re)\n", "+  took 123 s", "+  b77")

    def test_bytes_that_are_no_text_are_escaped(self):
        self.assert_passes("  $ printf 'a\\033\\377\\tb\\n'\n  a\\x1b\\xff\\tb (esc)\n")

    def test_steps_share_a_shell_but_not_the_callers_environment(self):
        self.assert_passes("""\
            |  $ x=5; cd "$HOME"
            |  $ echo $x; pwd; echo "$LC_ALL $TZ"; env | grep -c ^LOGNAME
            |  5
            |  $CASE/home
            |  C.UTF-8 UTC
            |  0
            |  [1]
            |  $ cat
            """)

    def test_an_early_end_of_the_shell_fails(self):
        self.assert_fails("  $ exit 4\n  $ echo never\n", f"{self.path}: the shell ended with code 4 in: exit 4")

    def test_a_command_that_hangs_is_killed(self):
        code, output = self.run_text("  $ echo before; sleep 1000\n  before\n", "--timeout", "0.2")
        self.assertEqual(1, code)
        self.assertIn("killed after 0.2 s in: echo before; sleep 1000", output)

    def test_exit_80_skips(self):
        code, output = self.run_text("  $ exit 80\n  $ echo never\n")
        self.assertEqual((0, f"skipped: {self.path}\n1 skipped\n0 passed, 0 failed\n"), (code, output))

    def test_a_transcript_without_commands_fails(self):
        self.assert_fails("Only words.\n", f"{self.path}: no command in it")

    def test_output_away_from_its_command_fails(self):
        self.assert_fails("  $ true\n\nwords\n  one\n", f"{self.path}: line 4: output without a command before it")

    def test_accept_writes_what_is_new_and_keeps_patterns_that_match(self):
        code, _ = self.run_text("""\
            |Words.
            |
            |  $ echo new; echo took 3 s; echo tail
            |  old
            |  took * s (glob)
            |  tail
            |
            |End.
            """, "--accept")
        self.assertEqual(0, code)
        self.assertEqual("Words.\n\n  $ echo new; echo took 3 s; echo tail\n  new\n  took * s (glob)\n  tail\n\nEnd.\n", self.path.read_text())

    def test_markdown_is_a_transcript_with_wider_margins(self):
        self.path = self.folder / "case.md"
        self.assert_passes("Words\n  $ no command\n\n    $ echo one; echo '  two'\n    one\n      two\n")
        self.assert_fails("    $ echo one\n    two\n", "-    two", "+    one")

    def test_read_only_leftovers_are_removed(self):
        self.assert_passes("  $ mkdir -p a/b; chmod 500 a/b; chmod 500 a\n")


class CheckJson(unittest.TestCase):
    """What bin/check_json, which transcripts pipe answers into, must refuse."""

    def assert_refused(self, answer, expected):
        tool = pathlib.Path(__file__).resolve().parent / "bin/check_json"
        result = subprocess.run([tool], input=answer, capture_output=True, text=True, check=False)
        self.assertEqual(1, result.returncode, result)
        self.assertIn(expected, result.stdout)

    def test_wrong_answers_are_refused(self):
        self.assert_refused("", "JSONDecodeError")
        self.assert_refused("[]", "TypeError")
        self.assert_refused("{}", "KeyError: 'schema'")
        self.assert_refused('{"schema": "mlo/no-such-v1"}', "FileNotFoundError")
        self.assert_refused('{"schema": "mlo/version-v1", "schema": "mlo/version-v1"}', "a key stands twice")
        self.assert_refused('{"schema": "mlo/version-v1"}', "'version' is a required property")


def run_helper(name, text):
    tool = pathlib.Path(__file__).resolve().parent / "bin" / name
    result = subprocess.run([tool], input=text, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


class CheckSarif(unittest.TestCase):
    """What bin/check_sarif must refuse: one change of what it takes for each line."""

    TAKEN = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "t", "rules": [{"id": "t/x", **{key: {"text": "w"} for key in ("shortDescription", "fullDescription", "help")}}]}},
            "results": [{"ruleId": "t/x", "ruleIndex": 0, "level": "error", "message": {"text": "found"},
                         "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b"}, "region": {"startLine": 1}}}],
                         "partialFingerprints": {"primaryLocationLineHash": "1:1"}}],
        }],
    }

    def assert_refused(self, expected, change):
        log = copy.deepcopy(self.TAKEN)
        change(log, log["runs"][0]["results"][0])
        code, output = run_helper("check_sarif", json.dumps(log))
        self.assertEqual(1, code, output)
        self.assertIn(expected, output)

    def test_what_is_right_is_taken(self):
        self.assertEqual((0, "error t/x a%20b:1: found\n"), run_helper("check_sarif", json.dumps(self.TAKEN)))

    def test_what_the_schema_has_not_is_refused(self):
        self.assert_refused("/runs/0/results/0/level: 'bad' is not one of", lambda log, result: result.update(level="bad"))
        self.assert_refused("'message' is a required property", lambda log, result: result.pop("message"))
        self.assert_refused("'colour' was unexpected", lambda log, result: result.update(colour="red"))
        self.assert_refused("0 is less than the minimum of 1",
                            lambda log, result: result["locations"][0]["physicalLocation"]["region"].update(startLine=0))
        self.assert_refused("/version: ", lambda log, result: log.update(version="2.2.0"))

    def test_what_code_scanning_does_not_take_is_refused(self):
        self.assert_refused("result 0 has no location", lambda log, result: result.pop("locations"))
        self.assert_refused("result 0 has no URI",
                            lambda log, result: result["locations"][0]["physicalLocation"]["artifactLocation"].update(uri="a b"))
        self.assert_refused("result 0 has the index of another rule", lambda log, result: result.update(ruleId="t/y"))
        self.assert_refused("2 results have the fingerprint 1:1", lambda log, result: log["runs"][0]["results"].append(dict(result, level="note")))
        self.assert_refused("KeyError: 'partialFingerprints'", lambda log, result: result.pop("partialFingerprints"))

    def test_what_is_no_json_is_refused(self):
        for text, expected in (("", "JSONDecodeError"), ('{"version": NaN}', "NaN is no JSON"), ('{"a": 1, "a": 2}', "a key stands twice")):
            code, output = run_helper("check_sarif", text)
            self.assertEqual(1, code)
            self.assertIn(expected, output)


class CheckPrometheus(unittest.TestCase):
    """What bin/check_prometheus must refuse."""

    HEAD = "# HELP x_rows Rows.\n# TYPE x_rows gauge\n"

    def assert_refused(self, text, expected):
        code, output = run_helper("check_prometheus", text)
        self.assertEqual(1, code, output)
        self.assertIn(expected, output)

    def test_what_is_right_is_taken(self):
        self.assertEqual((0, ""), run_helper("check_prometheus", self.HEAD + 'x_rows{a="\\"} \\n"} 1\nx_rows{a=""} +Inf\n'))
        self.assertEqual((0, ""), run_helper("check_prometheus", ""))

    def test_what_is_wrong_is_refused(self):
        self.assert_refused("x_rows 1\n", "no help text")
        self.assert_refused(self.HEAD + "x_rows one\n", "expected float")
        self.assert_refused(self.HEAD + "x_rows 1", "unexpected end of input")
        self.assert_refused(self.HEAD + 'x_rows{a="b"} 1\nx_rows{a="c"} 1\nx_rows{a="b"} 2\n', 'stands 2 times: x_rows{a="b"}')
        self.assert_refused(self.HEAD.replace("_rows", "_total") + "x_total 1\n", "should not have")


if __name__ == "__main__":
    unittest.main()
