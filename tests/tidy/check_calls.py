"""Calls, headers and constructs that the conventions forbid, each with its replacement.

Called by tidy.py; the table is banned_calls_table.py. Looks at code without comments and literals.
"""

import re

from banned_calls_table import BANS
from cxx_text import code_only, line_of
from source_tree import CXX, Finding

# Headers that are heavy, or throw, or would spread: each stays inside one module's folder.
CONFINED = {
    "simdjson.h": "simdjson",
    "yaml-cpp/": "yaml-cpp",
    "re2/": "RE2",
    "archive": "libarchive",
    "boost/beast": "Beast",
    "sqlite3.h": "SQLite",
    "libpq": "libpq",
}
THROWING = re.compile(r"#\s*include\s*<(simdjson\.h|yaml-cpp/|CLI/|boost/|re2/|qrcodegen/)")


def banned_calls(tree):
    for path, text in tree.under("src/", "apps/", "tests/", suffixes=CXX):
        bans = [ban for ban in BANS if ban.applies(path)]
        code = code_only(text)
        for ban in bans:
            for match in re.finditer(ban.pattern, code, re.MULTILINE):
                yield Finding(
                    "banned-calls",
                    path,
                    line_of(code, match.start()),
                    f"'{match.group(0).strip()}': use instead: {ban.instead}",
                )


def climbing_includes(tree):
    """'..' in an include goes round the include roots; a quoted include names its module."""
    for path, text in tree.under("src/", "apps/", "tests/", suffixes=CXX):
        for number, line in enumerate(text.splitlines(), 1):
            include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if include and ".." in include[1].split("/"):
                yield Finding(
                    "climbing-includes",
                    path,
                    number,
                    'an include never climbs: write "module/file.h" and declare the need',
                )
            elif include and "/" not in include[1] and path.startswith("src/"):
                yield Finding(
                    "climbing-includes", path, number, 'say which module it is from: "module/file.h"'
                )


def swallowed_exceptions(tree):
    """Exceptions live in adapters: the files that include a library which throws."""
    for path, text in tree.under("src/", "apps/", suffixes=CXX):
        code = code_only(text)
        adapter = THROWING.search(code) is not None
        for match in re.finditer(r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{", code):
            depth, at = 1, match.end()
            while at < len(code) and depth:
                depth += {"{": 1, "}": -1}.get(code[at], 0)
                at += 1
            if not adapter and not re.search(r"\bthrow\s*;", code[match.end() : at]):
                yield Finding(
                    "swallowed-exceptions",
                    path,
                    line_of(code, match.start()),
                    "catch (...) hides what went wrong: name the exception in an adapter, or rethrow",
                )
        if not adapter:
            for match in re.finditer(r"\bthrow\b(?!\s*\()|\btry\s*\{", code):
                yield Finding(
                    "swallowed-exceptions",
                    path,
                    line_of(code, match.start()),
                    "core::Result is the one error channel; exceptions only in a throwing library's adapter",
                )


def confined_headers(tree):
    users = {}
    for path, text in tree.under("src/", suffixes=CXX):
        if path.endswith(("_test.cpp", "_bench.cpp")):
            continue
        for start, library in CONFINED.items():
            match = re.search(rf"#\s*include\s*<{re.escape(start)}", code_only(text))
            if match:
                users.setdefault(library, {}).setdefault(
                    path.rsplit("/", 1)[0], (path, line_of(text, match.start()))
                )
    for library, folders in users.items():
        for path, line in list(folders.values())[1:]:
            yield Finding(
                "confined-headers",
                path,
                line,
                f"{library} is already wrapped in {next(iter(folders))}: use that adapter",
            )


CHECKS = {
    "banned-calls": banned_calls,
    "climbing-includes": climbing_includes,
    "swallowed-exceptions": swallowed_exceptions,
    "confined-headers": confined_headers,
}
