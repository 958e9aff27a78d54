#!/ usr / bin / env python3
"""A small told world from end to end: every entry is taken by `replay` and by `import`, the plain rules fire on it, and
`simulate --score` prints of their findings what a plain computation of its own comes to.

Called by ctest with the program and the source tree. Writes nothing outside a temporary folder.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

from naive_score import score

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
RULES = os.path.join(SOURCE, "policies/reference/plain-rules")
MAPPING = os.path.join(RULES, "mapping.yaml")
WORLD = """world: scored
seed: 4
first_day: 2026-03-01
days: 30
mix: training
population: {merchants: 80, cities: 2, people_per_merchant: 30, agents: 5}
flow: {volume_permille: 120}
typologies:
  self_swipe: {skill: 0}
  split_sales: {
skill:
  [ 0, 3 ]
}
"""


def run(*words, code=0):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != code:
        raise AssertionError(f"tillwatch {' '.join(words)} ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return done.stdout, done.stderr


def baseline():
    """script/score-baseline, whose findings these are."""
    loader = SourceFileLoader("score_baseline", os.path.join(SOURCE, "script/score-baseline"))
    module = module_from_spec(spec_from_loader("score_baseline", loader))
    loader.exec_module(module)
    return module


class ToldWorld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tillwatch-score-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        with open(cls.path("world.yaml"), "w", encoding="utf-8") as file:
            file.write(WORLD)
        run("simulate", cls.path("world.yaml"), "--out", cls.path("told"))
        cls.entries, cls.truth = cls.path("told/entries.ndjson"), cls.path("told/truth")
        script, decisions, cls.findings = baseline(), cls.path("decisions.csv"), cls.path("findings.ndjson")
        cls.said, _ = run("replay", "--policy", RULES, "--mapping", MAPPING, "--sort", "--set-aside", cls.path(),
                          "--out", decisions, "--columns", script.COLUMNS, cls.entries)
        cls.count = script.write_findings(decisions, script.arrivals(cls.entries), cls.findings)

    @classmethod
    def path(cls, name=""):
        return os.path.join(cls.folder, name) if name else cls.folder

    def lines(self):
        with open(self.entries, encoding="utf-8") as file:
            return sum(1 for _ in file)

    def test_replay_takes_every_entry(self):
        rows = int(re.search(r"^rows ([\d,]+)$", self.said, re.M).group(1).replace(",", ""))
        self.assertEqual(rows, self.lines())
        self.assertNotIn("set aside", self.said)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".set-aside")], [])

    def test_import_takes_every_entry(self):
        data = self.path("data")
        os.mkdir(data)
        run("admin", "key", "init", "--data", data)
        out, error = run("import", "--data", data, "--policy", RULES, "--mapping", MAPPING, "--sort", "--strict",
                         "--set-aside", self.path(), self.entries)
        self.assertNotIn("set aside", out + error)
        with open(self.entries, encoding="utf-8") as file:
            distinct = {(entry["kind"], entry["id"]) for entry in map(json.loads, file)}
        verified, _ = run("verify", "--data", data)
        held = int(re.search(r"^entries (\d+)$", verified, re.M).group(1))
        self.assertGreaterEqual(held, len(distinct))
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".set-aside")], [])

    def check(self, budget):
        report = json.loads(run("simulate", "--score", self.truth, self.findings, "--json", "--budget", str(budget))[0])
        figures, honest, days = score(self.truth, self.findings, budget)
        self.assertEqual(report["findings"], self.count)
        self.assertEqual(report["honest_merchants"], honest)
        told = {each["code"]: each for each in report["typologies"]} | {"all": report["all"]}
        self.assertEqual(set(told), set(figures))
        for code, mine in figures.items():
            theirs = told[code]
            flat = {**theirs, "patterns": theirs["patterns"]["all"], "found": theirs["patterns"]["found"],
                    "found_any": theirs["patterns"]["found_any"]}
            for name, value in mine.items():
                self.assertEqual(flat[name], value, f"{code} {name}, budget {budget}")
            if mine["alerts"]:
                self.assertAlmostEqual(theirs["precision"]["value"], mine["alerts_right"] / mine["alerts"])
            if mine["patterns"]:
                self.assertAlmostEqual(theirs["patterns"]["recall"]["value"], mine["found"] / mine["patterns"])
            rate = theirs["wrong_per_1000_honest_merchants_a_month"]
            if honest and rate:
                self.assertAlmostEqual(rate["value"], 1000 * mine["alerts_wrong"] / honest / (days / 30))
        return figures["all"]

    def test_the_score_is_that_of_a_plain_computation(self):
        narrow, usual, all_of_them = self.check(2), self.check(10), self.check(1_000_000)
        self.assertGreater(usual["patterns"], 30)
        self.assertTrue(0 < narrow["found"] < all_of_them["found"], "the budget changes nothing here")
        self.assertTrue(0 < usual["alerts_right"] < usual["alerts"], "all alerts are alike here")
        self.assertGreater(usual["look_alikes_alerted"], 0)

    def test_people_read_the_same_figures(self):
        printed, _ = run("simulate", "--score", self.truth, self.findings)
        figures, _, _ = score(self.truth, self.findings, 10)
        mine = figures["all"]
        self.assertIn(f"patterns found          {mine['found']}/{mine['patterns']} ", printed)
        self.assertIn(f"alerts right as named   {mine['alerts_right']}/{mine['alerts']} ", printed)
        self.assertIn(f"wrong alerts            {mine['alerts_wrong']};", printed)

    def test_a_broken_finding_is_named_with_its_place(self):
        broken = self.path("broken.ndjson")
        with open(broken, "w", encoding="utf-8") as file:
            file.write('{"entity":"merchant","id":"M1","time":"2026-03-03T00:00:00Z","typology":"T01","score":1}\n'
                       '{"entity":"shop","id":"M1","time":"2026-03-03T00:00:00Z","typology":"T01","score":1}\n')
        _, error = run("simulate", "--score", self.truth, broken, code=1)
        self.assertRegex(error, r"broken\.ndjson:2:\d+: .*entity.*expected merchant, terminal, card or agent")


class Baseline(unittest.TestCase):
    """script/score-baseline itself, where no world is needed."""
    def setUp(self):
        self.script = baseline()
        os.environ["TILLWATCH"] = os.path.abspath(PROGRAM)

    def test_the_rates_are_those_of_a_world_file_that_names_none(self):
        with tempfile.TemporaryDirectory() as folder:
            world = os.path.join(folder, "day.yaml")
            with open(world, "w", encoding="utf-8") as file:
                file.write("world: day\ndays: 1\npopulation: {merchants: 1, people_per_merchant: 5}\n")
            run("simulate", world, "--out", os.path.join(folder, "day"))
            with open(os.path.join(folder, "day/world.yaml"), encoding="utf-8") as file:
                told = re.findall(r"^  (\w+):\n(?:    .*\n)*?    rate: (\d+)", file.read().split("\ntypologies:\n")[1], re.M)
        self.assertEqual(self.script.default_rates(), {
name: int(rate) for name, rate in told})
        self.assertGreater(len(told), 10)

    def test_seeds_are_others_where_rules_or_mapping_are(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in sorted(os.listdir(RULES)):
                shutil.copy(os.path.join(RULES, name), folder)
            before, self.script.RULES = self.script.held_out_seeds(2), folder
            self.assertEqual(self.script.held_out_seeds(2), before)
            for name in ("mapping.yaml", "3-rules.yaml"):
                with open(os.path.join(folder, name), "a", encoding="utf-8") as file:
                    file.write("# mended\n")
                after = self.script.held_out_seeds(2)
                self.assertEqual(set(after) & set(before), set(), name)
                before = after

    def test_the_program_is_sought_once(self):
        found = self.script.program()
        os.environ["TILLWATCH"] = "/bin/true"
        self.assertEqual(self.script.program(), found)

    def test_every_seed_has_its_delay(self):
        self.assertEqual(self.script.delays_of([33.4, None]), "33 h, -")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
