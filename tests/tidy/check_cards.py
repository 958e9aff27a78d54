"""No card number in the repository: runs of 13 to 19 digits that pass Luhn, with or without separators.

Called by tidy.py. Allowed are the numbers that networks publish for testing (PUBLIC_TEST_*).
"""

import re

from source_tree import Finding

PUBLIC_TEST_NUMBERS = {
    "4012888888881881",
    "4222222222222",
    "4000056655665556",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "30569309025904",
    "38520000023237",
    "6011111111111117",
    "6011000990139424",
    "3530111333300000",
    "3566002020360505",
    "6205500000000000004",
}
# Every number that begins so is a test number: generators of canary numbers use these.
PUBLIC_TEST_BEGINNINGS = ("41111111", "42424242", "40000000", "55555555", "51000000", "62000000", "22210000")
# The ends of 64-bit integers, and their neighbours one past the end, are no cards.
KNOWN_BEGINNINGS = ("9223372036854775", "9007199254740")
RUN = re.compile(
    r"(?<![0-9A-Za-z_.#])(\d(?:[ '\-]?\d){12,18})(?:[uUlL]{1,3})?(?![0-9A-Za-z_]|[ '\-]?\d|\.\d)"
)
GROUPED = re.compile(r"^\d{4}(?:([ '\-])\d{4})(?:\1\d{4}){1,2}(?:\1\d{1,7})?$|^\d{4}([ '\-])\d{6}\2\d{4,5}$")


def passes_luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def may_be_a_card(text):
    """`text`: digits, separated or not. Issued numbers begin with 2 to 6, 8 or 9; groups are the usual."""
    digits = re.sub(r"\D", "", text)
    if digits != text and not GROUPED.match(text):
        return False
    if digits[0] in "017" or len(set(digits)) == 1 or not passes_luhn(digits):
        return False
    return digits not in PUBLIC_TEST_NUMBERS and not digits.startswith(
        PUBLIC_TEST_BEGINNINGS + KNOWN_BEGINNINGS
    )


def card_numbers(tree):
    for path, text in tree.files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for match in RUN.finditer(line):
                if may_be_a_card(match.group(1)):
                    yield Finding(
                        "card-numbers",
                        path,
                        number,
                        "this could be somebody's card: begin it as in PUBLIC_TEST_BEGINNINGS",
                    )


CHECKS = {"card-numbers": card_numbers}
