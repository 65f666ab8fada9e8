"""Versions that do not come: nothing else waits for them, neither answers nor the end."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from service.errors import VersionUnavailable
from service.settings import Settings
from service.task_registry import LOADERS
from service.versions.loading import prepare_loading
from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.service.catalogues import Gate, Recorder, make_catalogue
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny

_HUGE_BYTES = 128 * 2**30  # a sparse file; a minute of hashing, and no place on the disk
BODY = {"expressions": ["1 + 1"]}


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` and `zeta`, each with versions 1 and 2, `stable` at 1."""
    store = Store(tmp_path / "artifacts")
    for model in ("mlp", "zeta"):
        for version in (1, 2):
            publish_tiny(store, tmp_path / f"{model}{version}", networks[version], model)
        set_label(store, model, "stable", 1)
    return store


@pytest.fixture
def gate(own_store: Store) -> Gate:
    """Holds up version 2 of `mlp`."""
    load = prepare_loading(Settings(artifacts=own_store.location), LOADERS)
    load(own_store, "mlp", 1)  # the runtime's own start takes none of the time that a test allows
    return Gate(load, ("mlp", 2))


def test_slow_version_keeps_no_other_from_being_picked_up(own_store: Store, gate: Gate) -> None:
    async def act() -> None:
        catalogue = make_catalogue(own_store, load=gate)
        await catalogue.refresh()
        for model in ("mlp", "zeta"):
            set_label(own_store, model, "stable", 2)
        watching = asyncio.create_task(catalogue.watch(0.01))
        while catalogue.find_held("zeta") != 2:
            await asyncio.sleep(0.01)
        assert catalogue.find_held("mlp") == 1
        assert catalogue.describe()[0].loading_versions == (2,)
        gate.opened.set()
        while catalogue.find_held("mlp") != 2:
            await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(asyncio.wait_for(act(), 30))


def test_label_moved_on_does_not_wait_for_a_version_that_does_not_come(
    own_store: Store, gate: Gate, tmp_path: Path, networks: Networks
) -> None:
    recorder = Recorder()

    async def act() -> None:
        catalogue = make_catalogue(own_store, load=gate, events=recorder)
        await catalogue.refresh()
        set_label(own_store, "mlp", "stable", 2)
        watching = asyncio.create_task(catalogue.watch(0.01))
        while 2 not in catalogue.describe()[0].loading_versions:
            await asyncio.sleep(0.01)
        publish_tiny(own_store, tmp_path / "work3", networks[3])
        set_label(own_store, "mlp", "stable", 3)
        while catalogue.find_held("mlp") != 3:
            await asyncio.sleep(0.01)
        gate.opened.set()  # what comes late does not take the place of what was meant since
        while 2 in catalogue.describe()[0].loading_versions:
            await asyncio.sleep(0.01)
        await catalogue.refresh()
        assert catalogue.find_held("mlp") == 3
        watching.cancel()

    asyncio.run(asyncio.wait_for(act(), 30))
    switches = [event for event in recorder.take() if event[:2] == ("switched", "mlp")]
    assert switches == [("switched", "mlp", None, 1), ("switched", "mlp", 1, 3)]


@pytest.mark.slow
def test_version_that_did_not_come_in_time_is_tried_again_later(
    own_store: Store, gate: Gate
) -> None:
    recorder = Recorder()

    async def act() -> None:
        catalogue = make_catalogue(own_store, load=gate, events=recorder, load_timeout_s=1.0)
        await catalogue.refresh()
        recorder.take()
        set_label(own_store, "mlp", "stable", 2)
        watching = asyncio.create_task(catalogue.watch(0.01))
        while not recorder.events:
            await asyncio.sleep(0.01)
        reason = "not done within 1 s. It is tried again in 10 s"
        assert recorder.take() == [("refused", "mlp", 2, reason)]
        with pytest.raises(VersionUnavailable):
            await catalogue.find("mlp", version=2)
        gate.opened.set()
        await asyncio.sleep(1)
        assert catalogue.find_held("mlp") == 1
        while catalogue.find_held("mlp") != 2:
            await asyncio.sleep(0.01)
        assert catalogue.describe()[0].refused_versions == {}
        watching.cancel()

    asyncio.run(asyncio.wait_for(act(), 60))
    assert recorder.take() == [("loaded", "mlp", 2), ("switched", "mlp", 1, 2)]


def test_huge_version_is_refused_in_time_and_does_not_delay_the_end(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    server = start_server(
        own_store.location,
        load_timeout_s=1,
        version_policy="mlp=latest",
        max_version_bytes=2 * _HUGE_BYTES,
    )
    server.wait_for_version(2)
    publish_tiny(Store(tmp_path / "elsewhere"), tmp_path / "work3", networks[3])
    folder = Path(own_store.location) / "mlp/3"
    (tmp_path / "elsewhere/mlp/1").rename(tmp_path / "three")
    facts = json.loads((tmp_path / "three/manifest.json").read_text())
    facts["version"] = 3
    facts["files"]["training/huge"] = {"size_bytes": _HUGE_BYTES, "sha256": "0" * 64}
    (tmp_path / "three/manifest.json").write_text(json.dumps(facts))
    (tmp_path / "three/training").mkdir()
    with (tmp_path / "three/training/huge").open("wb") as file:
        os.truncate(file.fileno(), _HUGE_BYTES)
    (tmp_path / "three").rename(folder)
    end = time.monotonic() + 60
    while "Refused mlp version 3: not done within 1 s" not in server.log():
        assert time.monotonic() < end, server.log()
        assert httpx.post(f"{server.url}/predict", json=BODY).json()["version"] == 2
    asked = time.monotonic()
    answer = httpx.post(f"{server.url}/predict", json={**BODY, "version": 3})
    check_refusal(answer, 503, "version_unavailable", None)
    assert time.monotonic() - asked < 30  # to read all of it takes longer
    asked = time.monotonic()
    assert server.stop(signal.SIGTERM) == 0
    assert time.monotonic() - asked < 30
    assert "Traceback" not in server.log()
