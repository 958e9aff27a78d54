"""What the scripts that look at a told world share: the program that tells it, its parameters, its truth, and a page's markers.

Imported by script/simulator-plots and script/simulator-fraud. Needs only Python's standard library; never changes a world.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
CARD_FRAUD = {"T12", "T21"}  # what issuers count: a stranger uses the card
CASH_OUT = {"T01", "T03", "T08"}


def program():
    for path in (os.environ.get("TILLWATCH"), "build/release/apps/tillwatch", "build/demo/apps/tillwatch",
                 "build/dev/apps/tillwatch"):
        if path and os.access(os.path.join(ROOT, path), os.X_OK):
            return os.path.join(ROOT, path)
    sys.exit(f"{os.path.basename(sys.argv[0])}: no program; build it or set TILLWATCH")


def read_parameters(path):
    """{section: {name: text}} and {kind: {name: text}} of a told world's own file."""
    flat, kinds, section, kind = defaultdict(dict), defaultdict(dict), None, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, _, value = line.strip().partition(":")
            indent = len(line) - len(line.lstrip())
            if indent == 0:
                section = name
            elif section == "kinds" and indent == 2:
                kind = name
            elif section == "kinds" and indent == 4:
                kinds[kind][name] = value.strip()
            elif indent == 2:
                flat[section][name] = value.strip()
    return flat, kinds


def tell(world, folder, *cut):
    """The summary of a world told into a folder."""
    done = subprocess.run([program(), "simulate", world, *cut, "--out", folder], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{os.path.basename(sys.argv[0])}: tillwatch simulate ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def truth_figures(folder, amount):
    """Value of approved acts by group in ten-thousandths of all, and the shops of planted cash-out."""
    codes, shops, value = {}, set(), Counter()
    with open(os.path.join(folder, "instances.ndjson"), encoding="utf-8") as file:
        for line in file:
            instance = json.loads(line)
            codes[instance["instance"]] = instance["code"]
            if instance["role"] == "planted" and instance["code"] in CASH_OUT:
                shops.update(instance["merchants"])
    with open(os.path.join(folder, "transactions.ndjson"), encoding="utf-8") as file:
        for line in file:
            act = json.loads(line)
            if act["fraud"] and act["approved"]:
                value[codes[act["instance"]]] += act["amount"]
    share = {code: 1e4 * sum_ / amount for code, sum_ in value.items()}
    return share, len(shops)


def write_between(page, begin, end, told):
    with open(page, encoding="utf-8") as file:
        whole = file.read()
    if begin not in whole or end not in whole:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {page} has no markers for the figures: {begin} and {end}")
    before, after = whole[:whole.index(begin)], whole[whole.rindex(end) + len(end):]
    with open(page, "w", encoding="utf-8", newline="\n") as file:
        file.write(before + "\n".join([begin, "", *told, "", end]) + after)
