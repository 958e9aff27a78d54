"""The house plan and what must agree with it: modules, floors, libraries with their pages.

Called by tidy.py. CMake itself refuses cycles and undeclared includes; here is what CMake cannot see.
"""

import re

from source_tree import CXX, Finding

PLAN = "src/CMakeLists.txt"
FLOORS = ("foundation", "acquiring", "record", "decision", "backoffice", "edge")
TOOLCHAIN = {"Threads", "PkgConfig"}
MODULE = re.compile(r"^\s*module\(\s*(\S+?)[\s)]", re.MULTILINE)


def modules(tree):
    return MODULE.findall(tree.files.get(PLAN, ""))


def folders_in_plan(tree):
    """Every source folder is a module, on a floor that exists; no empty rooms."""
    plan = modules(tree)
    for module in plan:
        folder = module if module.startswith("tests/") else f"src/{module}"
        if not tree.exists(folder):
            yield Finding(
                "folders-in-plan",
                PLAN,
                1,
                f"module {module} has no file: modules come into being when they are needed",
            )
        if module.split("/")[0] not in FLOORS + ("tests",):
            yield Finding(
                "folders-in-plan",
                PLAN,
                1,
                f"module {module} stands on no floor of the house ({', '.join(FLOORS)})",
            )
    strays = {}
    for path, _ in tree.under("src/", suffixes=CXX):
        parts = path.split("/")
        if len(parts) != 4 or "/".join(parts[1:3]) not in plan:
            strays.setdefault(path.rsplit("/", 1)[0], path)
    for path in strays.values():
        message = f"a source lies in src/<floor>/<module>/, and the module has a line in {PLAN}"
        yield Finding("folders-in-plan", path, 1, message)


def architecture_table(tree):
    """ARCHITECTURE.md shows each module of the plan in a row `| `floor/name` | ... |`, and no other."""
    page = tree.files.get("ARCHITECTURE.md", "")
    shown = re.findall(r"^\|\s*`((?:%s|tests)/[a-z0-9_]+)`\s*\|" % "|".join(FLOORS), page, re.MULTILINE)
    for module in modules(tree):
        if shown.count(module) != 1:
            yield Finding(
                "architecture-table",
                "ARCHITECTURE.md",
                1,
                f"module {module} needs one row in the table of floors; it has {shown.count(module)}",
            )
    for module in shown:
        if module not in modules(tree):
            yield Finding(
                "architecture-table", "ARCHITECTURE.md", 1, f"there is no module {module} in {PLAN}"
            )


def libraries_have_pages(tree):
    text = tree.files.get("cmake/libraries.cmake", "")
    used = set(re.findall(r"find_package\(\s*([\w+-]+)", text))
    used |= set(re.findall(r"IMPORTED_TARGET\s+([\w+-]+)", text))
    titles = [page.split("\n", 1)[0].lower() for _, page in tree.under("docs/decisions/", suffixes=(".md",))]
    for library in sorted(used - TOOLCHAIN):
        word = re.compile(rf"(?<![\w-]){re.escape(library.lower())}(?![\w-])")
        if not any(word.search(title) for title in titles):
            message = f"{library} needs a page in docs/decisions that names it in the title"
            yield Finding("libraries-have-pages", "cmake/libraries.cmake", 1, message)


CHECKS = {
    "folders-in-plan": folders_in_plan,
    "architecture-table": architecture_table,
    "libraries-have-pages": libraries_have_pages,
}
