#!/usr/bin/env python3
"""What `tillwatch policy` prints and ends with: check, show, test, diff, fmt, schema, on packs in a folder of its own.

Called by ctest with the program and the source tree. Writes nothing outside a temporary folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
FIRST = os.path.join(SOURCE, "policies", "acquiring-first")
SITE = """policy: site
builds_on: ../acquiring-first
overrides: [{rule: T07-repetition, mode: shadow}]
parameters: [{name: single_limit, value: 3000000, unit: money, source: "contract 7"}]
"""


def policy(*words):
    done = subprocess.run([PROGRAM, "policy", *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.first = os.path.join(self.folder, "acquiring-first")
        shutil.copytree(FIRST, self.first)
        self.site = self.pack("site", SITE)

    def pack(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        with open(os.path.join(path, "p.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def mistake(self, name):
        with open(os.path.join(SOURCE, "tests", "policy_mistakes", name), encoding="utf-8") as file:
            return self.pack(name, file.read())

    def test_check_tells_errors_from_warnings(self):
        code, said = policy("check", self.first, "--strict")
        self.assertEqual(code, 0, said)
        self.assertIn("no errors, 0 warnings", said)
        warned = self.mistake("23_missing_has.yaml")
        code, said = policy("check", warned)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{warned}/p.yaml:8:35: warning: ", said)
        self.assertEqual(policy("check", warned, "--strict")[0], 1)
        code, said = policy("check", self.mistake("03_yuan_against_fen.yaml"))
        self.assertEqual(code, 1)
        self.assertIn("1 errors, 0 warnings", said)
        self.assertEqual(policy("check", os.path.join(self.folder, "nowhere"))[0], 2)

    def test_show_ends_with_the_memory(self):
        code, said = policy("show", self.first)
        self.assertEqual(code, 0, said)
        self.assertIn("T06-split (Split sale), at most ", said)
        self.assertIn("for each card.id and merchant.id: ", said)

    def test_a_site_builds_on_a_pack(self):
        code, said = policy("check", self.site)
        self.assertEqual(code, 0, said)
        self.assertIn("site version 0: 41 features, 16 rules", said)
        lost = self.pack("lost", "policy: lost\nbuilds_on: ../nowhere\n")
        code, said = policy("check", lost)
        self.assertEqual(code, 1)
        self.assertIn("p.yaml:2:12: there is no pack in '../nowhere'", said)

    def test_scenarios_say_what_came_and_where(self):
        code, said = policy("test", self.first, "--every-rule")
        self.assertEqual(code, 0, said)
        scenario = os.path.join(self.folder, "a.scenario")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write("2026-07-03 10:00:00 transaction card=a merchant.id=M amount=1.00 currency=CNY tx.type=sale\n")
            file.write("expect rule=T06-split\n")
        code, said = policy("test", self.site, scenario)
        self.assertEqual(code, 1)
        self.assertIn(f"{scenario}:2: expected rule=T06-split, got allow, release, none; no rule matched", said)
        self.assertIn("1 scenarios: 0 hold, 1 failed", said)
        self.assertEqual(policy("test", self.site)[0], 2, "the site has no scenarios")

    def test_diff_ends_as_diff_does(self):
        self.assertEqual(policy("diff", self.first, FIRST), (0, "both mean the same\n"))
        code, said = policy("diff", self.first, self.site)
        self.assertEqual(code, 1)
        self.assertIn("~ T07-repetition\n    mode: live\n     now: shadow\n", said)
        self.assertIn("41 features keep their windows", said)
        self.assertEqual(policy("diff", self.first, os.path.join(self.folder, "nowhere"))[0], 2)

    def test_fmt_changes_the_layout_alone(self):
        path = os.path.join(self.first, "3-rules.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("    typology: T06\n", "    typology:   T06   # the split\n\n\n"))
        self.assertEqual(policy("fmt", self.first, "--check"), (1, f"not in layout: {path}\n"))
        self.assertEqual(policy("fmt", self.first), (0, f"laid out: {path}\n"))
        self.assertEqual(policy("fmt", self.first, "--check"), (0, ""))
        self.assertEqual(policy("diff", self.first, FIRST), (0, "both mean the same; only layout or remarks differ\n"))
        with open(path, encoding="utf-8") as file:
            self.assertIn("# the split\n", file.read())

    def test_schema_is_what_is_published(self):
        with open(os.path.join(SOURCE, "contracts", "policy.schema.json"), encoding="utf-8") as file:
            self.assertEqual(policy("schema"), (0, file.read()))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
