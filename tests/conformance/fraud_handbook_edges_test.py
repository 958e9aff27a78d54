"""Windows in milliseconds: the handbook's features over small files whose events lie exactly on, one millisecond inside and one
millisecond outside every window edge, with twins at one instant. The real data is in seconds and would hide a store that
rounds. The oracle says what is expected.

  python3 fraud_handbook_edges_test.py PROGRAM [SEED]
"""

import datetime
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
import fraud_handbook_oracle as oracle  # noqa: E402

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
START = 1_522_540_800_000  # 2018-04-01T00:00:00Z
ROUNDS = 12


def text_of(time):
    moment = datetime.datetime.fromtimestamp(time // 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S") + f".{time % 1000:03d}"


def interesting_times(chance):
    """Anchors, and events that lie at each window's edge as seen from an anchor, give or take a millisecond."""
    lengths = [days * oracle.DAY_MS for days in oracle.WINDOWS]
    edges = lengths + [oracle.DELAY_MS] + [oracle.DELAY_MS + length for length in lengths]
    times = []
    for _ in range(chance.randrange(3, 9)):
        anchor = START + 40 * oracle.DAY_MS + chance.randrange(20 * oracle.DAY_MS)
        if chance.random() < 0.5:  # the edges of the night and of the day
            anchor = anchor // oracle.DAY_MS * oracle.DAY_MS + chance.choice((0, 7)) * 3_600_000 + chance.choice((-1, 0, 1))
        times.append(anchor)
        for edge in edges:
            times += [anchor - edge + chance.choice((-1, 0, 0, 1)) for _ in range(chance.randrange(3))]
    times += [chance.choice(times) for _ in range(len(times) // 3)]  # twins
    return sorted(times)


def write_transactions(path, chance):
    rows = 0
    with open(path, "w", encoding="ascii") as out:
        out.write("TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO\n")
        for number, time in enumerate(interesting_times(chance)):
            amount = chance.choice((0, 1, 99, chance.randrange(100_000), 10**12))
            fraud = chance.randrange(2)
            customer, terminal = chance.randrange(2), chance.randrange(2)
            money = f"{amount // 100}.{amount % 100:02d}"
            out.write(f"{number},{text_of(time)},{customer},{terminal},{money},0,0,{fraud},0\n")
            rows += 1
    return rows


def main(arguments):
    seed = int(arguments[2]) if len(arguments) > 2 else random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    environment = dict(os.environ, TILLWATCH=arguments[1])
    cells = different = 0
    with tempfile.TemporaryDirectory() as folder:
        transactions, features = os.path.join(folder, "in.csv"), os.path.join(folder, "out.csv")
        for _ in range(ROUNDS):
            write_transactions(transactions, chance)
            subprocess.run([os.path.join(ROOT, "script", "fraud-handbook"), transactions, features, "--quiet", "--strict"],
                           check=True, env=environment)
            compared, wrong = oracle.compare(transactions, features)
            cells += compared
            different += wrong
    print(f"{cells} cells compared, {different} differ")
    return 0 if cells > 5000 and different == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
