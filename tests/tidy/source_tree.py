"""The tree that the tidy checks look at: path -> text, from the repository or from a sample in a test.

Called by tidy.py, which reads the repository, and by self-tests, which make trees by hand. Never writes.
"""

import os
import subprocess
from dataclasses import dataclass

SKIPPED_FOLDERS = ("build/", "var/", ".git/", "node_modules/")
CXX = (".h", ".cpp")


@dataclass(frozen=True)
class Finding:
    """One breach: the place, the rule's name, and a sentence that says what to do instead."""

    rule: str
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


class Tree:
    """Text files by path relative to the root, '/' between parts. Binary files are known by name only."""

    def __init__(self, files, executables=(), others=()):
        self.files = dict(sorted(files.items()))
        self.executables = set(executables)
        self.others = set(others)  # files that are not text

    def exists(self, path):
        """Whether a file or a folder of that name is in the tree."""
        path = path.rstrip("/")
        known = self.files.keys() | self.others
        return path in known or any(one.startswith(path + "/") for one in known)

    def under(self, *prefixes, suffixes=()):
        """(path, text) of the files below the prefixes ('' is the whole tree) with one of the suffixes."""
        for path, text in self.files.items():
            if any(path.startswith(prefix) for prefix in prefixes) and (
                not suffixes or path.endswith(tuple(suffixes))
            ):
                yield path, text


def tracked_paths(root):
    """What git would commit, or every file where there is no git (an unpacked archive)."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        return [path for path in listing.stdout.decode().split("\0") if path]
    paths = []
    for folder, folders, names in os.walk(root):
        folders[:] = [one for one in folders if one + "/" not in SKIPPED_FOLDERS]
        paths += [os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names]
    return paths


def read_tree(root):
    files, executables, others = {}, set(), set()
    for path in tracked_paths(root):
        full = os.path.join(root, path)
        if path.startswith(SKIPPED_FOLDERS) or not os.path.isfile(full):
            continue
        if os.access(full, os.X_OK):
            executables.add(path)
        with open(full, "rb") as file:
            data = file.read()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        if text is None or "\0" in text:
            others.add(path)
        else:
            files[path] = text
    return Tree(files, executables, others)
