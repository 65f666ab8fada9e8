"""The names of union members, which pydantic puts into the place of an error."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import TypeAdapter


class UnionTags(NamedTuple):
    """Names that stand in the places of errors, and in no request.

    Attributes:
        whole: Of the forms of the whole body: they stand first.
        inner: Of the forms of values in it.
    """

    whole: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()


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
