"""Reads expressions as people type them: `4.93 + 4.02`, `6,3 ÷ -0,6`."""

import re
from collections.abc import Sequence

from tabuada.arithmetic.letters import (
    BLANKS,
    COMMAS,
    DIGITS,
    LONG_DASHES,
    MINUSES,
    PLUSES,
    POINTS,
    SPACES,
    WIDE_DIGITS,
    write_plainly,
)
from tabuada.arithmetic.literals import is_kept, is_lost
from tabuada.arithmetic.misreadings import find_misreading
from tabuada.arithmetic.operations import KNOWN, find_operation
from tabuada.errors import MalformedExpression

MAX_LENGTH = 128
"""Letters an expression may have: two float64 written out in full fit several times over."""

_DIGIT = f"[{DIGITS}{WIDE_DIGITS}]"
_SEPARATORS = POINTS + COMMAS
_POINT = re.escape(_SEPARATORS)
_SIGN = f"[{re.escape(PLUSES + MINUSES)}]"
_BLANK = f"[{re.escape(BLANKS)}]"
_NUMBER = (
    rf"{_SIGN}?[{SPACES}]?(?:{_DIGIT}+(?:[{_POINT}]{_DIGIT}*)?|[{_POINT}]{_DIGIT}+)"
    rf"(?:[eE]{_SIGN}?{_DIGIT}+)?"
)
# The longest first: of two signs that begin alike, a regular expression takes the one named first.
_SIGNS = "|".join(sorted((re.escape(s) for op in KNOWN for s in op.signs), key=len, reverse=True))
_EXPRESSION = re.compile(rf"{_BLANK}*({_NUMBER}){_BLANK}*({_SIGNS}){_BLANK}*({_NUMBER}){_BLANK}*")
# `0x10` is sixteen to a programmer, and 0 times 10 to nobody.
_TIMES = "xX\uff58\uff38"
_HEXADECIMAL = re.compile(rf"{_BLANK}*{_SIGN}?{_BLANK}*[0\uff10][{_TIMES}][0-9a-fA-F{WIDE_DIGITS}]")
# One separator before three digits: 1.234 is a thousand to some, and 1,234 to others.
_GROUPED = re.compile(rf"{_SIGN}?[{SPACES}]?[1-9]\d{{0,2}}[{_POINT}]\d{{3}}")
_DOUBTFUL = re.compile(
    rf"[{LONG_DASHES}]|[1-9]\d{{0,2}}[{_POINT}]\d{{3}}(?!\d)|[\d{_POINT}]{{16}}|[eE]"
)


def parse_expression(text: str) -> tuple[float, str, float]:
    """Read one expression.

    A number takes a decimal point or a decimal comma, never thousands separators. Where a separator
    stands before three digits, as in `1,234`, it means two different numbers to two readers; here
    it is 1.234, which `describe_reading` says. Where the other number is written with the other
    separator, nobody can tell, and the expression is refused.

    Args:
        text: `number operation number`, spaces optional.

    Returns:
        `(a, sign, b)`, the operands as finite float64, the sign as typed.

    Raises:
        MalformedExpression: The text is not of that form, or an operand is not finite.
    """
    match = _EXPRESSION.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        raise MalformedExpression(find_misreading(text, MAX_LENGTH))
    a, sign, b = match.groups()
    if (sign in _TIMES and a[-1] in "0\uff10" and _HEXADECIMAL.match(text)) or _mixes_separators(
        a, b
    ):
        raise MalformedExpression(find_misreading(text, MAX_LENGTH))
    operands = []
    for number in map(write_plainly, (a, b)):
        operands.append(float(number))
        if is_lost(number, operands[-1]):
            raise MalformedExpression(find_misreading(text, MAX_LENGTH))
    return operands[0], sign, operands[1]


def parse_expressions(texts: Sequence[str]) -> tuple[list[float], list[str], list[float]]:
    """Read expressions into columns.

    Args:
        texts: n expressions.

    Returns:
        `(a, signs, b)`, three lists of length n.

    Raises:
        MalformedExpression: One cannot be read; `index` says which.
    """
    a: list[float] = []
    signs: list[str] = []
    b: list[float] = []
    for index, text in enumerate(texts):
        try:
            first, sign, second = parse_expression(text)
        except MalformedExpression as error:
            error.index = index
            raise
        a.append(first)
        signs.append(sign)
        b.append(second)
    return a, signs, b


def describe_reading(text: str) -> str | None:
    """Return how an expression was read, where it may have been meant otherwise.

    That is so where a separator stands before three digits and nothing tells what it means, where
    float64 cannot hold a number as it was written, and where a long dash stands for the minus.

    Args:
        text: One that `parse_expression` reads.

    Returns:
        The problem in plain signs, such as `1.234 + 1`; None where there is no doubt.
    """
    if not _DOUBTFUL.search(text):  # most often
        return None
    match = _EXPRESSION.fullmatch(text)
    if match is None:
        return None
    a, sign, b = match.groups()
    values = [(write_plainly(number), float(write_plainly(number))) for number in (a, b)]
    is_certain = (
        all(is_kept(written, value) for written, value in values)
        and not any(dash in text for dash in LONG_DASHES)
        and not _may_be_thousands(a, b)
    )
    if is_certain:
        return None
    (_, first), (_, second) = values
    return f"{_write(first)} {find_operation(sign).symbol} {_write(second)}"


def _write(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else repr(value)


def _find_separators(number: str) -> set[str]:
    return {"," if letter in COMMAS else "." for letter in number if letter in _SEPARATORS}


def _is_grouped(number: str) -> bool:
    return bool(_GROUPED.fullmatch(number))


def _mixes_separators(a: str, b: str) -> bool:
    """Return whether one of two numbers may have thousands that the other's separator hints at."""
    numbers = a + b
    if numbers.isascii() and not ("," in numbers and "." in numbers):  # most often
        return False
    if len(_find_separators(numbers)) < 2:
        return False
    return _is_grouped(a) or _is_grouped(b)


def _may_be_thousands(a: str, b: str) -> bool:
    """Return whether one number may be meant in thousands; 1.5 beside 1.234 says that it is not."""
    with_separator = [number for number in (a, b) if _find_separators(number)]
    return bool(with_separator) and all(map(_is_grouped, with_separator))
