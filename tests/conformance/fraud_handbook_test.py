"""The product against the Fraud Detection Handbook: 1,754,155 transactions, fourteen published features each.

The data is not part of this repository (its authors state no licence). Where TILLWATCH_FRAUD_HANDBOOK names the CSV (or .csv.xz;
script/convert-fraud-handbook makes it from a download), this checks that it is the published data, runs script/fraud-handbook on it
and compares every cell with an independent oracle, and the column sums with those of the published features. Else it says so.

  python3 fraud_handbook_test.py PROGRAM
"""

import csv
import hashlib
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
import fraud_handbook_oracle as oracle  # noqa: E402

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
ROWS = 1_754_155
SHA256 = "4f04feb3195e896df50f5047020dfbc54592345ed3bf4f064f2e9d6ca2e6153e"
AMOUNT_CENTS = 9_407_937_008
SUMS = {
    "TX_DURING_WEEKEND": 508_385,
    "TX_DURING_NIGHT": 304_969,
    "CUSTOMER_ID_NB_TX_1DAY_WINDOW": 6_245_806,
    "CUSTOMER_ID_NB_TX_7DAY_WINDOW": 32_698_235,
    "CUSTOMER_ID_NB_TX_30DAY_WINDOW": 125_859_562,
    "TERMINAL_ID_NB_TX_1DAY_WINDOW": 1_683_536,
    "TERMINAL_ID_NB_TX_7DAY_WINDOW": 11_591_406,
    "TERMINAL_ID_NB_TX_30DAY_WINDOW": 46_326_926,
}


def check(name, wanted, got):
    if wanted != got:
        print(f"{name}: wanted {wanted}, got {got}")
    return wanted == got


def is_published(path):
    digest, cents = hashlib.sha256(), 0
    with oracle.open_text(path) as file:
        for number, line in enumerate(file):
            digest.update(line.encode("ascii"))
            if number > 0:
                cents += oracle.cents_of(line.split(",")[4])
    return check("SHA-256 of the CSV", SHA256, digest.hexdigest()) and check("sum of amounts", AMOUNT_CENTS, cents)


def sums_agree(path):
    sums, rows = dict.fromkeys(SUMS, 0), 0
    with open(path, encoding="ascii", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        wanted = [(header.index(name), name) for name in SUMS]
        for row in reader:
            rows += 1
            for at, name in wanted:
                sums[name] += int(row[at])
    agree = [check(f"sum of {name}", SUMS[name], sums[name]) for name in SUMS]
    return check("rows", ROWS, rows) and all(agree)


def main(arguments):
    data = os.environ.get("TILLWATCH_FRAUD_HANDBOOK", "")
    if not data:
        print("note: not checked, because TILLWATCH_FRAUD_HANDBOOK does not name the transactions of the Fraud Detection Handbook")
        return 0
    if not is_published(data):
        print("the data is not what was published; convert it again")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        features = os.path.join(folder, "features.csv")
        environment = dict(os.environ, TILLWATCH=arguments[1])
        subprocess.run([os.path.join(ROOT, "script", "fraud-handbook"), data, features, "--strict"], check=True, env=environment)
        good = sums_agree(features)
        cells, different = oracle.compare(data, features)
    print(f"{cells} cells compared, {different} differ")
    return 0 if good and cells == ROWS * len(oracle.HEADER) and different == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
