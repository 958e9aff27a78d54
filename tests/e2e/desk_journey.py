#!/usr/bin/env python3
"""Starts a real server with a desk and simulated traffic, and lets journey.mjs walk through the console in Chromium.

Called by script/stages/86-e2e and by hand: tests/e2e/desk_journey.py --program build/dev/apps/tillwatch. The program must
hold the console (script/build-console before the build). Screenshots lie in build/e2e afterwards.
"""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from desk_people import DeskWithPeople, traffic
from desk_process import ROOT, DataFolder, DeskFailure, add_program_option, count, default_policy, die_with_parent

SECONDS_MAX = 1200


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_program_option(parser)
    parser.add_argument("--node", default="node", help="the node to run the journey with")
    parser.add_argument("--pictures", metavar="FOLDER", help="take the README's pictures into this folder instead")
    parser.add_argument("--walk", action="append", default=[], metavar="NAME", help="only the first day and this walk (accessWalk ...)")
    options = parser.parse_args()
    build = os.environ.get("TILLWATCH_BUILD") or os.path.join(ROOT, "build")
    shots = os.path.join(build, "e2e")
    os.makedirs(shots, exist_ok=True)
    data = DataFolder(options.program)
    passed = failed = 0
    desk = None
    try:
        key = os.path.join(data.path, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(data.api_key("sim", "decide,events,read"))
        desk = DeskWithPeople(data, default_policy())
        traffic(data, desk, key)
        url = f"http://127.0.0.1:{desk.people_port}"
        walk, folder = ("pictures.mjs", options.pictures) if options.pictures else ("journey.mjs", shots)
        words = [options.node, os.path.join(HERE, walk), url, f"{url}/first-run#{desk.token}", os.path.abspath(folder), *options.walk]
        os.environ.update(TILLWATCH_SCRATCH=shots, TILLWATCH_API=f"http://127.0.0.1:{desk.port}", TILLWATCH_API_KEY_FILE=key)
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS_MAX, preexec_fn=die_with_parent)
        print(done.stdout + done.stderr, end="")
        passed = sum(line.startswith("ok ") for line in done.stdout.splitlines())
        failed = sum(line.startswith("FAILED ") for line in done.stdout.splitlines())
        failed += done.returncode != 0 and failed == 0
        desk.stop()
        desk = None
    except (DeskFailure, OSError, subprocess.TimeoutExpired) as failure:
        print(f"  broken: {type(failure).__name__}: {failure}")
        failed += 1
    finally:
        if desk is not None:
            desk.kill()
        data.delete()
    print(f"  {passed} checks held, {failed} did not; screenshots in {shots}")
    count(passed, failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
