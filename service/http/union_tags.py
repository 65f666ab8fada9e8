"""Places in a request, and the names of union members, which pydantic puts into them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import TypeAdapter

_PART_CHARACTERS = 80  # of a name that the client made up: the answer is not to grow with it


class UnionTags(NamedTuple):
    """Names that stand in the places of errors, and in no request.

    Attributes:
        whole: Of the forms of the whole body: they stand first.
        inner: Of the forms of values in it.
    """

    whole: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()

    def strip(self, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
        """Return a place without the tags in it."""
        return tuple(
            part
            for position, part in enumerate(place)
            if isinstance(part, int)
            or not (part in self.inner or (position == 0 and part in self.whole))
        )


def write_path(place: tuple[int | str, ...]) -> str | None:
    """Return a place in a request as a path, such as `instances[3].b`; None for the whole."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            name = part[:_PART_CHARACTERS]
            path += f".{name}" if path else name
    return path or None


def find_union_tags(adapter: "TypeAdapter[Any]") -> UnionTags:
    """Return the tags of the unions in a type."""
    found = list(_walk(adapter.core_schema))
    whole = set(found[0]) if found else set()
    return UnionTags(frozenset(whole), frozenset(tag for tags in found[1:] for tag in tags))


def _walk(schema: Any) -> Iterator[list[str]]:
    """Yield the tags of every union, the outermost one first."""
    if isinstance(schema, dict):
        if schema.get("type") == "tagged-union":
            yield list(schema["choices"])
        for value in schema.values():
            yield from _walk(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from _walk(value)
