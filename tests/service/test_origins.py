"""What pages of other origins may ask: by the headers, and in a real browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tabuada.artifacts.store import Store
from tests.service.asking import ask_app
from tests.service.conftest import StartServer

HOME, OTHER = "https://school.example", "https://evil.example"
KEY = "some-key-0123456789"
ORIGINS = f"http://localhost:3000,{HOME}"
WISH = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}


def ask(
    store: Store, method: str, path: str, headers: dict[str, str], **settings: Any
) -> httpx.Response:
    request = httpx.Request(method, f"http://x{path}", headers=headers)
    answer: httpx.Response = ask_app(store.location, [request], **settings)[0]
    return answer


def list_permissions(answer: httpx.Response) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k.startswith("access-control-")}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/models", 200),
        ("HEAD", "/models", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/static/page/app.js", 200),
        ("GET", "/health/ready", 503),
        ("GET", "/nowhere", 404),
        ("DELETE", "/predict", 405),
        ("POST", "/predict", 415),
    ],
)
def test_answer_may_be_read_by_a_named_origin_alone(
    store: Store, method: str, path: str, status: int
) -> None:
    home, other, none = (
        ask(store, method, path, headers, allowed_origins=ORIGINS)
        for headers in ({"Origin": HOME}, {"Origin": OTHER}, {})
    )
    assert [answer.status_code for answer in (home, other, none)] == [status] * 3
    permissions = list_permissions(home)
    assert permissions.pop("access-control-allow-origin") == HOME
    exposed = permissions.pop("access-control-expose-headers").lower().split(", ")
    assert {"x-request-id", "x-model-version", "retry-after", "etag"} <= set(exposed)
    assert permissions == {}
    assert list_permissions(other) == list_permissions(none) == {}
    for answer in (home, other, none):  # a cache is to keep them apart
        assert "Origin" in ", ".join(answer.headers.get_list("Vary"))


def test_answer_says_nothing_of_origins_where_none_is_named(store: Store) -> None:
    answer = ask(store, "GET", "/models", {"Origin": HOME})
    assert list_permissions(answer) == {}
    assert "Vary" not in answer.headers
    preflight = ask(store, "OPTIONS", "/predict", {"Origin": HOME, **WISH})
    assert preflight.status_code == 204
    assert list_permissions(preflight) == {}


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/predict", "OPTIONS, POST"), ("/models/mlp", "GET, HEAD, OPTIONS")],
)
def test_browser_that_asks_first_is_told_without_a_key(
    store: Store, path: str, methods: str
) -> None:
    answer = ask(
        store, "OPTIONS", path, {"Origin": HOME, **WISH}, allowed_origins=ORIGINS, api_keys=KEY
    )
    assert answer.status_code == 204
    permissions = list_permissions(answer)
    assert permissions["access-control-allow-origin"] == HOME
    assert permissions["access-control-allow-methods"] == methods
    allowed = permissions["access-control-allow-headers"].lower().split(", ")
    assert {"x-api-key", "authorization", "content-type", "x-request-timeout"} <= set(allowed)
    assert 0 < int(permissions["access-control-max-age"]) <= 3600
    assert "access-control-allow-credentials" not in permissions
    assert "*" not in permissions.values()


@pytest.mark.parametrize(
    "origin",
    [OTHER, "null", "*", "", HOME.upper(), f"{HOME}:443", f"{HOME}.evil.example", f"http{HOME[5:]}",
     f"{HOME} {OTHER}", "http://localhost"],
)  # fmt: skip
def test_other_origin_is_permitted_nothing(store: Store, origin: str) -> None:
    for method, path in (("OPTIONS", "/predict"), ("GET", "/models")):
        answer = ask(store, method, path, {"Origin": origin, **WISH}, allowed_origins=ORIGINS)
        assert list_permissions(answer) == {}


def test_browser_is_let_find_out_that_an_address_is_none(store: Store) -> None:
    for origin, status in ((HOME, 204), (OTHER, 404)):
        answer = ask(store, "OPTIONS", "/nope", {"Origin": origin, **WISH}, allowed_origins=ORIGINS)
        assert answer.status_code == status
    plain = ask(store, "OPTIONS", "/nope", {"Origin": HOME}, allowed_origins=ORIGINS)
    assert plain.status_code == 404


def test_refusal_for_want_of_a_key_may_be_read(store: Store) -> None:
    answer = ask(store, "GET", "/models", {"Origin": HOME}, allowed_origins=ORIGINS, api_keys=KEY)
    assert answer.status_code == 401
    assert list_permissions(answer)["access-control-allow-origin"] == HOME


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty page of another origin."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "index.html").write_text("<!doctype html><title>A school's own</title>")
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


_FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, options);
    const read = (name) => answer.headers.get(name);
    return [answer.status, read("X-Model-Version"), read("X-Request-ID")];
  } catch (error) {
    return String(error);
  }
}"""


def test_page_of_a_named_origin_asks_in_a_browser_and_another_does_not(
    browser: Browser, store: Store, elsewhere: str, start_server: StartServer
) -> None:
    server = start_server(store.location, api_keys=KEY, allowed_origins=elsewhere)
    server.wait_ready()
    options = {
        "method": "POST",
        "headers": {"Content-Type": "application/json", "X-API-Key": KEY, "X-Request-ID": "mine"},
        "body": '{"expressions": ["1 + 1"]}',
    }
    context = browser.new_context()
    page = context.new_page()
    ask = partial(page.evaluate, _FETCH)
    page.goto(elsewhere)
    assert ask([f"{server.url}/predict", options]) == [200, "2", "mine"]
    assert ask([f"{server.url}/nowhere", {"headers": {"X-API-Key": KEY}}])[0] == 404
    assert (
        ask([f"{server.url}/models", {"method": "HEAD", "headers": {"X-API-Key": KEY}}])[0] == 200
    )
    page.goto(elsewhere.replace("localhost", "127.0.0.1"))
    assert "Failed to fetch" in ask([f"{server.url}/predict", options])
    context.close()
