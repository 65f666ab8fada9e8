"""Under which names the service answers, where an operator names any."""

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.asking import ask_app
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal

NAMED = "tabuada.example,*.school.example,10.0.0.7,[::1]"


def ask(store: Store, host: str | None, path: str = "/models", **settings: str) -> httpx.Response:
    request = httpx.Request("GET", f"http://x{path}")
    del request.headers["Host"]
    if host is not None:
        request.headers["Host"] = host
    answer: httpx.Response = ask_app(store.location, [request], **settings)[0]
    return answer


@pytest.mark.parametrize(
    "host",
    [
        "tabuada.example", "TABUADA.example", "tabuada.example:8000", "a.school.example",
        "a.b.School.example:1", "10.0.0.7", "10.0.0.7:8000", "[::1]", "[::1]:8000",
    ],
)  # fmt: skip
def test_named_host_is_answered(store: Store, host: str) -> None:
    assert ask(store, host, allowed_hosts=NAMED).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "school.example", "xschool.example", "tabuada.example.evil.example",
        "tabuada.example@evil.example", "tabuada.example.", "10.0.0.70", "127.0.0.1", "", "[::2]",
        "evil.example:tabuada.example", None,
    ],
)  # fmt: skip
def test_other_host_is_refused(store: Store, host: str | None) -> None:
    answer = ask(store, host, allowed_hosts=NAMED)
    message = check_refusal(answer, 421, "wrong_host", None)
    assert "TABUADA_ALLOWED_HOSTS" in message
    assert answer.headers["X-Request-ID"]
    assert answer.headers["Cache-Control"] == "no-store"
    check_protocol_refusal(ask(store, host, "/v2", allowed_hosts=NAMED), 421, "answers under")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/predict", "/metrics", "/static/page/app.js", "/nowhere"])
def test_other_host_is_refused_whatever_is_asked(store: Store, method: str, path: str) -> None:
    request = httpx.Request(method, f"http://evil.example{path}", headers=JSON, content=b"{}")
    assert ask_app(store.location, [request], allowed_hosts=NAMED)[0].status_code == 421


def test_health_is_told_under_any_name_since_probes_ask_by_address(store: Store) -> None:
    for path in ("/health/live", "/v2/health/live"):
        assert ask(store, "10.1.2.3:8000", path, allowed_hosts=NAMED).status_code == 200
    assert ask(store, "10.1.2.3:8000", "/health/ready", allowed_hosts=NAMED).status_code == 503


def test_key_is_not_looked_at_for_another_host(store: Store) -> None:
    answer = ask(store, "evil.example", allowed_hosts=NAMED, api_keys="some-key-0123456789")
    assert answer.status_code == 421


def test_any_host_is_answered_where_none_is_named(store: Store) -> None:
    assert ask(store, "evil.example").status_code == 200
