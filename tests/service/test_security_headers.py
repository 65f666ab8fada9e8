"""What each answer tells browsers and caches not to do with it."""

import httpx
import pytest

from tests.service.refusal import JSON

PAGES = pytest.mark.parametrize("path", ["/docs", "/redoc"])


@PAGES
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_page_forbids_what_it_does_not_need(
    client: httpx.Client, path: str, name: str, value: str
) -> None:
    assert client.get(path).headers.get_list(name) == [value]


@PAGES
def test_page_gives_up_the_powers_of_a_browser(client: httpx.Client, path: str) -> None:
    policy = client.get(path).headers["Permissions-Policy"]
    for power in ("camera", "geolocation", "microphone"):
        assert f"{power}=()" in policy


@PAGES
def test_page_loads_from_here_only_and_into_nothing(client: httpx.Client, path: str) -> None:
    header = client.get(path).headers["Content-Security-Policy"]
    policy = dict(directive.strip().split(" ", 1) for directive in header.split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["object-src"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert "http" not in header
    assert "*" not in header


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/health/ready", 200),
        ("GET", "/models", 200),
        ("GET", "/models/nope", 404),
        ("GET", "/openapi.json", 200),
        ("GET", "/nope", 404),
        ("DELETE", "/predict", 405),
        ("GET", "/v2", 200),
        ("GET", "/v2/health/ready", 200),
    ],
)
def test_json_is_taken_for_nothing_else_and_kept_nowhere(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers.get_list("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("path", ["/predict", "/evaluate", "/v2/models/mlp/infer"])
@pytest.mark.parametrize("content", [b'{"expressions": ["1 + 1"]}', b"{"], ids=["good", "bad"])
def test_answer_to_a_post_is_taken_for_nothing_else_and_kept_nowhere(
    client: httpx.Client, path: str, content: bytes
) -> None:
    headers = client.post(path, content=content, headers=JSON).headers
    assert headers["content-type"] == "application/json"
    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
    # No cache keeps the answer to a POST but where it is told for how long (RFC 9111, section 3).
    assert headers.get_list("Cache-Control") in ([], ["no-store"])
    assert "Expires" not in headers


def test_answers_do_not_say_what_runs_them(client: httpx.Client) -> None:
    for path in ("/docs", "/health/live", "/nope"):
        assert not {"server", "x-powered-by"} & set(client.get(path).headers)
