"""Whether script/test counts what its stages count, and fails when one does. Run by tidy.py --self-test.

Runs copies of script/test and count_tests.py over stages and reports made here, in a folder of their own.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, os.path.join(ROOT, "script/stages"))

import count_tests


class WholeTest(unittest.TestCase):
    def run_stages(self, stages, *arguments, **variables):
        """(exit status, lines of output) of script/test over stages {name: body}."""
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "script/stages"))
            shutil.copy(os.path.join(ROOT, "script/test"), os.path.join(root, "script/test"))
            for name, body in {"../install": "exit 0", **stages}.items():
                path = os.path.join(root, "script/stages", name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f"#!/usr/bin/env bash\n# What {name} checks\n{body}\n")
                os.chmod(path, 0o755)
            environment = {
                key: value for key, value in os.environ.items() if not key.startswith("TILLWATCH_")
            }
            result = subprocess.run(
                [os.path.join(root, "script/test"), *arguments],
                capture_output=True,
                text=True,
                env=environment | variables,
                check=False,
            )
            return result.returncode, result.stdout.splitlines()

    COUNTS_3 = 'echo "passed 3" >>"$TILLWATCH_COUNTS"'

    def test_counts_are_added_and_stand_alone_on_the_last_line(self):
        status, lines = self.run_stages({"10-a": self.COUNTS_3, "20-b": self.COUNTS_3 + "; " + self.COUNTS_3})
        self.assertEqual((status, lines[-1]), (0, "9 passed, 0 failed"))

    def test_a_counted_failure_fails_and_the_next_stage_still_runs(self):
        failing = 'echo "failed 2" >>"$TILLWATCH_COUNTS"; exit 1'
        status, lines = self.run_stages({"10-a": failing, "20-b": self.COUNTS_3})
        self.assertEqual((status, lines[-1]), (1, "3 passed, 2 failed"))

    def test_a_failure_that_was_counted_but_not_told_by_the_exit_status_fails(self):
        status, lines = self.run_stages({"10-a": 'echo "failed 1" >>"$TILLWATCH_COUNTS"'})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_stage_that_breaks_off_is_one_failure(self):
        status, lines = self.run_stages({"10-a": self.COUNTS_3 + "; exit 1"})
        self.assertEqual((status, lines[-1]), (1, "3 passed, 1 failed"))

    def test_status_3_ends_the_run(self):
        status, lines = self.run_stages({"10-a": "exit 3", "20-b": self.COUNTS_3})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_nothing_checked_is_a_failure(self):
        status, lines = self.run_stages({"10-a": "true"})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_only_and_skip_choose_stages_and_refuse_unknown_names(self):
        stages = {"10-a": self.COUNTS_3, "20-b": "exit 1"}
        self.assertEqual(self.run_stages(stages, "--only", "a")[1][-1], "3 passed, 0 failed")
        self.assertEqual(self.run_stages(stages, "--skip=b")[1][-1], "3 passed, 0 failed")
        self.assertEqual(self.run_stages(stages, "--only", "c")[0], 2)

    def test_the_long_way_is_passed_on_only_when_asked_for(self):
        asked = 'if [ -n "$(printenv TILLWATCH_LONG)" ]; then echo "passed 1"; else echo "passed 2"; fi >>"$TILLWATCH_COUNTS"'
        for arguments, variables, line in [
            ([], {}, "2 passed, 0 failed"),
            ([], {"TILLWATCH_LONG": ""}, "2 passed, 0 failed"),
            (["--long"], {}, "1 passed, 0 failed"),
            ([], {"TILLWATCH_LONG": "1"}, "1 passed, 0 failed"),
        ]:
            self.assertEqual(self.run_stages({"10-a": asked}, *arguments, **variables)[1][-1], line)

    def test_missing_packages_are_a_failure(self):
        status, lines = self.run_stages({"../install": "exit 1", "10-a": self.COUNTS_3})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))


class CountTests(unittest.TestCase):
    def count(self, cases, reports, programs=()):
        """count() over ctest cases {name: status} and GoogleTest reports {program: [(name, state)]}."""
        programs = dict(programs)
        with tempfile.TemporaryDirectory() as folder:
            lines = "".join(f'<testcase name="{name}" status="{status}"/>' for name, status in cases.items())
            with open(os.path.join(folder, "ctest.xml"), "w", encoding="utf-8") as file:
                file.write(f"<testsuite>{lines}</testsuite>")
            tests = [{"name": name, "command": [programs.get(name, f"/x/{name}_test")]} for name in cases]
            with open(os.path.join(folder, "tests.json"), "w", encoding="utf-8") as file:
                json.dump({"tests": tests}, file)
            for program, states in reports.items():
                suite = [
                    {
                        "name": name,
                        "status": "NOTRUN" if state == "disabled" else "RUN",
                        "result": "SKIPPED" if state == "skipped" else "COMPLETED",
                        **({"failures": [{"failure": "x"}]} if state == "failed" else {}),
                    }
                    for name, state in states
                ]
                with open(os.path.join(folder, f"{program}.json"), "w", encoding="utf-8") as file:
                    json.dump({"testsuites": [{"name": "S", "testsuite": suite}]}, file)
            return count_tests.count(folder)

    def test_cases_are_counted_where_there_is_a_report(self):
        states = [("A", "passed"), ("B", "failed"), ("C", "skipped"), ("D", "disabled"), ("E", "passed")]
        passed, failed, skipped = self.count({"core": "fail"}, {"core_test": states})
        self.assertEqual((passed, failed, skipped), (2, ["core: S.B"], ["core: S.C"]))

    def test_programs_are_counted_where_there_is_none(self):
        passed, failed, skipped = self.count({"tidy": "run", "loop": "fail", "later": "notrun"}, {})
        self.assertEqual((passed, failed, skipped), (1, ["loop"], ["later"]))

    def test_a_program_shared_by_several_tests_counts_once_for_each(self):
        programs = {"short": "/x/loop", "long": "/x/loop"}
        passed, failed, _ = self.count(
            {"short": "run", "long": "fail"}, {"loop": [("A", "passed")]}, programs
        )
        self.assertEqual((passed, failed), (1, ["long"]))

    def test_a_program_that_dies_after_its_tests_has_failed(self):
        passed, failed, _ = self.count({"core": "fail"}, {"core_test": [("A", "passed")]})
        self.assertEqual((passed, len(failed)), (1, 1))


if __name__ == "__main__":
    unittest.main()
