#!/usr/bin/env python3
"""The commands that the README shows, run as they stand there: every line of its block behind "From the root of the
checkout" ends with 0, the server of the last one serves and stops at Ctrl-C, and what it wrote verifies.

Called by script/stages/50-readme and by hand. Runs in a folder of its own with the checkout's folders beside it; ports
are taken by the system, so that a server at 8080 is not in the way.
"""

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

from desk_process import ROOT, add_program_option, count, die_with_parent

SECONDS_MAX = 900


def commands():
    """The lines of the block, without comments and the alias."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"From the root of the checkout:\n\n```sh\n(.*?)```", text, re.S).group(1)
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "alias tillwatch=build/demo/apps/tillwatch", lines[0]
    assert len(lines) > 8, "the README shows fewer commands than this test was written for"
    return lines[1:]


def serves(words, folder):
    """Starts it, waits for its first line, ends it as Ctrl-C does."""
    words = [re.sub(r"^127\.0\.0\.1:\d+$", "127.0.0.1:0", word) for word in words]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               preexec_fn=die_with_parent)  # fmt: skip
    said = process.stdout.readline() + process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    return process.wait(SECONDS_MAX), said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_program_option(parser)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="tillwatch-readme-")
    for name in ("policies", "docs", "contracts", "worlds"):
        os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
    os.mkdir(os.path.join(folder, "var"))
    passed = failed = 0
    lines = commands()
    assert shlex.split(lines[-1])[1] == "serve", lines[-1]
    for line in [*lines, "tillwatch verify --data var/desk"]:
        words = shlex.split(line, comments=True)
        assert words[0] == "tillwatch", line
        words[0] = os.path.abspath(options.program)
        if words[1] == "serve":
            code, said = serves(words, folder)
            good = code == 0 and "tillwatch serves at http://127.0.0.1:" in said and "the desk is at" in said
        else:
            done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)
            code, said, good = done.returncode, done.stdout + done.stderr, done.returncode == 0
        passed, failed = passed + bool(good), failed + (not good)
        print(f"  {'ok     ' if good else 'BROKEN '} {line}")
        if not good:
            print(f"    ended with {code}: {said[-600:]}")
    count(passed, failed)
    if failed == 0:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
