"""Says why a text is no expression, and what to type instead."""

import re
import unicodedata

from tabuada.arithmetic.letters import (
    BLANKS,
    COMMAS,
    DIGITS,
    MINUSES,
    PLUSES,
    POINTS,
    WIDE_DIGITS,
    write_plainly,
)
from tabuada.arithmetic.literals import is_lost
from tabuada.arithmetic.operations import KNOWN
from tabuada.showing import show

_EXAMPLE = "such as 4.93 + 4.02"
_POINT = re.escape(POINTS + COMMAS)
_NUMBER = re.compile(
    rf"(?:\d+(?:[{_POINT}]\d*)?|[{_POINT}]\d+)(?:[eE][{re.escape(PLUSES + MINUSES)}]?\d+)?"
)
_LETTERS = frozenset(
    BLANKS + COMMAS + DIGITS + MINUSES + PLUSES + POINTS + WIDE_DIGITS + "eE=()[]{}_'"
).union(*(sign for operation in KNOWN for sign in operation.signs))
_HEXADECIMAL = re.compile(r"(?<![\d.,])0[xX]([0-9a-fA-F]+)")
_OTHER_BASE = re.compile(r"(?<![\d.,])0[bBoO][0-9]")
_GROUPS = re.compile(rf"\d[{_POINT}]\d{{3}}[{_POINT}]|\d[_' ]\d|\d[{_POINT}]\d+[{_POINT}]")
_BLANK = re.compile(f"[{re.escape(BLANKS)}]")


def find_misreading(text: str, max_length: int) -> str:
    """Return the message for a text that cannot be read as an expression.

    Args:
        text: The text.
        max_length: How many letters it may have.
    """
    too_long = f"Write it with at most {max_length} letters, not {len(text)}"
    advice = too_long if len(text) > max_length else _advise(text)
    return (
        "expected `number operation number` with numbers that float64 holds, "
        f"such as 4.93 + 4.02 or 6,3 ÷ -0,6. Received: {show(text)}. {advice}"
    )


def _advise(text: str) -> str:
    said = _BLANK.sub(" ", text).strip()
    if not said:
        return f"Type two numbers with a sign between them, {_EXAMPLE}"
    if "=" in said:
        return "Leave out the equals sign: the answer comes by itself"
    if found := _HEXADECIMAL.search(said):
        return (
            f"Write {int(found[1][:12], 16)} if {found[0][:14]} is a hexadecimal number, "
            "or blanks around the x if it means times"
        )
    if _OTHER_BASE.search(said):
        return "Write numbers in decimal digits"
    if strange := next((letter for letter in text if letter not in _LETTERS), None):
        return _name_letter(strange)
    return _advise_on_numbers(said)


def _advise_on_numbers(said: str) -> str:
    numbers = _NUMBER.findall(said)
    if _GROUPS.search(said) or (len(numbers) == 2 and _has_both(numbers)):
        return "Write numbers without thousands separators and with one decimal sign: 1234.5"
    if re.search(r"[()\[\]{}]", said):
        return f"Leave out the brackets: it takes two numbers with a sign between them, {_EXAMPLE}"
    for number in map(write_plainly, numbers):
        if is_lost(number, float(number)):
            kind, other = ("small", "larger") if float(number) == 0 else ("large", "smaller")
            return f"Take a {other} number: {number} is too {kind} for float64"
    if len(numbers) > 2:
        return f"One problem at a time: it takes two numbers with one sign, {_EXAMPLE}"
    if len(numbers) < 2:
        return f"Something is missing: it takes two numbers with a sign between them, {_EXAMPLE}"
    return f"Put one of the signs {' '.join(op.symbol for op in KNOWN)} between two numbers"


def _has_both(numbers: list[str]) -> bool:
    joined = "".join(numbers)
    return any(c in joined for c in POINTS) and any(c in joined for c in COMMAS)


def _name_letter(letter: str) -> str:
    """Name a letter that no expression has, as nobody may see what it is, and what to type."""
    name = unicodedata.name(letter, "a character without a name")
    if (digit := unicodedata.decimal(letter, None)) is not None:
        instead = f"type {digit}"
    elif name.startswith("VULGAR FRACTION"):
        instead = f"type {unicodedata.numeric(letter):g}"
    elif unicodedata.category(letter) in ("Cf", "Cc", "Mn"):
        instead = "leave it out: it is not seen"
    else:
        instead = f"type numbers and one of the signs {' '.join(op.symbol for op in KNOWN)}"
    return f"U+{ord(letter):04X} {name} is not read here: {instead}"
