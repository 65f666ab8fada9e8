"""Every refusal speaks this project's words: what was expected, what came as JSON, what to do.

All errors of both trees, and all that the schemas find wrong with some thousand spoiled bodies, in
both shapes of errors. Refusals over a real port are held to the same words where they are tested.
"""

import json
import random
from collections.abc import Iterator
from functools import partial
from typing import Any, get_args

import pytest
from fastapi import APIRouter
from pydantic import ValidationError
from pydantic_core import core_schema

from service import errors as service_errors
from service.errors import BadSetting, RefusedProblem, RefusedRequest, ServiceError
from service.http.admission import Admission
from service.http.direct_route import DirectRoute
from service.http.error_responses import refuse
from service.http.intake import Intake
from service.http.request_context import RequestContext
from service.open_inference.examples import INFERENCE_EXAMPLES
from service.open_inference.routes import infer_router
from service.routes.admin import label_router
from service.settings import read_settings
from service.tasks.calculation import evaluate_route, predict_route
from service.tasks.calculation.examples import EVALUATE_EXAMPLES, PREDICT_EXAMPLES
from service.work_queue import WorkQueue
from tabuada import errors as domain_errors
from tabuada.errors import NotFound, ProblemError, TabuadaError
from tabuada.rules import describe_error
from tests.service.refusal import check_wording

PATHS = ["/predict", "/v2/models/mlp/infer"]
BARE = "expected something. Received: another thing"
INTAKE = Intake(
    inline_bytes=2**15,
    max_body_bytes=2**20,
    max_json_bytes=2**20,
    max_gzip_ratio=100,
    max_json_rows=100,
    max_binary_rows=100,
    admission=Admission(10, 2**20),
    large_bodies=WorkQueue(1, 1, 1.0, lambda _: None),
)
SPOILS = [
    "null", "true", "-1", "0", "1.5", "1e400", "1e-400", "NaN", "-Infinity", "9007199254740993",
    "9" * 401, "9" * 5001, '""', '"it\'s"', '"None"', '"1"', '"+++++++++++"', "[]", "[[]]",
    '[1, "x"]', "[null]", "{}", '{"a": {"b": [1, {"c": null}]}}', '"\\u200b"', "[1,2,3,4]",
    '{"binary_data_size": true}', '{"binary_data": 1}', "[-1]", "1000000000",
]  # fmt: skip


def list_classes(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for inner in kind.__subclasses__():
        if inner.__module__ in (service_errors.__name__, domain_errors.__name__):
            yield from list_classes(inner)


def make(kind: type[Exception]) -> Exception:
    if issubclass(kind, NotFound):
        return kind(BARE, kind="label")
    if issubclass(kind, RefusedProblem):
        return kind(ProblemError(BARE, index=3), "instances[3]")
    return kind(BARE)


def read_message(error: Exception, path: str, context: RequestContext | None = None) -> str:
    """Return what a client is told of an error."""
    context = context or RequestContext("POST", path, {}, "id")
    context.path = path
    told = json.loads(refuse(error, context).body, parse_constant=pytest.fail)["error"]
    message: str = told if path.startswith("/v2") else told["message"]
    assert isinstance(message, str)
    return message


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "kind", [*list_classes(ServiceError), *list_classes(TabuadaError)], ids=lambda k: k.__name__
)
def test_error_of_either_tree_is_told_with_advice(kind: type[Exception], path: str) -> None:
    check_wording(read_message(make(kind), path))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("<class 'numpy.ndarray'> None"),
        OSError(5, "Input/output error", "/srv/x"),
        domain_errors.StoreUnreachable("expected the store to answer. Received: botocore Error"),
    ],
    ids=["of its own", "of the system", "of a store's library"],
)
def test_words_of_others_stay_in_the_log(error: Exception) -> None:
    check_wording(read_message(error, "/predict"))


def list_routes() -> dict[str, tuple[DirectRoute, list[Any]]]:
    """Return the routes that read JSON, with bodies that they take."""
    routers: dict[str, tuple[APIRouter, list[Any]]] = {
        "predict": (predict_route.router, [e["value"] for e in PREDICT_EXAMPLES.values()]),
        "evaluate": (
            evaluate_route.router,
            [
                *(example["value"] for example in EVALUATE_EXAMPLES.values()),
                {"sample": {"min_divisor": 0.5, "seed": 3}},
            ],
        ),
        "infer": (infer_router, [example["value"] for example in INFERENCE_EXAMPLES.values()]),
        "label": (label_router, [{"version": 1}]),
    }
    found = {}
    for name, (router, bodies) in routers.items():
        route = next(route for route in router.routes if isinstance(route, DirectRoute))
        found[name] = (route, bodies)
    return found


ROUTES = list_routes()


def spoil(body: Any, rng: random.Random) -> bytes:
    """Return a body with one part of it replaced, left out, added or repeated."""
    text = json.dumps(body)
    marks: list[Any] = []

    def walk(value: Any) -> Any:
        marks.append(value)
        if isinstance(value, dict):
            return {name: walk(inner) for name, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    walk(body)
    chosen = rng.choice(marks)
    found = json.dumps(chosen)
    way = rng.random()
    if way < 0.6:
        return text.replace(found, rng.choice(SPOILS), 1).encode()
    if way < 0.75:
        place = text.index("{") + 1
        name = rng.choice(
            ["a", "b", "op", "label", "version", "instances", "sample", "none", "data"]
        )
        return f'{text[:place]}"{name}": {rng.choice(SPOILS)}, {text[place:]}'.encode()
    if way < 0.9 and isinstance(chosen, dict) and chosen:
        less = {name: value for name, value in chosen.items() if name != rng.choice(list(chosen))}
        return text.replace(found, json.dumps(less), 1).encode()
    return text[: rng.randrange(len(text))].encode()


def read_kind(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["type"])
    return type(error).__name__


EXPECTED_KINDS = {
    "predict": {
        "missing", "extra_forbidden", "list_type", "float_type", "string_type", "finite_number",
        "string_too_short", "string_too_long", "too_short", "bool_type", "request_form",
        "value_error", "NotJson", "NotFinite", "TooSmall", "BadField",
    },
    "evaluate": {
        "missing", "extra_forbidden", "int_type", "greater_than_equal", "too_short", "too_long",
        "float_type", "model_type", "request_form", "value_error", "NotJson", "BadField",
    },
    "infer": {
        "missing", "list_type", "int_type", "string_type", "model_type", "greater_than_equal",
        "too_long", "BadField", "NotJson", "TooManyRows",
    },
    "label": {
        "missing", "extra_forbidden", "int_type", "greater_than_equal", "less_than", "NotJson",
        "model_type",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ROUTES)
def test_whatever_is_wrong_with_a_body_is_told_in_our_words(name: str) -> None:
    route, bodies = ROUTES[name]
    rng = random.Random(11)
    kinds = set()
    for turn in range(1500):
        content = spoil(rng.choice(bodies), rng)
        context = RequestContext("POST", "", {}, "id")
        try:
            read = route.parse(content, context, INTAKE)
            if hasattr(read, "read_columns"):
                read.read_columns()
        except (ValidationError, RefusedRequest, ProblemError) as error:
            kinds.add(read_kind(error))
            check_wording(read_message(error, PATHS[turn % 2], context))
    assert kinds >= EXPECTED_KINDS[name], EXPECTED_KINDS[name] - kinds


BAD_SETTINGS = {
    "port": ["eighty", "-1", "70000", "None", "1.5", "9" * 50],
    "log_level": ["loud", ""],
    "batching": ["maybe", "None"],
    "drain_s": ["nan", "-1", "soon", "1e999"],
    "predict_wait_s": ["0", "inf"],
    "host": [""],
    "default_model": ["Foo", ""],
    "version_policy": ["mlp==3", "mlp=1,mlp=2"],
    "artifacts": [__file__],
    "workers": ["0", "many", "257"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD_SETTINGS.items() for value in values]
)
def test_bad_setting_is_told_in_our_words(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TABUADA_{name.upper()}", value)
    with pytest.raises(BadSetting) as caught:
        read_settings()
    check_wording(str(caught.value))


BOUNDS = {"gt": 0.0, "ge": 1, "lt": 10**9, "le": 2.5, "multiple_of": 2, "min_length": 1,
          "max_length": 16, "expected": "'a', 'b' or 'c'"}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_rule_of_every_kind_is_told_in_our_words(kind: str) -> None:
    error = {"type": kind, "msg": "Input should be a <class 'x'>", "input": None, "ctx": BOUNDS}
    check_wording(describe_error(error))


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("too_short", 1, "expected at least 1 item. "),
        ("too_short", 2, "expected at least 2 items. "),
        ("too_long", 1, "expected at most 1 item. "),
        ("string_too_long", 8, "expected a string of at most 8 characters. "),
        ("string_too_short", 1, "expected a string of at least 1 character. "),
    ],
)
def test_one_is_no_plural(kind: str, number: int, said: str) -> None:
    context = {"min_length": number, "max_length": number}
    assert describe_error({"type": kind, "input": [], "ctx": context}).startswith(said)


NUMBERS_AS_SENT = ["1e400", "-1E+999", "NaN", "Infinity", "-Infinity"]


@pytest.mark.parametrize("literal", NUMBERS_AS_SENT)
@pytest.mark.parametrize(
    "body",
    ['{{"a":[1,{0}],"op":"+","b":[1,2]}}', '{{"instances":[{{"a":{0},"op":"+","b":2}}]}}'],
    ids=["columns", "rows"],
)
def test_number_is_shown_as_it_was_sent(body: str, literal: str) -> None:
    route, _ = ROUTES["predict"]
    context = RequestContext("POST", "/predict", {}, "id")
    read = partial(route.parse, body.format(literal).encode(), context, INTAKE)
    with pytest.raises((ValidationError, RefusedRequest)) as caught:
        read()
    assert f"Received: {literal}" in read_message(caught.value, "/predict", context)
