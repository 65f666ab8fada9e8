"""Requests whose answers are the examples of the OpenAPI description."""

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from service.open_inference.examples import INFERENCE_EXAMPLES
from service.tasks.calculation.examples import EVALUATE_EXAMPLES, PREDICT_EXAMPLES
from tests.service.lasting import TRAP

API_KEY, ADMIN_KEY = "api-key-0123456789", "admin-key-0123456789"
Place = Literal["shipped", "damaged", "empty", "unreachable", "endless"]
Way = Literal["plainly", "slowly", "in a crowd"]
_JSON = {"Content-Type": "application/json"}
_MANY = b'{"a":[' + b"1," * 100_000 + b'1],"op":"+","b":[1]}'
_ROW = b'{"a":1,"op":"+","b":1}'
_MANY_ROWS = b'{"instances":[%b],"expected":[2]}' % b",".join([_ROW] * 100_001)
_MANY_TENSORS = b'{"inputs":[%b]}' % b",".join(
    b'{"name":"%b","shape":[100001],"datatype":"%b","data":[1]}' % (name, datatype)
    for name, datatype in ((b"a", b"FP64"), (b"op", b"BYTES"), (b"b", b"FP64"))
)
_VERSION = "/models/arithmetic/versions/1"
_LABEL = "/admin/models/arithmetic/labels/candidate"


@dataclass(frozen=True, eq=False)  # each is one of its own, to be looked up by
class Case:
    """One request, and what it is an example of.

    Attributes:
        operation: Id of the operation that it is for.
        status: Status of the answer.
        name: Of the example; that of the request's own, where it is one.
        method: HTTP method.
        path: Address.
        options: Body and headers, as httpx takes them.
        place: Which service is asked.
        way: How it is asked: `slowly` its body stops coming, `in a crowd` others are there.
    """

    operation: str
    status: int
    name: str
    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)
    place: Place = "shipped"
    way: Way = "plainly"


def _ask(operation: str, path: str, status: int = 200, name: str = "", **rest: Any) -> Case:
    return Case(operation, status, name or operation, "GET", path, **rest)


def _send(operation: str, path: str, examples: Any) -> list[Case]:
    """Return the request examples of an operation with a body."""
    return [
        Case(operation, 200, name, "POST", path, {"json": example["value"]})
        for name, example in examples.items()
    ]


def _refuse(operation: str, path: str, many: bytes, wrong: dict[str, Any]) -> list[Case]:
    """Return what is refused of an operation with a body.

    Args:
        operation: Its id.
        path: Its address.
        many: A body of too many rows.
        wrong: Bodies that break a rule, by the name of the example, with their status.
    """
    slow = Case(operation, 408, "body_too_slow", "POST", path, {"content": b"{"}, way="slowly")
    right = {"json": {"inputs": []} if many == _MANY_TENSORS else {"expressions": ["1 + 1"]}}
    bodies: list[tuple[int, str, dict[str, Any]]] = [
        (400, "not_json", {"content": b'{"a": [1, 2', "headers": _JSON}),
        (401, "unauthorized", {**right, "headers": {"X-API-Key": ""}}),
        (413, "too_many_rows", {"content": many, "headers": _JSON}),
        (
            415,
            "unsupported_media_type",
            {"content": b"a=1", "headers": {"Content-Type": "text/csv"}},
        ),
        *((status, name, {"json": body}) for name, (status, body) in wrong.items()),
    ]
    return [slow, *(Case(operation, s, name, "POST", path, options) for s, name, options in bodies)]


def _problem(a: float, op: str, b: float) -> dict[str, Any]:
    return {"instances": [{"a": a, "op": op, "b": b}]}


def _tensors(a: float, op: str, b: float) -> dict[str, Any]:
    values = {"a": ("FP64", a), "op": ("BYTES", op), "b": ("FP64", b)}
    return {
        "inputs": [
            {"name": name, "shape": [1], "datatype": datatype, "data": [value]}
            for name, (datatype, value) in values.items()
        ]
    }


_WRONG_PROBLEMS = {
    "unknown_model": (404, {"expressions": ["1 + 1"], "model": "other"}),
    "unknown_version": (404, {"expressions": ["1 + 1"], "model": "mlp", "version": 7}),
    "unknown_label": (404, {"expressions": ["1 + 1"], "model": "mlp", "label": "other"}),
    "invalid_request": (422, {"instances": [{"a": 4.93, "op": "+"}]}),
    "unknown_operation": (422, _problem(2, "^", 3)),
    "division_by_zero": (422, _problem(7.5, "/", 0)),
    "malformed_expression": (422, {"expressions": ["4.93 plus 4.02"]}),
    "empty_list": (422, {"instances": []}),
}
_WRONG_EVALUATIONS = {
    "unknown_model": (404, {"sample": {}, "model": "other"}),
    "unknown_version": (404, {"sample": {}, "model": "mlp", "version": 7}),
    "unknown_label": (404, {"sample": {}, "model": "mlp", "label": "other"}),
    "invalid_request": (422, {"sample": {"n": 0}}),
    "empty_domain": (422, {"sample": {"range": [-0.05, 0.05], "operations": ["/"]}}),
    "division_by_zero": (422, {**_problem(7.5, "/", 0), "expected": [0]}),
}
_WRONG_TENSORS = {
    "field missing": (422, {"id": "1"}),
    "division by zero": (422, _tensors(7.5, "/", 0)),
    "unknown operation": (422, _tensors(2, "^", 3)),
}


def _infer(operation: str, path: str, unready: Case) -> list[Case]:
    right = {"json": INFERENCE_EXAMPLES["all outputs"]["value"]}
    return [
        *_send(operation, path.format("arithmetic"), INFERENCE_EXAMPLES),
        *_refuse(operation, path.format("arithmetic"), _MANY_TENSORS, _WRONG_TENSORS),
        Case(operation, 404, "unknown model", "POST", path.format("other"), right),
        replace(
            unready,
            operation=operation,
            method="POST",
            path=path.format(unready.path),
            options=right,
        ),
    ]


def _describe(operation: str, path: str, unready: Case) -> list[Case]:
    """Return what is asked of a model or version below `/v2`."""
    return [
        _ask(operation, path.format("arithmetic")),
        _ask(operation, path.format("other"), 404, "unknown model"),
        replace(unready, operation=operation, path=path.format(unready.path)),
    ]


_KEYLESS = {"headers": {"X-API-Key": ""}}
_LABELLED = {"json": {"version": 1}}
_CROWD: Final = "in a crowd"
_EXPRESSION = {"json": {"expressions": ["1 + 1"]}}
_V2 = "/v2/models/{}"
_ENDLESS = {"json": {"expressions": [f"{TRAP} + 1"]}}
_ENDLESS_PAIRS = {"json": {"instances": [{"a": TRAP, "op": "+", "b": 1}], "expected": [8.25]}}
_ENDLESS_TENSORS = {
    "json": {
        "inputs": [
            {"name": "a", "datatype": "FP64", "shape": [1], "data": [TRAP]},
            {"name": "op", "datatype": "BYTES", "shape": [1], "data": ["+"]},
            {"name": "b", "datatype": "FP64", "shape": [1], "data": [1]},
        ]
    }
}
_LATE = "run_timed_out"
_UNREADY = _ask("", "arithmetic", 503, "not ready", place="empty")
_DAMAGED = _ask("", "mlp", 503, "version unavailable", place="damaged")
CASES = (
    *_send("predict", "/predict", PREDICT_EXAMPLES),
    *_refuse("predict", "/predict", _MANY, _WRONG_PROBLEMS),
    Case("predict", 503, "not_ready", "POST", "/predict", _EXPRESSION, "empty"),
    Case("predict", 503, "overloaded", "POST", "/predict", _EXPRESSION, "empty", _CROWD),
    Case("predict", 504, _LATE, "POST", "/predict", _ENDLESS, "endless"),
    *_send("evaluate", "/evaluate", EVALUATE_EXAMPLES),
    *_refuse("evaluate", "/evaluate", _MANY_ROWS, _WRONG_EVALUATIONS),
    Case("evaluate", 503, "not_ready", "POST", "/evaluate", {"json": {"sample": {}}}, "empty"),
    Case("evaluate", 503, "overloaded", "POST", "/evaluate", _EXPRESSION, "empty", _CROWD),
    Case("evaluate", 504, _LATE, "POST", "/evaluate", _ENDLESS_PAIRS, "endless"),
    _ask("list_models", "/models"),
    _ask("list_models", "/models", 503, "store_unavailable", place="unreachable"),
    _ask("get_model", "/models/arithmetic"),
    _ask("get_model", "/models/other", 404, "unknown_model"),
    _ask("get_model", "/models/arithmetic", 503, "store_unavailable", place="unreachable"),
    _ask("get_manifest", _VERSION),
    _ask("get_manifest", "/models/other/versions/1", 404, "unknown_model"),
    _ask("get_manifest", "/models/arithmetic/versions/7", 404, "unknown_version"),
    _ask("get_manifest", "/models/arithmetic/versions/latest", 422, "invalid_request"),
    _ask("get_manifest", "/models/mlp/versions/1", 503, "store_unavailable", place="damaged"),
    _ask("get_file", f"{_VERSION}/files/README.md", 404, "unknown_file"),
    _ask("get_file", "/models/arithmetic/versions/7/files/MODEL_CARD.md", 404, "unknown_version"),
    _ask("get_file", "/models/arithmetic/versions/x/files/MODEL_CARD.md", 422, "invalid_request"),
    _ask("get_file", f"{_VERSION}/files/MODEL_CARD.md", 503, "damaged", place="damaged"),
    _ask("check_live", "/health/live"),
    _ask("check_ready", "/health/ready"),
    _ask("check_ready", "/health/ready", 503, "not_ready", place="empty"),
    _ask("get_server_metadata", "/v2"),
    _ask("get_server_metadata", "/v2", 503, "overloaded", place="empty", way=_CROWD),
    _ask("get_metrics", "/metrics", 503, "overloaded", place="empty", way=_CROWD),
    _ask("check_server_live", "/v2/health/live"),
    _ask("check_server_ready", "/v2/health/ready"),
    _ask("check_server_ready", "/v2/health/ready", 503, "not ready", place="empty"),
    *_describe("get_model_metadata", _V2, _UNREADY),
    *_describe("get_version_metadata", f"{_V2}/versions/1", _DAMAGED),
    *_describe("check_model_ready", f"{_V2}/ready", _UNREADY),
    *_describe("check_version_ready", f"{_V2}/versions/1/ready", _DAMAGED),
    *_infer("infer", f"{_V2}/infer", _UNREADY),
    *_infer("infer_with_version", f"{_V2}/versions/1/infer", _DAMAGED),
    *(
        Case(operation, 504, _LATE, "POST", path, _ENDLESS_TENSORS, "endless")
        for operation, path in (
            ("infer", "/v2/models/arithmetic/infer"),
            ("infer_with_version", "/v2/models/arithmetic/versions/1/infer"),
        )
    ),
    _ask("get_loaded_models", "/admin/models"),
    _ask("get_loaded_models", "/admin/models", 401, "unauthorized", options=_KEYLESS),
    Case("refresh_models", 200, "refresh", "POST", "/admin/refresh"),
    Case("refresh_models", 401, "unauthorized", "POST", "/admin/refresh", _KEYLESS),
    Case("move_label", 200, "move", "PUT", _LABEL, _LABELLED),
    Case("move_label", 401, "unauthorized", "PUT", _LABEL, {**_LABELLED, **_KEYLESS}),
    Case("move_label", 404, "unknown_version", "PUT", _LABEL, {"json": {"version": 7}}),
    Case("move_label", 422, "invalid_request", "PUT", _LABEL, {"json": {"version": "1"}}),
    Case("move_label", 409, "store_not_writable", "PUT", _LABEL, _LABELLED, "damaged"),
    Case("remove_label", 200, "remove", "DELETE", _LABEL),
    Case("remove_label", 401, "unauthorized", "DELETE", _LABEL, _KEYLESS),
    Case("remove_label", 404, "unknown_label", "DELETE", _LABEL),
)  # fmt: skip
"""In the order in which they are asked: a label is removed after it was set."""
