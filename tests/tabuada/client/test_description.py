"""What the client knows of questions and answers is what the service's description says."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from service.tasks.calculation import evaluate_schemas
from tabuada.client import (
    Columns,
    Evaluation,
    Labelled,
    ModelSummary,
    Predictions,
    Readiness,
    Sample,
)
from tabuada.client.answers import ModelList
from tabuada.client.questions import write_evaluation, write_question
from tests.service.serving import Server

_WORDS = {"title", "description", "default", "enum", "examples", "format", "pattern"}
_LIMITS = {"maxItems", "maxLength"}  # which a client need not know of answers


@pytest.fixture(scope="module")
def schemas(server: Server) -> dict[str, Any]:
    described = httpx.get(f"{server.url}/openapi.json").json()["components"]["schemas"]
    assert isinstance(described, dict)
    return described


def normalize(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return what a schema allows, without words, names and references; None stands for absent."""
    if isinstance(schema, list):
        return [normalize(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return normalize(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    choices = [part for part in schema.get("anyOf", []) if part != {"type": "null"}]
    if len(choices) == 1:
        return normalize(choices[0], definitions)
    parts = {k: normalize(v, definitions) for k, v in schema.items() if k not in _WORDS | _LIMITS}
    if "properties" in schema:  # whose names may be words of schemas
        members = schema["properties"].items()
        parts["properties"] = {name: normalize(part, definitions) for name, part in members}
    return parts


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (Predictions, "PredictResponse"),
        (Evaluation, "EvaluateResponse"),
        (ModelList, "ModelList"),
        (ModelSummary, "ModelSummary"),
    ],
)
def test_answer_is_the_one_described(
    schemas: dict[str, Any], answer: type[BaseModel], name: str
) -> None:
    own = TypeAdapter(answer).json_schema()
    mine, theirs = normalize(own, own.get("$defs", {})), normalize(schemas[name], schemas)
    assert mine["properties"] == theirs["properties"]
    assert set(mine["required"]) == set(theirs["required"])


def test_readiness_is_the_one_described(schemas: dict[str, Any]) -> None:
    assert set(Readiness.model_fields) == set(schemas["Ready"]["properties"])


def test_errors_are_those_described(schemas: dict[str, Any]) -> None:
    assert set(schemas["ErrorBody"]["properties"]) == {"error"}
    assert set(schemas["ErrorDetail"]["properties"]) == {"code", "message", "field"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (write_question(["1 + 1"]), "ExpressionsRequest"),
        (write_question([(1, "+", 1)]), "RowsRequest"),
        (write_question(Columns([1], "+", [1])), "ColumnsRequest"),
    ],
    ids=["texts", "rows", "columns"],
)
def test_question_has_the_members_described(
    schemas: dict[str, Any], content: bytes, name: str
) -> None:
    options = {"model": "m", "version": 1, "label": "l", "exact": True}
    members = set(TypeAdapter(dict[str, Any]).validate_json(content)) | set(options)
    assert members == set(schemas[name]["properties"])


def test_evaluation_has_the_members_described(schemas: dict[str, Any]) -> None:
    read = TypeAdapter(dict[str, Any]).validate_json
    whole = read(write_evaluation(Sample(1, ["+"], (1, 2), 0.5, 3)))
    assert set(whole["sample"]) == set(schemas["Sample"]["properties"])
    sample = Sample()  # the description tells defaults in words alone
    defaults = {
        name: member.default for name, member in evaluate_schemas.Sample.model_fields.items()
    }
    assert {name: getattr(sample, name) for name in defaults} == defaults
    choice = {"model", "version", "label"}
    assert set(whole) | choice == set(schemas["SampledRequest"]["properties"])
    labelled = read(write_evaluation(Labelled([(1, "+", 1)], [2])))
    assert set(labelled) | choice == set(schemas["LabelledRequest"]["properties"])
