"""For each rule of the tidy test: trees that it must catch, and trees that it must spare. Read by rules_test.py.

Bad samples are assembled from pieces where the text itself would break a rule of this repository.
"""

import re

from check_cards import passes_luhn

BEGINNING = "49291234" + "5678901"
CARD = next(number for number in (BEGINNING + str(check) for check in range(10)) if passes_luhn(number))
PAGE = "# 0001 A title\n\n" + "".join(
    f"## {one}\n\nSome eight words that say what this is about.\n\n"
    for one in ("Context", "Choice", "Alternatives", "Price")
)
OPENING = "// What it is, who calls it.\n#pragma once\n"
PLAN = {
    "src/CMakeLists.txt": "module(foundation/core LIBS fmt::fmt)\n",
    "src/foundation/core/a.h": OPENING + "namespace tillwatch::core {}\n",
}
ATTRIBUTE_ROW = "| 1 | `a.b` | integer | money minor | ours |\n"
ATTRIBUTES = {
    "src/acquiring/payment/attribute.h": "// Numbers.\nenum A {\n  a_b = 1,\n};\n",
    "src/acquiring/payment/attribute_table.cpp": '{AttributeId::a_b, "a.b", integer, money_minor, true,\n "x"},\n',
}
PRESETS = '{"configurePresets": [{"name": "base", "hidden": true}, {"name": "dev"}]}'


def header(body):
    return {"src/foundation/core/a.h": OPENING + "namespace tillwatch::core {\n" + body + "\n}\n"}


def source(body, path="src/record/journal/a.cpp"):
    return {path: "// A source.\n" + body + "\n"}


LONG_FUNCTION = "int f(int x) {\n" + "  x += 1;\n" * 60 + "}\n"
LONG_METHOD = (
    "struct A {\n  template <class T>\n  int f(T x) const noexcept {\n" + "    x += 1;\n" * 60 + "  }\n};\n"
)

# rule: (bad trees, good trees)
SAMPLES = {
    "file-length": (
        [source("int a;\n" * 500)],
        [source("int a;\n" * 480), source("int a;\n" * 900, "src/acquiring/payment/mcc_table.cpp")],
    ),
    "line-length": (
        [
            source("int " + "a" * 107 + ";"),
            {"script/x": "#!/bin/sh\n# " + "a" * 139 + "\n"},
            {"tests/tidy/x.py": "# " + "a" * 139 + "\n"},
        ],
        [
            source("int " + "a" * 105 + ";"),
            source("// see https://" + "a" * 120),
            {"script/x": "#!/bin/sh\n# " + "a" * 138 + "\n"},
        ],
    ),
    "function-length": (
        [
            source(LONG_FUNCTION),
            source(LONG_METHOD),
            source("TEST(A, B) {\n" + "  f();\n" * 60 + "}\n"),
            source("TEST(A, B) {\n" + "  f();\n" * 100 + "}\n", "src/record/journal/a_test.cpp"),
            source("int f(A a = {}, int b = 0) {\n" + "  f();\n" * 60 + "}\n"),
            source("bool operator==(const A& a, const A& b) {\n" + "  f();\n" * 60 + "}\n"),
            source("A::A(int x) : x_(x), y_{1} {\n" + "  f();\n" * 60 + "}\n"),
        ],
        [
            source("int f() {\n" + "  f();\n" * 57 + "}\n"),
            source("const int a[] = {\n" + "  1,\n" * 70 + "};\n"),
            source("namespace a {\n" + "int f(int x) { return x; }\n" * 70 + "}\n"),
            source("struct A {\n" + "  int f(int x);\n" * 70 + "};\n"),
            source('const char* s = R"(' + "f() {\n" * 80 + ')";'),
        ],
    ),
    "document-length": (
        [{"ARCHITECTURE.md": "a\n" * 301}, {"docs/decisions/0001-a.md": "a\n" * 81}],
        [{"ARCHITECTURE.md": "a\n" * 300}],
    ),
    "opening-comment": (
        [
            {"src/foundation/core/a.h": "#pragma once\n"},
            {"src/foundation/core/a_crash_test.cpp": "#include <a>\n"},
            {"script/x": "#!/bin/sh\nset -e\n"},
            {"tests/tidy/a.py": "import os\n"},
        ],
        [
            header(""),
            {
                **header(""),
                "src/foundation/core/a.cpp": "#include <a>\n",
                "src/foundation/core/a_test.cpp": "#include <a>\n",
            },
            {
                "script/x": "#!/bin/sh\n# What it does.\n",
                "script/y": '#!/usr/bin/env python3\n"""What it does."""\n',
            },
        ],
    ),
    "header-form": (
        [{"src/foundation/core/a.h": "// A.\nint a();\n"}, header("using namespace std;")],
        [header("using std::string;")],
    ),
    "includes": (
        [
            source("std::vector<int> a;"),
            source('#include "journal/b.h"\nstd::map<int, int> a;') | {"src/record/journal/b.h": "// B.\n#include <vector>\n"},
            source("// #include <vector>\nint a = std::ranges::sort(b);"),
        ],
        [
            source("#include <vector>\nstd::vector<int> a;  // std::map"),
            source('#include "journal/b.h"\nstd::vector<int> a;')
            | {"src/record/journal/b.h": '// B.\n#include "journal/c.h"\n', "src/record/journal/c.h": "// C.\n#include <vector>\n"},
        ],
    ),
    "banned-names": (
        [
            source("", "src/foundation/core/string_util.cpp"),
            {"src/foundation/helpers/a.h": OPENING},
            {"docs/misc.md": "a\n"},
            source("", "src/record/journal/reader_v2.cpp"),
        ],
        [source("", "src/record/journal/database.cpp"), source("", "src/record/journal/baseline.cpp")],
    ),
    "snake-case": (
        [
            source("", "src/record/journal/JournalReader.cpp"),
            source("", "src/record/journal/journal-reader.cpp"),
        ],
        [source("", "src/record/journal/journal_reader.cpp")],
    ),
    "left-for-later": (
        [source("// TO" + "DO: later"), {"docs/a.md": "FIX" + "ME\n"}],
        [source("// todos los casos")],
    ),
    "machine-paths": (
        [source("// see /ho" + "me/somebody/x"), {"script/x": "#!/bin/sh\n# a\ncat /wo" + "rk/a\n"}],
        [source("// GET /v1/work/items, docs/work/a"), {"script/x": "#!/bin/sh\n# a\nd=${TMPDIR:-/tmp}/x\n"}],
    ),
    "namespaces": ([{"src/foundation/core/a.h": OPENING + "namespace tillwatch::other {}\n"}], [header("")]),
    "commented-out-code": (
        [source("// int a = f(1);\n// int b = f(2);")],
        [source("// It is f(1);\n// that counts, never f(2) as one would think.")],
    ),
    "banned-calls": (
        [
            source("int x = rand();"),
            source("auto* p = ne" + "w int(3);"),
            source("std::unique_ptr<A> a;\nauto* p = ne" + "w A;"),
        ],
        [
            source('// rand() is banned\nconst char* s = "new int";'),
            source("A(const A&) = delete;\nA& operator=(const A&) = delete;"),
            source("auto t = entry.time();"),
            source("#include <new>\nstd::unique_ptr<A> a(ne" + "w A(1));\nnew (place) A(2);"),
            source("std::chrono::steady_clock::now();", "src/edge/posix/posix_clock.cpp"),
            source("#include <unordered_map>", "src/record/journal/a_test.cpp"),
        ],
    ),
    "climbing-includes": (
        [source('#include "../core/a.h"'), source('#include "a.h"')],
        [source('#include "core/a.h"')],
    ),
    "swallowed-exceptions": (
        [
            source("void f() { try { g(); } catch (...) { h(); } }"),
            source("void f() { throw 1; }"),
            source('#include "json/a.h"\nvoid f() { try { g(); } catch (const A& a) { h(a); } }'),
        ],
        [
            source(
                "#include <yaml-cpp/yaml.h>\nvoid f() { try { g(); } catch (const YAML::Exception& e) { h(e); } }"
            )
        ],
    ),
    "confined-headers": (
        [{**source("#include <simdjson.h>"), **source("#include <simdjson.h>", "src/foundation/json/b.cpp")}],
        [
            {
                **source("#include <simdjson.h>", "src/foundation/json/a.cpp"),
                **source("#include <simdjson.h>", "src/foundation/json/b.cpp"),
            }
        ],
    ),
    "card-numbers": (
        [
            {"docs/a.md": f"pay with {CARD}\n"},
            {"docs/a.md": " ".join(CARD[i : i + 4] for i in range(0, 16, 4)) + "\n"},
            source(f"constexpr auto x = {CARD}ull;"),
            {"tests/data/a.csv": f"1,{CARD},2\n"},
            {"a.json": f'{{"pan":"{CARD}"}}'},
        ],
        [
            {
                "docs/a.md": "41111111"
                + "11111111, 9223372036854775809, "
                + BEGINNING
                + str((int(CARD[-1]) + 1) % 10)
                + ", 1700000000006, 0.4929123456789\n"
            },
            source(f"auto x = 0x{CARD};"),
        ],
    ),
    "folders-in-plan": (
        [
            {**PLAN, "src/foundation/stray/a.h": OPENING},
            {"src/CMakeLists.txt": "module(foundation/core)\n"},
            {**PLAN, "src/CMakeLists.txt": "module(cellar/core)\n", "src/cellar/core/a.h": OPENING},
        ],
        [PLAN],
    ),
    "architecture-table": (
        [PLAN, {**PLAN, "ARCHITECTURE.md": "| `foundation/core` | a |\n| `foundation/gone` | b |\n"}],
        [{**PLAN, "ARCHITECTURE.md": "| `foundation/core` | the alphabet |\n"}],
    ),
    "libraries-have-pages": (
        [
            {"cmake/libraries.cmake": "find_package(fmt 9 REQUIRED)\n"},
            {
                "cmake/libraries.cmake": "find_package(fmt)\n",
                "docs/decisions/0001-a.md": "# 0001 libfmt2\n\nfmt\n",
            },
        ],
        [
            {
                "cmake/libraries.cmake": "find_package(fmt 9)\nfind_package(Threads)\n"
                "pkg_check_modules(A REQUIRED IMPORTED_TARGET re2)\n",
                "docs/decisions/0001-a.md": "# 0001 fmt for text\n",
                "docs/decisions/0002-b.md": "# 0002 RE2\n",
            }
        ],
    ),
    "formats-documented": (
        [
            source("// format: docs/formats/gone.md"),
            source("// format: gone"),
            {"docs/formats/a.md": "Version 1.\n"},
            {**source("// format: docs/formats/a.md"), "docs/formats/a.md": "Bytes.\n"},
        ],
        [{**source("// format: docs/formats/a.md"), "docs/formats/a.md": "Version 1.\n"}],
    ),
    "attributes-documented": (
        [
            {**ATTRIBUTES, "docs/formats/entry.md": "| 1 | `a.b` | text |  |  |\n"},
            {**ATTRIBUTES, "docs/formats/entry.md": ATTRIBUTE_ROW + "| 2 | `a.c` | text |  |  |\n"},
            {"src/acquiring/payment/attribute_table.cpp": "// Nothing that can be read.\n"},
        ],
        [{**ATTRIBUTES, "docs/formats/entry.md": ATTRIBUTE_ROW}],
    ),
    "decision-pages": (
        [
            {"docs/decisions/0001-a.md": PAGE.replace("## Price", "## Cost")},
            {"docs/decisions/0002-a.md": PAGE.replace("0001", "0002")},
            {"docs/decisions/first.md": PAGE},
            {"docs/decisions/0001-a.md": PAGE, "docs/decisions/0001-b.md": PAGE},
            {"docs/decisions/0001-a.md": PAGE, "docs/README.md": "nothing\n"},
        ],
        [
            {"docs/decisions/0001-a-title.md": PAGE},
            {"docs/decisions/0001-a.md": PAGE, "docs/README.md": "[a](decisions/0001-a.md)\n"},
            {"docs/decisions/0001-a.md": re.sub(r"## (\w+)\n\n", r"**\1.** ", PAGE)},
        ],
    ),
    "abbreviations": (
        [{"README.md": "The QXZ decides.\n"}],
        [{"README.md": "The MCC and `QXZ` decide.\n```\nQXZ\n```\n", "docs/glossary.md": "| MCC | code |\n"}],
    ),
    "commands-exist": (
        [
            {"README.md": "Run script/gone now.\n"},
            {"README.md": "cmake --preset gone\n", "CMakePresets.json": PRESETS},
            {"README.md": "cmake --preset base\n", "CMakePresets.json": PRESETS},
            {"script/x": "#!/bin/sh\n"},
        ],
        [
            {
                "README.md": "cmake --preset dev; see script/packages.txt\n",
                "CMakePresets.json": PRESETS,
                "script/packages.txt": "a\n",
            }
        ],
    ),
    "promised-tests": (
        [
            {"SECURITY.md": "| lost | `Journal.KeepsAll` |\n"},
            {"SECURITY.md": "`A.b`\n", "src/a/a_test.cpp": "TEST(A, c) {\n"},
            {"SECURITY.md": "`B.*`\n", "src/a/a_test.cpp": "TEST(A, c) {\n"},
        ],
        [{"SECURITY.md": "`A.b`, `A.*`, `C.d` and `a.cpp`\n", "src/a/a_test.cpp": "TEST(A, b) {\n}\nTEST_F(C, d) {\n"}],
    ),
    "links-resolve": (
        [{"docs/a.md": "[b](b.md)\n"}, {"README.md": "see `src/core/gone.h`\n"}],
        [{"docs/a.md": "[b](../README.md#top), [c](https://example.org), [d](#here)\n", "README.md": "a\n"}],
    ),
}
