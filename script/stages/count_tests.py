"""Counts what a ctest run tested: GoogleTest cases where a program left a report, else the program as one.

Called by run_tests in script/stages/steps.sh: count_tests.py RESULTS_FOLDER COUNTS_FILE.
Exits with 1 where anything failed or where ctest left no report; never runs a test itself.
"""

import json
import os
import sys
import xml.etree.ElementTree as xml


def read_cases(path):
    """(passed, failed names, skipped names) of one GoogleTest report."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    passed, failed, skipped = 0, [], []
    for suite in report.get("testsuites", []):
        for case in suite.get("testsuite", []):
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                failed.append(name)
            elif case.get("result") == "SKIPPED":
                skipped.append(name)
            elif case.get("status") == "RUN":
                passed += 1
    return passed, failed, skipped


def read_programs(folder):
    """{test: the name of its program} for the tests that have a program of their own, as ctest lists them."""
    with open(os.path.join(folder, "tests.json"), encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    programs = {one["name"]: os.path.basename(one["command"][0]) for one in tests if one.get("command")}
    shared = {one for one in programs.values() if list(programs.values()).count(one) > 1}
    return {test: program for test, program in programs.items() if program not in shared}


def count(folder):
    """(passed, failed names, skipped names) of a whole run."""
    passed, failed, skipped = 0, [], []
    programs = read_programs(folder)
    for case in xml.parse(os.path.join(folder, "ctest.xml")).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        report = os.path.join(folder, programs[name] + ".json") if name in programs else None
        if status in ("notrun", "disabled"):
            skipped.append(name)
            continue
        if report is None or not os.path.exists(report):
            passed += status == "run"
            failed += [] if status == "run" else [name]
            continue
        case_passed, case_failed, case_skipped = read_cases(report)
        passed += case_passed
        failed += [f"{name}: {one}" for one in case_failed]
        skipped += [f"{name}: {one}" for one in case_skipped]
        if status != "run" and not case_failed:
            failed.append(f"{name}: ended badly after its last test")
    return passed, failed, skipped


def main(folder, counts):
    for name in ("ctest.xml", "tests.json"):
        if not os.path.exists(os.path.join(folder, name)):
            print(f"ctest left no {name}: it did not run")
            return 1
    passed, failed, skipped = count(folder)
    for name in failed:
        print(f"failed: {name}")
    for name in skipped:
        print(f"not run: {name}")
    with open(counts, "a", encoding="utf-8") as file:
        file.write(f"passed {passed}\nfailed {len(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
