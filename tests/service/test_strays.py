"""What lies in a store and should not costs itself alone, and is told once."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.versions.catalogue import Catalogue
from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError
from tests.service.catalogues import Recorder, make_catalogue
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` and `other`, each with version 1; `canary` of `mlp` at it."""
    store = Store(tmp_path / "artifacts")
    for model in ("mlp", "other"):
        publish_tiny(store, tmp_path / model, networks[1], model)
    set_label(store, "mlp", "canary", 1)
    return store


def put_file(path: Path) -> None:
    path.write_bytes(b"\xff\x00")


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_socket(path: Path) -> None:
    os.chdir(path.parent)  # the whole path is longer than a socket's may be
    with socket.socket(socket.AF_UNIX) as unused:
        unused.bind(path.name)


def link_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


STRAYS: dict[str, Callable[[Path], object]] = {
    "file": put_file,
    "pipe": put_pipe,
    "socket": put_socket,
    "link to nowhere": link_nowhere,
    "link to itself": link_to_itself,
    "folder": Path.mkdir,
}
# Where something lies, and what the log says of it; nothing of what may be a person's notes.
PLACES = {
    "stray": "Refused stray: ",
    "mlp/2": "Refused what lies beside the versions of mlp: ",
    "mlp/labels/new": "Refused the label new of mlp: ",
    "mlp/999999999": "Refused what lies beside the versions of mlp: ",
    "other/labels": None,
    "mlp/signatures": None,
    "README": None,
    "mlp/0": None,
    "mlp/two": None,
    "mlp/labels/NOT A LABEL": None,
    "mlp/labels/\udcff\udcfe": None,
    "\udcff\udcfe": None,
    ".staging": None,
}


def refresh(store: Store, looks: int = 3) -> tuple[Catalogue, Recorder]:
    """Return a catalogue that has looked at a store some times."""
    recorder = Recorder()

    async def look() -> Catalogue:
        catalogue = make_catalogue(store, events=recorder)
        for _ in range(looks):
            await catalogue.refresh()
        return catalogue

    return asyncio.run(asyncio.wait_for(look(), 60)), recorder


@pytest.mark.parametrize("place", PLACES, ids=ascii)
@pytest.mark.parametrize("stray", STRAYS)
def test_stray_costs_itself_alone(
    own_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    stray: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(own_store.location)
    path = Path(own_store.location) / place
    if path.is_dir():
        path.rename(path.with_name("was there"))
    STRAYS[stray](path)
    catalogue, recorder = refresh(own_store)
    assert {event[0] for event in recorder.take()} == {"loaded", "switched"}
    assert [catalogue.find_held(model) for model in ("mlp", "other")] == [1, 1]
    assert own_store.models() == ["mlp", "other"]
    assert catalogue.health.problem is None
    told = PLACES[place]
    if told is None or (place == "stray" and stray == "folder"):  # an empty folder harms nobody
        assert "Refused" not in caplog.text or stray == "link to itself"
    else:
        assert caplog.text.count(told) == 1
    assert caplog.text.count("Refused") <= 1


@pytest.fixture
def as_nobody(own_store: Store) -> Iterator[None]:
    """The test runs as a user who is not let in everywhere: root is."""
    if os.geteuid() != 0:
        yield
        return
    for parent in (Path(own_store.location), *Path(own_store.location).parents):
        if parent.stat().st_mode & 0o005 != 0o005:  # pytest's own folders are for one user
            parent.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


DENIED = {
    "stray": "Refused stray: [Errno 13] Permission denied",
    "mlp/1": "Refused what lies in the store as mlp version 1 now: the one with the digest",
    "mlp/1/manifest.json": "Refused what lies in the store as mlp version 1 now: the one with",
    "mlp/1/model.onnx": "Refused what lies in the store as mlp version 1 now: the one with",
    "mlp/labels": "Refused mlp: expected a readable file",
    "mlp/labels/canary": "Refused the label canary of mlp: expected a readable file",
}


@pytest.mark.parametrize("place", DENIED)
def test_what_may_not_be_read_costs_itself_alone(
    own_store: Store, place: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(own_store.location) / place

    async def act() -> None:
        if place == "stray":
            path.mkdir()
        catalogue = make_catalogue(own_store)
        await catalogue.refresh()
        path.chmod(0)
        request.getfixturevalue("as_nobody")
        for _ in range(3):
            await catalogue.refresh()
        assert [catalogue.find_held(model) for model in ("mlp", "other")] == [1, 1]
        assert (await catalogue.find("mlp", version=1)).manifest.version == 1
        assert catalogue.health.problem is None

    asyncio.run(asyncio.wait_for(act(), 60))
    assert caplog.text.count(DENIED[place]) == 1, caplog.text


@pytest.mark.parametrize("content", [b"", b"\xff\x00\xfe", b"9" * 2**20, b"0\n", b"latest\n"])
def test_label_that_cannot_be_read_costs_itself_alone(
    own_store: Store, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (Path(own_store.location) / "mlp/labels/broken").write_bytes(content)
    catalogue, _ = refresh(own_store)
    assert catalogue.find_held("mlp") == 1
    assert own_store.resolve("mlp", label="canary") == own_store.resolve("mlp") == 1
    with pytest.raises(StoreError):
        own_store.resolve("mlp", label="broken")
    assert caplog.text.count("Refused the label broken of mlp: expected ") == 1
    assert len(caplog.text) < 1000


def test_stable_that_cannot_be_read_is_not_taken_for_one_that_is_not_there(
    own_store: Store, tmp_path: Path, networks: Networks, caplog: pytest.LogCaptureFixture
) -> None:
    async def act() -> None:
        set_label(own_store, "mlp", "stable", 1)
        catalogue = make_catalogue(own_store)
        await catalogue.refresh()
        publish_tiny(own_store, tmp_path / "two", networks[2])
        (Path(own_store.location) / "mlp/labels/stable").write_bytes(b"\xff")
        for _ in range(2):
            await catalogue.refresh()
        assert catalogue.find_held("mlp") == 1
        assert (await catalogue.find("mlp", version=2)).manifest.version == 2

    asyncio.run(asyncio.wait_for(act(), 60))
    assert caplog.text.count("Refused mlp: expected a version number in ") == 1


def test_stray_that_comes_back_is_told_again(
    own_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    stray = Path(own_store.location) / "stray"

    async def act() -> None:
        catalogue = make_catalogue(own_store)
        for _ in range(2):
            stray.write_text("")
            await catalogue.refresh()
            stray.unlink()
            await catalogue.refresh()

    asyncio.run(asyncio.wait_for(act(), 60))
    assert caplog.text.count("Refused stray: expected a folder of versions at") == 2


def test_thousands_of_strays_are_told_in_one_short_line(
    own_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2, 3000):
        (Path(own_store.location) / f"mlp/{number}").touch()
    catalogue, _ = refresh(own_store)
    assert catalogue.find_held("mlp") == 1
    assert "and 2988 more" in caplog.text
    assert len(caplog.text) < 1000
