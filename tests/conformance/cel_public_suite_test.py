#!/usr/bin/env python3
"""The public conformance suite of the language, read from its own files, through `tillwatch cel --batch`.
Called by ctest with the program's path, and by people. The suite is not part of this repository: TILLWATCH_CEL_SUITE
points to its folder tests/simple/testdata (project cel-spec, or the Go module cel.dev/expr); without it nothing is run."""

import collections
import json
import math
import os
import re
import subprocess
import sys

from cel_text_proto import Reader, every, first, text_of

# What the language here is: the core, and the libraries that are built in.
FILES = ("basic", "bindings_ext", "comparisons", "conversions", "encoders_ext", "fields", "fp_math", "integer_math", "lists",
         "logic", "macros", "macros2", "math_ext", "namespace", "optionals", "parse", "plumbing", "string", "string_ext",
         "timestamps", "type_deduction")
ROUNDED = "the suite rounds the int to a double; here they are compared exactly, as on one line of numbers"
DIFFER = {("comparisons", "not_lt_dyn_int_big_lossy_double"): ROUNDED,
          ("comparisons", "not_gt_dyn_big_double_int"): ROUNDED,
          ("comparisons", "lte_dyn_big_double_int"): ROUNDED,
          ("comparisons", "gte_dyn_int_big_lossy_double"): ROUNDED}
QUOTED = re.compile(r"""[rRbB]{0,2}(?:\"\"\"(?:.|\n)*?\"\"\"|'''(?:.|\n)*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""")
PROTOBUF = re.compile(r"(?<!\bin)(?<![A-Za-z0-9_.`])(?!in\s*\{)[A-Za-z_][A-Za-z0-9_.`]*\s*\{|TestAllTypes|NestedEnum|GlobalEnum"
                      r"|google\.protobuf\.(?!Timestamp|Duration)")
PRIMITIVE = {"BOOL": "bool", "INT64": "int", "UINT64": "uint", "DOUBLE": "double", "STRING": "string", "BYTES": "bytes"}


class LeftOut(Exception):
    """The case needs what the language here does not have; the text says what."""


def parts(message):
    return [str(int(first(message, name) or "0")) for name in ("seconds", "nanos")]


def double(word):
    word = word.lower().removesuffix("f") if "inf" not in word.lower() else word.lower()
    return {"infinity": "inf", "-infinity": "-inf"}.get(word, word)


def value(message):
    """A value of the suite as the typed JSON of the batch."""
    kind, content = message[0]
    if kind == "list_value":
        return {"list": [value(item) for item in every(content, "values")]}
    if kind == "map_value":
        return {"map": [[value(first(e, "key")), value(first(e, "value"))] for e in every(content, "entries")]}
    if kind == "object_value":
        for name, inner in content:
            if name.endswith(("google.protobuf.Timestamp]", "google.protobuf.Duration]")):
                return {("timestamp" if "Timestamp" in name else "duration") + "_parts": parts(inner)}
        raise LeftOut("protobuf messages")
    if kind == "enum_value":
        raise LeftOut("protobuf enums")
    forms = {"null_value": lambda: {"null": True}, "bool_value": lambda: {"bool": content == "true"},
             "int64_value": lambda: {"int": str(int(content, 0))}, "uint64_value": lambda: {"uint": str(int(content, 0))},
             "double_value": lambda: {"double": double(content)}, "string_value": lambda: {"string": content.decode()},
             "bytes_value": lambda: {"bytes": content.hex()}, "type_value": lambda: {"type": content.decode()}}
    return forms[kind]()


def type_name(message):
    kind, content = message[0]
    if kind == "message_type" and content in (b"google.protobuf.Timestamp", b"google.protobuf.Duration"):
        return content.decode().rsplit(".", 1)[1].lower()
    if kind == "abstract_type" and text_of(content, "name") == "optional_type":
        return f"optional({type_name(first(content, 'parameter_types'))})"
    forms = {"primitive": lambda: PRIMITIVE[content], "null": lambda: "null", "dyn": lambda: "dyn",
             "well_known": lambda: {"TIMESTAMP": "timestamp", "DURATION": "duration", "ANY": "dyn"}[content],
             "list_type": lambda: f"list({type_name(first(content, 'elem_type'))})",
             "map_type": lambda: f"map({type_name(first(content, 'key_type'))}, {type_name(first(content, 'value_type'))})",
             "type": lambda: f"type({type_name(content) if content else 'dyn'})"}
    if kind not in forms:
        raise LeftOut("protobuf messages" if kind in ("message_type", "wrapper") else "types of its own")
    return forms[kind]()


def expectation(test):
    typed = first(test, "typed_result")
    if typed is not None:
        wanted, deduced = first(typed, "result"), first(typed, "deduced_type")
        return {"value": value(wanted) if wanted is not None else None, "type": type_name(deduced) if deduced else None}
    if first(test, "eval_error") is not None or first(test, "any_eval_errors") is not None:
        return {"error": True}
    wanted = first(test, "value")
    return {"value": value(wanted) if wanted is not None else {"bool": True}}


def case_of(test):
    """The line for the batch and what its answer must be."""
    source = text_of(test, "expr")
    if PROTOBUF.search(QUOTED.sub('""', source)):
        raise LeftOut("protobuf messages")
    if text_of(test, "container"):
        raise LeftOut("containers (names relative to a protobuf package)")
    line = {"expr": source, "bindings": {}, "declare": {}, "unchecked": first(test, "disable_check") == "true"}
    for declared in every(test, "type_env"):
        name, identifier = text_of(declared, "name"), first(declared, "ident")
        if identifier is not None:
            line["declare"][name] = type_name(first(identifier, "type"))
        elif re.search(r"\b" + re.escape(name) + r"\s*\(", source):
            raise LeftOut("functions of its own")
    for binding in every(test, "bindings"):
        line["bindings"][text_of(binding, "key")] = value(first(first(binding, "value"), "value"))
    return line, expectation(test), first(test, "check_only") == "true"


def same(left, right):
    if set(left) != set(right):
        return False
    kind = next(iter(left))
    a, b = left[kind], right[kind]
    if kind == "double":
        return float(a) == float(b) or (math.isnan(float(a)) and math.isnan(float(b)))
    if kind in ("list", "optional"):
        return len(a) == len(b) and all(map(same, a, b))
    if kind == "map":
        return len(a) == len(b) and all(any(same(p[0], q[0]) and same(p[1], q[1]) for q in b) for p in a)
    return a == b


def verdict(wanted, check_only, answer, checked):
    if wanted.get("type") and checked.get("type") != wanted["type"]:
        return f"the type {wanted['type']} was expected, not {checked}"
    if check_only:
        return ""
    if "error" in wanted:
        return "" if "error" in answer else f"an error was expected, not {answer}"
    if wanted["value"] is None or ("value" in answer and same(answer["value"], wanted["value"])):
        return ""
    return f"{wanted['value']} was expected, not {answer}"


def ask(program, lines):
    done = subprocess.run([program, "cel", "--batch"], input="".join(json.dumps(line) + "\n" for line in lines), text=True,
                          stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def run_file(program, folder, name):
    """Cases, how many agree, what was left out by reason, and the failures."""
    with open(os.path.join(folder, name + ".textproto"), encoding="utf-8") as text:
        suite = Reader(text.read()).message()
    names, cases, left_out = [], [], collections.Counter()
    for section in every(suite, "section"):
        for test in every(section, "test"):
            try:
                cases.append(case_of(test))
                names.append(text_of(test, "name"))
            except LeftOut as reason:
                left_out[str(reason)] += 1
    answers = ask(program, [line for line, _, _ in cases])
    checked = ask(program, [dict(line, check=True) for line, _, _ in cases])
    agree, failures = 0, []
    for test, (line, wanted, check_only), answer, types in zip(names, cases, answers, checked):
        wrong = verdict(wanted, check_only, answer, types)
        agree += not wrong
        if bool(wrong) != ((name, test) in DIFFER):
            failures.append(f"{name} {test}: {line['expr']}: {wrong or 'agrees, but is listed as different'}")
    return len(cases), agree, left_out, failures


def main():
    folder = os.environ.get("TILLWATCH_CEL_SUITE", "")
    if not folder:
        print("TILLWATCH_CEL_SUITE does not point to the public suite: nothing is run")
        return 0
    program = os.path.abspath(sys.argv[1])
    total = agreed = 0
    failures = []
    for name in FILES:
        cases, agree, left_out, wrong = run_file(program, folder, name)
        total, agreed, failures = total + cases, agreed + agree, failures + wrong
        spared = "; left out: " + ", ".join(f"{n} {why}" for why, n in sorted(left_out.items())) if left_out else ""
        print(f"{name}: {agree} of {cases} agree{spared}")
    for (name, test), why in DIFFER.items():
        print(f"differs, as meant: {name} {test}: {why}")
    for failure in failures:
        print(failure)
    print(f"{agreed} of {total} cases agree, {len(failures)} failures")
    return 1 if failures or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
