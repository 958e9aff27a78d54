#!/usr/bin/env python3
"""The tidy test: runs every check over the repository and prints one line a breach, with what to do instead.

Called by ctest (`tidy`), by script/stages/03-tidy and by people: tests/tidy/tidy.py [RULE...] [--self-test].
Needs only Python's standard library. Never changes a file.
"""

import argparse
import io
import os
import sys
import unittest

import check_calls
import check_cards
import check_documents
import check_formats
import check_includes
import check_measures
import check_names
import check_plan
from source_tree import Finding, read_tree

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
ALLOWED = "tests/tidy/allowed.txt"
SHOWN_MAX = 25  # of one rule, unless it is asked for by name
MODULES = (check_measures, check_names, check_calls, check_cards, check_plan, check_formats, check_includes, check_documents)


def all_checks():
    checks = {}
    for module in MODULES:
        for rule, check in module.CHECKS.items():
            assert rule not in checks, f"two checks are called {rule}"
            checks[rule] = check
    return checks


def read_allowances(tree):
    """Lines `rule | path | reason` of allowed.txt as {(rule, path): line}; malformed lines are breaches."""
    allowances, breaches = {}, []
    for number, line in enumerate(tree.files.get(ALLOWED, "").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or parts[0] not in all_checks() or len(parts[2].split()) < 4:
            breaches.append(
                Finding(
                    "allowances", ALLOWED, number, "an allowance is `rule | path | a reason in a sentence`"
                )
            )
        else:
            allowances[(parts[0], parts[1])] = number
    return allowances, breaches


def run(tree, rules=()):
    """{rule: findings} over the tree, without what allowed.txt names; an unneeded allowance is a breach."""
    allowances, breaches = read_allowances(tree)
    findings, needed = {}, set()
    for rule, check in all_checks().items():
        if rules and rule not in rules:
            continue
        findings[rule] = []
        for finding in check(tree):
            if (finding.rule, finding.path) in allowances:
                needed.add((finding.rule, finding.path))
            else:
                findings[rule].append(finding)
    if not rules:
        for allowance in sorted(allowances.keys() - needed):
            breaches.append(
                Finding(
                    "allowances",
                    ALLOWED,
                    allowances[allowance],
                    "nothing needs this any more: delete the line (the list only shrinks)",
                )
            )
        findings["allowances"] = breaches
    return findings


def run_self_test():
    """(run, failed) of the unit tests beside this file: every rule must catch its bad samples."""
    suite = unittest.TestLoader().discover(os.path.dirname(os.path.abspath(__file__)), pattern="*_test.py")
    output = io.StringIO()
    result = unittest.TextTestRunner(stream=output).run(suite)
    failed = len(result.failures) + len(result.errors)
    if failed or not result.testsRun:
        print(output.getvalue())
    return result.testsRun, failed


def main():
    parser = argparse.ArgumentParser(description="Checks the rules of the house.")
    parser.add_argument("rules", nargs="*", help="only these rules")
    parser.add_argument(
        "--self-test", action="store_true", help="first see whether each check still catches its bad sample"
    )
    parser.add_argument("--counts", help="append 'passed N' and 'failed N' to this file")
    arguments = parser.parse_args()
    unknown = set(arguments.rules) - all_checks().keys()
    if unknown:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}; there are {', '.join(all_checks())}")

    passed, failed = 0, 0
    if arguments.self_test:
        tests, failed = run_self_test()
        passed = tests - failed
        print(f"self-test: {passed} checks of the checks passed, {failed} failed")
    findings = run(read_tree(ROOT), arguments.rules)
    for rule, found in findings.items():
        shown = found if rule in arguments.rules else found[:SHOWN_MAX]
        for finding in shown:
            print(finding)
        if len(found) > len(shown):
            print(f"... and {len(found) - len(shown)} more: tests/tidy/tidy.py {rule}")
        passed += not found
        failed += bool(found)
    broken = [rule for rule, found in findings.items() if found]
    print(
        f"tidy: {len(findings) - len(broken)} rules kept, {len(broken)} broken"
        + (f": {', '.join(broken)}" if broken else "")
    )
    if arguments.counts:
        with open(arguments.counts, "a", encoding="utf-8") as file:
            file.write(f"passed {passed}\nfailed {failed}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
