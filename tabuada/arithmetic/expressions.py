"""Reads expressions as people type them: `4.93 + 4.02`, `6,3 ÷ -0,6`."""

import math
import re
from collections.abc import Sequence

from tabuada.arithmetic.operations import KNOWN
from tabuada.errors import MalformedExpression

_NUMBER = r"[+\-−]? ?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?"  # noqa: RUF001 -- U+2212
# The longest first: of two signs that begin alike, a regular expression takes the one named first.
_SIGNS = "|".join(sorted((re.escape(s) for op in KNOWN for s in op.signs), key=len, reverse=True))
_EXPRESSION = re.compile(rf"\s*({_NUMBER})\s*({_SIGNS})\s*({_NUMBER})\s*", re.ASCII)

MAX_LENGTH = 128
"""Letters an expression may have: two float64 written out in full fit several times over."""


def parse_expression(text: str) -> tuple[float, str, float]:
    """Read one expression.

    A number takes a decimal point or a decimal comma, never thousands separators, since
    `1,234` means two different numbers to two readers; here it is 1.234.

    Args:
        text: `number operation number`, spaces optional.

    Returns:
        `(a, sign, b)`, the operands as finite float64, the sign as typed.

    Raises:
        MalformedExpression: The text is not of that form, or an operand is not finite.
    """
    match = _EXPRESSION.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        raise _malformed(text)
    a, sign, b = match.groups()
    operands = _parse_number(a), _parse_number(b)
    if not all(map(math.isfinite, operands)):
        raise _malformed(text)
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


def _parse_number(text: str) -> float:
    return float(text.replace("−", "-").replace(" ", "").replace(",", "."))  # noqa: RUF001


def _malformed(text: str) -> MalformedExpression:
    shown = text if len(text) <= MAX_LENGTH else f"{text[:40]}… ({len(text)} letters)"
    return MalformedExpression(
        "expected `number operation number` with finite numbers, such as 4.93 + 4.02 or "
        f"6,3 ÷ -0,6. Received: {shown!r}"
    )
