"""The letters of numbers and expressions, as keyboards and word processors have them.

What looks the same and can mean but one thing is read as that. What looks the same and may mean
another thing, such as a hyphen that nobody sees, is none of these.
"""

DIGITS = "0123456789"
WIDE_DIGITS = "".join(map(chr, range(0xFF10, 0xFF1A)))
"""Those of keyboards for Chinese and Japanese."""

POINTS = ".\uff0e"
COMMAS = ",\uff0c"
PLUSES = "+\uff0b\ufe62\u2795"
MINUSES = "-\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d\u2796"
"""Hyphens, the minus sign, dashes: before a number, all of them are its sign."""

LONG_DASHES = "\u2014\u2015"
"""What word processors make of two hyphens, and people mean as one: read as one, and told."""

SPACES = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f"
)
"""Spaces of every width, none included, and marks that are not seen and change no order."""

BLANKS = f"\t\n\r\f\v{SPACES}"

_PLAIN = (
    dict.fromkeys(map(ord, MINUSES), "-")
    | dict.fromkeys(map(ord, PLUSES), "+")
    | dict.fromkeys(map(ord, POINTS + COMMAS), ".")
    | dict.fromkeys(map(ord, BLANKS))
    | {ord(wide): plain for wide, plain in zip(WIDE_DIGITS, DIGITS, strict=True)}
)


def write_plainly(number: str) -> str:
    """Return a number that was matched in an expression as programs write it."""
    if number.isascii():  # most often, and at a tenth of the cost
        return number.replace(" ", "").replace(",", ".")
    return number.translate(_PLAIN)
