"""Just enough C++ for the tidy checks: text without comments and literals, and where functions begin and end.

Called by the checks of measures and calls. Not a parser: it never sees through macros.
"""

import re
from functools import lru_cache

TOKEN = re.compile(
    r'R"(?P<mark>[^ ()\\\t\n]{0,16})\((?:.|\n)*?\)(?P=mark)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'  # string
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # character, not a digit separator
    r"|//[^\n]*"
    r"|/\*(?:.|\n)*?\*/"
)
CONTROL = re.compile(r"^(?:else\s+)?(?:if|for|while|switch|catch|do|else|try|return)\b")
SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")


def blank(match):
    """Keeps lines and, for literals, the quotes, so that positions and the shape of the code stay."""
    text = match.group(0)
    if text.startswith(("/", "R")):
        return re.sub(r"[^\n]", " ", text)
    return text[0] + " " * (len(text) - 2) + text[-1]


@lru_cache(maxsize=4096)
def code_only(text):
    """The text with comments and the insides of literals blanked; same length, same lines."""
    return TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def is_function_head(head):
    """Whether what stands before a '{' at namespace or class scope begins a function body."""
    head = re.sub(r"^\s*#.*$", "", head, flags=re.MULTILINE)
    head = re.sub(r"\[\[[^\]]*\]\]|\b(?:public|private|protected)\s*:", " ", head).strip()
    if "(" not in head or head.endswith(("=", ",", "(")) or CONTROL.match(head):
        return False
    before_parameters = head.split("(", 1)[0]
    if re.match(r"^template\s*<", head):
        before_parameters = re.sub(r"^template\s*<[^{;]*?>\s*", "", before_parameters)
    before_parameters = re.sub(r"operator\s*\S+", "operator", before_parameters).strip()
    return not SCOPE.match(before_parameters) and "=" not in before_parameters


def is_initializer(head):
    """Whether the '{' after this head begins a value, so that the head goes on after its '}'."""
    if head.rstrip().endswith(("=", ",", "(")) or head.count("(") > head.count(")"):
        return True
    return re.search(r"\)[^;{}]*[^:]:[^:]", head) is not None and re.search(r"[\w>]$", head) is not None


@lru_cache(maxsize=4096)
def functions(text):
    """(name, first line, last line) of every function body; lambdas count with the function around them."""
    code = code_only(text)
    found, stack, head_start = [], [], 0  # stack: (kind, name, position of the head)
    for at, char in enumerate(code):
        if char == "{":
            head = code[head_start:at]
            start = head_start + len(head) - len(head.lstrip())
            name = ""
            if any(kind == "function" for kind, _, _ in stack):
                kind = "inside"
            elif is_initializer(head):
                kind = "value"
            elif is_function_head(head):
                kind, name = "function", (re.search(r"([\w:~]+|operator\S+)\s*\(", head) or [None, "?"])[1]
            else:
                kind = "scope"
            stack.append((kind, name, start))
            head_start = at + 1
        elif char == "}" and stack:
            kind, name, start = stack.pop()
            if kind == "function":
                found.append((name, line_of(code, start), line_of(code, at)))
            head_start = start if kind == "value" else at + 1
        elif char == ";":
            head_start = at + 1
    return found
