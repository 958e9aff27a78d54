"""Canaries: card numbers, tracks and verification values that occur nowhere else, and who carries them.

Called by canary.py. Every request has numbers of its own, so that a leak names the input that leaked. The
numbers begin as the card networks' public test numbers do (tests/tidy/check_cards.py).
"""

import random


def check_digit(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


class Canaries:
    """Makes canaries and remembers what each was used for."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.uses = {}  # text -> where it was put

    def number(self, use, length=16):
        begin = self.random.choice(["40000000", "51000000", "62000000", "22210000"])
        digits = begin + "".join(self.random.choice("0123456789") for _ in range(length - 9))
        digits += check_digit(digits)
        self.uses[digits] = use
        return digits

    def secret(self, use):
        """A verification value or PIN block: no digits to be found by chance."""
        text = "zq" + "".join(self.random.choice("bcdfghjkmnpqrstvwxz") for _ in range(14))
        self.uses[text] = use
        return text


def grouped(number, separator):
    return separator.join(number[i : i + 4] for i in range(0, len(number), 4))


def event(request_id, members):
    fixed = '"amount":100,"currency":"CNY","merchant":{"id":"m1"},"tx":{"type":"sale"}'
    return '{"id":"%s",%s%s}' % (request_id, fixed, members)


def requests(canaries):
    """Yields (use, method, target, headers, body): numbers in every place that takes text."""
    number = canaries.number
    json_type = {"Content-Type": "application/json"}
    counter = iter(range(1, 100000))

    def decide(use, members):
        return (use, "POST", "/v1/decisions", json_type, event(f"c-{next(counter)}", members))

    def raw(use, body, headers=None, target="/v1/decisions"):
        return (use, "POST", target, headers or json_type, body)

    for length in (13, 14, 15, 16, 17, 18, 19):
        yield decide("card.number", ',"card":{"number":"%s"}' % number("card.number", length))
    yield decide("card.number in groups", ',"card":{"number":"%s"}' % grouped(number("grouped"), " "))
    yield decide("card.number as a number", ',"card":{"number":%s}' % number("number as number"))
    yield decide("card.token", ',"card":{"token":"%s","token_namespace":"n"}' % number("token"))
    yield decide("card.token_namespace", ',"card":{"token":"t","token_namespace":"%s"}' % number("namespace"))
    yield decide("card.masked", ',"card":{"masked":"%s"}' % number("masked"))
    yield decide("card.issuer", ',"card":{"issuer":"%s"}' % number("issuer"))
    yield decide("unknown text", ',"note":"paid with %s."' % number("unknown text"))
    yield decide("unknown text in groups", ',"note":"x %s y"' % grouped(number("unknown grouped"), "-"))
    yield decide("unknown number", ',"note":%s' % number("unknown number"))
    yield decide("unknown decimal", ',"note":%s.0' % number("unknown decimal"))
    yield decide("nested", ',"a":{"b":[{"c":"%s"}]}' % number("nested"))
    yield decide("inside a longer run", ',"note":"00000%s99999"' % number("longer run"))
    yield decide("member name", ',"%s":1' % number("member name"))
    yield decide("dropped member", ',"holder_name":"%s"' % number("dropped"))
    yield decide("escaped text", ',"note":"\\u0020%s\\n"' % number("escaped"))
    yield decide("merchant.city", ',"device":{"id":"%s"}' % number("device id"))
    for name in ("track1", "track2", "Track_Data", "magstripe"):
        yield decide(name, ',"%s":";%s=25122010000012300000?"' % (name, number(name)))
    yield decide("track below", ',"card":{"extra":{"track-2":"%%B%s^A/B^2512"}}' % number("track below"))
    for name in ("cvv", "CVV2", "cvc", "cvn2", "pin", "pin_block", "de52"):
        yield decide(name, ',"%s":"%s"' % (name, canaries.secret(name)))
    yield decide("cvv below a personal name", ',"holder":{"cvv":"%s"}' % canaries.secret("cvv below"))
    yield raw("id", event(number("id"), ""))
    yield raw("a bare number", number("bare"))
    yield raw("not closed", event("x", ',"card":{"number":"%s"}' % number("not closed"))[:-1])
    yield raw("cut in a text", '{"id":"x","card":{"number":"%s' % number("cut"))
    yield raw("bad escape", '{"id":"x","note":"%s\\q"}' % number("bad escape"))
    yield raw("repeated names", '{"%s":1,"%s":2}' % ((number("repeated name"),) * 2))
    yield raw("deep", "[" * 40 + '"' + number("deep") + '"' + "]" * 40)
    yield raw("long", '{"id":"x","note":"%s"}' % (number("long") + "x" * 2000))
    yield raw("too large", '{"id":"x","note":"%s%s"}' % (number("too large"), " " * 70000))
    yield raw("time", '{"id":"x","time":"%s"}' % number("time"))
    yield raw("kind", '{"id":"x","kind":"%s"}' % number("kind"), target="/v1/events")
    yield raw("other media type", number("media body"), {"Content-Type": number("media type")})
    first = event("b-1", ',"card":{"number":"%s"}' % number("batch"))
    lines = [first, number("batch line"), '{"x":"%s' % number("batch cut")]
    yield raw("batch", "\n".join(lines), {"Content-Type": "application/x-ndjson"}, "/v1/decisions:batch")
    about = '"entity":"merchant","id":"m1","fields":{"note":"%s"}'
    fields = '{"id":"r-1","kind":"registry_command","registry":{' + about + "}}"
    yield raw("registry field", fields % number("registry field"), target="/v1/events")
    label = '{"id":"l-1","kind":"label","label":{"type":"complaint","source":"%s"},"tx":{"original_id":"%s"}}'
    yield raw("label", label % (number("label source"), number("label original")), target="/v1/events")
    change = '{"id":"k-1","kind":"list_change","list":{"name":"blocked_cards","value":"%s","action":"add"}}'
    yield raw("list", change % number("list value"), target="/v1/events")
    dry = event("d-1", ',"card":{"number":"%s"}' % number("dry run"))
    yield raw("dry run", dry, target="/v1/decisions?record=false")
    yield raw("query of a post", event("q-1", ""), target="/v1/decisions?x=" + number("post query"))
    yield ("path", "GET", "/v1/decisions/" + number("path"), {}, "")
    yield ("unknown path", "GET", "/" + number("unknown path"), {}, "")
    yield ("query", "GET", "/v1/decisions?request_id=" + number("query"), {}, "")
    yield ("query name", "GET", "/v1/decisions?%s=1" % number("query name"), {}, "")
    yield ("after", "GET", "/v1/decisions?after=" + number("after"), {}, "")
    yield ("header", "GET", "/v1/policy", {"X-Card": number("header")}, "")
    late = {**json_type, "Tillwatch-Deadline-Ms": number("deadline")}
    yield ("deadline", "POST", "/v1/decisions", late, event("h-1", ""))
    yield ("authorization", "GET", "/v1/policy", {"Authorization": "Bearer " + number("authorization")}, "")
    yield ("method", number("method"), "/v1/policy", {}, "")
    yield ("user agent", "GET", "/health/live", {"User-Agent": number("user agent")}, "")
