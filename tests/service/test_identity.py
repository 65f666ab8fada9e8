"""A version is known by the digest of its manifest: what comes under its number is another one."""

import asyncio
import hashlib
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from service.settings import Settings
from service.task_registry import LOADERS
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.finding import find_predictor
from service.versions.catalogue import Catalogue
from service.versions.loading import prepare_loading
from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.service.catalogues import Recorder, make_catalogue
from tests.service.replacing import overwrite_files, prepare_version, replace_whole
from tests.service.test_predict import Networks, make_rows
from tests.service.tiny import TinyNetwork, check_answers, publish_tiny

Act = Callable[[Catalogue, Recorder], Awaitable[None]]
Replace = Callable[[Path, Path], None]
ROWS = make_rows(50)


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` with version 1."""
    store = Store(tmp_path / "artifacts")
    publish_tiny(store, tmp_path / "work", networks[1])
    return store


@pytest.fixture
def other(tmp_path: Path, networks: Networks) -> Path:
    """Another version 1 of `mlp`, with another network."""
    return prepare_version(tmp_path / "other", networks[2])


def place(store: Store, version: int = 1) -> Path:
    return Path(store.location) / "mlp" / str(version)


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def run(store: Store, act: Act, **options: object) -> None:
    recorder = Recorder()

    async def within_bounds() -> None:
        catalogue = make_catalogue(store, events=recorder, **options)
        await catalogue.refresh()
        recorder.take()
        await asyncio.wait_for(act(catalogue, recorder), 60)

    asyncio.run(within_bounds())


async def check_told(
    catalogue: Catalogue, network: TinyNetwork, expected: str, version: int = 1
) -> None:
    """Whoever asks, by default or by number, is told of one version, which is the expected one."""
    for choice in (None, version):
        predictor = await find_predictor(catalogue, "mlp", version=choice)
        assert predictor.digest == expected
        answers = predictor.predict(predictor.pose(Columns(*zip(*ROWS, strict=True))))
        check_answers(answers.tolist(), network.forward(ROWS))
        manifest, told = await catalogue.read_manifest("mlp", version)
        assert told == expected
        assert manifest.files == predictor.manifest.files
    (state,) = catalogue.describe()
    assert state.serving_digest == expected


@pytest.mark.parametrize("replace", [replace_whole, overwrite_files])
def test_version_replaced_under_its_number_is_taken_over(
    own_store: Store,
    networks: Networks,
    other: Path,
    replace: Replace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    old, new = digest(place(own_store)), digest(other)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        await check_told(catalogue, networks[1], old)
        replace(place(own_store), other)
        await check_told(catalogue, networks[1], old)  # nobody looked yet: all tell of the old one
        await catalogue.refresh()
        assert recorder.take() == [("loaded", "mlp", 1), ("replaced", "mlp", old, new)]
        await check_told(catalogue, networks[2], new)
        await catalogue.refresh()
        assert recorder.take() == []

    with caplog.at_level(logging.INFO):
        run(own_store, act)
    assert f"mlp now answers with version 1, {new[:16]}" in caplog.text


@pytest.mark.parametrize("looks", [0, 1], ids=["between two looks", "after a look"])
def test_version_restored_under_its_number_is_taken_over(
    own_store: Store, networks: Networks, other: Path, looks: int
) -> None:
    old, new = digest(place(own_store)), digest(other)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        shutil.rmtree(place(own_store).parent)
        for _ in range(looks):
            await catalogue.refresh()
            assert catalogue.health.problem == "gone"
            await check_told(catalogue, networks[1], old)
        shutil.copytree(other, place(own_store))
        await catalogue.refresh()
        assert recorder.take()[-1] == ("replaced", "mlp", old, new)
        assert catalogue.health.problem is None
        await check_told(catalogue, networks[2], new)

    run(own_store, act)


def test_latest_version_deleted_and_published_anew_is_taken_over(
    own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        shutil.rmtree(place(own_store))
        assert publish_tiny(own_store, tmp_path / "anew", networks[3]).version == 1
        await catalogue.refresh()
        assert recorder.take()[-1][0] == "replaced"
        await check_told(catalogue, networks[3], digest(place(own_store)))

    run(own_store, act)


def test_version_touched_or_restored_as_it_was_changes_nothing(
    own_store: Store, networks: Networks, tmp_path: Path
) -> None:
    old = digest(place(own_store))

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        os.utime(place(own_store) / "model.onnx")
        await catalogue.refresh()
        shutil.copytree(place(own_store), tmp_path / "backup")
        replace_whole(place(own_store), tmp_path / "backup")
        await catalogue.refresh()
        assert {event[0] for event in recorder.take()} == {"loaded"}  # checked, and the same
        await catalogue.refresh()
        assert recorder.take() == []
        await check_told(catalogue, networks[1], old)

    run(own_store, act)


def cut_short(folder: Path) -> None:
    os.truncate(folder / "model.onnx", 10)


def spoil_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


@pytest.mark.parametrize("spoil", [cut_short, spoil_manifest])
def test_version_replaced_by_a_damaged_one_is_refused_aloud_and_the_old_one_goes_on(
    own_store: Store,
    networks: Networks,
    other: Path,
    spoil: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    old, new = digest(place(own_store)), digest(other)
    spoilt = other.with_name("spoilt")
    shutil.copytree(other, spoilt)
    spoil(spoilt)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        replace_whole(place(own_store), spoilt)
        for _ in range(3):
            await catalogue.refresh()
            await check_told(catalogue, networks[1], old)
        assert [event[:3] for event in recorder.take()] == [("refused", "mlp", 1)]
        assert list(catalogue.describe()[0].refused_versions) == [1]
        replace_whole(place(own_store), other)
        await catalogue.refresh()
        assert recorder.take()[-1] == ("replaced", "mlp", old, new)
        assert catalogue.describe()[0].refused_versions == {}
        await check_told(catalogue, networks[2], new)

    run(own_store, act)
    assert caplog.text.count("Refused mlp version 1: ") == 1
    assert caplog.text.count(f"the one with the digest {old[:16]} goes on answering") == 1


def test_damage_to_files_that_are_loaded_is_told_and_changes_no_answer(
    own_store: Store, networks: Networks, caplog: pytest.LogCaptureFixture
) -> None:
    network = place(own_store) / "model.onnx"
    whole, old = network.read_bytes(), digest(place(own_store))

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        network.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        for _ in range(3):
            await catalogue.refresh()
        assert [event[:3] for event in recorder.take()] == [("refused", "mlp", 1)]
        await check_told(catalogue, networks[1], old)
        network.write_bytes(whole)
        await catalogue.refresh()
        assert recorder.take() == [("loaded", "mlp", 1)]
        assert catalogue.describe()[0].refused_versions == {}
        await check_told(catalogue, networks[1], old)

    run(own_store, act)
    assert caplog.text.count("the file was changed after publishing") == 1


def test_copy_under_another_number_is_no_version(
    own_store: Store, networks: Networks, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        shutil.copytree(place(own_store), place(own_store, 2))
        await catalogue.refresh()
        assert [event[:3] for event in recorder.take()] == [("refused", "mlp", 2)]
        await check_told(catalogue, networks[1], digest(place(own_store)))

    run(own_store, act)
    assert "Received: that of mlp version 1" in caplog.text


def test_version_that_is_kept_is_taken_over_as_the_default_is(
    own_store: Store, tmp_path: Path, networks: Networks, other: Path
) -> None:
    publish_tiny(own_store, tmp_path / "two", networks[3])
    new = digest(other)

    async def act(catalogue: Catalogue, _: Recorder) -> None:
        first = await catalogue.find("mlp", version=1)
        os.truncate(place(own_store) / "model.onnx", 10)
        await catalogue.refresh()
        await catalogue.refresh()
        assert await catalogue.find("mlp", version=1) is first
        replace_whole(place(own_store), other)
        await catalogue.refresh()
        while (await catalogue.find("mlp", version=1)).digest != new:
            await asyncio.sleep(0.01)
        assert (await catalogue.read_manifest("mlp", 1))[1] == new
        set_label(own_store, "mlp", "stable", 1)
        await catalogue.refresh()
        await check_told(catalogue, networks[2], new)

    run(own_store, act)


def test_replaced_version_must_be_signed_as_every_other(
    own_store: Store, tmp_path: Path, networks: Networks, other: Path
) -> None:
    keys = make_key(tmp_path, "operator")
    sign_version(own_store, "mlp", 1, keys.private)
    settings = Settings(artifacts=own_store.location, verify_key=str(keys.public))
    old, new = digest(place(own_store)), digest(other)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        replace_whole(place(own_store), other)
        await catalogue.refresh()
        ((kind, _, _, reason),) = recorder.take()
        assert (kind, "expected a signature of mlp version 1" in str(reason)) == ("refused", True)
        await check_told(catalogue, networks[1], old)
        sign_version(own_store, "mlp", 1, keys.private)
        await catalogue.refresh()
        await check_told(catalogue, networks[2], new)

    run(own_store, act, load=prepare_loading(settings, LOADERS))
