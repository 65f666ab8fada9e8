"""Finds things in an OpenAPI description."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Operation(NamedTuple):
    """One operation, and where it is."""

    method: str
    path: str
    told: dict[str, Any]


def list_operations(description: dict[str, Any]) -> list[Operation]:
    """Return all operations."""
    return [
        Operation(method, path, operation)
        for path, item in description["paths"].items()
        for method, operation in item.items()
    ]


def find_schemas(node: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema with its place, but for what looks like one in examples."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from find_schemas(part, f"{place}/{index}")
    elif isinstance(node, dict):
        if {"type", "$ref", "anyOf", "oneOf"} & set(node) and "in" not in node:
            yield place, node
        for name, part in node.items():
            if name not in ("example", "examples"):
                yield from find_schemas(part, f"{place}/{name}")


def find_texts(node: Any, place: str = "#") -> Iterator[tuple[str, str]]:
    """Yield every text for people with its place: summaries and descriptions."""
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from find_texts(part, f"{place}/{index}")
    elif isinstance(node, dict):
        for name, part in node.items():
            if name in ("summary", "description") and isinstance(part, str):
                yield f"{place}/{name}", part
            elif name not in ("example", "examples"):
                yield from find_texts(part, f"{place}/{name}")
