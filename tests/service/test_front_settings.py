"""The settings that say where the service is found, and whose pages may ask it."""

import pytest

from service.app import create_app
from service.errors import BadSetting
from service.front_settings import parse_hosts, parse_origins
from service.settings import read_settings
from tests.service.serving import run_service

BAD = {
    "ROOT_PATH": [
        "tabuada", "/", "/tabuada/", "//tabuada", "/a//b", "/a/../b", "/..", "/.", "/a b", "/ü",
        "/a?b", "/a#b", "/a%2fb", "http://x/tabuada", " /tabuada", "/{a}", "/a\n",
    ],
    "ALLOWED_HOSTS": [
        "*", "http://tabuada.example", "tabuada.example:8000", "tabuada.example/", "a b", "*.",
        "a.*.example", "*example", "-a.example", ".example", "a..example", "[::1", "::1",
        "ü.example", "tabuada.example,*",
    ],
    "ALLOWED_ORIGINS": [
        "*", "null", "school.example", "https://school.example/", "https://school.example/page",
        "https://*.school.example", "https://school.example:443", "http://school.example:80",
        "HTTPS://school.example", "https://School.example", "ftp://school.example", "https://",
        "https://me@school.example", "https://school.example:port", "https://school.example:99999",
        "file:///page.html", "https://schule-ü.example", "http://[::1", "https://a.example *",
        "https://a.example https://b.example", "https://a.example;https://b.example",
        "https://a.example?b", "https://a.example#b", "https://a.example,null",
    ],
}  # fmt: skip
GOOD = {
    "ROOT_PATH": ["", "/tabuada", "/school/tabuada", "/v2.1", "/~me/t_1-2", "/..."],
    "ALLOWED_HOSTS": [
        "",
        "tabuada.example",
        "A.example,*.School.example",
        "10.0.0.7,[::1],localhost",
    ],
    "ALLOWED_ORIGINS": [
        "",
        "https://school.example",
        "http://localhost:3000, http://[::1]:80000"[:-1],
    ],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_malformed_setting_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TABUADA_{name}", value)
    with pytest.raises(BadSetting, match=rf"^TABUADA_{name}: expected .*Received: ") as caught:
        read_settings()
    assert str(caught.value).count("Received: ") == 1


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in GOOD.items() for v in values])
def test_setting_of_good_shape_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TABUADA_{name}", value)
    assert getattr(read_settings(), name.lower()) == value


def test_bad_origin_among_good_ones_is_the_one_that_is_named() -> None:
    with pytest.raises(ValueError, match=r'Received: "https://b.example/"\. Write https'):
        parse_origins("https://a.example, https://b.example/ ,https://c.example")


def test_names_are_compared_in_lower_case_and_commas_may_have_spaces() -> None:
    assert parse_hosts(" A.example , *.B.example,") == ["a.example", "*.b.example"]


@pytest.mark.parametrize(
    "prefix", ["/models", "/v2", "/static/x", "/docs", "/openapi.json", "/health"]
)
def test_prefix_that_begins_as_an_address_is_refused(prefix: str) -> None:
    with pytest.raises(
        BadSetting, match=f"TABUADA_ROOT_PATH: expected .*Received: {prefix}[.] Choose"
    ):
        create_app(read_settings(root_path=prefix))


def test_malformed_setting_stops_the_start_with_a_sentence() -> None:
    result = run_service(TABUADA_ALLOWED_ORIGINS="https://school.example/")
    assert result.returncode == 2
    assert "TABUADA_ALLOWED_ORIGINS: expected origins as browsers send them" in result.stderr
    assert "Traceback" not in result.stderr
