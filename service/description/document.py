"""Makes of FastAPI's OpenAPI description one that works in the programs that read it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from service.description.plain_schemas import make_plain
from service.http.error_schemas import PROTOCOL_INFER_REFUSALS, REFUSALS

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
        made = app.openapi_schema
        if made is None:
            made = describe()
            _drop_errors_of_no_use(made)
            _tell_who_is_let_in(made)
            _drop_tags_of_no_use(made)
            make_plain(made)
            _add_examples(made)
        return made

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


def _tell_who_is_let_in(description: dict[str, Any]) -> None:
    """Say of every operation what keeps requests out before they come to it.

    Whoever watches over machines needs no key, and is answered however much there is to do.
    """
    keys = "security" in description
    for path, item in description["paths"].items():
        refusals = PROTOCOL_INFER_REFUSALS if path.startswith("/v2") else REFUSALS
        for operation in item.values():
            if path.startswith(("/health/", "/v2/health/")):
                if keys:
                    operation["security"] = []
                continue
            for status in (401, 503) if keys else (503,):
                operation["responses"].setdefault(str(status), _write(refusals[status]))


def _write(refusal: dict[str, Any]) -> dict[str, Any]:
    """Return a refusal as FastAPI writes it for its own routes."""
    told = {name: part for name, part in refusal.items() if name != "model"}
    schema = {"$ref": f"#/components/schemas/{refusal['model'].__name__}"}
    return {**told, "content": {"application/json": {"schema": schema}}}


def _drop_tags_of_no_use(description: dict[str, Any]) -> None:
    """Drop the tags of operations that this application does not have."""
    used = {tag for operation in _find_operations(description) for tag in operation["tags"]}
    description["tags"] = [tag for tag in description["tags"] if tag["name"] in used]


def _add_examples(description: dict[str, Any]) -> None:
    """Show what the service really answers, with each status of each operation."""
    recorded = json.loads(_EXAMPLES.read_text("utf-8"))
    for path, item in description["paths"].items():
        # What a request is refused for before it comes to its operation is told alike.
        protocol = path.startswith("/v2")
        asked = recorded["infer" if protocol else "predict"]
        alike = {status: asked[status] for status in ("400", "401", "408", "413", "415")}
        alike["503"] = recorded["get_server_metadata" if protocol else "get_metrics"]["503"]
        for operation in item.values():
            examples = alike | recorded.get(operation["operationId"], {})
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                if content is not None and status in examples:
                    content.update(_show(examples[status]))


def _show(examples: dict[str, Any]) -> dict[str, Any]:
    if len(examples) == 1:  # a menu of one would be in the way
        return {"example": next(iter(examples.values()))}
    return {"examples": {name: {"value": value} for name, value in examples.items()}}
