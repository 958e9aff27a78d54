"""Names and words: drawers that gather everything, promises left in comments, paths of one person's computer.

Called by tidy.py. Words are put together from pieces here, so that this file does not break its own rules.
"""

import re

from source_tree import Finding

DRAWERS = {
    "util",
    "utils",
    "utility",
    "utilities",
    "helper",
    "helpers",
    "common",
    "misc",
    "miscellaneous",
    "base",
    "manager",
    "managers",
    "shared",
    "impl",
    "stuff",
    "general",
}
VERSION_TWIN = re.compile(r"_v\d+(_test)?$")
LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(
    r"(?<![\w.$}~-])/("
    + "|".join(("ho" + "me", "ro" + "ot", "Us" + "ers", "wo" + "rk", "work" + "space", "t" + "mp"))
    + r")/\w"
)


def banned_names(tree):
    for path in list(tree.files) + sorted(tree.others):
        for part in path.split("/"):
            stem = part.rsplit(".", 1)[0] if part == path.split("/")[-1] else part
            for word in re.split(r"[_\-.]", stem.lower()):
                if word in DRAWERS:
                    yield Finding(
                        "banned-names",
                        path,
                        1,
                        f"'{word}' names a drawer, not an idea: name the file or folder after what is in it",
                    )
            if VERSION_TWIN.search(stem) and path.endswith((".h", ".cpp", ".py")):
                yield Finding(
                    "banned-names",
                    path,
                    1,
                    "no version twins: change the one there is, or name the difference",
                )


def snake_case(tree):
    for path in tree.files:
        if path.startswith(("src/", "apps/", "tests/")) and path.endswith((".h", ".cpp", ".py")):
            if path.lower() != path or "-" in path:
                yield Finding("snake-case", path, 1, "files and folders are snake_case")


def left_for_later(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if LATER.search(line):
                yield Finding(
                    "left-for-later",
                    path,
                    number,
                    "do it now, or write an issue: a note in the code is read by nobody",
                )


def machine_paths(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line):
                yield Finding(
                    "machine-paths",
                    path,
                    number,
                    "a path of one computer: take it from an argument or from the repository's root",
                )


def namespaces(tree):
    """A module is a folder and a namespace of the same name."""
    for path, text in tree.under("src/", suffixes=(".h",)):
        parts = path.split("/")
        if len(parts) == 4 and not re.search(rf"\bnamespace\s+tillwatch::{parts[2]}\b", text):
            yield Finding(
                "namespaces",
                path,
                1,
                f"what the module {parts[2]} declares lives in namespace tillwatch::{parts[2]}",
            )


def commented_out_code(tree):
    for path, text in tree.under("src/", "apps/", "tests/", suffixes=(".h", ".cpp")):
        run = 0
        for number, line in enumerate(text.splitlines(), 1):
            code_like = re.match(r"\s*//(.*\w.*;|\s*\})\s*$", line) and not re.match(
                r"\s*//[!/]?\s*(e\.g\.|\w+ \w+ \w+ \w+ \w+)", line
            )
            run = run + 1 if code_like else 0
            if run == 2:
                yield Finding(
                    "commented-out-code", path, number, "code that does not run goes; git keeps the old text"
                )


CHECKS = {
    "banned-names": banned_names,
    "snake-case": snake_case,
    "left-for-later": left_for_later,
    "machine-paths": machine_paths,
    "namespaces": namespaces,
    "commented-out-code": commented_out_code,
}
