"""The replay and import commands as people use them: damaged rows, order, packing, several files, doing it twice.

  python3 row_commands_test.py PROGRAM
"""

import bz2
import gzip
import lzma
import os
import random
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PACK = os.path.join(ROOT, "policies", "reference", "fraud-handbook")
MAPPING = os.path.join(PACK, "mapping.yaml")
PROGRAM = ""
HEADER = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD\n"
COLUMNS = "id,amount,CUSTOMER_ID_NB_TX_1DAY_WINDOW,TERMINAL_ID_RISK_30DAY_WINDOW"


def rows(count, seed=1):
    chance = random.Random(seed)
    times = sorted(chance.randrange(40 * 86400) for _ in range(count))
    return [
        f"{i},2018-{4 + s // 86400 // 30:02d}-{1 + s // 86400 % 30:02d} {s // 3600 % 24:02d}:{s // 60 % 60:02d}:{s % 60:02d},"
        f"{chance.randrange(20)},{chance.randrange(20)},{chance.randrange(10000) / 100:.2f},{chance.randrange(2)}\n"
        for i, s in enumerate(times)
    ]


class RowCommands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text, pack=lambda data: data):
        with open(self.path(name), "wb") as file:
            file.write(pack(text.encode()))
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_command(self, *words, wanted=0, **options):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, cwd=self.folder.name, **options)
        self.assertEqual(done.returncode, wanted, done.stderr)
        return done.stdout + done.stderr

    def replay(self, *words, out="out.csv", wanted=0, **options):
        self.run_command("replay", "--policy", PACK, "--mapping", MAPPING, "--out", self.path(out), "--columns", COLUMNS,
                         *words, wanted=wanted, **options)
        return self.read(out) if wanted == 0 else None

    def test_packing_changes_nothing(self):
        text = HEADER + "".join(rows(300))
        plain = self.replay(self.write("a.csv", text))
        self.assertEqual(len(plain.splitlines()), 301)
        self.assertEqual(plain, self.replay(self.write("a.csv.gz", text, gzip.compress)))
        self.assertEqual(plain, self.replay(self.write("b", text, lzma.compress)))
        self.assertEqual(plain, self.replay("-", input=text))
        refused = self.write("a.csv.bz2", text, bz2.compress)
        self.replay(refused, wanted=1)

    def test_several_files_are_merged_and_shuffled_ones_sorted(self):
        lines = rows(400)
        whole = self.replay(self.write("a.csv", HEADER + "".join(lines)))
        even = self.write("even.csv", HEADER + "".join(lines[0::2]))
        odd = self.write("odd.csv", HEADER + "".join(lines[1::2]))
        self.assertEqual(sorted(whole.splitlines()), sorted(self.replay(even, odd).splitlines()))
        random.Random(2).shuffle(lines)
        shuffled = self.write("shuffled.csv", HEADER + "".join(lines))
        self.replay(shuffled, out="none.csv", wanted=1)
        self.assertEqual([name for name in os.listdir(self.folder.name) if name.startswith("none")], [])
        self.assertEqual(sorted(whole.splitlines()), sorted(self.replay(shuffled, "--sort").splitlines()))

    def test_damaged_rows_are_set_aside_and_masked(self):
        number = "45395787" + "63621486"
        lines = rows(5)
        text = HEADER + lines[0] + f"9,never,{number},1,2.00,0\n" + '7,"x\n' + "".join(lines[1:])
        said = self.run_command("replay", "--policy", PACK, "--mapping", MAPPING, self.write("a.csv", text))
        self.assertIn("a.csv:3:3: column 'TX_DATETIME': 'never' is no time", said)
        self.assertIn("a.csv:4:3: the quote that opens here", said)
        self.assertIn("2 rows were set aside in a.csv.set-aside", said)
        self.assertIn("rows 5", said)
        self.assertEqual(self.read("a.csv.set-aside"), HEADER + "9,never,453957******1486,1,2.00,0\n" + '7,"x\n')
        self.assertNotIn(number, said)
        strict = self.run_command("replay", "--strict", "--policy", PACK, "--mapping", MAPPING, self.path("a.csv"), wanted=1)
        self.assertNotIn("decided", strict)

    def test_wrong_use_is_told(self):
        data = self.write("a.csv", HEADER + "".join(rows(3)))
        self.run_command("replay", data, wanted=2)
        self.assertIn("did you mean", self.run_command("replay", "--policy", PACK, "--mapping", MAPPING, "--out", "o", "--columns",
                                                       "amuont", data, wanted=1))
        self.assertIn("there is no such file", self.run_command("replay", "--policy", PACK, "--mapping", "none.yaml", data, wanted=1))
        cut = self.write("cut.gz", HEADER + "".join(rows(300)), lambda data: gzip.compress(data)[:-9])
        self.assertIn("cut short", self.run_command("replay", "--policy", PACK, "--mapping", MAPPING, cut, wanted=1))

    def test_the_same_file_again_changes_nothing(self):
        lines = rows(200)
        data = self.write("a.csv", HEADER + "".join(lines))
        words = ["import", "--data", self.path("data"), "--policy", PACK, "--mapping", MAPPING]
        os.mkdir(self.path("data"), 0o700)
        self.assertIn("400 added, 0 known", self.run_command(*words, data))
        self.assertIn("0 added, 400 known", self.run_command(*words, data))
        packed = self.write("a.csv.gz", HEADER + "".join(lines), gzip.compress)
        self.assertIn("0 added, 400 known", self.run_command(*words, packed))
        lines[7] = lines[7].replace("2018-", "2017-", 1)  # the same id, another time
        changed = self.write("b.csv", HEADER + "".join(sorted(lines, key=lambda line: line.split(",")[1])))
        self.assertIn("2 in conflict", self.run_command(*words, changed, wanted=1))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
