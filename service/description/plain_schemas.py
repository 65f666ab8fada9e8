"""Writes schemas in the way that programs which read them understand best, meaning the same."""

from collections.abc import Iterator
from typing import Any

_FORMATS = {
    "number": "double",  # a generator for Go or C# takes float32 or decimal where nothing is said
    "integer": "int64",  # and 32 bits
}

_BOUNDS = (("exclusiveMaximum", "maximum", -1), ("exclusiveMinimum", "minimum", 1))


def make_plain(description: dict[str, Any]) -> None:
    """Rewrite every schema of an OpenAPI description in place.

    Numbers get their widths, and whole ones bounds that are whole and belong to them. Pairs of one
    type are lists of two. Titles that only repeat a name go, and so do defaults: what a client
    leaves out it does not send, instead of what was the default when the client was generated.
    """
    for schema in list(_find_schemas(description)):
        _make_plain(schema)
    for operation in _find_operations(description):
        for parameter in operation.get("parameters", []):
            _drop_title(parameter["schema"], parameter["name"])
            _show_one(parameter)
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        _show_one(content)
        _name_body(content, description["components"]["schemas"])


def _find_schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Yield what looks like a schema, examples left out: they are values."""
    if isinstance(node, list):
        for part in node:
            yield from _find_schemas(part)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str) or "anyOf" in node or "oneOf" in node:
            yield node
        for name, part in node.items():
            if name not in ("example", "examples", "enum", "const", "default"):
                yield from _find_schemas(part)


def _find_operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in description["paths"].values():
        yield from item.values()


def _make_plain(schema: dict[str, Any]) -> None:
    kind = schema.get("type")
    if kind in _FORMATS and "enum" not in schema:
        schema.setdefault("format", _FORMATS[kind])
    schema.pop("default", None)
    for name, value in schema.items():
        if isinstance(value, float) and value.is_integer():
            schema[name] = int(value)
    if kind == "integer":  # some generators take bounds that are outside for inside
        for outside, inside, step in _BOUNDS:
            if outside in schema:
                schema[inside] = schema.pop(outside) + step
    pair = schema.get("prefixItems")
    if pair and all(part == pair[0] for part in pair):
        schema["items"] = schema.pop("prefixItems")[0]
    for name, part in schema.get("properties", {}).items():
        _drop_title(part, name)


def _drop_title(schema: dict[str, Any], name: str) -> None:
    if schema.get("title", "").replace(" ", "").lower() == name.replace("_", "").lower():
        del schema["title"]


def _show_one(described: dict[str, Any]) -> None:
    """Show a single example as a value: forms make a menu of several."""
    if len(described.get("examples", ())) == 1:
        (example,) = described.pop("examples").values()
        described["example"] = example["value"]


def _name_body(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give a body of several forms a name among the schemas, as those of one form have it."""
    schema = content.get("schema", {})
    if "oneOf" in schema:
        schemas[schema["title"]] = schema
        content["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}
