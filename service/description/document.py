"""Makes of FastAPI's OpenAPI description one that works in the programs that read it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from service.description.plain_schemas import make_plain

_EXAMPLES = Path(__file__).with_name("examples.json")
"""Answers of a running service; `tests/description/recording.py` writes them, and compares."""
_INVALID = "HTTPValidationError"


def describe_for_clients(app: FastAPI) -> None:
    """Have an application describe itself for generators of clients and for forms.

    Args:
        app: The application, its routes all there.
    """
    describe = app.openapi

    def describe_for_use() -> dict[str, Any]:
        if app.openapi_schema is None:  # else it is kept as it was made
            description = describe()
            _drop_errors_of_no_use(description)
            _drop_tags_of_no_use(description)
            make_plain(description)
            _add_examples(description)
        return describe()

    app.openapi = describe_for_use  # type: ignore[method-assign]


def _find_operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in description["paths"].values():
        yield from item.values()


def _drop_errors_of_no_use(description: dict[str, Any]) -> None:
    """Drop the 422 that FastAPI adds where none is told of: every one that can come is."""
    for operation in _find_operations(description):
        content = operation["responses"].get("422", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if reference.endswith(f"/{_INVALID}"):
            del operation["responses"]["422"]
    for name in (_INVALID, "ValidationError"):
        description["components"]["schemas"].pop(name, None)


def _drop_tags_of_no_use(description: dict[str, Any]) -> None:
    """Drop the tags of operations that this application does not have."""
    used = {tag for operation in _find_operations(description) for tag in operation["tags"]}
    description["tags"] = [tag for tag in description["tags"] if tag["name"] in used]


def _add_examples(description: dict[str, Any]) -> None:
    """Show what the service really answers, with each status of each operation."""
    recorded = json.loads(_EXAMPLES.read_text("utf-8"))
    for operation in _find_operations(description):
        statuses = recorded.get(operation["operationId"], {})
        for status, examples in statuses.items():
            content = operation["responses"].get(status, {}).get("content", {})
            if "application/json" in content:
                content["application/json"].update(_show(examples))


def _show(examples: dict[str, Any]) -> dict[str, Any]:
    if len(examples) == 1:  # a menu of one would be in the way
        return {"example": next(iter(examples.values()))}
    return {"examples": {name: {"value": value} for name, value in examples.items()}}
