"""`/admin`: what is loaded, moving labels, and who may."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.serving import Server
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny

KEY = "admin-key-0123456789"
HEADERS = {"X-API-Key": KEY}


def publish_three(folder: Path, networks: Networks) -> Store:
    """Publish `mlp` with versions 1 to 3, `stable` at 2; version 3 lies."""
    store = Store(folder / "artifacts")
    for version, lie in ((1, 0.0), (2, 0.0), (3, 0.5)):
        publish_tiny(store, folder / f"work{version}", networks[version], lie=lie)
    set_label(store, "mlp", "stable", 2)
    return store


# So rarely does a service look by itself that whatever changes was changed by a request.
SETTINGS: dict[str, str | int] = {"admin_keys": KEY, "poll_interval_s": 1000}


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    return publish_three(tmp_path, networks)


@pytest.fixture
def admin(start_server: StartServer, own_store: Store) -> Iterator[httpx.Client]:
    server = start_server(own_store.location, **SETTINGS)
    server.wait_ready()
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        yield client


@pytest.fixture(scope="module")
def steady(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one service for all that changes nothing."""
    folder = tmp_path_factory.mktemp("steady")
    store = publish_three(folder, networks)
    server = Server(store.location, folder / "log", **SETTINGS)
    server.wait_ready()
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        yield client
    server.stop()


def ask_version(client: httpx.Client) -> int:
    answer = client.post("/predict", json={"expressions": ["1 + 1"]})
    assert answer.status_code == 200, answer.text
    version: int = answer.json()["version"]
    return version


def test_moving_stable_back_and_forth_switches_at_once(admin: httpx.Client) -> None:
    assert ask_version(admin) == 2
    for version in (1, 2, 1):
        answer = admin.put("/admin/models/mlp/labels/stable", json={"version": version})
        (mlp,) = answer.json()["models"]
        assert (mlp["default_version"], mlp["serving_version"]) == (version, version)
        assert ask_version(admin) == version


def test_version_that_lies_is_told_with_its_reason_and_never_answers(admin: httpx.Client) -> None:
    answer = admin.delete("/admin/models/mlp/labels/stable")  # now the latest is meant
    assert answer.status_code == 200, answer.text
    (mlp,) = answer.json()["models"]
    assert (mlp["default_version"], mlp["serving_version"]) == (3, 2)
    assert "to answer" in mlp["refused_versions"]["3"]
    assert ask_version(admin) == 2


def test_new_version_is_taken_up_on_request(
    admin: httpx.Client, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    publish_tiny(own_store, tmp_path / "new", networks[1])
    set_label(own_store, "mlp", "stable", 4)
    assert ask_version(admin) == 2
    (mlp,) = admin.post("/admin/refresh").json()["models"]
    assert mlp["serving_version"] == ask_version(admin) == 4
    assert mlp["kept_versions"] == [2]


@pytest.mark.parametrize(
    ("label", "body", "refusal"),
    [
        ("stable", {"version": 9}, (404, "unknown_version", "version")),
        ("stable", {"version": 0}, (422, "invalid_request", "version")),
        ("stable", {"version": "1"}, (422, "invalid_request", "version")),
        ("stable", {}, (422, "invalid_request", "version")),
        ("Stable", {"version": 1}, (404, "invalid_name", None)),
    ],
)
def test_label_that_cannot_be_moved_is_refused(
    steady: httpx.Client, label: str, body: object, refusal: tuple[int, str, str | None]
) -> None:
    answer = steady.put(f"/admin/models/mlp/labels/{label}", json=body)
    check_refusal(answer, *refusal)
    assert ask_version(steady) == 2


def test_label_that_is_not_there_is_not_removed(steady: httpx.Client) -> None:
    answer = steady.delete("/admin/models/mlp/labels/canary")
    check_refusal(answer, 404, "unknown_label", "label")


@pytest.mark.parametrize("path", ["/admin/models", "/admin/refresh", "/admin/nowhere"])
def test_strangers_learn_nothing(steady: httpx.Client, path: str) -> None:
    answer = httpx.get(f"{steady.base_url}{path}")
    check_refusal(answer, 401, "unauthorized", None)


@pytest.mark.parametrize("path", ["/admin/models", "/admin/refresh"])
def test_without_keys_there_is_no_admin(client: httpx.Client, path: str) -> None:
    check_refusal(client.get(path, headers=HEADERS), 404, "not_found", None)
    assert not any(p.startswith("/admin") for p in client.get("/openapi.json").json()["paths"])


def test_store_that_may_not_be_written_is_told(admin: httpx.Client, own_store: Store) -> None:
    staging = Path(own_store.location) / ".staging"
    shutil.rmtree(staging, ignore_errors=True)
    staging.write_text("not a folder")
    answer = admin.put("/admin/models/mlp/labels/stable", json={"version": 1})
    check_refusal(answer, 409, "store_not_writable", None)
    assert ask_version(admin) == 2
