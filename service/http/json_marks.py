"""Finds in a block of JSON where its elements end, by looking at quotes, commas and brackets."""

from typing import NamedTuple

import numpy as np

_QUOTE, _COMMA, _OPEN, _CLOSE = 1, 2, 3, 4
_MARKS = {b'"': _QUOTE, b",": _COMMA, b"[": _OPEN, b"{": _OPEN, b"]": _CLOSE, b"}": _CLOSE}
_KINDS = bytes(_MARKS.get(bytes([code]), 0) for code in range(256))
_STEPS = np.array([0, 0, 0, 1, -1], np.int8)


class Marks(NamedTuple):
    """What a block of bytes holds that begins inside a list or an object.

    Attributes:
        commas: How many stand between its elements.
        last: Place of the last of them, -1 where there is none.
        end: Place of the bracket that ends it, -1 where that does not come.
    """

    commas: int
    last: int
    end: int


def look_at(block: bytes) -> Marks:
    """Find where the elements of a list or an object end, without parsing them.

    What it finds is right where the text is JSON; where it is not, a parser refuses the parts.

    Args:
        block: Bytes of a body that begin before an element.
    """
    if b'"' not in block and b"[" not in block and b"{" not in block:
        return _look_at_numbers(block)
    if b"\\" in block:  # of the same length, and no quote of theirs ends a string
        block = block.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
    kinds = np.frombuffer(block.translate(_KINDS), np.uint8)
    places = np.flatnonzero(kinds != 0)
    kinds = kinds[places]
    quotes = kinds == _QUOTE
    inside = np.cumsum(quotes, dtype=np.uint8) & 1  # it overflows, and stays odd or even
    outside = np.flatnonzero((inside | quotes) == 0)
    places, kinds = places[outside], kinds[outside]
    depth = np.cumsum(_STEPS[kinds], dtype=np.int32)
    ended = depth < 0
    end = -1
    if ended.any():
        first = int(ended.argmax())
        end = int(places[first])
        kinds, depth = kinds[:first], depth[:first]
    commas = np.flatnonzero((kinds == _COMMA) & (depth == 0))
    return Marks(len(commas), int(places[commas[-1]]) if len(commas) else -1, end)


def _look_at_numbers(block: bytes) -> Marks:
    """Do so where there is nothing but numbers."""
    end = min((place for place in map(block.find, (b"]", b"}")) if place >= 0), default=-1)
    stop = len(block) if end < 0 else end
    return Marks(block.count(b",", 0, stop), block.rfind(b",", 0, stop), end)
