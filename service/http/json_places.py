"""Walks JSON text token by token: where something stands in it, and how it was written there.

Slow beside a parser, and in need of no memory but for the place it is at. It is for the few bodies
that are about to be refused, or whose numbers are longer than float64 is exact.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

Place = tuple[int | str, ...]

Locate = Callable[[Place], Place]
"""Returns a place in some JSON as one in what that was cut out of."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]|[^\s\[\]{},:"]+', re.DOTALL)
_DEEPEST = 200  # levels; parsers refuse more


class Token(NamedTuple):
    """A part of some JSON.

    Attributes:
        place: Where it stands: names of members and positions in lists.
        kind: What it is; of objects, where they begin and end.
        text: As it was written; of a name, without quotes and escapes.
    """

    place: Place
    kind: Literal["object", "end", "name", "value"]
    text: str


def stay(place: Place) -> Place:
    """Return a place in JSON that was not cut out of anything."""
    return place


def move(within: Place, index: int, place: Place) -> Place:
    """Return a place in a part of a list or an object as one in the whole.

    Args:
        within: That of the list or the object.
        index: That of the part's first element in it, where it is a list.
        place: One in the part.
    """
    first, *inner = place
    return (*within, first + index if isinstance(first, int) else first, *inner)


def walk_json(content: bytes) -> Iterator[Token]:
    """Yield the objects, names and values of some JSON in their order.

    Args:
        content: What a parser takes for JSON; of anything else, as much as can be told.
    """
    place: list[int | str] = []
    is_object: list[bool] = []
    wants_name = False
    for match in _TOKEN.finditer(content):
        token = match[0]
        if token in (b"{", b"["):
            if len(place) == _DEEPEST:
                return
            wants_name = token == b"{"
            is_object.append(wants_name)
            if wants_name:
                yield Token(tuple(place), "object", "")
            place.append("" if wants_name else 0)
        elif token in (b"}", b"]"):
            if not place:
                return
            place.pop()
            wants_name = False
            if is_object.pop():
                yield Token(tuple(place), "end", "")
        elif token == b",":
            if not place:
                return
            wants_name = is_object[-1]
            place[-1] = "" if wants_name else int(place[-1] or 0) + 1
        elif wants_name:
            wants_name = False
            place[-1] = _read_name(token)
            yield Token(tuple(place), "name", str(place[-1]))
        else:
            yield Token(tuple(place), "value", token.decode("utf-8", "replace"))


def find_literal(content: bytes, place: Place) -> str | None:
    """Return how a number, or a word such as NaN, was written at a place; None where there is none.

    Of members that stand there twice, the last one counts.
    """
    found = None
    for token in walk_json(content):
        if token.kind == "value" and token.place == place:
            found = token.text
    return None if found is None or found.startswith('"') else found


def _read_name(token: bytes) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.decode("utf-8", "replace")
