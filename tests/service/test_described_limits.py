"""Every list and every text of the OpenAPI description has a limit, and those of requests hold."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.app import create_app
from service.settings import Settings
from tabuada.artifacts.store import Store
from tests.service.refusal import check_protocol_refusal
from tests.service.tensors import INFER, WHOLE, as_tensors

LIMITS = {"maxLength", "enum", "const", "format", "pattern"}


@pytest.fixture(scope="module")
def description(store: Store) -> dict[str, Any]:
    settings = Settings(artifacts=store.location, admin_keys="k" * 20, max_json_rows=1234)
    transport = httpx.ASGITransport(create_app(settings))

    async def ask() -> dict[str, Any]:
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            described: dict[str, Any] = (await client.get("/openapi.json")).json()
            return described

    return asyncio.run(ask())


def walk(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema, with its place."""
    if isinstance(node, list):
        for index, inner in enumerate(node):
            yield from walk(inner, f"{place}/{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield place, node
        for name, inner in node.items():
            if name not in ("example", "examples", "default", "enum"):
                yield from walk(inner, f"{place}/{name}")


def test_every_list_and_text_has_a_limit(description: dict[str, Any]) -> None:
    found = list(walk(description))
    assert sum(schema["type"] == "array" for _, schema in found) > 30
    assert sum(schema["type"] == "string" for _, schema in found) > 50
    endless = [
        place
        for place, schema in found
        if (schema["type"] == "array" and "maxItems" not in schema)
        or (schema["type"] == "string" and not LIMITS & set(schema))
    ]
    assert endless == []


def test_headers_are_described_by_what_they_may_be(description: dict[str, Any]) -> None:
    for place, schema in walk(description["paths"]):
        if "/headers/" in place:
            assert "pattern" in schema or schema["type"] == "integer", place
    operations = [
        operation for path in description["paths"].values() for operation in path.values()
    ]
    parameters = [p for operation in operations for p in operation.get("parameters", [])]
    headers = {p["name"]: p["schema"] for p in parameters if p["in"] == "header"}
    assert headers.keys() == {"If-None-Match", "X-Request-ID", "X-Request-Timeout"}
    assert all("pattern" in schema or "maxLength" in schema for schema in headers.values())


def test_rows_are_described_as_the_settings_have_them(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for name, member in (
        ("RowsRequest", "instances"),
        ("ColumnsRequest", "a"),
        ("ExpressionsRequest", "expressions"),
        ("LabelledRequest", "expected"),
    ):
        assert schemas[name]["properties"][member]["maxItems"] == 1234
    assert schemas["Sample"]["properties"]["operations"]["anyOf"][0]["maxItems"] == 64


LONG = "a" * 5000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", {"expressions": ["1+1"], "model": LONG}),
        ("/predict", {"expressions": ["1+1"], "label": LONG}),
        ("/predict", {"expressions": ["1+" + "1" * 500]}),
        ("/predict", {"a": [1], "op": LONG, "b": [1]}),
        ("/predict", {"a": [1], "op": [LONG], "b": [1]}),
        ("/predict", {"instances": [{"a": 1, "op": LONG, "b": 1}]}),
        ("/evaluate", {"sample": {"n": 1}, "model": LONG}),
        ("/evaluate", {"sample": {"n": 1, "operations": ["+"] * 65}}),
        ("/evaluate", {"sample": {"n": 1, "range": [1, 2, 3]}}),
        (INFER, {**as_tensors(WHOLE), "id": LONG}),
        (INFER, {"inputs": as_tensors(WHOLE)["inputs"] * 20}),
        (INFER, {**as_tensors(WHOLE), "outputs": [{"name": "prediction"}] * 20}),
        (INFER, {**as_tensors(WHOLE), "outputs": [{"name": LONG}]}),
    ],
)
def test_what_is_longer_than_described_is_refused(
    client: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code in (404, 422), answer.text
    assert len(answer.content) < 1000
    padded = json.dumps(body).encode() + b" " * 40_000  # the way of larger bodies
    again = client.post(path, content=padded, headers={"Content-Type": "application/json"})
    assert again.status_code == answer.status_code


def test_id_as_long_as_it_may_be_comes_back(client: httpx.Client) -> None:
    body = {**as_tensors(WHOLE), "id": "é" * 1024}
    assert client.post(INFER, json=body).json()["id"] == body["id"]
    longer = client.post(INFER, json={**body, "id": "é" * 1025})
    check_protocol_refusal(longer, 422, "id: expected an id of at most 1024 characters")
