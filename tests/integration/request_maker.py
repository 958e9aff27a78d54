"""Makes requests for every operation of the contract: right ones, ones at the bounds, broken ones.

Used by api_fuzz.py and desk_fuzz.py. Each comes with what the contract lets one expect: "right" (must be taken), "wrong" (must be
refused), "open" (either, but documented). Everything follows from the seed, but for times, which are near now.
"""

import json
from collections import namedtuple

from contract import INT64, text_of_pattern, time_text

Planned = namedtuple("Planned", "operation method target headers key body expect what")
BODY_BYTES_MAX = 64 * 1024
BATCH_BYTES_MAX = 1024 * 1024
WRONG_VALUES = (None, True, -1, 1.5, 10**30, "", "x", [], {}, [1], {"a": 1}, "\u0000", "0" * 1025, 1e300, -0.0)
WRONG_TEXTS = ("", "-1", "x", "1e3", "+5", "%", "%zz", "9" * 30, "TRUE", " 1", "%20")
WRONG_DEADLINES = ("0", "60001", "-5", "x", "", "1", "99999999999999999999", "1.5")
WRONG_TYPES = ("text/plain", "application/xml", "", "application/jsonx", "a/b; c=d")
RAW_BREAKS = (
    b"", b" ", b"{", b"}", b"[]", b"null", b"0", b'"x"', b"{}{}", b'{"id":"a"} x', b'{"id":NaN}',
    b'{"id":"a","amount":Infinity}', b'{"id":"a","amount":01}', b'{"id":"a","amount":1e999}',
    b'{"id":"a","amount":-}', b'{"id":"\xff\xfe"}', b'{"id":"\xed\xa0\x80"}', b'{"id":"\xc0\xaf"}',
    b'{"id":"\\ud800"}', b'{"id":"\\u12"}', b'{"id":"a\x00b"}', b'{"id":"a\tb"}', b'{"id":"a",}', b"{'id':'a'}",
    b'{"id":"a","id":"b"}', b'{"id":"a","shop":{"x":1,"x":2}}', b'{"id":"a" "b":1}', b"\xef\xbb\xbf{}",
    b'{"a":' * 200 + b"1" + b"}" * 200, b"[" * 200 + b"]" * 200, b'{"id":"a","shop":' + b"[" * 200,
    b'{"id":"a","x":"' + b"y" * 60000 + b'"}', b"{" * 65000, b'{"id":"' + b"\\" * 60001 + b'"}',
    b'{"id":"a",' + b",".join(b'"m%d":1' % i for i in range(300)) + b"}", b'{"id":/**/"a"}',
)  # fmt: skip
BANNED = ("cvv", "Track2", "pin_block", "PINBLOCK", "cvc2", "magstripe")
PERSONAL = ("holder_name", "phone", "id_number", "email")


class RequestMaker:
    def __init__(self, contract, random, keys, decision_ids):
        self.contract, self.random, self.keys, self.decision_ids = contract, random, keys, decision_ids
        self.number = 0

    def unique_id(self):
        self.number += 1
        return f"f{self.number}"

    # Values that a schema allows.

    def value(self, schema, name=""):
        schema = self.contract.whole(schema)
        if "const" in schema:
            return schema["const"]
        if "oneOf" in schema:
            return self.value(self.random.choice(schema["oneOf"]), name)
        if "enum" in schema:
            allowed = schema["enum"]
            if "allOf" in schema or "not" in schema:
                allowed = [one for one in allowed if not self.contract.faults(schema, one)]
            return self.random.choice(allowed)
        kind = schema.get("type")
        if isinstance(kind, list):
            return self.value({**schema, "type": self.random.choice(kind)}, name)
        if kind == "null":
            return None
        if kind == "array":
            size = self.random.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [self.value(schema.get("items", {}), name) for _ in range(size)]
        if kind == "object":
            return self.members(schema, self.random.random() * 0.6)
        if kind == "string":
            return self.text(schema, name)
        if kind == "integer":
            if name == "time":  # small numbers are refused as seconds
                return int(self.random.choice((1.7e12, 1.8e12, 1.79e12, schema["maximum"], schema["minimum"])))
            # A number without bounds may look like a card number, which is refused by design.
            low, high = schema.get("minimum", -(10**12) + 1), schema.get("maximum", 10**12 - 1)
            number = self.random.choice((low, high, self.random.randint(low, high), max(low, min(high, 1))))
            digits = str(abs(number))
            like_a_card = 13 <= len(digits) <= 19 and with_check_digit(digits) == digits
            return low if like_a_card else number
        if kind == "number":
            return self.random.choice((schema["minimum"], schema["maximum"], 0, 12.345678))
        if kind == "boolean":
            return self.random.random() < 0.5
        return self.random.choice((1, "x", True, 2.5))

    def text(self, schema, name):
        if schema.get("format") == "date-time":
            return time_text(self.random)
        if "pattern" in schema:
            text = text_of_pattern(schema["pattern"], self.random)
            return with_check_digit(text) if name == "number" else text
        most = schema.get("maxLength", 20)
        long = self.random.random() < 0.2
        size = self.random.choice((1, 8, most)) if long else self.random.randint(1, 12)
        alphabet = "abcXYZ -_.:/é中\"\\" if self.random.random() < 0.2 else "abcdefgh-"
        text = "".join(self.random.choice(alphabet) for _ in range(size))
        return text.encode("utf-8")[:most].decode("utf-8", "ignore")

    def members(self, schema, share):
        properties, required = schema.get("properties", {}), schema.get("required", [])
        chosen = [one for one in properties if one in required or self.random.random() < share]
        return {one: self.value(properties[one], one) for one in chosen}

    def event(self, schema):
        """An event that the contract allows, with what its prose asks for as well."""
        whole = self.contract.whole(schema)
        event = self.members(whole, self.random.choice((0.05, 0.2, 0.5)))
        event["id"] = self.unique_id()
        properties = whole["properties"]
        card = event.get("card", {})
        if "number" in card:
            for name in ("token", "token_namespace", "masked", "bin"):
                card.pop(name, None)
        elif "token" in card or "token_namespace" in card:
            card["token"] = f"t{self.random.randrange(9)}"
            card["token_namespace"] = "fuzz"
        location = event.get("location", {})
        for name in ("latitude", "longitude"):
            if name in location:
                location.pop(name + "_e6", None)
        if "amount" in event or "fee" in event.get("tx", {}):
            event["currency"] = "CNY"
        if event.get("kind", "transaction") != "transaction":
            self.complete(event, properties)
        return event

    def complete(self, event, properties):
        """What the kind must carry (schema Event, `kind`)."""

        def put(path, value):
            first, _, second = path.partition(".")
            event.setdefault(first, {}).setdefault(second, value)

        needed = {
            "outcome": (("tx.original_id", "f1"), ("outcome.code", "51")),
            "label": (("label.type", "chargeback"),),
            "terminal_status": (("status.event", "heartbeat"), ("terminal.id", "T1")),
            "log_in": (("user.id", "u1"), ("log_in.success", True)),
            "advert": (("advert.medium", "site"),),
            "registry_command": (("registry.entity", "merchant"), ("registry.id", "M1")),
            "list_change": (("list.name", "blocked_terminals"), ("list.action", "add"), ("list.value", "S9")),
            "retract": (("retract.batch", "b1"),),
        }
        for path, value in needed[event["kind"]]:
            put(path, value)

    # Bodies that break it.

    def broken_event(self, schema):
        """(bytes, whether the contract certainly refuses them)."""
        if self.random.random() < 0.25:
            return self.random.choice(RAW_BREAKS), True
        event = self.event(schema)
        doubt = False
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            doubt = self.mutate(event, schema) or doubt
        body = json.dumps(event, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        if self.random.random() < 0.1:
            at = self.random.randrange(len(body))
            return body[:at] + bytes([self.random.randrange(256)]) + body[at + 1 :], None
        if self.random.random() < 0.1:
            return body[: self.random.randrange(len(body))], True
        wrong = bool(self.contract.faults(schema, event))
        return body, True if wrong and not doubt else None

    def mutate(self, event, schema):
        """Changes one place. True: where the schema does not say whether that is allowed."""
        places = list(members_of(event))
        if not places:
            return False
        holder, name = self.random.choice(places)
        act = self.random.randrange(7)
        if act == 0:
            del holder[name]
            return False
        if act == 1:
            holder[name] = self.random.choice(WRONG_VALUES)
            return holder[name] in (None, "", -0.0)  # nothing counts as left out
        if act == 2 and isinstance(holder[name], str):
            texts = (holder[name] * 200, holder[name] + "\ud800", "4" * 16, "中" * 400)
            holder[name] = self.random.choice(texts)
            return True
        if act == 3 and isinstance(holder[name], int):
            numbers = (INT64[1] + 1, INT64[0] - 1, INT64[0], float(2**60), 10**15 + 1, -1)
            holder[name] = self.random.choice(numbers)
            return isinstance(holder[name], float)
        if act == 4:
            holder[self.random.choice(BANNED + PERSONAL)] = self.random.choice(("123", {"a": 1}, [1, 2], None))
            return True
        if act == 5:
            deep = 1
            for _ in range(self.random.choice((1, 14, 15, 16, 17, 200))):
                deep = {"d": deep} if self.random.random() < 0.5 else [deep]
            holder["own"] = deep
            return True
        for extra in range(self.random.choice((1, 63, 64, 65, 256, 257))):
            event[f"own{extra}"] = extra
        return True

    # Whole requests.

    def key_for(self, operation):
        return None if operation.get("security") == [] else self.keys["all"]

    def target_of(self, path, operation):
        """(target, what the contract says about it)."""
        expect = "right"
        for one in self.contract.parameters(operation, "path"):
            # Most ids name nothing; that is a documented answer as well.
            known = self.decision_ids and self.random.random() < 0.5
            value = self.random.choice(self.decision_ids) if known else self.value(one["schema"])
            if self.random.random() < 0.2:
                strange = ("dec_", "dec_000000000000000g", "x", "%00", "dec_" + "f" * 16, "a" * 900)
                value = self.random.choice(strange)
            expect = "right" if known and value in self.decision_ids else "open"
            path = path.replace("{" + one["name"] + "}", value)
        pairs = []
        for one in self.contract.parameters(operation, "query"):
            if self.random.random() < 0.3:
                value = self.value(one["schema"])
                wrong = self.random.random() < 0.3
                if wrong:
                    value = self.random.choice(WRONG_TEXTS)
                else:
                    value = str(value).lower() if isinstance(value, bool) else value
                pairs.append(f"{one['name']}={value}" if wrong else f"{one['name']}={quoted(str(value))}")
                if wrong and one["name"] != "request_id":
                    expect = "wrong"
                elif wrong or one["name"] in ("request_id", "after"):  # may name nothing
                    expect = "open" if expect == "right" else expect
        if len(pairs) > 1 and any(pair.startswith("request_id") for pair in pairs):
            expect = "wrong"
        if self.random.random() < 0.03:
            pairs.append(self.random.choice(("unknown=1", "&&", "a", "=", pairs[0] if pairs else "b=2")))
            expect = "open"
        return path + ("?" + "&".join(pairs) if pairs else ""), expect

    def plan(self):
        # Bodies have the most to get wrong.
        operations = self.contract.operations
        weights = [8 if "requestBody" in one else 3 if "parameters" in one else 1 for _, _, one in operations]
        ((method, path, operation),) = self.random.choices(operations, weights)
        target, expect = self.target_of(path, operation)
        headers, key, what = [], self.key_for(operation), "plain"
        for one in self.contract.parameters(operation, "header"):
            headers.append((one["name"], "60000"))
            if self.random.random() < 0.1:
                value = self.random.choice(WRONG_DEADLINES)
                headers[-1] = (one["name"], value)
                expect = "open" if value == "1" else "wrong"
        body, wanted = None, self.contract.body_schema(operation)
        if wanted:
            media_type, schema = wanted
            body, body_expect = self.body(media_type, schema)
            if body_expect == "wrong" and "record=false" in target:
                body_expect = "open"  # a dry run needs no id
            expect = next(one for one in ("wrong", "open", "right") if one in (expect, body_expect))
            if self.random.random() < 0.05:
                media_type = self.random.choice(WRONG_TYPES)
                expect, what = "wrong", "media type"
            elif self.random.random() < 0.1:
                media_type += self.random.choice(("; charset=utf-8", ";charset=UTF-8", " ; x=y"))
            headers.append(("Content-Type", media_type))
        if self.random.random() < 0.08 and key:
            key, expect, what = self.other_key(operation), "wrong", "key"
        return Planned(operation, method, target, headers, key, body, expect, what)

    def other_key(self, operation):
        able = ("all", "decide", "events", "read", "metrics", "admin")
        names = [one for one in self.keys if one not in able]
        return self.keys[self.random.choice(names)]

    def body(self, media_type, schema):
        if media_type.endswith("ndjson"):
            return self.lines()
        if self.random.random() < 0.55:
            return json.dumps(self.event(schema), ensure_ascii=self.random.random() < 0.5).encode(), "right"
        if self.random.random() < 0.03:
            size = self.random.choice((BODY_BYTES_MAX, BODY_BYTES_MAX + 1, BATCH_BYTES_MAX))
            return self.padded(schema, size), "open"
        body, wrong = self.broken_event(schema)
        return body, "wrong" if wrong else "open"

    def padded(self, schema, size):
        """An event with blanks around it: exactly `size` bytes."""
        return json.dumps(self.event(schema)).encode().ljust(size)

    def lines(self):
        schema = {"$ref": "#/components/schemas/Transaction"}
        if self.random.random() < 0.03:
            return b"x" * self.random.choice((BATCH_BYTES_MAX, BATCH_BYTES_MAX + 1)), "open"
        if self.random.random() < 0.03:
            return b"{}\n" * self.random.choice((999, 1000, 1001)), "open"
        lines = []
        for _ in range(self.random.choice((0, 1, 2, 5, 30))):
            good = self.random.random() < 0.7
            line = json.dumps(self.event(schema)).encode() if good else self.broken_event(schema)[0]
            lines.append(line.replace(b"\n", b" "))
        ending = self.random.choice((b"", b"\n", b"\r\n", b"\n\n"))
        return self.random.choice((b"\n", b"\r\n")).join(lines) + ending, "open"


def members_of(value):
    """(holder, name or index) of everything below."""
    for name in list(value if isinstance(value, dict) else range(len(value))):
        yield value, name
        if isinstance(value[name], dict):
            yield from members_of(value[name])


def quoted(text):
    plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return "".join(c if c in plain else "".join(f"%{b:02X}" for b in c.encode("utf-8")) for c in text)


def with_check_digit(text):
    """The digits with the last one chosen so that they pass the Luhn check; what stands between stays."""
    digits = [int(c) for c in text if c.isdigit()]
    total = 0
    for position, digit in enumerate(reversed(digits[:-1])):
        doubled = digit * 2 if position % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return text[:-1] + str(-total % 10)
