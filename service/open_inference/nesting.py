"""Lists of lists, as the protocol lets clients send elements, in row-major order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from service.http.long_lists import LongList


@dataclass(frozen=True, slots=True)
class LongElements:
    """Elements of a large body, still text and perhaps nested.

    Attributes:
        text: A list of them, or of lists of them.
    """

    text: LongList

    def __len__(self) -> int:
        """Return how many there are, or how many lists of them."""
        return len(self.text)

    def walk(self) -> Iterator[list[Any]]:
        """Yield the elements, some at a time; those of no list of lists as they are.

        Raises:
            NotJson: A piece is not JSON in UTF-8.
        """
        nested = None
        for piece in self.text:
            values = self.text.parse(piece)
            lists = _are_lists(values)
            if nested is None:
                nested = lists
            # A list among elements is at fault, and so is the first of lists among elements: it
            # is told as an element, since no place in a list of lists is known.
            yield list(chain.from_iterable(values)) if nested and lists else values


@dataclass(frozen=True, slots=True)
class LongRows:
    """Lists of elements, of which at least one is long.

    Attributes:
        lists: The lists.
    """

    lists: list[list[Any] | LongList]

    def __len__(self) -> int:
        return sum(map(len, self.lists))

    def walk(self) -> Iterator[list[Any]]:
        """Yield the elements, some at a time; raises as `LongElements.walk` does."""
        for values in self.lists:
            if isinstance(values, LongList):
                yield from map(values.parse, values)
            else:
                yield values


Elements = list[Any] | LongElements | LongRows


def flatten(elements: list[Any] | LongList) -> Elements:
    """Return the elements of a list of lists in row-major order, any other list as it is."""
    if isinstance(elements, LongList):
        return LongElements(elements)
    if any(type(element) is LongList for element in elements):
        lists = {type(element) for element in elements} <= {list, LongList}
        return LongRows(elements) if lists else elements
    return list(chain.from_iterable(elements)) if _are_lists(elements) else elements


def _are_lists(elements: list[Any]) -> bool:
    return bool(elements) and all(type(element) is list for element in elements)
