"""Measures: how long a file, a line and a function may be, and how a file begins (CONTRIBUTING, "Measures").

Called by tidy.py. Tables of data (suffix _table) are exempt.
"""

import re

from cxx_text import functions
from source_tree import CXX, Finding

FILE_LINES_MAX = 500  # aim: 400
FUNCTION_LINES_MAX = 60
TEST_LINES_MAX = 100  # a test may carry its table of cases
LINE_COLUMNS_MAX = 110
SCRIPT_COLUMNS_MAX = 140  # shell and Python: a command with its options stays in one line
TABLES = ("_table.cpp", "_table.py")
ARCHITECTURE_LINES_MAX = 300
DECISION_LINES_MAX = 80
CODE = CXX + (".py", ".sh")


def is_code(path, text):
    return path.endswith(CODE) or text.startswith("#!")


def file_length(tree):
    for path, text in tree.files.items():
        lines = text.count("\n")
        if is_code(path, text) and not path.endswith(TABLES) and lines > FILE_LINES_MAX:
            yield Finding(
                "file-length",
                path,
                lines,
                f"{lines} lines; split it by idea (at most {FILE_LINES_MAX}, aim at 400)",
            )


def line_length(tree):
    for path, text in tree.files.items():
        if not is_code(path, text) or path.endswith(TABLES):
            continue
        most = LINE_COLUMNS_MAX if path.endswith(CXX) else SCRIPT_COLUMNS_MAX
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > most and "://" not in line and 'R"' not in line:
                message = f"{len(line)} columns; script/format or a break by hand (at most {most})"
                yield Finding("line-length", path, number, message)


def function_length(tree):
    for path, text in tree.under("", suffixes=CXX):
        if path.endswith(TABLES):
            continue
        is_test = path.startswith("tests/") or path.endswith(("_test.cpp", "_bench.cpp", "_fixture.h"))
        most = TEST_LINES_MAX if is_test else FUNCTION_LINES_MAX
        for name, first, last in functions(text):
            lines = last - first + 1
            if lines > most:
                yield Finding(
                    "function-length",
                    path,
                    first,
                    f"{name} has {lines} lines; cut it into named steps (at most {most})",
                )


def document_length(tree):
    for path, text in tree.files.items():
        most = ARCHITECTURE_LINES_MAX if path == "ARCHITECTURE.md" else None
        if re.match(r"docs/decisions/\d", path):
            most = DECISION_LINES_MAX
        if most and text.count("\n") > most:
            yield Finding(
                "document-length",
                path,
                most,
                f"{text.count(chr(10))} lines; at most {most}: a page that nobody reads helps nobody",
            )


def opens_with_comment(path, text):
    lines = text.splitlines()
    if lines and lines[0].startswith("#!"):
        path = path + ".py" if "python" in lines[0] else path
        lines = lines[1:]
    if not lines:
        return True
    start = {".h": "//", ".cpp": "//", ".py": '"""'}.get("." + path.rsplit(".", 1)[-1], "#")
    return lines[0].startswith(start)


def opening_comment(tree):
    """Headers, scripts, and sources that no header of the same stem introduces."""
    for path, text in tree.files.items():
        if not (is_code(path, text) or path.endswith(".cmake")):
            continue
        if path.endswith(".cpp"):
            stem = re.sub(r"(_test|_bench)?\.cpp$", "", path)
            if stem + ".h" in tree.files:
                continue
        if not opens_with_comment(path, text):
            yield Finding(
                "opening-comment",
                path,
                1,
                "open the file with two to four comment lines: what it is, who calls it, what it never does",
            )


def header_form(tree):
    for path, text in tree.under("src/", "apps/", "tests/", suffixes=(".h",)):
        if "#pragma once" not in text:
            yield Finding("header-form", path, 1, "a header has #pragma once")
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(r"\s*using\s+namespace\b", line):
                yield Finding(
                    "header-form", path, number, "no `using namespace` in a header: name what is used"
                )


CHECKS = {
    "file-length": file_length,
    "line-length": line_length,
    "function-length": function_length,
    "document-length": document_length,
    "opening-comment": opening_comment,
    "header-form": header_form,
}
