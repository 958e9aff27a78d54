#!/usr/bin/env python3
"""`tillwatch simulate WORLD.yaml --files`: the same bytes from one and two threads and from a cut, every row with a
way to its transaction, totals that agree, and all of it read by the program's own mappings.

Usage: world_files.py [--program PATH] [--policy FOLDER]. Exits with 1 where anything does not agree.
"""

import argparse
import csv
import filecmp
import json
import os
import re
import tempfile

from desk_process import ROOT, DataFolder, DeskFailure, add_program_option, count, default_policy, run_program

WORLD = """world: five-channels
seed: 31
days: 10
mix: training
population: {merchants: 70, cities: 2, people_per_merchant: 40, agents: 6, channels: 5}
files: {late_permille: 100, missing_permille: 60, corrected_permille: 200, damaged_ppm: 4000, repeated_ppm: 3000}
"""
GRADES = ("full", "masked", "issuer", "none")
MAPPINGS = {"fen-txt": "fen", "wide-csv": "wide", "bill-csv": "bill", "tick-csv": "tick", "fixed-txt": "fixed"}
FIRST, LAST = "2026-03-03", "2026-03-08"


def tell(program, folder, name, world, *words):
    out = os.path.join(folder, name)
    code, _, error = run_program(program, "simulate", world, "--out", out, "--files", *words)
    if code != 0:
        raise DeskFailure(f"simulate ended with {code}: {error[-800:]}")
    return out


def names_below(folder):
    return {
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
    }


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def same_folders(one, two):
    if names_below(one) != names_below(two):
        raise DeskFailure(f"{one} and {two} do not hold the same files")
    for name in names_below(one):
        if not filecmp.cmp(os.path.join(one, name), os.path.join(two, name), shallow=False):
            raise DeskFailure(f"{name} differs with the number of threads")


def cut_is_a_part(whole, part):
    """Day files of a cut are those of the whole world; only what sums up over the days may differ."""
    compared = 0
    for name in names_below(part):
        day = re.search(r"\d{4}-\d\d-\d\d", name)
        kind = name.split("/")[0]
        if kind in ("deductions", "registers") or not day:
            continue
        if not filecmp.cmp(os.path.join(whole, name), os.path.join(part, name), shallow=False):
            raise DeskFailure(f"{name} differs in a cut of the world")
        compared += 1
    if compared < 100:
        raise DeskFailure(f"only {compared} files were compared with those of a cut")


def truth_of(told):
    """Order numbers with their transactions, and what is known of each day file; both complete."""
    orders = {line["order"]: line["transaction"] for line in lines_of(os.path.join(told, "truth/orders.ndjson"))}
    entries = set()
    for line in lines_of(os.path.join(told, "entries.ndjson")):
        if line["kind"] == "transaction":
            entries.add(line["id"])
    if not set(orders.values()) <= entries:
        raise DeskFailure("an order number leads to no transaction of the entries")
    files = lines_of(os.path.join(told, "truth/files.ndjson"))
    if not any(file["missing"] for file in files) or not any(file["late"] for file in files):
        raise DeskFailure("no file is missing or none is late: the world shows nothing")
    for file in files:
        if os.path.exists(os.path.join(told, file["file"])) == file["missing"]:
            raise DeskFailure(f"{file['file']}: the truth does not say whether it is there")
    return orders, files


def portal_agrees(told, files):
    """The portal's totals are those of the file, plus what was left out, minus what stands in it twice."""
    for grade in GRADES:
        for channel in sorted({file["channel"] for file in files}):
            path = os.path.join(told, "files", grade, channel, "portal.csv")
            with open(path, encoding="utf-8-sig", newline="") as text:
                rows = {row["日期"]: int(row["笔数"]) for row in csv.DictReader(text)}
            for file in files:
                if file["grade"] != grade or file["channel"] != channel:
                    continue
                right = file["rows"] + len(file["left_out"]) - len(file["repeated"])
                if rows[file["day"]] != right:
                    raise DeskFailure(f"{path}: {rows[file['day']]} rows on {file['day']}, not {right}")


def summary_rows(text):
    return int(re.search(r"^rows ([\d,]+)$", text, re.M).group(1).replace(",", ""))


def replay_reads_all(program, told, files):
    """Each grade of each acquirer: all rows but the flawed ones, which are set aside with their lines."""
    refused = 0
    with tempfile.TemporaryDirectory(prefix="tillwatch-set-aside-") as aside:
        for grade in GRADES:
            for channel in sorted({file["channel"] for file in files}):
                mine = [f for f in files if f["grade"] == grade and f["channel"] == channel and not f["missing"]]
                paths = [os.path.join(told, file["file"]) for file in mine]
                name = MAPPINGS[mine[0]["layout"]] + ("-full" if grade == "full" else "") + ".yaml"
                mapping = os.path.join(ROOT, "policies", "reference", "agent-files", name)
                words = ("replay", "--floor", "parse", "--mapping", mapping, "--sort", "--set-aside", aside)
                code, out, error = run_program(program, *words, *paths)
                said = out + error
                if code != 0:
                    raise DeskFailure(f"replay of {grade} {channel} ended with {code}: {said[-800:]}")
                flawed = sum(len(file["flawed"]) for file in mine)
                wanted = sum(file["rows"] for file in mine) - flawed
                if summary_rows(said) != wanted:
                    raise DeskFailure(f"{grade} {channel}: {summary_rows(said)} rows were read, not {wanted}")
                for file in mine:
                    for flaw in file["flawed"][:3]:
                        if flawed <= 20 and f"{file['file']}:{flaw['line']}:" not in said:
                            raise DeskFailure(f"{file['file']}:{flaw['line']} is not reported")
                refused += flawed
    if refused == 0:
        raise DeskFailure("no row was flawed: the world shows nothing")
    return refused


def import_takes_them(program, policy, told, files):
    """The masked files of the acquirer that writes GB18030 into an installation, then their corrections: these
    bring what was left out or flawed, and nothing that is known already."""
    mine = [f for f in files if f["grade"] == "masked" and f["layout"] == "wide-csv" and not f["missing"]]
    corrected = [f for f in mine if f["corrected"]]
    if not corrected:
        raise DeskFailure("no file of the acquirer that writes GB18030 is corrected: the world shows nothing")
    data = DataFolder(program)
    mapping = os.path.join(ROOT, "policies", "reference", "agent-files", "wide.yaml")
    aside = os.path.join(data.path, "aside")
    os.mkdir(aside)
    words = ("--data", data.path, "--policy", policy, "--mapping", mapping, "--sort", "--set-aside", aside)
    data.must("import", *words, *(os.path.join(told, file["file"]) for file in mine))
    first = int(data.verify()["entries"])
    different = sum(f["rows"] - len(f["flawed"]) - len(f["repeated"]) for f in mine)
    if first < different:
        raise DeskFailure(f"the journal holds {first} entries of {different} rows")
    data.must("import", *words, *(os.path.join(told, correction_of(file["file"])) for file in corrected))
    gained = int(data.verify()["entries"]) - first
    missed = sum(len(f["left_out"]) + len(f["flawed"]) for f in corrected)
    if gained != missed:
        raise DeskFailure(f"corrections brought {gained} entries, not the {missed} that were missing")
    data.delete()


def correction_of(name):
    stem, extension = os.path.splitext(name)
    return f"{stem}-c1{extension}"


def a_foreign_folder_is_left_alone(program, folder, world):
    out = os.path.join(folder, "foreign")
    os.makedirs(os.path.join(out, "files"))
    with open(os.path.join(out, "files", "mine"), "w", encoding="utf-8") as file:
        file.write("mine")
    code, _, error = run_program(program, "simulate", world, "--out", out, "--files")
    if code != 1 or "take another --out" not in error or not os.path.exists(os.path.join(out, "files", "mine")):
        raise DeskFailure(f"a folder that no world wrote was not left alone: {code} {error[-300:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program_option(parser)
    parser.add_argument("--policy", default=default_policy())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tillwatch-files-") as folder:
        world = os.path.join(folder, "world.yaml")
        with open(world, "w", encoding="utf-8") as file:
            file.write(WORLD)
        one = tell(options.program, folder, "one", world, "--threads", "1")
        two = tell(options.program, folder, "two", world, "--threads", "2")
        same_folders(one, two)
        part = tell(options.program, folder, "part", world, "--from", FIRST, "--to", LAST)
        cut_is_a_part(os.path.join(one, "files"), os.path.join(part, "files"))
        orders, files = truth_of(one)
        portal_agrees(one, files)
        refused = replay_reads_all(options.program, one, files)
        import_takes_them(options.program, options.policy, one, files)
        a_foreign_folder_is_left_alone(options.program, folder, world)
    count(7, 0)
    print(f"world files: {len(files)} day files of {len(orders)} transactions; {refused} flawed rows set aside")


if __name__ == "__main__":
    try:
        main()
    except DeskFailure as failure:
        count(0, 1)
        raise SystemExit(f"world_files: {failure}") from None
