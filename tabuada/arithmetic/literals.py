"""What becomes of a number that is written out when it is read as a float64."""

import math
import re
from decimal import Decimal

_MOST_DIGITS = 767  # that a float64 has when it is written out to the last one
_ZERO = re.compile(r"[+-]?[0.]*(?:[eE].*)?")


def is_lost(written: str, value: float) -> bool:
    """Return whether float64 has nothing near a number: it is too large, or too small.

    Args:
        written: The number as JSON, or Python, writes it.
        value: What it was read as.
    """
    if value == 0:
        return not _ZERO.fullmatch(written)
    return not math.isfinite(value)


def is_kept(written: str, value: float) -> bool:
    """Return whether float64 holds a number as it was written.

    That is so where the value, written with as many digits, is what was written: 0.1 is kept,
    though no sum of powers of two, and so is 0.30000000000000004. 9007199254740993 and
    1.0000000000000001 are not.

    Args:
        written: The number as JSON, or Python, writes it.
        value: What it was read as.
    """
    mantissa = re.split("[eE]", written.lstrip("+-"), maxsplit=1)[0]
    digits = mantissa.replace(".", "").strip("0")
    if len(digits) <= 15 and (value == 0 or abs(value) >= 1e-290):
        return True  # float64 keeps any 15 digits
    if not math.isfinite(value) or len(digits) > _MOST_DIGITS:
        return False
    return Decimal(f"{value:.{len(digits) - 1}e}") == Decimal(written)
