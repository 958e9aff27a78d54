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


def count(folder):
    """(passed, failed names, skipped names) of a whole run."""
    passed, failed, skipped = 0, [], []
    for case in xml.parse(os.path.join(folder, "ctest.xml")).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        report = next(
            (
                path
                for path in (os.path.join(folder, f"{name}{end}.json") for end in ("_test", ""))
                if os.path.exists(path)
            ),
            None,
        )
        if status in ("notrun", "disabled"):
            skipped.append(name)
            continue
        if report is None:
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
    if not os.path.exists(os.path.join(folder, "ctest.xml")):
        print("ctest left no report: it did not run")
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
