#!/usr/bin/env python3
"""The same journal, and the same rows, through programs of several compilers and optimisations: the same decisions.

Called by script/stages/65-compilers and by hand. One program serves a simulated stream and so writes a journal;
each makes all of its decisions again. Each also replays the stream from its rows, whose times do not depend on
the clock: the hash of what comes out is kept in golden_decision_hash.txt, so that a change shows. Renew it, when
decisions are meant to change, with: tests/integration/decision_hash.py --program BUILD/apps/tillwatch --renew
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

from desk_process import (
    ROOT,
    DataFolder,
    Desk,
    DeskFailure,
    add_program_option,
    count,
    default_policy,
    die_with_parent,
)
from http_wire import Disconnected, Wire, request

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden_decision_hash.txt")
ACQUIRING_WORLD = os.path.join(ROOT, "worlds", "five-acquirers.yaml")
MAPPING = os.path.join(HERE, "simulated_events.yaml")
WORLD = ("--seed", "20260701", "--days", "2", "--merchants", "45", "--history-days", "1")
PIPELINE = 64
DECIDED_MIN = 8000  # fewer would be no proof


def run(program, words):
    done = subprocess.run([program, *words], capture_output=True, timeout=900, preexec_fn=die_with_parent)
    if done.returncode != 0:
        raise DeskFailure(f"{program} {words[0]} ended with {done.returncode}: {done.stderr.decode()[-1500:]}")
    return done.stdout


def tell(data, key, lines):
    """Sends the stream over HTTP; (decisions, events)."""
    desk = Desk(data, default_policy()).wait_until_serving()
    try:
        wire = Wire(desk.port)
        patience = (("Tillwatch-Deadline-Ms", "60000"),)
        decided = 0
        for begin in range(0, len(lines), PIPELINE):
            group = lines[begin : begin + PIPELINE]
            is_transaction = [b'"kind":"transaction"' in line for line in group]
            targets = ["/v1/decisions" if one else "/v1/events" for one in is_transaction]
            wire.send(b"".join(request("POST", t, key, b, patience) for t, b in zip(targets, group)))
            for one, line in zip(is_transaction, group):
                answer = wire.receive()
                if answer.status != 200:
                    raise DeskFailure(f"{line[:200]!r} got {answer.status}: {answer.body[:300]!r}")
                decided += one
        wire.close()
        return decided
    finally:
        desk.kill()  # so that the programs find a journal without a snapshot


def journal_hashes(programs, lines):
    """{name: what verify prints} for one journal that the first program wrote."""
    data = DataFolder(programs["dev"])
    try:
        key = data.api_key("sim", "decide,events")
        begun = time.monotonic()
        decided = tell(data, key, lines)
        print(f"  journal: {len(lines)} events, {decided} decisions in {time.monotonic() - begun:.1f} s")
        if decided < DECIDED_MIN:
            raise DeskFailure(f"only {decided} decisions: the simulated stream is too thin")
        return {name: data.verify(program) for name, program in programs.items()}
    finally:
        data.delete()


def replay_hash(program, rows):
    """SHA-256 of every feature and outcome of every decided row."""
    with open(os.path.join(default_policy(), "2-features.yaml"), encoding="utf-8") as file:
        names = re.findall(r"^ +- \{?name: ([a-z0-9_]+)", file.read(), re.M)
    columns = ["id", "authorisation", "settlement", "subject", "score", "rules", *names]
    words = ["replay", "--policy", default_policy(), "--mapping", MAPPING, "--sort", "--strict", "--quiet"]
    out = run(program, [*words, "--out", "-", "--columns", ",".join(columns), rows])
    if out.count(b"\n") < DECIDED_MIN:
        raise DeskFailure(f"{program} replayed only {out.count(10)} rows")
    return hashlib.sha256(out).hexdigest()


def simulated(program, folder, name, words=()):
    path = os.path.join(folder, name)
    run(program, ["simulate", *WORLD, *words, "--out", path])
    return path


def acquiring_world(program, folder, name):
    """The sums of a world file's entries, truth and agents' files, as the program itself states them."""
    out = os.path.join(folder, f"world-{name}")
    told = json.loads(run(program, ["simulate", ACQUIRING_WORLD, "--out", out, "--files"]))
    shutil.rmtree(out)
    return " ".join(told[sum_of + "_sha256"][:16] for sum_of in ("entries", "truth", "files"))


def same(what, found, wanted=None):
    """True where all values are one (and that one); says so."""
    good = len(set(found.values())) == 1 and (wanted is None or set(found.values()) == {wanted})
    for name, value in found.items():
        print(f"  {what:8} {name:8} {value}")
    if not good:
        print(f"  broken: {what}: not the same" + (f"; golden is {wanted}" if wanted else ""))
    return good


def golden():
    with open(GOLDEN, encoding="utf-8") as file:
        return re.search(r"^[0-9a-f]{64}$", file.read(), re.M).group()


def renew(value):
    with open(GOLDEN, "w", encoding="utf-8") as file:
        file.write(
            "# SHA-256 of what `tillwatch replay` writes about the simulated stream; see decision_hash.py.\n"
            "# It changes when the simulator, policies/acquiring-first or the engine's semantics change:\n"
            "#   tests/integration/decision_hash.py --program build/dev/apps/tillwatch --renew\n"
            f"{value}\n"
        )


def main():
    parser = argparse.ArgumentParser(description="Compares the decisions of programs of several compilers.")
    add_program_option(parser)
    parser.add_argument("--other", action="append", default=[], metavar="NAME=PROGRAM")
    parser.add_argument("--renew", action="store_true", help="write the golden hash of --program")
    options = parser.parse_args()
    programs = {"dev": options.program} | dict(one.split("=", 1) for one in options.other)
    folder = DataFolder(options.program)
    passed = failed = 0
    try:
        # The server keeps only times near now; the rows keep theirs for ever.
        with open(simulated(options.program, folder.path, "live", ("--ends", "yesterday")), "rb") as file:
            lines = file.read().splitlines()
        rows = simulated(options.program, folder.path, "rows.ndjson")
        worlds = {}
        for name, program in programs.items():
            with open(simulated(program, folder.path, "world.ndjson"), "rb") as file:
                worlds[name] = hashlib.sha256(file.read()).hexdigest()
        replayed = {name: replay_hash(program, rows) for name, program in programs.items()}
        if options.renew:
            renew(replayed["dev"])
        acquiring = {name: acquiring_world(program, folder.path, name) for name, program in programs.items()}
        results = [same("simulate", worlds), same("world", acquiring), same("replay", replayed, golden())]
        if not options.renew:
            found = journal_hashes(programs, lines)
            results.append(same("verify", {name: " ".join(one.values()) for name, one in found.items()}))
        passed, failed = results.count(True), results.count(False)
    except (DeskFailure, Disconnected, OSError) as failure:
        print(f"  broken: {type(failure).__name__}: {failure}")
        failed += 1
    finally:
        folder.delete()
    count(passed, failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
