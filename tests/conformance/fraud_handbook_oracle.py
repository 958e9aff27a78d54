"""The fifteen features of the Fraud Detection Handbook, computed a second time and compared cell by cell.

An independent reading of their definition (fraud-detection-handbook.github.io, chapter 3, baseline feature
transformation): no code is shared with Tillwatch, nothing slides and nothing is kept between rows. Each window is counted by
looking its two ends up in the list of all events of its card or terminal; sums are of whole cents. Standard library only.

  python3 fraud_handbook_oracle.py TRANSACTIONS.csv[.xz] FEATURES.csv     compares; exit code 1 where a cell differs
  python3 fraud_handbook_oracle.py TRANSACTIONS.csv[.xz]                  prints what is expected
"""

import csv
import datetime
import itertools
import lzma
import sys
from array import array
from bisect import bisect_right

DAY_MS = 86_400_000
DELAY_MS = 7 * DAY_MS
WINDOWS = (1, 7, 30)
HEADER = (
    ["transaction_id", "TX_DURING_WEEKEND", "TX_DURING_NIGHT"]
    + [f"CUSTOMER_ID_{what}_{days}DAY_WINDOW" for days in WINDOWS for what in ("NB_TX", "AVG_AMOUNT")]
    + [f"TERMINAL_ID_{what}_{days}DAY_WINDOW" for days in WINDOWS for what in ("NB_TX", "RISK")]
)
EXACT = [not ("AVG" in name or "RISK" in name) for name in HEADER]
RELATIVE_ERROR = 1e-9


def open_text(path):
    if str(path).endswith(".xz"):
        return lzma.open(path, "rt", encoding="ascii", newline="")
    return open(path, encoding="ascii", newline="")


class Clock:
    """Texts such as 2018-04-01 00:00:31 or 2018-04-01 00:00:31.250 as milliseconds since 1970, UTC."""

    def __init__(self):
        self.days = {}

    def read(self, text):
        day = text[:10]
        if day not in self.days:
            self.days[day] = (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days * DAY_MS
        fraction = int((text[20:] + "000")[:3]) if len(text) > 19 else 0
        return self.days[day] + (int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])) * 1000 + fraction


def cents_of(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


class Events:
    """The events of one card or terminal in file order: times, and the sum of a value over the first n of them."""

    __slots__ = ("times", "sums")

    def __init__(self):
        self.times = array("q")
        self.sums = array("q", [0])

    def add(self, time, value):
        self.times.append(time)
        self.sums.append(self.sums[-1] + value)

    def between(self, after, end):
        """Count and sum of the events later than `after` among the first `end`."""
        begin = bisect_right(self.times, after, 0, end)
        return end - begin, self.sums[end] - self.sums[begin]


def expected(path):
    """One list of cells for each transaction of the file, in its order."""
    clock = Clock()
    cards, terminals, rows = {}, {}, []
    with open_text(path) as file:
        reader = csv.reader(file)
        columns = {name: i for i, name in enumerate(next(reader))}
        at = [columns[name] for name in ("TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD")]
        for row in reader:
            number, when, card, terminal, amount, fraud = (row[i] for i in at)
            time = clock.read(when)
            cards.setdefault(card, Events()).add(time, cents_of(amount))
            terminals.setdefault(terminal, Events()).add(time, int(fraud))
            rows.append((number, time, card, terminal))
    seen = dict.fromkeys(cards, 0)
    for number, time, card, terminal in rows:
        seen[card] += 1  # the row itself and what stands before it in the file, also at the same instant
        day, in_day = divmod(time, DAY_MS)
        cells = [number, int((day + 4) % 7 in (0, 6)), int(in_day // 3_600_000 <= 6)]
        for days in WINDOWS:
            count, cents = cards[card].between(time - days * DAY_MS, seen[card])
            cells += [count, cents / count / 100]
        events = terminals[terminal]
        known = bisect_right(events.times, time - DELAY_MS)  # labels come before transactions at the same instant
        for days in WINDOWS:
            count, frauds = events.between(time - DELAY_MS - days * DAY_MS, known)
            cells += [count, frauds / count if count else 0.0]
        yield cells


def equal(wanted, got, exact):
    if exact:
        return str(wanted) == got
    try:
        return abs(float(got) - wanted) <= RELATIVE_ERROR * abs(wanted)
    except ValueError:
        return False


def compare(transactions, features, report=print, differences_shown=10):
    """(cells compared, cells that differ). A missing or further row differs in all its cells."""
    cells = different = 0
    with open_text(features) as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if header != HEADER:
            report(f"the header is {','.join(header)}")
            return 0, 1
        for wanted, got in itertools.zip_longest(expected(transactions), reader):
            cells += len(HEADER)
            if wanted is None or got is None or len(got) != len(HEADER):
                different += len(HEADER)
                report(f"wanted {wanted}, got {got}")
                if different > 100 * len(HEADER):
                    break
                continue
            for name, one, other, exact in zip(HEADER, wanted, got, EXACT):
                if equal(one, other, exact):
                    continue
                different += 1
                if different <= differences_shown:
                    report(f"transaction {wanted[0]}, {name}: wanted {one}, got {other}")
    return cells, different


def main(arguments):
    if len(arguments) == 2:
        print(",".join(HEADER))
        for cells in expected(arguments[1]):
            print(",".join(map(str, cells)))
        return 0
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    cells, different = compare(arguments[1], arguments[2])
    print(f"{cells} cells compared, {different} differ")
    return 0 if cells and not different else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
