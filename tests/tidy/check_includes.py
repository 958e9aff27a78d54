"""Standard headers: a source includes what it names, itself or through headers of this repository.

A build may begin every source with headers that are parsed once (cmake/precompiled.cmake); there a missing #include would go
unseen until somebody builds without them. Called by tidy.py.
"""

import re
from functools import lru_cache

from cxx_text import code_only, line_of
from source_tree import CXX, Finding

# header: names that it alone, of those that are parsed once, gives
GIVES = {
    "algorithm": "sort stable_sort find_if all_of any_of none_of lower_bound upper_bound nth_element min_element max_element",
    "array": "array",
    "charconv": "from_chars to_chars",
    "chrono": "chrono",
    "cmath": "sqrt pow exp log log2 log10 floor ceil round llround lround isnan isfinite isinf fmod hypot",
    "cstring": "memcpy memcmp memset memmove strlen strerror",
    "deque": "deque",
    "expected": "expected unexpected",
    "fstream": "ifstream ofstream",
    "functional": "function",
    "limits": "numeric_limits",
    "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared",
    "optional": "optional nullopt",
    "random": "mt19937 mt19937_64 random_device uniform_int_distribution uniform_real_distribution",
    "set": "set multiset",
    "span": "span",
    "string": "string to_string",
    "string_view": "string_view",
    "tuple": "tuple tie",
    "unordered_map": "unordered_map",
    "variant": "variant visit holds_alternative monostate",
    "vector": "vector",
}
HEADER_OF = {name: header for header, names in GIVES.items() for name in names.split()}
NAMED = re.compile(r"\bstd::(?:ranges::)?(" + "|".join(sorted(HEADER_OF, key=len, reverse=True)) + r")\b")
INCLUDE = re.compile(r"^#include (?:<([\w./]+)>|\"([\w./]+)\")", re.MULTILINE)


class Includes:
    """What each file sees, followed through the headers of the tree."""

    def __init__(self, tree):
        self.own = {path: text for path, text in tree.under("src/", "apps/", "tests/", suffixes=CXX)}
        self.named = {}  # include roots are the build's matter: a header is known by its name
        for path in self.own:
            self.named.setdefault(path.rsplit("/", 1)[-1], []).append(path)
        self.seen = lru_cache(maxsize=None)(self._seen)

    def _seen(self, path):
        seen, open_paths, done = set(), [path], set()
        while open_paths:
            one = open_paths.pop()
            if one in done or one not in self.own:
                continue
            done.add(one)
            for standard, local in INCLUDE.findall(self.own[one]):
                if standard:
                    seen.add(standard)
                else:
                    found = self.named.get(local.rsplit("/", 1)[-1], [])
                    exact = [path for path in found if path.endswith("/" + local)]
                    open_paths.extend(exact or found)
        return seen


def includes_what_it_names(tree):
    includes = Includes(tree)
    for path, text in includes.own.items():
        code, missing = code_only(text), {}
        for match in NAMED.finditer(code):
            header = HEADER_OF[match.group(1)]
            if header not in missing and header not in includes.seen(path):
                missing[header] = match
        for header, match in missing.items():
            yield Finding(
                "includes",
                path,
                line_of(code, match.start()),
                f"std::{match.group(1)} comes from <{header}>: include it here, precompiled headers may not be there",
            )


CHECKS = {"includes": includes_what_it_names}
