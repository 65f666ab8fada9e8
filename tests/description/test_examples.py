"""What the description shows is what the service answers, now."""

import json
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.description.conftest import Description
from tests.description.reading import list_operations
from tests.description.recording import EXAMPLES, Answers, ask_all
from tests.service.serving import Server


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return ask_all(tmp_path_factory.mktemp("asked"))


def list_examples(response: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for media, content in response.get("content", {}).items():
        if "example" in content:
            yield media, content["example"]
        yield from ((media, example["value"]) for example in content.get("examples", {}).values())


def is_alike(one: Any, other: Any) -> bool:
    """Whether two answers are the same, but for what another processor rounds otherwise."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_alike, one, other))
    return bool(one == other)


@pytest.mark.slow
def test_examples_are_what_the_service_answers(answers: Answers) -> None:
    recorded = json.loads(EXAMPLES.read_text("utf-8"))
    assert recorded.keys() == answers.keys()
    for operation, statuses in answers.items():
        for status, examples in statuses.items():
            for name, answer in examples.items():
                found = recorded[operation][status][name]
                assert is_alike(found, answer), (operation, status, name, found, answer)
    assert EXAMPLES.read_text("utf-8").count("\n") > 1000


def test_another_answer_is_noticed() -> None:
    assert is_alike({"a": [1.0, None]}, {"a": [1.0 + 1e-12, None]})
    for other in ({"a": [1.1, None]}, {"a": [1.0]}, {"b": [1.0, None]}, {"a": [1.0, "x"]}):
        assert not is_alike({"a": [1.0, None]}, other)


def test_every_status_with_json_shows_an_answer_with_its_code(description: Description) -> None:
    shown = 0
    for _, path, told in list_operations(description):
        for status, response in told["responses"].items():
            content = response.get("content", {})
            if "application/json" not in content or "text/csv" in content:  # a file of any kind
                continue
            found = [value for media, value in list_examples(response) if media.endswith("json")]
            assert found, (told["operationId"], status)
            shown += len(found)
            for value in found:
                if status >= "400" and not path.startswith("/v2"):
                    assert set(value["error"]) <= {"code", "message", "field"}, value
                    assert value["error"]["code"] != "string"
    assert shown > 80


def test_request_and_answer_of_one_example_have_one_name(description: Description) -> None:
    for _, _, told in list_operations(description):
        body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "examples" in body:
            answer = told["responses"]["200"]["content"]["application/json"]
            assert body["examples"].keys() == answer["examples"].keys(), told["operationId"]


def test_every_parameter_of_an_address_has_an_example_that_works(
    described: Server, description: Description
) -> None:
    tried = 0
    for method, path, told in list_operations(description):
        values = {}
        for parameter in told.get("parameters", []):
            shown = {"example", "examples"} & (set(parameter) | set(parameter["schema"]))
            if parameter["in"] == "path":
                values[parameter["name"]] = parameter["example"]
            else:  # a form sends what it shows
                assert not shown, (told["operationId"], parameter["name"])
                assert "default" not in parameter["schema"]
            assert parameter["description"]
        if method == "get" and not path.startswith("/admin"):
            assert httpx.get(described.url + path.format(**values)).status_code == 200, path
            tried += bool(values)
    assert tried >= 7
