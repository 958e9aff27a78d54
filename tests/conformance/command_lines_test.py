"""Every command's way with its words: help is help, and what cannot be understood ends with 2 and says which word it was.

  python3 command_lines_test.py PROGRAM
"""

import re
import subprocess
import sys
import unittest

PROGRAM = ""


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


class CommandLines(unittest.TestCase):
    def commands(self):
        listed = re.findall(r"^  ([a-z]+) ", run("help").stdout, re.MULTILINE)
        self.assertIn("serve", listed)
        return [name for name in listed if name not in ("help", "version")]

    def test_help_names_the_command_and_ends_well(self):
        for name in self.commands():
            done = run(name, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            self.assertIn(f"tillwatch {name}", done.stdout)
            self.assertIn("--help", done.stdout)

    def test_an_unknown_option_ends_with_two_and_is_named(self):
        for name in self.commands():
            done = run(name, "--no-such-option")
            self.assertEqual((done.returncode, done.stdout), (2, ""), name)
            self.assertRegex(done.stderr, "--no-such-option|required", name)

    def test_what_a_word_must_be_is_said(self):
        for words, told in (
            (("simulate", "--days", "many"), "--days"),
            (("simulate", "W", "--threads", "0"), "1 to 64"),
            (("simulate", "--ends", "tomorrow"), "yesterday"),
            (("simulate", "--describe"), "WORLD"),
            (("simulate", "W", "--discard", "--files"), "--discard"),
            (("simulate", "--score", "one"), "--score"),
            (("policy",), "subcommand"),
            (("admin", "key"), "subcommand"),
            (("serve", "--data", "D", "--policy", "P", "--tls-cert", "C"), "--tls-key"),
        ):
            done = run(*words)
            self.assertEqual(done.returncode, 2, f"{words}: {done.stderr}")
            self.assertIn(told, done.stderr, words)

    def test_a_mapping_takes_one_word_and_may_come_again(self):
        one = run("replay", "--policy", "P", "--mapping", "A", "row-file")
        self.assertIn("A: there is no such file", one.stderr)  # `row-file` is an input, not a second mapping
        two = run("replay", "--policy", "P", "--mapping", "A", "--mapping", "B", "1", "2", "3")
        self.assertIn("one mapping for all inputs, or one for each", two.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
