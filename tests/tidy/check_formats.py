"""Formats: each has a page, each page is named by the code, and the table of attributes on the entry's page is the code's.

Called by tidy.py. A source says `// format: name` or names docs/formats/name.md.
"""

import re

from source_tree import CXX, Finding

ENTRY_PAGE = "docs/formats/entry.md"
NUMBERS = "src/acquiring/payment/attribute.h"
TABLE = "src/acquiring/payment/attribute_table.cpp"


def formats_documented(tree):
    """A page in docs/formats and the code that reads or writes it know each other."""
    pages = {path for path, _ in tree.under("docs/formats/", suffixes=(".md",))}
    named = {}
    for path, text in tree.under("src/", "apps/", suffixes=CXX):
        for number, line in enumerate(text.splitlines(), 1):
            found = re.findall(r"docs/formats/[\w-]+\.md", line)
            found += [f"docs/formats/{name}.md" for name in re.findall(r"^// format: ([\w-]+)$", line)]
            for page in found:
                named.setdefault(page, (path, number))
    for page, (path, number) in named.items():
        if page not in pages:
            message = f"{page} does not exist: a format is documented in the change that makes it"
            yield Finding("formats-documented", path, number, message)
    for page in sorted(pages):
        if page not in named:
            message = "no source says '// format: " + page[len("docs/formats/") : -len(".md")] + "'"
            yield Finding("formats-documented", page, 1, message)
        if not re.search(r"\bversion\b", tree.files[page], re.IGNORECASE):
            message = "a format's page states its version and what a reader does with another one"
            yield Finding("formats-documented", page, 1, message)


def attribute_rows(tree):
    """The rows that the entry's page must have, from the code."""
    numbers = dict(re.findall(r"^\s*(\w+) = (\d+),", tree.files.get(NUMBERS, ""), re.MULTILINE))
    row = r'\{\s*(?:AttributeId::)?(\w+),\s*"([\w.]+)",\s*(?:AttributeType::)?(\w+),\s*(?:Unit::)?(\w+),\s*(true|false),'
    for identifier, name, kind, unit, internal in re.findall(row, tree.files.get(TABLE, "")):
        unit = "" if unit == "none" else unit.replace("_", " ")
        ours = "ours" if internal == "true" else ""
        yield f"| {numbers.get(identifier, '?')} | `{name}` | {kind} | {unit} | {ours} |"


def attributes_documented(tree):
    if TABLE not in tree.files:
        return
    rows = list(attribute_rows(tree))
    shown = re.findall(r"^\| \d+ \| `.*$", tree.files.get(ENTRY_PAGE, ""), re.MULTILINE)
    if not rows:
        yield Finding("attributes-documented", TABLE, 1, "no row of the table could be read")
    for row in rows:
        if row not in shown:
            yield Finding("attributes-documented", ENTRY_PAGE, 1, f"this row is missing: {row}")
    for row in shown:
        if row not in rows:
            yield Finding("attributes-documented", ENTRY_PAGE, 1, f"the code has no such attribute: {row}")


CHECKS = {"formats-documented": formats_documented, "attributes-documented": attributes_documented}
