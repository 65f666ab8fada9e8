"""The collection that Postman makes of the description: each request is sent as it comes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from tests.description.cases import ADMIN_KEY
from tests.description.clients.generating import PROGRAMS, install_packages, run
from tests.description.conftest import Description
from tests.description.reading import Operation, list_operations
from tests.page.node import NODE
from tests.service.serving import Server

pytestmark = pytest.mark.slow


def convert(description: Description, folder: Path, *options: str) -> list[dict[str, Any]]:
    """Return the requests of the collection."""
    install_packages()
    (folder / "openapi.json").write_text(json.dumps(description), "utf-8")
    collection = json.loads(run([NODE, PROGRAMS / "postman.mjs", "openapi.json", *options], folder))
    return list(_list_requests(collection["item"]))


def _list_requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "item" in item:
            yield from _list_requests(item["item"])
        else:
            yield item["request"]


def order(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what removes after what sets it, as whoever goes through a collection does."""
    return sorted(requests, key=lambda request: bool(request["method"] == "DELETE"))


def send(request: dict[str, Any], url: str) -> httpx.Response:
    """Send a request as Postman does where its variables for address and key are set."""
    values = {each["key"]: each["value"] for each in request["url"].get("variable", [])}
    parts = [
        quote(values[part[1:]], safe="") if part.startswith(":") else part
        for part in request["url"]["path"]
    ]
    headers = {h["key"]: h["value"] for h in request["header"] if not h.get("disabled")}
    if request.get("auth"):
        assert request["auth"]["type"] == "apikey"
        headers["X-API-Key"] = ADMIN_KEY
    body = request.get("body", {}).get("raw")
    content = body.encode() if body else None
    address = f"{url}/{'/'.join(parts)}"
    return httpx.request(request["method"], address, headers=headers, content=content)


def find_operation(description: Description, request: dict[str, Any]) -> Operation:
    """Return the operation that a request is for."""
    names = [part if part[0] != ":" else f"{{{part[1:]}}}" for part in request["url"]["path"]]
    for operation in list_operations(description):
        if (operation.method.upper(), operation.path) == (request["method"], f"/{'/'.join(names)}"):
            return operation
    raise AssertionError(names)


def check_described(description: Description, operation: Operation, answer: httpx.Response) -> None:
    """Compare an answer with what the description says of its operation."""
    described = operation.told["responses"].get(str(answer.status_code))
    assert described, (operation.path, answer.status_code, answer.text)
    media = answer.headers["content-type"].partition(";")[0]
    assert media in described["content"], (operation.path, media)
    if media == "application/json":
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **described["content"][media]["schema"],
            "components": description["components"],
        }
        jsonschema_rs.validator_for(schema).validate(answer.json())


def test_every_request_made_of_the_examples_succeeds(
    described: Server, description: Description, tmp_path: Path
) -> None:
    requests = order(convert(description, tmp_path, "Example"))
    assert len(requests) == len(list_operations(description))
    for request in requests:
        answer = send(request, described.url)
        assert answer.status_code == 200, (request, answer.text)
        check_described(description, find_operation(description, request), answer)


def test_every_request_made_of_the_schemas_is_answered_as_described(
    described: Server, description: Description, tmp_path: Path
) -> None:
    requests = order(convert(description, tmp_path))  # as Postman does where nobody chooses
    assert len(requests) == len(list_operations(description))
    refused = 0
    for request in requests:
        answer = send(request, described.url)
        assert answer.status_code < 500, (request, answer.text)
        check_described(description, find_operation(description, request), answer)
        refused += answer.status_code >= 400
    assert 0 < refused < len(requests), "it puts `<string>` where there is no pattern"
