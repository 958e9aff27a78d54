"""Reads protobuf's text format without its schema: a message is a list of (name, value), a value a message, bytes
or a word. Called by cel_public_suite_test.py; knows what the public CEL cases use, and nothing else."""

import re

TOKEN = re.compile(r"""\s+|\#[^\n]*
  |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
  |(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)[fF]?)
  |(?P<sign>[{}<>\[\]:,;/.\-])""", re.S | re.X)
SIMPLE = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63}


def octets(quoted):
    """The bytes of a quoted text."""
    out, at, end = bytearray(), 1, len(quoted) - 1
    while at < end:
        if quoted[at] != "\\":
            out += quoted[at].encode()
            at += 1
            continue
        mark = quoted[at + 1]
        at += 2
        if mark in SIMPLE:
            out.append(SIMPLE[mark])
        elif mark in "xX":
            digits = re.match("[0-9a-fA-F]{1,2}", quoted[at:]).group()
            out.append(int(digits, 16))
            at += len(digits)
        elif mark in "01234567":
            digits = re.match("[0-7]{1,3}", quoted[at - 1:]).group()
            out.append(int(digits, 8) & 255)
            at += len(digits) - 1
        else:
            length = {"u": 4, "U": 8}[mark]
            out += chr(int(quoted[at:at + length], 16)).encode()
            at += length
    return bytes(out)


class Reader:
    def __init__(self, text):
        self.tokens, self.next, at = [], 0, 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"not text format: {text[at:at + 40]!r}")
            at = match.end()
            if match.lastgroup:
                self.tokens.append((match.lastgroup, match.group(match.lastgroup)))

    def peek(self):
        return self.tokens[self.next] if self.next < len(self.tokens) else ("end", None)

    def take(self):
        self.next += 1
        return self.tokens[self.next - 1]

    def message(self, closing=None):
        members = []
        while self.peek() != (("end", None) if closing is None else ("sign", closing)):
            _, name = self.take()
            if name == "[":  # an Any: [type.googleapis.com/name] {...}
                while self.peek() != ("sign", "]"):
                    name += self.take()[1]
                name += self.take()[1]
            if self.peek() == ("sign", ":"):
                self.take()
            members += [(name, value) for value in self.values()]
            if self.peek() in (("sign", ","), ("sign", ";")):
                self.take()
        if closing is not None:
            self.take()
        return members

    def values(self):
        if self.peek() != ("sign", "["):
            return [self.value()]
        self.take()
        values = []
        while self.peek() != ("sign", "]"):
            values.append(self.value())
            if self.peek() == ("sign", ","):
                self.take()
        self.take()
        return values

    def value(self):
        kind, text = self.take()
        if (kind, text) in (("sign", "{"), ("sign", "<")):
            return self.message("}" if text == "{" else ">")
        if kind == "text":
            out = octets(text)
            while self.peek()[0] == "text":
                out += octets(self.take()[1])
            return out
        return "-" + self.take()[1] if text == "-" else text


def first(message, name):
    return next((value for key, value in message if key == name), None)


def every(message, name):
    return [value for key, value in message if key == name]


def text_of(message, name):
    value = first(message, name)
    return "" if value is None else value.decode()
