"""Why there is no answer: each error, with what a program and a person need of it."""

import socket
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tabuada.artifacts.store import Store
from tabuada.client import (
    BadArgument,
    Client,
    ClientError,
    Columns,
    DeadlineExceeded,
    NotUnderstood,
    Refused,
    Sample,
    Unavailable,
    Unreachable,
)
from tabuada.errors import InvalidName, TabuadaError
from tests.ports import hold_port
from tests.service.conftest import StartServer
from tests.service.serving import Server
from tests.tabuada.client.asking import Ask
from tests.tabuada.client.door import Door, write_answer

KEY = "a-key-0123456789"
MANY = np.ones(100_001)
Said = tuple[int, str, str | None]
HTML = b"<html>Welcome to nginx!</html>"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("predict", ["1 + 1", "1 / 0"], {}), (422, "division_by_zero", "expressions[1]")),
        (("predict", "1 plus 1", {}), (422, "malformed_expression", "expressions[0]")),
        (("predict", [(1, "%", 1)], {}), (422, "unknown_operation", "instances[0].op")),
        (("predict", [(1, "+", float("nan"))], {}), (422, "not_finite", "instances[0].b")),
        (("predict", Columns(np.array([np.inf]), "+", [1]), {}), (422, "not_finite", "a[0]")),
        (("predict", Columns([1, 2], "+", [1]), {}), (422, "invalid_request", None)),
        (("predict", [], {}), (422, "empty_list", "expressions")),
        (("predict", "1 + 1", {"model": "none"}), (404, "unknown_model", "model")),
        (("predict", "1 + 1", {"version": 9}), (404, "unknown_version", "version")),
        (("predict", "1 + 1", {"label": "none"}), (404, "unknown_label", "label")),
        (("predict", "1 + 1", {"version": 1, "label": "stable"}), (422, "invalid_request", None)),
        (("predict", Columns(MANY, "+", MANY), {}), (413, "too_many_rows", "a")),
        (("evaluate", Sample(range=(2, 1)), {}), (422, "empty_domain", "sample.range")),
        (("evaluate", Sample(n=0), {}), (422, "invalid_request", "sample.n")),
    ],
    ids=str,
)
def test_refusal_says_what_the_service_said(
    ask: Ask, server: Server, call: tuple[str, Any, dict[str, Any]], said: Said
) -> None:
    method, argument, named = call
    with pytest.raises(Refused, match="expected ") as caught:
        ask(server.url, method, argument, **named)
    error = caught.value
    assert (error.status, error.code, error.field) == said
    field = said[2]
    assert str(error).startswith(f"{field}: expected " if field else "expected ")
    assert not isinstance(error, Unavailable)
    assert isinstance(error, TabuadaError)


def test_manifest_of_an_unknown_version_is_refused(ask: Ask, server: Server) -> None:
    with pytest.raises(Refused) as caught:
        ask(server.url, "manifest", "mlp", 9)
    assert (caught.value.status, caught.value.code) == (404, "unknown_version")
    with pytest.raises(InvalidName):
        ask(server.url, "manifest", "../mlp", 1)


@pytest.mark.parametrize(
    "question",
    [["1 + 1", (1, "+", 1)], [(1, "+")], [1.5], [(1, "+", object())], ["\udcff"]],
    ids=["mixed", "two of three", "number", "object", "surrogate"],
)
def test_question_that_no_request_can_be_made_of_is_not_sent(
    ask: Ask, door: Door, question: Any
) -> None:
    with pytest.raises(BadArgument, match=r"expected .* Received: "):
        ask(door.url, "predict", question)
    assert door.times == []


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("localhost:8000", {}, "a URL"),
        ("ftp://localhost", {}, "a URL"),
        ("http://", {}, "a URL"),
        (f"http://user:{KEY}@localhost", {}, "without a user"),
        (None, {"timeout_s": 0}, "above 0 s"),
        (None, {"timeout_s": float("inf")}, "at most"),
        (None, {"timeout_s": float("nan")}, "above 0 s"),
        (None, {"attempts": 0}, "one attempt"),
        (None, {"api_key": f"{KEY}\n"}, "API key"),
        (None, {"api_key": "schlüssel"}, "API key"),
    ],
    ids=str,
)
def test_terms_that_break_a_rule_are_refused(
    ask: Ask, url: str | None, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadArgument, match=said) as caught:
        ask(url, "ready", options=options)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PROXY", "ftp://x"), ("ALL_PROXY", "socks9://x"), ("SSL_CERT_FILE", "/nowhere")],
)
def test_environment_that_httpx_cannot_use_is_refused(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadArgument, match=f"Look at .*{name}"):
        ask("http://example.invalid", "ready")


def test_time_of_a_call_that_is_none_is_refused(ask: Ask, server: Server) -> None:
    with pytest.raises(BadArgument, match="above 0 s"):
        ask(server.url, "ready", timeout_s=-1)


def test_key_lets_in_and_stays_secret(
    ask: Ask, start_server: StartServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server(store.location, api_keys=KEY)
    server.wait_ready()
    assert ask(server.url, "ready").status == "ready"  # needs none
    for options in ({}, {"api_key": KEY[:-1]}):
        with pytest.raises(Refused) as caught:
            ask(server.url, "models", options=options)
        assert (caught.value.status, caught.value.code) == (401, "unauthorized")
    assert ask(server.url, "predict", "1 + 1", options={"api_key": KEY}).model == "mlp"
    monkeypatch.setenv("TABUADA_API_KEY", KEY)
    assert len(ask(server.url, "models")) == 2
    with Client(server.url) as client:
        assert KEY not in repr(vars(client)["_options"])


def test_redirection_is_not_followed_with_the_key(ask: Ask, door: Door, server: Server) -> None:
    door.reactions = [write_answer(307, b"", f"Location: {server.url}/models")]
    with pytest.raises(NotUnderstood) as caught:
        ask(door.url, "models", options={"api_key": KEY})
    assert caught.value.status == 307
    assert b"\r\nX-API-Key: " + KEY.encode() in door.requests[0]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, HTML),
        (200, b'{"model": "mlp", "version": 1}'),
        (200, b'{"model": "mlp", "version": 1, "predictions": ["x"], "out_of_domain": []}'),
        (200, b""),
        (404, HTML),
        (502, HTML),
        (400, b'{"error": "text"}'),
        (204, b""),
    ],
    ids=str,
)
def test_answer_of_another_server_is_not_understood(
    ask: Ask, door: Door, status: int, body: bytes
) -> None:
    door.reactions = [write_answer(status, body)]
    with pytest.raises(NotUnderstood, match=r"expected an answer of Tabuada's .* Look ") as caught:
        ask(door.url, "predict", "1 + 1")
    assert caught.value.status == status
    assert len(door.requests) == 1  # asking again would not help


def test_what_a_later_release_adds_is_passed_over(ask: Ask, door: Door) -> None:
    door.reactions = [write_answer(200, b'{"status": "ready", "model": "m", "version": 7, "x": 1}')]
    assert ask(door.url, "ready").version == 7


def test_service_that_is_not_there_is_unreachable(ask: Ask) -> None:
    with hold_port() as port:
        url = f"http://127.0.0.1:{port}"
        with pytest.raises(Unreachable, match=rf"a service at {url}.*attempts: 3"):
            ask(url, "ready", options={"attempts": 3})
    assert issubclass(Unreachable, ConnectionError)


def test_service_that_never_answers_exceeds_the_deadline(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # connects, for want of an accept
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded, match=r"within 0.3 s"):
            ask(url, "predict", "1 + 1", timeout_s=0.3)
        assert 0.25 < time.monotonic() - started < 60
    assert issubclass(DeadlineExceeded, TimeoutError)
    assert issubclass(DeadlineExceeded, ClientError)


def test_unready_service_is_unavailable(
    ask: Ask, start_server: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "artifacts").mkdir()
    server = start_server(tmp_path / "artifacts")
    with pytest.raises(Unavailable) as caught:
        ask(server.url, "ready", options={"attempts": 1})
    assert (caught.value.status, caught.value.code) == (503, "not_ready")
    assert caught.value.retry_after_s == 1
