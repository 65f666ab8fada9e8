"""Finds in a block of JSON where its elements end, by looking at quotes, commas and brackets."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_QUOTE, _COMMA, _OPEN, _CLOSE = 1, 2, 3, 4
_KINDS = np.zeros(256, np.uint8)
_KINDS[ord('"')] = _QUOTE
_KINDS[ord(",")] = _COMMA
_KINDS[[ord("["), ord("{")]] = _OPEN
_KINDS[[ord("]"), ord("}")]] = _CLOSE
_STEPS = np.array([0, 0, 0, 1, -1], np.int32)


class Marks(NamedTuple):
    """What a block of bytes holds that begins inside a list or an object.

    Attributes:
        commas: Places of those between its elements.
        end: Place of the bracket that ends it, -1 where that does not come.
    """

    commas: NDArray[np.intp]
    end: int


def look_at(block: bytes) -> Marks:
    """Find where the elements of a list or an object end, without parsing them.

    What it finds is right where the text is JSON; where it is not, a parser refuses the parts.

    Args:
        block: Bytes of a body that begin before an element.
    """
    if b"\\" in block:  # of the same length, and no quote of theirs ends a string
        block = block.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
    kinds = _KINDS[np.frombuffer(block, np.uint8)]
    places = np.flatnonzero(kinds)
    kinds = kinds[places]
    quotes = kinds == _QUOTE
    outside = ~(quotes | (np.cumsum(quotes) & 1).astype(bool))
    places, kinds = places[outside], kinds[outside]
    depth = np.cumsum(_STEPS[kinds])
    ends = np.flatnonzero(depth < 0)
    if ends.size:
        last = int(ends[0])
        between = (kinds[:last] == _COMMA) & (depth[:last] == 0)
        return Marks(places[:last][between], int(places[last]))
    return Marks(places[(kinds == _COMMA) & (depth == 0)], -1)
