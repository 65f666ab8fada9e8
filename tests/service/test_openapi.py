"""The OpenAPI description: complete, and its examples run as they stand."""

from typing import Any

import httpx
import pytest


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    decoded: dict[str, Any] = answer.json()
    return decoded


def test_every_example_is_answered(client: httpx.Client, description: dict[str, Any]) -> None:
    tried = []
    for path, operations in description["paths"].items():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for example in content.get("application/json", {}).get("examples", {}).values():
                answer = client.post(path.format(model="mlp", version=1), json=example["value"])
                assert answer.status_code == 200, (example, answer.text)
                tried.append(path)
    assert tried.count("/predict") >= 3
    assert tried.count("/evaluate") >= 2
    assert tried.count("/v2/models/{model}/infer") >= 2


def test_every_operation_is_described(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["tags"], (method, path)
            assert operation["summary"]
            assert operation["description"]
            for status, response in operation["responses"].items():
                if status == "304":
                    assert "content" not in response, path
                elif status != "200":
                    schema = response["content"]["application/json"]["schema"]
                    name = "ProtocolErrorBody" if path.startswith("/v2") else "ErrorBody"
                    assert schema == {"$ref": f"#/components/schemas/{name}"}, (path, status)


@pytest.mark.parametrize("path", ["/predict", "/evaluate"])
def test_errors_of_requests_are_described(description: dict[str, Any], path: str) -> None:
    responses = description["paths"][path]["post"]["responses"]
    assert {"200", "400", "404", "413", "415", "422", "503"} <= set(responses)
    forms = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    name = forms["schema"]["$ref"].rsplit("/", 1)[1]
    assert len(description["components"]["schemas"][name]["oneOf"]) >= 2


@pytest.mark.parametrize(
    "path",
    [
        "/predict",
        "/evaluate",
        "/v2/models/{model}/infer",
        "/v2/models/{model}/versions/{version}/infer",
    ],
)
def test_headers_are_described_and_sent(
    client: httpx.Client, description: dict[str, Any], path: str
) -> None:
    operation = description["paths"][path]["post"]
    asked = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
    assert {"X-Request-Timeout", "X-Request-ID"} <= asked
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    body = next(iter(examples.values()))["value"]
    headers = {"X-Request-ID": "lesson-7"}
    answer = client.post(path.format(model="mlp", version=1), json=body, headers=headers)
    assert set(operation["responses"]["200"]["headers"]) == {
        "X-Model-Version",
        "X-Model-Digest",
        "X-Request-ID",
    }
    assert answer.headers["x-request-id"] == "lesson-7"
    assert answer.headers["x-model-version"] == ("1" if "{version}" in path else "2")
