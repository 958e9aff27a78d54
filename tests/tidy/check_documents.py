"""Documents: decision pages, the glossary's abbreviations, commands and links that a reader would try.

Called by tidy.py. What a document says is for reading; that it hangs together is checked here.
"""

import json
import posixpath
import re

from source_tree import Finding

SECTIONS = ("Context", "Choice", "Alternatives", "Price")
GLOSSARY = "docs/glossary.md"
INDEX = "docs/README.md"
# Pages for engineers and operators; docs/typologies.md and the like speak the trade's own shorthand.
PROSE = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/decisions/",
    "docs/operating/",
    "docs/formats/",
)
ABBREVIATION = re.compile(r"(?<![\w/.*-])([A-Z]{2,6})s?(?![\w/*])")


def without_code(text):
    """Markdown without fenced blocks, inline code and the targets of links; lines stay."""
    text = re.sub(
        r"^```.*?^```", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.MULTILINE | re.DOTALL
    )
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`\n]*`", "", text))


def section_pattern(section):
    """A section is headed '## Name' or begins with '**Name.**', and reaches to the next one."""
    return rf"^(?:## {section}[ ]*$|\*\*{section}\.\*\*)((?:(?!^## |^\*\*[A-Z]\w+\.\*\*)[\s\S])*)"


def decision_pages(tree):
    numbers = []
    for path, text in tree.under("docs/decisions/", suffixes=(".md",)):
        name = re.fullmatch(r"docs/decisions/(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md", path)
        if not name:
            yield Finding("decision-pages", path, 1, "a decision's file is NNNN-words-of-the-title.md")
            continue
        numbers.append((int(name[1]), path))
        if not re.match(rf"# {name[1]}:? \S", text):
            yield Finding("decision-pages", path, 1, f"the page begins with '# {name[1]} title'")
        for section in SECTIONS:
            parts = re.findall(section_pattern(section), text, re.MULTILINE)
            if len(parts) != 1 or len(parts[0].split()) < 6:
                message = (
                    f"a decision has one section '## {section}' (or '**{section}.**') that says something"
                )
                yield Finding("decision-pages", path, 1, message)
    index = tree.files.get(INDEX)
    for _, path in numbers:
        if index is not None and path.removeprefix("docs/") not in index:
            yield Finding("decision-pages", path, 1, f"{INDEX} lists every decision: add a line")
    for expected, (number, path) in enumerate(sorted(numbers), 1):
        if number != expected:
            yield Finding(
                "decision-pages",
                path,
                1,
                f"decisions are numbered without gaps or twins: {expected:04} is expected here",
            )
            break


def abbreviations(tree):
    """Abbreviations in prose stand in the glossary, in a table row that begins with them: `| PAN |`."""
    known = set()
    for row in re.findall(r"^\|\s*([A-Z][^|]*)\|", tree.files.get(GLOSSARY, ""), re.MULTILINE):
        known |= set(re.findall(r"[A-Z]{2,6}", row))
    known |= {path.split(".")[0] for path in tree.files if "/" not in path}
    for path, text in tree.under(*PROSE, suffixes=(".md",)):
        for number, line in enumerate(without_code(text).splitlines(), 1):
            for word in ABBREVIATION.findall(line):
                if word not in known:
                    yield Finding(
                        "abbreviations",
                        path,
                        number,
                        f"{word} is not explained in {GLOSSARY}: write it out or add a row",
                    )


def commands_exist(tree):
    """script/x, .ci/x and presets named in the documents exist; scripts can be run and are explained."""
    presets = json.loads(tree.files.get("CMakePresets.json", "{}")).get("configurePresets", [])
    presets = {one["name"] for one in presets if not one.get("hidden")}
    for path, text in tree.under("", suffixes=(".md",)):
        for number, line in enumerate(text.splitlines(), 1):
            for command in re.findall(r"(?<![\w/])(?:script|\.ci)(?:/[\w.-]*\w)+", line):
                if not tree.exists(command) and "NN" not in command:
                    yield Finding("commands-exist", path, number, f"there is no {command}")
            for preset in re.findall(r"--preset[ =]([\w-]+)", line):
                if preset not in presets:
                    yield Finding("commands-exist", path, number, f"there is no preset {preset}")
    for path, text in tree.under("script/", ".ci/"):
        if path.count("/") != 1 or not text.startswith("#!"):
            continue
        if path not in tree.executables:
            yield Finding("commands-exist", path, 1, "a script has the executable bit")
        if path not in tree.files.get("CONTRIBUTING.md", "") and path not in tree.files.get("README.md", ""):
            yield Finding("commands-exist", path, 1, "README or CONTRIBUTING says what this script is for")


def links_resolve(tree):
    """Links, and paths in backticks such as `src/floor/module/file.cpp`, lead to something."""
    for path, text in tree.under("", suffixes=(".md",)):
        for number, line in enumerate(text.splitlines(), 1):
            places = []
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if not re.match(r"[a-z]+:|#", target):
                    places.append(
                        posixpath.normpath(posixpath.join(posixpath.dirname(path), target.split("#")[0]))
                    )
            places += re.findall(r"`((?:src|apps|tests|docs|cmake|policies)/[a-z0-9_./-]+)`", line)
            for place in places:
                if not tree.exists(place):
                    yield Finding("links-resolve", path, number, f"this leads nowhere: {place}")


def promised_tests(tree):
    """A test that SECURITY.md names as `Suite.Name` or `Suite.*` is one."""
    tests = set()
    for _, text in tree.under("src/", "tests/", suffixes=("_test.cpp",)):
        for suite, name in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", text, re.MULTILINE):
            tests |= {(suite, name), (suite, "*")}
    for number, line in enumerate(tree.files.get("SECURITY.md", "").splitlines(), 1):
        for suite, name in re.findall(r"`([A-Z]\w*)\.(\w+|\*)`", line):
            if (suite, name) not in tests:
                yield Finding("promised-tests", "SECURITY.md", number, f"there is no test {suite}.{name}")


CHECKS = {
    "decision-pages": decision_pages,
    "abbreviations": abbreviations,
    "commands-exist": commands_exist,
    "links-resolve": links_resolve,
    "promised-tests": promised_tests,
}
