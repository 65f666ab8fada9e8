"""Every text of the description is a sentence for clients, and every name was chosen."""

import re

import pytest

from tests.description.conftest import Description
from tests.description.reading import find_schemas, find_texts, list_operations

# What clients' code calls the operations and the types: whoever changes a name breaks that code.
OPERATIONS = {
    "predict": "POST /predict",
    "evaluate": "POST /evaluate",
    "list_models": "GET /models",
    "get_model": "GET /models/{model}",
    "get_manifest": "GET /models/{model}/versions/{version}",
    "get_file": "GET /models/{model}/versions/{version}/files/{path}",
    "check_live": "GET /health/live",
    "check_ready": "GET /health/ready",
    "get_server_metadata": "GET /v2",
    "check_server_live": "GET /v2/health/live",
    "check_server_ready": "GET /v2/health/ready",
    "get_model_metadata": "GET /v2/models/{model}",
    "get_version_metadata": "GET /v2/models/{model}/versions/{version}",
    "check_model_ready": "GET /v2/models/{model}/ready",
    "check_version_ready": "GET /v2/models/{model}/versions/{version}/ready",
    "infer": "POST /v2/models/{model}/infer",
    "infer_with_version": "POST /v2/models/{model}/versions/{version}/infer",
    "get_metrics": "GET /metrics",
    "get_loaded_models": "GET /admin/models",
    "refresh_models": "POST /admin/refresh",
    "move_label": "PUT /admin/models/{model}/labels/{label}",
    "remove_label": "DELETE /admin/models/{model}/labels/{label}",
}
SCHEMAS = [
    "BinarySize", "CalculationManifest", "CalculationProbe", "CalculationSignature",
    "ColumnsRequest", "ErrorBody", "ErrorCase", "ErrorDetail", "ErrorReport", "ErrorStatistics",
    "EvaluateRequest", "EvaluateResponse", "ExpressionsRequest", "FileRecord", "InferenceRequest",
    "InferenceResponse", "InputParameters", "LabelTarget", "LabelledRequest", "Live",
    "LoadedModels", "ModelList", "ModelMetadata", "ModelReady", "ModelState", "ModelSummary",
    "OperandDomain", "OutputParameters", "Pole", "PredictRequest", "PredictResponse",
    "ProtocolErrorBody", "Ready", "Region", "RequestInput", "RequestParameters", "RequestedOutput",
    "RelativeReport", "RelativeStatistics", "ResponseOutput", "Row", "RowsRequest", "RunRecord",
    "Sample", "SampledRequest", "ServerLive",
    "ServerMetadata", "ServerReady", "TensorMetadata", "TensorSpec",
]  # fmt: skip
INLINE = {"OneSignOrMany", "TensorElements"}
# Words of those who write the service, not of those who ask it.
_INSIDE = re.compile(
    r"^\s*(Attributes|Args|Arguments|Returns|Raises|Yields|Notes?):|\bsee `|pydantic|FastAPI|"
    r"Starlette|\bdict\b|\btyped\b|\bclass\b|subclass|Keras|validator|(?-i:\bNone\b|\bTrue\b|\bFalse\b)|"
    r"\bworkers?\b|self-test|TODO|noqa|event loop|\bthread",
    re.MULTILINE | re.IGNORECASE,
)


def test_operations_have_the_names_that_clients_know(description: Description) -> None:
    found = {
        told["operationId"]: f"{method.upper()} {path}"
        for method, path, told in list_operations(description)
    }
    assert found == OPERATIONS


def test_schemas_have_the_names_that_clients_know(description: Description) -> None:
    schemas = description["components"]["schemas"]
    assert sorted(schemas) == sorted(SCHEMAS)
    assert {name: schema["title"] for name, schema in schemas.items()} == {n: n for n in schemas}


def test_no_other_title_names_a_type(description: Description) -> None:
    named = {f"#/components/schemas/{name}" for name in SCHEMAS}
    titles = {
        s["title"] for place, s in find_schemas(description) if "title" in s and place not in named
    }
    assert titles == INLINE


def test_forms_of_a_value_have_a_name(description: Description) -> None:
    for place, schema in find_schemas(description):
        forms = schema.get("oneOf", []) + schema.get("anyOf", [])
        several = [form for form in forms if form != {"type": "null"}]
        simple = all(
            form.get("type") in ("string", "integer", "number", "boolean") for form in forms
        )
        if len(several) > 1 and not simple:
            assert "title" in schema, place


def test_no_enum_has_values_that_generated_names_cannot_tell_apart(
    description: Description,
) -> None:
    found = [schema["enum"] for _, schema in find_schemas(description) if "enum" in schema]
    assert found
    for values in found:
        names = {re.sub(r"\W", "_", str(value)).lower() for value in values}
        assert len(names) == len(values), values
        assert not any(name.strip("_") == "" for name in names), values


def test_numbers_tell_their_width_and_whole_ones_have_whole_bounds(
    description: Description,
) -> None:
    widths = {"number": "double", "integer": "int64"}
    seen = 0
    for place, schema in find_schemas(description):
        if schema.get("type") in widths and "enum" not in schema:
            assert schema["format"] == widths[schema["type"]], place
            seen += 1
        if schema.get("type") == "integer":
            bounds = [
                value for name, value in schema.items() if "inimum" in name or "aximum" in name
            ]
            assert all(isinstance(bound, int) for bound in bounds), (place, bounds)
            assert all(-(2**63) <= bound < 2**63 for bound in bounds), (place, bounds)
            assert not {"exclusiveMaximum", "exclusiveMinimum"} & set(schema), place
    assert seen > 40


def test_nothing_is_described_in_ways_that_generators_misread(description: Description) -> None:
    for place, schema in find_schemas(description):
        assert "prefixItems" not in schema, place
        assert "default" not in schema, place


def test_everything_has_a_description(description: Description) -> None:
    schemas = list(find_schemas(description))
    told = dict(description["components"]["schemas"])
    for place, schema in schemas:
        members = schema.get("properties", {}).items()
        told |= {f"{place}/{name}": member for name, member in members}
    for _, path, operation in list_operations(description):
        place = f"{path} {operation['operationId']}"
        told |= {f"{place} {p['name']}": p for p in operation.get("parameters", [])}
        for status, response in operation["responses"].items():
            told[f"{place} {status}"] = response
            headers = response.get("headers", {}).items()
            told |= {f"{place} {status} {name}": header for name, header in headers}
    assert len(told) > 300
    assert [place for place, what in told.items() if not what.get("description")] == []


def test_every_text_is_for_clients(description: Description) -> None:
    texts = list(find_texts(description))
    assert len(texts) > 200
    for place, text in texts:
        assert not _INSIDE.search(text), (place, text)
        assert "Successful Response" not in text, place
        assert "Validation Error" not in text, place
        assert text == text.strip(), place
        assert text[0].isupper() or text[0] in "`-0123456789", (place, text)
        if place.endswith("/summary"):
            assert not text.endswith("."), (place, text)
        else:
            assert text.endswith((".", '."', "`.")), (place, text)


@pytest.mark.parametrize(
    "text",
    [
        "One problem. A typed dict costs half of what a model does.",
        "A set.\n\nAttributes:\n    a: First operands.",
        "The manifest of a network that calculates; see `Manifest`.",
        "The Keras model's answers: a reader's self-test.",
    ],
)
def test_note_for_developers_is_noticed(text: str) -> None:
    assert _INSIDE.search(text)


def test_introduction_says_where_to_start(description: Description) -> None:
    introduction = description["info"]["description"]
    for part in ("`POST /predict`", "(./)", "`/v2`", "`arithmetic`", "`mlp`", "`GET /models`"):
        assert part in introduction
    tags = {tag for _, _, told in list_operations(description) for tag in told["tags"]}
    assert {tag["name"] for tag in description["tags"]} == tags


def test_version_below_v2_is_explained_where_it_stands(description: Description) -> None:
    kinds = set()
    for _, path, told in list_operations(description):
        for parameter in told.get("parameters", []):
            if parameter["name"] == "version":
                protocol = path.startswith("/v2")
                assert parameter["schema"]["type"] == ("string" if protocol else "integer")
                assert "Open Inference Protocol" in parameter["description"]
                kinds.add(protocol)
    assert kinds == {True, False}
