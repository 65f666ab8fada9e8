"""Tells in the OpenAPI description how long every list and every text may be."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from service.settings import Settings
from tabuada.arithmetic.expressions import MAX_LENGTH
from tabuada.manifests.manifest import MAX_MANIFEST_BYTES

MAX_ID_CHARACTERS = 1024
"""Of the id of an inference request, which comes back with its answer."""

_NAME_CHARACTERS = 63
_PARAMETERS = 64  # more than an address has; a character takes up to twelve bytes of it, escaped
_WORD_CHARACTERS = 64
# Of the texts in bodies of requests, by the name of the member: what reads them refuses more.
_TEXTS = {
    "model": _NAME_CHARACTERS,
    "label": _NAME_CHARACTERS,
    "expressions": MAX_LENGTH,
    "id": MAX_ID_CHARACTERS,
    "name": _WORD_CHARACTERS,  # of tensors, which have one of five
    "datatype": _WORD_CHARACTERS,  # one of twelve
}
_ROWS = {"instances", "expected", "a", "op", "b", "expressions", "data"}
_UNBOUND = ("enum", "const", "format", "pattern", "maxLength")


def describe_limits(app: FastAPI, settings: Settings) -> None:
    """Say the limits of lists and texts in an application's description.

    Bodies have those of `_TEXTS` and the rows that the settings allow. Parameters stand in the
    address or a header, whose bytes are limited together: each has room where it has its share of
    them. Answers hold what was asked, and what stands in manifests, whose bytes are limited.

    Args:
        app: The application.
        settings: Hold the limits.
    """
    describe = app.openapi
    described: list[dict[str, Any]] = []

    def describe_limited() -> dict[str, Any]:
        if described:
            return described[0]
        description = describe()
        schemas = description["components"]["schemas"]
        asked: set[str] = set()
        for operation in _list_operations(description):
            # A header that is too long is passed over, or is more than all may have together.
            in_address = [p for p in operation.get("parameters", []) if p["in"] != "header"]
            for parameter in in_address:
                share = settings.max_header_bytes // _PARAMETERS
                _limit_all(parameter, share, settings.max_json_rows)
            body = operation.get("requestBody", {})
            asked |= _find_names(body, schemas)
        for name in asked:
            _limit_request(schemas[name], "", settings.max_json_rows)
        others = {name: schema for name, schema in schemas.items() if name not in asked}
        _limit_all([others, description["paths"]], MAX_MANIFEST_BYTES, MAX_MANIFEST_BYTES)
        described.append(description)
        return description

    app.openapi = describe_limited  # type: ignore[method-assign]


def _list_operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in description["paths"].values():
        yield from item.values()


def _find_names(node: Any, schemas: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that a part of a description refers to."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for part in _walk(waiting.pop()):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a part of a description, but those of examples."""
    if isinstance(node, list):
        for inner in node:
            yield from _walk(inner)
    elif isinstance(node, dict):
        yield node
        for name, inner in node.items():
            if name not in ("example", "examples", "default", "enum", "const"):
                yield from _walk(inner)


def _limit_request(node: Any, member: str, max_rows: int) -> None:
    """Say the limits of a schema of a request; a member that `_TEXTS` does not name gets none."""
    if isinstance(node, list):
        for inner in node:
            _limit_request(inner, member, max_rows)
    elif isinstance(node, dict):
        if node.get("type") == "array" and member in _ROWS:
            node.setdefault("maxItems", max_rows)
        if node.get("type") == "string" and member in _TEXTS and not _is_limited(node):
            node["maxLength"] = _TEXTS[member]
        for name, inner in node.items():
            if name == "properties":
                for inner_member, schema in inner.items():
                    _limit_request(schema, inner_member, max_rows)
            elif name in ("items", "anyOf", "oneOf", "allOf", "additionalProperties"):
                _limit_request(inner, member, max_rows)


def _limit_all(node: Any, max_characters: int, max_items: int) -> None:
    """Say limits wherever there is none."""
    for part in _walk(node):
        if part.get("type") == "array":
            part.setdefault("maxItems", max_items)
        elif part.get("type") == "string" and not _is_limited(part):
            part["maxLength"] = max_characters


def _is_limited(schema: dict[str, Any]) -> bool:
    return any(name in schema for name in _UNBOUND)
