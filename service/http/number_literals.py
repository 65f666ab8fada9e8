"""Finds the numbers in JSON that float64 cannot hold as they were written.

A parser rounds them without a word: 9007199254740993 becomes 9007199254740992, 1e-400 becomes 0.
Whether a body may have such numbers costs a pass over its bytes; only then are they looked at.
"""

import re
from collections.abc import Iterator

import msgspec

from service.errors import BadField, NotFinite, TooSmall
from service.http.json_places import Locate, Place, stay, walk_json
from service.http.union_tags import write_path
from tabuada.arithmetic.literals import is_kept, is_lost

# Digits and points become zeros, so that a run of them, or an exponent, can be searched for.
_AS_ZEROS = bytes.maketrans(b"123456789.E", b"0000000000e")
_RUN = b"0" * 16  # float64 holds any 15 digits
_FAR = b"0" * 200  # fewer, with an exponent of two digits, are not past float64
_HUGE = b"0" * 4000
_MOST_DIGITS = 17  # that a library writes for a float64
_MOST_CHARACTERS = 30  # that it writes for one
_WHOLE = b" " + _RUN
# What is around digits and points becomes a blank.
_AS_DIGITS = bytes(code if chr(code) in "0123456789." else ord(" ") for code in range(256))
_AS_POINTED_ZEROS = _AS_DIGITS.translate(bytes.maketrans(b"123456789", b"000000000"))
# What no number has becomes a blank, so that the rest falls apart into numbers.
_AS_BLANKS = bytes(code if chr(code) in "0123456789.eE+-" else 32 for code in range(256))
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_LONG_EXPONENTS = (b"000", b"-000", b"+000")
_EXPONENT = re.compile(rb"[0-9.][eE][-+]?[0-9]{3}")
_JSON_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_decode = msgspec.json.Decoder(list[float]).decode

MAX_TOLD = 100
"""Numbers of a request of which an answer tells what was read instead."""

WHOLE = frozenset({"seed", "n", "version"})
"""Names of members that are whole numbers to the service too, whatever their size."""

# How letters of `exact` are escaped; signs, such as \u00d7, are not so.
_ESCAPED = (b"\\u006", b"\\u007")

Rounded = list[tuple[Place, str]]
"""Numbers that were rounded: where each stands, and how it was written."""


def may_be_rounded(content: bytes) -> bool:
    """Return whether some JSON may have numbers that float64 cannot hold, in next to no time."""
    # Not `in`, which tries first whether what it looks for is a number: five times as slow.
    zeros = content.translate(_AS_ZEROS)
    return zeros.find(_RUN) >= 0 or _has_long_exponent(zeros)


def may_be_lost(content: bytes) -> bool:
    """Return whether some JSON may have numbers that float64 has nothing near to."""
    zeros = content.translate(_AS_ZEROS)
    return zeros.find(_FAR) >= 0 or _has_long_exponent(zeros)


def has_long_whole(content: bytes) -> bool:
    """Return whether some JSON may have whole numbers that float64 cannot hold."""
    # As `find`, in half of the time.
    return content.translate(_AS_POINTED_ZEROS).rfind(_WHOLE) >= 0


def asks_exact(content: bytes) -> bool:
    """Return whether some JSON may have a member `exact`."""
    if content.find(b"x") >= 0 and content.find(b'"exact"') >= 0:  # one letter is found at once
        return True
    return content.find(b"\\") >= 0 and any(content.find(part) >= 0 for part in _ESCAPED)


def find_rounded(content: bytes, *, exact: bool, locate: Locate = stay) -> Rounded:
    """Return the numbers in some JSON that float64 cannot hold, with their places.

    Args:
        content: What a parser takes for JSON.
        exact: Whether to look at every decimal too. Most have 16 or 17 digits because a library
            wrote a float64 so: these are what it holds, and looking at each takes a while.
        locate: Tells where a place of it is in the whole body.
    """
    if not (_has_rounded(content) if exact else _has_long(content)):
        return []
    return [
        (locate(token.place), token.text)
        for token in walk_json(content)
        if token.kind == "value"
        and _is_number(token.text)
        and token.place[-1:] not in {(name,) for name in WHOLE}
        and (exact or _is_long(token.text))
        and not _is_held(token.text)
    ]


def refuse_lost(rounded: Rounded) -> None:
    """Refuse a number that float64 has nothing near to.

    Raises:
        NotFinite: There is one, too large.
        TooSmall: There is one, and it is not zero.
    """
    for place, text in rounded:
        if is_lost(text, float(text)):
            raise _explain_lost(place, text)


def refuse_huge(content: bytes, locate: Locate = stay) -> None:
    """Refuse a number of so many digits that a parser does not take it.

    Args:
        content: What a parser does not take for JSON.
        locate: Tells where a place of it is in the whole body.

    Raises:
        NotFinite: There is one.
    """
    if _HUGE not in content.translate(_AS_ZEROS):
        return
    for token in walk_json(content):
        if token.kind == "value" and len(token.text) > len(_HUGE) and _is_number(token.text):
            raise _explain_lost(locate(token.place), token.text)


def _explain_lost(place: Place, text: str) -> BadField:
    shown, field = shorten_number(text), write_path(place)
    if float(text) == 0:
        return TooSmall(
            f"expected a number that float64 holds, from 5e-324 on. Received: {shown}, which is "
            "too small. Send 0, or a larger one",
            field=field,
        )
    return NotFinite(
        f"expected a finite number, up to 1.8e308. Received: {shown}, which is too large for "
        "float64. Send a smaller one",
        field=field,
    )


def read_rounded(rounded: Rounded) -> dict[str, float]:
    """Return what was read instead of numbers, by their places."""
    return {write_path(place) or "": float(text) for place, text in rounded}


def shorten_number(text: str) -> str:
    """Return a number as it was written, cut to a length that fits a message."""
    if len(text) <= 40:
        return text
    return f"{text[:15]}…{text[-5:]} ({len(text)} characters)"


def _is_number(text: str) -> bool:
    return bool(_JSON_NUMBER.fullmatch(text))


def _has_long_exponent(zeros: bytes) -> bool:
    place = zeros.find(b"e")  # one letter: longer ones are found at a hundredth of the speed
    while place >= 0:
        if zeros.startswith(_LONG_EXPONENTS, place + 1):
            return True
        place = zeros.find(b"e", place + 1)
    return False


def _has_long(content: bytes) -> bool:
    """Return whether there may be a number that `_is_long`; ordinary ones cost next to nothing."""
    digits = content.translate(_AS_DIGITS)
    if has_long_whole(content):
        return True
    # One of 17 digits and a point has 18 characters, but for zeros before them.
    decimals = [part for part in digits.split() if len(part) > _MOST_DIGITS + 1]
    longest = [part for part in decimals if len(part.lstrip(b"0.")) > _MOST_DIGITS]
    if longest or any(len(part) > _MOST_CHARACTERS for part in decimals):
        return True
    return _has_long_exponent(content.translate(_AS_ZEROS))


def _is_long(text: str) -> bool:
    """Return whether no library would write a number so for what it holds.

    It is a whole one past 15 digits, or has more than 17 of them, or is longer still for its
    zeros, or has a long exponent.
    """
    mantissa, _, exponent = text.lower().lstrip("-").partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    is_whole = digits == mantissa and not exponent
    return (
        len(digits) > (15 if is_whole else _MOST_DIGITS)
        or len(mantissa) > _MOST_CHARACTERS
        or len(exponent.lstrip("+-")) > 2
    )


def _has_rounded(content: bytes) -> bool:
    parts = content.translate(_AS_BLANKS).split()
    literals = [part for part in parts if len(part) > 15]
    if _has_long_exponent(content.translate(_AS_ZEROS)):
        literals += [part for part in parts if _EXPONENT.search(part)]
    return not all(map(_is_held_text, _find_unlike(literals)))


def _find_unlike(literals: list[bytes]) -> Iterator[bytes]:
    """Yield the literals that are not what a library would write for what it reads."""
    joined = b",".join(literals)
    try:
        written = msgspec.json.encode(_decode(b"[%b]" % joined))[1:-1]
    except (msgspec.DecodeError, ValueError):  # digits in a text, or too large
        yield from literals
        return
    if written != joined:
        pairs = zip(literals, written.split(b","), strict=True)
        yield from (literal for literal, other in pairs if literal != other)


def _is_held_text(literal: bytes) -> bool:
    text = literal.decode("ascii")
    return not _NUMBER.fullmatch(text) or _is_held(text)


def _is_held(text: str) -> bool:
    value = float(text)
    return not is_lost(text, value) and is_kept(text, value)
