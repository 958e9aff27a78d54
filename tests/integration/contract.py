"""The OpenAPI document as the server gives it out: schemas checked and filled, operations looked up.

Used by api_fuzz.py and desk_fuzz.py. Knows the part of JSON Schema 2020-12 that the document uses, and refuses the rest, so that a
keyword nobody here understands cannot pass unnoticed.
"""

import json
import re
import time

# The parser of regular expressions is part of the standard library since 3.11 under this name.
from re import _parser as regex_parser

NOTES = {"description", "format", "writeOnly", "default", "title", "example"}
CHECKED = {
    "$ref", "type", "enum", "const", "not", "oneOf", "allOf", "properties", "required", "items", "pattern",
    "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "additionalProperties",
    "dependentRequired",
}  # fmt: skip
INT64 = (-(1 << 63), (1 << 63) - 1)
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
}


class Contract:
    def __init__(self, text, people=False):
        """people: the desk's operations and not the wire's, which have another listener, sessions and no keys."""
        self.document = json.loads(text)
        self.operations = []  # (method, path template, operation)
        for path, item in self.document["paths"].items():
            if path.startswith("/desk/") != people:
                continue
            for method, operation in item.items():
                self.operations.append((method.upper(), path, operation))
        for name in sorted(self.reached([operation for _, _, operation in self.operations])):
            self.look_for_unknown(self.document["components"]["schemas"][name])

    def reached(self, nodes):
        """Names of the schemas that these parts of the document refer to, directly or not."""
        names, seen = set(), set()
        while nodes:
            node = nodes.pop()
            nodes += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
            reference = node.get("$ref") if isinstance(node, dict) else None
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                nodes.append(self.resolve(node))
                if reference.startswith("#/components/schemas/"):
                    names.add(reference.rsplit("/", 1)[1])
        return names

    def look_for_unknown(self, schema):
        for name, value in schema.items():
            if name in ("oneOf", "allOf"):
                for one in value:
                    self.look_for_unknown(one)
            elif name == "properties":
                for one in value.values():
                    self.look_for_unknown(one)
            elif name in ("items", "not"):
                self.look_for_unknown(value)
            elif name not in CHECKED | NOTES:
                raise ValueError(f"the contract uses {name}, which this fuzzer does not understand")

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for step in node["$ref"][2:].split("/"):
                found = found[step]
            node = found
        return node

    def whole(self, schema):
        """The schema with its references and allOf folded into one object schema, where it is one."""
        schema = self.resolve(schema)
        if "allOf" not in schema:
            return schema
        merged = {name: value for name, value in schema.items() if name != "allOf"}
        merged.setdefault("properties", {})
        merged.setdefault("required", [])
        for part in map(self.whole, schema["allOf"]):
            for name, value in part.items():
                if name == "properties":
                    for member, one in value.items():
                        before = merged["properties"].get(member)
                        merged["properties"][member] = {"allOf": [before, one]} if before else one
                elif name == "required":
                    merged["required"] = sorted(set(merged["required"]) | set(value))
                else:
                    merged[name] = value
        return merged

    def response(self, operation, status):
        found = operation["responses"].get(str(status))
        return None if found is None else self.resolve(found)

    def parameters(self, operation, place):
        return [one for one in map(self.resolve, operation.get("parameters", [])) if one["in"] == place]

    def body_schema(self, operation):
        """(media type, schema) or None."""
        body = operation.get("requestBody")
        if body is None:
            return None
        ((media_type, content),) = self.resolve(body)["content"].items()
        return media_type, content["schema"]

    def faults(self, schema, value, place=""):
        """Where the value is not what the schema says; an empty list: it is."""
        schema = self.resolve(schema)
        found = []
        kind = schema.get("type")
        if kind and not any(TYPES[one](value) for one in ([kind] if isinstance(kind, str) else kind)):
            return [f"{place}: no {kind}"]
        if "const" in schema and value != schema["const"]:
            found.append(f"{place}: not {schema['const']!r}")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{place}: not one of {schema['enum']}")
        if "not" in schema and not self.faults(schema["not"], value):
            found.append(f"{place}: is what it must not be")
        for part in schema.get("allOf", []):
            found += self.faults(part, value, place)
        if "oneOf" in schema and sum(not self.faults(one, value) for one in schema["oneOf"]) != 1:
            found.append(f"{place}: fits not exactly one of oneOf")
        if isinstance(value, str):
            found += self.text_faults(schema, value, place)
        elif TYPES["number"](value):
            found += self.number_faults(schema, value, place)
        elif isinstance(value, dict):
            for name in schema.get("required", []):
                if name not in value:
                    found.append(f"{place}: {name} is missing")
            for name, others in schema.get("dependentRequired", {}).items():
                found += [f"{place}: {one} beside {name}" for one in others if name in value and one not in value]
            for name, one in schema.get("properties", {}).items():
                if name in value:
                    found += self.faults(one, value[name], f"{place}/{name}")
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                found.append(f"{place}: {len(value)} items")
            for position, one in enumerate(value):
                found += self.faults(schema.get("items", {}), one, f"{place}/{position}")
        return found

    def text_faults(self, schema, value, place):
        if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", len(value)):
            yield f"{place}: {len(value)} characters"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{place}: does not match {schema['pattern']}"
        if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(value):
            yield f"{place}: no date and time"

    def number_faults(self, schema, value, place):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if schema.get("format") == "int64":
            low, high = max(low, INT64[0]), min(high, INT64[1])
        if not low <= value <= high:
            yield f"{place}: {value} is out of bounds"


def text_of_pattern(pattern, random):
    """A text that the pattern matches; for patterns without alternatives and look-around."""
    return "".join(pieces(regex_parser.parse(pattern), random))


def pieces(parsed, random):
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            yield chr(argument)
        elif name == "IN":
            yield random.choice(characters(argument))
        elif name == "MAX_REPEAT":
            low, high, inner = argument
            for _ in range(random.randint(low, min(high, low + 24))):
                yield from pieces(inner, random)
        elif name == "SUBPATTERN":
            yield from pieces(argument[3], random)
        elif name != "AT":
            raise ValueError(f"a pattern of the contract uses {name}, which this fuzzer does not understand")


def characters(members):
    found = ""
    for name, argument in members:
        if str(name) == "LITERAL":
            found += chr(argument)
        else:
            found += "".join(map(chr, range(argument[0], argument[1] + 1)))
    return found


def time_text(random):
    seconds = time.time() - random.choice((0, 0, 60, 86_400, 400_000_000))
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return text + random.choice(("Z", ".5Z", ".123456789Z", "+08:00", "-11:30"))
