#!/usr/bin/env python3
"""Runs the tutorial of docs/policy-language.md and holds its reference to the program.
Called by ctest with the program's path; with --renew it writes what the program prints into the page."""

import os
import re
import shlex
import subprocess
import sys
import tempfile

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "policy-language.md")
BEGINS, ENDS = "<!-- reference begins -->\n", "<!-- reference ends -->\n"
STEPS_LEAST = 10


def matches(expected, printed):
    """`...` in a line of the page stands for any text; a line of only `...` for any lines."""
    pattern = re.escape(expected).replace(re.escape("...\n"), "(?:.|\n)*?").replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed) is not None


class Tutorial:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.failures, self.files, self.commands, self.step = [], 0, 0, 0

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        self.files += 1

    def run(self, command, code):
        words = shlex.split(command)
        if words[0] != "tillwatch":
            raise SystemExit(f"the page runs something else than tillwatch: {command}")
        done = subprocess.run([self.program, *words[1:]], cwd=self.folder, stdin=subprocess.DEVNULL, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.commands += 1
        if code is not None and done.returncode != code:
            self.failures.append(f"step {self.step}: {command}: exit code {done.returncode}, not {code}\n{done.stdout}")
        return done.stdout

    def console(self, info, lines):
        """Every `$ command` with what is printed below it; the page's own lines where they agree."""
        code = re.search(r"exit=(\d+)", info)
        commands, outputs = [], []
        for line in lines:
            if line.startswith("$ "):
                commands.append(line[2:].rstrip("\n"))
                outputs.append([])
            else:
                outputs[-1].append(line)
        result = []
        for number, (command, output) in enumerate(zip(commands, outputs)):
            last = number + 1 == len(commands)
            printed = self.run(command, (int(code.group(1)) if code else 0) if last or not code else None)
            expected = "".join(output)
            if not matches(expected, printed):
                self.failures.append(f"step {self.step}: {command}\n-- the page has\n{expected}-- it prints\n{printed}")
                expected = printed
            result += ["$ " + command + "\n", expected]
        return result


def go_through(tutorial, lines):
    """The page's lines again, with what was printed."""
    made, at = [], 0
    while at < len(lines):
        line = lines[at]
        at += 1
        made.append(line)
        if line.startswith("## Step "):
            tutorial.step += 1
        if not line.startswith("```"):
            continue
        end = next(i for i in range(at, len(lines)) if lines[i].startswith("```"))
        block = lines[at:end]
        at = end
        if line.startswith("```console"):
            block = tutorial.console(line, block)
        elif block and block[0].startswith("# desk/"):
            tutorial.write(block[0][2:].strip(), "".join(block))
        made += block + [lines[at]]
        at += 1
    return made


def main():
    arguments = [a for a in sys.argv[1:] if a != "--renew"]
    renew = len(arguments) < len(sys.argv) - 1
    program = os.path.abspath(arguments[0])
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    reference = subprocess.run([program, "cel", "--reference"], check=True, text=True, stdout=subprocess.PIPE).stdout
    start, end = text.index(BEGINS) + len(BEGINS), text.index(ENDS)
    with tempfile.TemporaryDirectory() as folder:
        tutorial = Tutorial(program, folder)
        made = "".join(go_through(tutorial, text[:start].splitlines(keepends=True)))
    if text[start:end] != "\n" + reference + "\n":
        tutorial.failures.append("the reference is not what `tillwatch cel --reference` prints")
    if tutorial.step < STEPS_LEAST or tutorial.files < 2 * STEPS_LEAST or tutorial.commands < STEPS_LEAST:
        tutorial.failures.append(f"{tutorial.step} steps, {tutorial.files} files, {tutorial.commands} commands: too few")
    if renew:
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(made + "\n" + reference + "\n" + text[end:])
    for failure in tutorial.failures:
        print(failure)
    if tutorial.failures:
        print(f"renew the page with: {sys.argv[0]} PROGRAM --renew, and read what changed")
    print(f"{tutorial.step} steps, {tutorial.files} files, {tutorial.commands} commands, {len(tutorial.failures)} failures")
    return 1 if tutorial.failures and not renew else 0


if __name__ == "__main__":
    sys.exit(main())
