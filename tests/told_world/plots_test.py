#!/usr/bin/env python3
"""script/simulator-plots and script/simulator-fraud on a small world: drawings that are XML, figures that replace the old ones
between the markers and nothing else, the same bytes each time; fraud as counted anew from the truth.

Called by ctest with the program and the source tree. Writes nothing outside a temporary folder.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
DRAWINGS = ("answers", "cards", "days", "distance", "hours", "tickets")
WORLD = """world: plotted
seed: 5
first_day: 2026-04-01
days: 9
mix: training
population: {merchants: 60, cities: 2, people_per_merchant: 40, agents: 4}
"""
BEGIN, END = "<!-- figures of a month: written by script/simulator-plots -->", "<!-- end of figures -->"
SEEDS_BEGIN, SEEDS_END = "<!-- fraud by seed: written by script/simulator-fraud -->", "<!-- end of fraud by seed -->"
PAGE = f"# Before\n\nkept above\n\n{BEGIN}\n\nold figures\n\n{END}\n\nkept below {BEGIN[:20]}\n"


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


class Plots(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tillwatch-plots-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.world = self.write("world.yaml", WORLD)
        self.page = self.write("page.md", PAGE)
        self.out = os.path.join(self.folder, "drawings")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return path

    def run_script(self, name, *words):
        return subprocess.run(
            [sys.executable, os.path.join(SOURCE, "script", name), self.world, "--page", self.page, *words],
            env={**os.environ, "TILLWATCH": PROGRAM}, capture_output=True, text=True, timeout=300, check=False)

    def plot(self):
        return self.run_script("simulator-plots", "--from", "2026-04-02", "--to", "2026-04-08", "--out", self.out)

    def drawings(self):
        return {name: bytes_of(os.path.join(self.out, name)) for name in sorted(os.listdir(self.out))}

    def test_drawings_are_well_formed_and_say_what_they_show(self):
        done = self.plot()
        self.assertEqual(done.returncode, 0, done.stderr)
        drawings = self.drawings()
        self.assertEqual(sorted(drawings), [name + ".svg" for name in DRAWINGS])
        for name, text in drawings.items():
            tree = xml.etree.ElementTree.fromstring(text)
            self.assertEqual(tree.tag, "{http://www.w3.org/2000/svg}svg", name)
            told = [tree.findtext("{http://www.w3.org/2000/svg}" + each) for each in ("title", "desc")]
            self.assertTrue(all(told), name)
            numbers = re.findall(r'\b(?:x|y|width|height)="([^"]*)"', text.decode())
            self.assertGreater(len(numbers), 40, name)
            for number in numbers:
                self.assertTrue(0 <= float(number) < 1000, f"{name}: {number} lies outside the drawing")

    def test_only_what_stands_between_the_markers_changes(self):
        done = self.plot()
        self.assertEqual(done.returncode, 0, done.stderr)
        page = bytes_of(self.page).decode()
        before, rest = page.split(BEGIN)
        figures, after = rest.split(END)
        self.assertEqual(before, PAGE.split(BEGIN)[0])
        self.assertEqual(after, PAGE.split(END)[1])
        self.assertNotIn("old figures", figures)
        for name in DRAWINGS:
            self.assertIn(f"(drawings/{name}.svg)", figures)
        self.assertIn(f"{self.sales():,} sales.", figures)
        rows = [line for line in figures.splitlines() if line.startswith("| ")]
        self.assertGreater(len(rows), 12)
        for row in rows:
            self.assertEqual(len(row.split(" | ")), 5, row)

    def test_the_second_time_brings_the_same_bytes(self):
        self.assertEqual(self.plot().returncode, 0)
        first, page = self.drawings(), bytes_of(self.page)
        self.assertEqual(self.plot().returncode, 0)
        self.assertEqual(self.drawings(), first)
        self.assertEqual(bytes_of(self.page), page)

    def test_the_fraud_of_each_seed_is_counted_over_the_whole_world(self):
        self.write("page.md", f"{PAGE}\n{SEEDS_BEGIN}\nold fraud\n{SEEDS_END}\nkept at the end\n")
        done = self.run_script("simulator-fraud", "--seeds", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        page = bytes_of(self.page).decode()
        fraud, after = page.split(SEEDS_BEGIN)[1].split(SEEDS_END)
        self.assertEqual(after, "\nkept at the end\n")
        self.assertNotIn("old fraud", fraud)
        rows = [line.strip("| ").split(" | ") for line in fraud.splitlines() if re.match(r"\| \d", line)]
        self.assertEqual([row[0] for row in rows], ["1", "2"])
        # Seed 2 counted anew, from the same truth.
        told = os.path.join(self.folder, "second")
        world = self.write("second.yaml", WORLD.replace("seed: 5", "seed: 2"))
        summary = json.loads(subprocess.run([PROGRAM, "simulate", world, "--out", told], check=True, stdout=subprocess.PIPE,
                                            timeout=300).stdout.splitlines()[-1])
        with open(os.path.join(told, "truth", "transactions.ndjson"), encoding="utf-8") as file:
            acts = [json.loads(line) for line in file]
        guilty = sum(act["amount"] for act in acts if act["fraud"] and act["approved"])
        self.assertGreater(guilty, 0)
        self.assertEqual(rows[1][2], f"{1e4 * guilty / summary['amount']:.0f}")
        self.assertTrue(rows[1][4].endswith(" of 60"), rows[1][4])

    def test_a_page_without_markers_is_refused_and_left_alone(self):
        self.write("page.md", "# Nothing to replace\n")
        done = self.plot()
        self.assertEqual(done.returncode, 1)
        self.assertIn("has no markers for the figures", done.stderr)
        self.assertEqual(bytes_of(self.page), b"# Nothing to replace\n")

    def sales(self):
        """Distinct sales of the days, counted anew."""
        told = os.path.join(self.folder, "told")
        words = ("simulate", self.world, "--from", "2026-04-02", "--to", "2026-04-08", "--out", told)
        subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.DEVNULL, timeout=300)
        found = set()
        with open(os.path.join(told, "entries.ndjson"), encoding="utf-8") as file:
            for line in file:
                if '"kind":"transaction"' in line and '"type":"sale"' in line:
                    found.add(re.search(r'"id":"([^"]+)"', line).group(1))
        return len(found)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
