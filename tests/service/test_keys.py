"""API keys: who gets in with which, and what needs none."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.errors import BadSetting
from service.settings import read_settings
from tabuada.artifacts.store import Store
from tests.service.refusal import check_protocol_refusal, check_refusal
from tests.service.serving import Server, run_service

OLD, NEW, ADMIN = "old-key-0123456789", "new-key-0123456789", "admin-key-0123456789"
BODY = {"expressions": ["1 + 1"]}


@pytest.fixture(scope="module")
def guarded(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with two keys, one of them in a file, and one for administrators."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "keys").write_text(f"\n{NEW}\n")
    server = Server(
        store.location,
        folder / "log",
        api_keys=OLD,
        api_keys_file=str(folder / "keys"),
        admin_keys=ADMIN,
    )
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def stranger(guarded: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=guarded.url) as client:
        yield client


@pytest.mark.parametrize("key", [OLD, NEW])
@pytest.mark.parametrize("scheme", ["X-API-Key", "Bearer", "bearer"])
def test_each_key_opens_in_each_way(stranger: httpx.Client, key: str, scheme: str) -> None:
    headers = {scheme: key} if scheme == "X-API-Key" else {"Authorization": f"{scheme} {key}"}
    assert stranger.post("/predict", json=BODY, headers=headers).status_code == 200
    assert stranger.get("/models", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": OLD[:-1]},
        {"X-API-Key": f"{OLD},{NEW}"},
        {"X-API-Key": ADMIN},
        {"X-API-Key": "ü".encode("latin-1") * 30},
        {"Authorization": f"Basic {OLD}"},
        {"Authorization": "Bearer"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/predict", "/evaluate", "/v2/models/mlp/infer"])
def test_without_a_key_that_fits_nothing_is_answered(
    stranger: httpx.Client, headers: dict[str, str], path: str
) -> None:
    answer = stranger.post(path, json=BODY, headers=headers)
    if path.startswith("/v2"):
        check_protocol_refusal(answer, 401, "API key")
    else:
        assert "API key" in check_refusal(answer, 401, "unauthorized", None)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert OLD not in answer.text


@pytest.mark.parametrize("path", ["/models", "/metrics", "/v2", "/v2/models/mlp", "/nowhere"])
def test_reading_needs_a_key_too(stranger: httpx.Client, path: str) -> None:
    assert stranger.get(path).status_code == 401
    assert stranger.get(path, headers={"X-API-Key": NEW}).status_code != 401


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/v2/health/ready", "/docs", "/openapi.json"]
)
def test_health_and_documentation_need_no_key(stranger: httpx.Client, path: str) -> None:
    assert stranger.get(path).status_code == 200


def test_description_names_the_keys_where_they_are_asked_for(
    stranger: httpx.Client, client: httpx.Client
) -> None:
    described = stranger.get("/openapi.json").json()
    assert {scheme["type"] for scheme in described["components"]["securitySchemes"].values()} == {
        "apiKey", "http",
    }  # fmt: skip
    assert described["security"]
    for path, item in described["paths"].items():
        for operation in item.values():
            if "/health/" in path:
                assert operation["security"] == [], path
            else:
                assert "401" in operation["responses"], path
    assert "security" not in client.get("/openapi.json").json()


@pytest.mark.parametrize(
    ("name", "value"), [("API_KEYS", "tiny"), ("ADMIN_KEYS", "ü" * 20)], ids=str
)
def test_key_that_is_none_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TABUADA_{name}", value)
    with pytest.raises(BadSetting, match=f"TABUADA_{name}: expected keys of at least 16") as caught:
        create_app(read_settings())
    assert value not in str(caught.value)


def test_key_that_is_none_stops_the_start_without_being_shown() -> None:
    result = run_service(TABUADA_API_KEYS="tiny")
    assert result.returncode == 2
    assert "TABUADA_API_KEYS: expected keys of at least 16" in result.stderr
    assert "tiny" not in result.stderr


def test_key_file_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TABUADA_API_KEYS_FILE", str(tmp_path / "none"))
    with pytest.raises(BadSetting, match="TABUADA_API_KEYS_FILE: expected a text file"):
        create_app(read_settings())


def test_keys_are_never_shown(guarded: Server, stranger: httpx.Client) -> None:
    shown = [guarded.log(), guarded.banner, stranger.get("/openapi.json").text]
    shown.append(run_service("--help", TABUADA_API_KEYS=OLD).stdout)
    assert not any(key in text for text in shown for key in (OLD, NEW, ADMIN))
