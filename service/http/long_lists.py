"""A list of a large body, which is parsed and validated piece by piece."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticKnownError

from service.http.json_places import Locate, Place, move
from service.http.json_text import Part, parse_part

Look = Callable[[bytes, Locate], None]
"""Looks at some JSON before it is parsed, and raises what is wrong with its numbers.

What it takes besides tells where a place of that JSON is in the whole body.
"""


@dataclass(frozen=True, slots=True)
class LongLists:
    """In the annotation of a body: where it may have lists of thousands of elements.

    Attributes:
        places: Their places from the top, an asterisk for any index. Whatever validates a value
            there takes a `LongList` as well as a list.
    """

    places: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some elements in a row.

    Attributes:
        index: Of the first one in the whole list.
        count: How many there are.
        start: Where their text begins in the body.
        stop: Where it ends.
    """

    index: int
    count: int
    start: int
    stop: int


class LongList:
    """A list that is still text.

    A parser holds the interpreter for as long as it works, so that nobody else is answered: here
    it works for a moment at a time. And nobody needs all elements as objects at once, which take
    ten times the memory of their text.

    Args:
        content: The whole body.
        pieces: Those of the list, in order; at least one.
        place: Where it stands in the body.
        look: Looks at each piece before it is parsed.
    """

    def __init__(self, content: bytes, pieces: Sequence[Piece], place: Place, look: Look) -> None:
        self._content = content
        self._pieces = pieces
        self._place = place
        self._look = look

    def __len__(self) -> int:
        last = self._pieces[-1]
        return last.index + last.count

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self.parse(self._pieces[0])[:3]))
        return f"[{shown}, ...]"

    def __iter__(self) -> Iterator[Piece]:
        """Yield the pieces."""
        return iter(self._pieces)

    def cut(self, piece: Piece) -> Part:
        """Return the JSON of a piece: a list.

        Raises:
            BadField: A number in it is not to be read as it is written.
        """
        text = b"[" + self._content[piece.start : piece.stop] + b"]"
        locate = partial(move, self._place, piece.index)
        self._look(text, locate)
        return Part(text, piece.start - 1, piece.count, locate)

    def parse(self, piece: Piece) -> list[Any]:
        """Return the elements of a piece.

        Raises:
            NotJson: It is not JSON in UTF-8.
            BadField: An object in it has a member twice, or a number is not to be read.
        """
        elements: list[Any] = parse_part(self.cut(piece))
        return elements

    def read(self, validate: Callable[[Any], list[Any]]) -> list[Any]:
        """Return all elements, validated.

        Args:
            validate: Returns some of them, validated.

        Raises:
            ValidationError: One is wrong; its place is the one in the whole list.
            NotJson: A piece is not JSON in UTF-8.
        """
        return [value for piece in self for value in read_piece(piece, validate, self.parse(piece))]


def read_piece(piece: Piece, validate: Callable[[Any], list[Any]], values: list[Any]) -> list[Any]:
    """Return the elements of a piece, validated.

    Raises:
        ValidationError: One is wrong; its place is the one in the whole list.
    """
    try:
        return validate(values)
    except ValidationError as error:
        raise _move(error, piece.index) from error


def _move(error: ValidationError, by: int) -> ValidationError:
    """Return an error of a piece as one of the whole list."""
    moved: list[InitErrorDetails] = []
    for found in error.errors(include_url=False):
        index, *inner = found["loc"]
        assert isinstance(index, int)
        moved.append({"type": _find_type(found), "loc": (index + by, *inner),
                      "input": found["input"], "ctx": found.get("ctx", {})})  # fmt: skip
    return ValidationError.from_exception_data(error.title, moved)


def _find_type(found: Any) -> Any:
    """Return the type of an error, as `from_exception_data` takes it."""
    try:
        PydanticKnownError(found["type"], found.get("ctx"))
    except (KeyError, TypeError, ValueError):  # one of our own
        return PydanticCustomError(found["type"], found["msg"])
    return found["type"]
