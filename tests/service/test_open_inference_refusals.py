"""Bad requests below `/v2`: the right 4xx in the protocol's shape, never a 500."""

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import MAX_BODY_BYTES, StartServer
from tests.service.refusal import JSON, check_protocol_refusal
from tests.service.serving import Server
from tests.service.tensors import (
    BINARY,
    INFER,
    LENGTH,
    WHOLE,
    as_tensors,
    pack,
    replace,
)
from tests.service.test_predict import Rows


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"{", 400), (b"\x80\x04\x95\x00", 400), (b"[" * 100_000, 400), (b"null", 422)],
    ids=["empty", "cut short", "a pickle", "deep nesting", "null"],
)
def test_body_that_is_no_request_is_refused(
    client: httpx.Client, content: bytes, status: int
) -> None:
    check_protocol_refusal(client.post(INFER, content=content, headers=JSON), status)
    headers = {**BINARY, LENGTH: str(len(content))}
    check_protocol_refusal(client.post(INFER, content=content, headers=headers), status)


@pytest.mark.parametrize("surplus", [b"\0", b"\0" * 1000])
def test_bytes_that_no_tensor_claims_are_refused(client: httpx.Client, surplus: bytes) -> None:
    content, headers = pack(WHOLE)
    answer = client.post(INFER, content=content + surplus, headers=headers)
    check_protocol_refusal(answer, 422, "inputs: ", LENGTH)
    answer = client.post(INFER, content=content[:-1], headers=headers)
    check_protocol_refusal(answer, 422, "inputs: ", LENGTH)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (b"", 422),
        (b"-1", 422),
        (b"1e2", 422),
        (b"\xb2", 422),
        (b"9" * 10_000, 422),
        (b"999999", 422),
        (b"0", 400),
        (b"5", 400),
    ],
    ids=["empty", "sign", "exponent", "superscript", "endless", "past the body", "none", "less"],
)
def test_bad_length_of_the_json_is_refused(client: httpx.Client, value: bytes, status: int) -> None:
    content, headers = pack(WHOLE)
    sent = {**{k.encode(): v.encode() for k, v in headers.items()}, LENGTH.encode(): value}
    check_protocol_refusal(client.post(INFER, content=content, headers=sent), status)


def test_binary_body_without_its_length_is_refused(client: httpx.Client) -> None:
    content, _ = pack(WHOLE)
    check_protocol_refusal(client.post(INFER, content=content, headers=BINARY), 400)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_too_many_rows_of_json_are_refused(client: httpx.Client, index: int) -> None:
    element = "+" if index == 1 else 1
    body = replace(index, shape=[100_001], data=[element] * 100_001)
    check_protocol_refusal(client.post(INFER, json=body), 413, "100000", "100001")
    hidden = replace(index, data=[[element] * 100_001])
    check_protocol_refusal(client.post(INFER, json=hidden), 413, "100000", "100001")


def test_too_many_binary_rows_are_refused(start_server: StartServer, store: Store) -> None:
    own = start_server(store.location, max_binary_rows=100, max_json_rows=50)
    own.wait_ready()
    with httpx.Client(base_url=own.url) as client:
        for n, binary, status in ((100, True, 200), (101, True, 413), (51, False, 413)):
            rows: Rows = [(1, "+", 2)] * n
            content, headers = pack(rows, parameters={"binary_data_output": binary})
            answer = client.post(INFER, content=content, headers=headers)
            assert answer.status_code == status
            if status == 413:
                check_protocol_refusal(answer, 413, f"Received: {n}")


def test_body_too_large_is_refused(client: httpx.Client) -> None:
    answer = client.post(INFER, content=b" " * (MAX_BODY_BYTES + 1), headers=BINARY)
    check_protocol_refusal(answer, 413)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**JSON, "Content-Encoding": "br"},
    ],
    ids=["text", "form", "compressed"],
)
def test_body_declared_as_something_else_is_refused(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    check_protocol_refusal(client.post(INFER, content=b"{}", headers=headers), 415)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/", 404),
        ("/v2/nope", 404),
        ("/v2/models", 404),
        ("/v2/models/mlp/", 404),
        ("/v2/models/mlp/nope", 404),
        ("/v2/models/nope", 404),
        ("/v2/models/NOPE", 404),
        ("/v2/models/..%2fmlp", 404),
        ("/v2/models/nope/ready", 404),
        ("/v2/models/mlp/versions/9", 404),
        ("/v2/models/mlp/versions/0", 404),
        ("/v2/models/mlp/versions/-1", 404),
        ("/v2/models/mlp/versions/01", 404),
        ("/v2/models/mlp/versions/one", 404),
        (f"/v2/models/mlp/versions/{'9' * 5000}", 404),
        ("/v2/models/mlp/versions/9/ready", 404),
        ("/v2/models/nope/versions/1", 404),
        ("/v2/models/mlp/infer", 405),
    ],
    ids=lambda value: str(value)[:40],
)
def test_address_that_leads_nowhere_is_refused(
    client: httpx.Client, path: str, status: int
) -> None:
    check_protocol_refusal(client.get(path), status)


@pytest.mark.parametrize("choice", ["nope", "NOPE", "mlp/versions/9", "mlp/versions/x"])
def test_infer_with_an_unknown_model_or_version_is_refused(
    client: httpx.Client, choice: str
) -> None:
    answer = client.post(f"/v2/models/{choice}/infer", json=as_tensors(WHOLE))
    check_protocol_refusal(answer, 404)


def test_addresses_that_only_begin_alike_keep_their_own_shape(client: httpx.Client) -> None:
    for path in ("/v2nope", "/nope/v2/models"):
        assert client.get(path).json()["error"]["code"] == "not_found"


def test_refusals_leave_nothing_in_the_log(server: Server) -> None:
    assert "Traceback" not in server.log()
