"""The manual's table of addresses, walked: each method of each address, with keys and without."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.readme import ROOT
from tests.service.conftest import StartServer
from tests.service.raw_http import get, post
from tests.service.refusal import check_refusal
from tests.service.serving import Server
from tests.service.tiny import TinyNetwork, publish_tiny

MANUAL = (ROOT / "deploy" / "README.md").read_text("utf-8")
_SECTION = MANUAL.partition("## What each address takes")[2].partition("\n## ")[0]
_ROW = re.compile(r"^\| (/\S*) \| ([A-Z, ]+) \| (none|key|administrator's) \| (\S.*) \|$", re.M)

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
KEY, ADMIN = "some-key-0123456789", "admin-key-0123456789"
KEYS = {"none": {}, "key": {"X-API-Key": KEY}, "administrator's": {"X-API-Key": ADMIN}}
PARTS = {"model": "mlp", "version": "1", "label": "tried"}
_ROWS = {"instances": [{"a": 1, "op": "+", "b": 2}]}
_TENSORS = [
    {"name": name, "shape": [1], "datatype": kind, "data": [value]}
    for name, kind, value in (("a", "FP64", 1), ("op", "BYTES", "+"), ("b", "FP64", 2))
]
BODIES: dict[str, Any] = {
    "/predict": _ROWS,
    "/evaluate": {**_ROWS, "expected": [3]},
    "/v2/models/{model}/infer": {"inputs": _TENSORS},
    "/v2/models/{model}/versions/{version}/infer": {"inputs": _TENSORS},
    "/admin/models/{model}/labels/{label}": {"version": 1},
}


class Row(NamedTuple):
    """One line of the table."""

    address: str
    allow: str
    key: str
    caching: str


ROWS = [Row(*found) for found in _ROW.findall(_SECTION)]
EACH = pytest.mark.parametrize("row", ROWS, ids=[row.address for row in ROWS])


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory, networks: dict[int, TinyNetwork]) -> Store:
    """`mlp` with one version and a file of its training."""
    root = tmp_path_factory.mktemp("methods")
    file = root / "work" / "training" / "test.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"mae": 0.1}')
    store = Store(root / "artifacts")
    publish_tiny(store, root / "work", networks[1])
    return store


@pytest.fixture(scope="module")
def open_to_all(
    own_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A service without API keys, which administrators may ask."""
    server = Server(own_store.location, tmp_path_factory.mktemp("open") / "log", admin_keys=ADMIN)
    server.wait_ready()
    with httpx.Client(base_url=server.url) as client:
        yield client
    server.stop()


@pytest.fixture(scope="module")
def guarded_server(own_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with keys, which answers two requests at a time."""
    log = tmp_path_factory.mktemp("guarded") / "log"
    server = Server(own_store.location, log, api_keys=KEY, admin_keys=ADMIN, max_requests=2)
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def guarded(guarded_server: Server) -> Iterator[httpx.Client]:
    """A client of that service, without a key."""
    with httpx.Client(base_url=guarded_server.url) as client:
        yield client


def fill(row: Row, client: httpx.Client) -> str:
    """Return an address of a row that exists."""
    parts = {**PARTS, "path": "page/app.js" if "static" in row.address else "training/test.json"}
    if "{release}" in row.address:
        found = re.search(r'"static/(\w+)/page/app\.js"', client.get("/").text)
        assert found
        parts["release"] = found[1]
    return row.address.format(**parts)


def ask(client: httpx.Client, method: str, row: Row, key: dict[str, str]) -> httpx.Response:
    if method == "DELETE" and "DELETE" in row.allow:
        ask(client, "PUT", row, key)  # else there is nothing to delete
    body = BODIES.get(row.address) if method in ("POST", "PUT") else None
    return client.request(method, fill(row, client), json=body, headers=key)


def check_answer(answer: httpx.Response, method: str, row: Row) -> None:
    """Hold an answer to its cell: what the table allows is done, and all else refused with 405."""
    allowed = method in row.allow.split(", ")
    status = 204 if method == "OPTIONS" else 200
    assert answer.status_code == (status if allowed else 405), answer.text
    caching = row.caching if allowed and method != "OPTIONS" else "no-store"
    assert answer.headers.get_list("Cache-Control") == [caching]
    assert answer.headers["X-Request-ID"]
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]
    if method == "OPTIONS" or not allowed:
        assert answer.headers.get_list("Allow") == [row.allow]
    if method in ("HEAD", "OPTIONS"):
        assert answer.content == b""
    elif not allowed and not row.address.startswith("/v2"):
        check_refusal(answer, 405, "method_not_allowed", None)


def test_table_has_every_address_and_no_other(open_to_all: httpx.Client) -> None:
    described = open_to_all.get("/openapi.json").json()["paths"]
    pages = ["/", "/docs", "/redoc", "/openapi.json", "/static/{release}/{path}", "/static/{path}"]
    assert sorted(row.address for row in ROWS) == sorted([*described, *pages])
    for row in ROWS:
        operations = described.get(row.address, {"get": {}})
        more = {"HEAD", "OPTIONS"} if "get" in operations else {"OPTIONS"}
        assert row.allow == ", ".join(sorted({*map(str.upper, operations)} | more))


@EACH
@pytest.mark.parametrize("method", METHODS)
def test_address_without_keys_is_as_the_table_has_it(
    open_to_all: httpx.Client, row: Row, method: str
) -> None:
    key = KEYS[row.key] if row.key == "administrator's" else {}
    check_answer(ask(open_to_all, method, row, key), method, row)


@EACH
@pytest.mark.parametrize("method", METHODS)
def test_address_with_keys_is_as_the_table_has_it(
    guarded: httpx.Client, row: Row, method: str
) -> None:
    if row.key != "none" and method != "OPTIONS":
        stranger = ask(guarded, method, row, {})
        assert stranger.status_code == 401
        assert stranger.headers.get_list("Cache-Control") == ["no-store"]
    key = KEYS[row.key] if method != "OPTIONS" else {}  # nobody needs one for that
    check_answer(ask(guarded, method, row, key), method, row)


@pytest.mark.parametrize("row", [row for row in ROWS if "HEAD" in row.allow], ids=str)
def test_head_says_what_get_says(open_to_all: httpx.Client, row: Row) -> None:
    get, head = (ask(open_to_all, method, row, KEYS[row.key]) for method in ("GET", "HEAD"))
    changing = {"date", "x-request-id"} | (
        {"content-length"} if row.address == "/metrics" else set()
    )
    told = [
        {k: v for k, v in answer.headers.items() if k not in changing} for answer in (get, head)
    ]
    assert told[0] == told[1]
    assert "content-length" in head.headers


@pytest.mark.parametrize("path", ["/nowhere", "/static/nope.js", "/models/mlp/versions/9"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_is_not_kept_either(open_to_all: httpx.Client, method: str, path: str) -> None:
    answer = open_to_all.request(method, path)
    assert answer.status_code == 404
    assert answer.headers.get_list("Cache-Control") == ["no-store"]


def test_options_of_what_is_not_there_is_not_found(guarded: httpx.Client) -> None:
    assert guarded.options("/nowhere").status_code == 404
    assert guarded.options("/predict/").status_code == 404


def test_options_of_a_model_that_is_not_there_asks_no_store(guarded: httpx.Client) -> None:
    assert guarded.options("/models/nope").status_code == 204


def test_options_of_the_whole_service_names_all_methods(guarded_server: Server) -> None:
    with guarded_server.connect() as connection:
        connection.sendall(get(b"Connection: close", method=b"OPTIONS", target=b"*"))
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nallow: DELETE, GET, HEAD, OPTIONS, POST, PUT\r\n" in answer


def test_head_is_followed_by_the_next_answer(guarded_server: Server) -> None:
    paths = (
        b"/",
        b"/predict",
        b"/nowhere",
        b"/health/ready",
        b"/static/page/app.js",
        b"/openapi.json",
        b"/metrics",
    )
    asked = b"".join(get(target=path, method=b"HEAD") for path in paths)
    with guarded_server.connect() as connection:
        connection.sendall(asked + get(b"Connection: close"))
        answers = connection.makefile("rb").read().split(b"HTTP/1.1 ")
    assert len(answers) == len(paths) + 2
    assert [answer.partition(b"\r\n\r\n")[2] for answer in answers[1:-1]] == [b""] * len(paths)
    assert answers[-1].endswith(b'{"status":"live"}')


def test_head_of_readiness_is_503_where_get_is(start_server: StartServer, tmp_path: Any) -> None:
    server = start_server(tmp_path / "empty")
    for path in ("/health/ready", "/v2/health/ready"):
        get, head = httpx.get(server.url + path), httpx.head(server.url + path)
        assert (get.status_code, head.status_code) == (503, 503)
        assert head.headers["retry-after"] == get.headers["retry-after"]
        assert head.content == b""
    assert httpx.head(f"{server.url}/health/live").status_code == 200


def test_options_is_answered_while_there_is_too_much_to_do(
    guarded: httpx.Client, guarded_server: Server
) -> None:
    half = post(b"Content-Length: 9", b"X-API-Key: " + KEY.encode(), body=b"{")
    with ExitStack() as stack:
        for _ in range(20):  # one that comes while another is answered is refused itself
            stack.enter_context(guarded_server.connect()).sendall(half)
            busy = guarded.get("/models", headers=KEYS["key"])
            if busy.status_code == 503:
                break
        assert busy.status_code == 503
        assert guarded.options("/predict").status_code == 204
