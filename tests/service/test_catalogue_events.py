"""What a catalogue tells and describes, and what it keeps and lets go of."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from service.tasks.calculation.columns import Columns
from service.tasks.calculation.finding import find_predictor
from service.versions.catalogue import Catalogue
from service.versions.catalogue_state import ModelState
from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tabuada.errors import NotFound
from tests.service.catalogues import Recorder, make_catalogue
from tests.service.test_predict import Networks, make_rows
from tests.service.tiny import check_answers, publish_tiny

Act = Callable[[Catalogue, Recorder], Awaitable[None]]


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` with versions 1 and 2, `stable` at 1."""
    store = Store(tmp_path / "artifacts")
    for version in (1, 2):
        publish_tiny(store, tmp_path / f"work{version}", networks[version])
    set_label(store, "mlp", "stable", 1)
    return store


def run(store: Store, act: Act, **options: object) -> None:
    recorder = Recorder()

    async def within_bounds() -> None:
        catalogue = make_catalogue(store, events=recorder, **options)
        await asyncio.wait_for(act(catalogue, recorder), 30)

    asyncio.run(within_bounds())


def test_catalogue_tells_what_it_loads_and_switches_to(own_store: Store) -> None:
    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        await catalogue.refresh()
        assert recorder.take() == [("loaded", "mlp", 1), ("switched", "mlp", None, 1)]
        await catalogue.refresh()
        assert recorder.take() == []
        set_label(own_store, "mlp", "stable", 2)
        await catalogue.refresh()
        assert recorder.take() == [("loaded", "mlp", 2), ("switched", "mlp", 1, 2)]
        set_label(own_store, "mlp", "stable", 1)  # what answered before was kept
        await catalogue.refresh()
        assert recorder.take() == [("switched", "mlp", 2, 1)]

    run(own_store, act)


def test_catalogue_tells_of_a_model_that_is_gone_and_goes_on_with_it(
    own_store: Store, tmp_path: Path
) -> None:
    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        await catalogue.refresh()
        recorder.take()
        (Path(own_store.location) / "mlp").rename(tmp_path / "gone")
        for _ in range(2):
            await catalogue.refresh()
        assert recorder.take() == [("removed", "mlp")]
        assert (await catalogue.find()).manifest.version == 1
        assert [(s.model, s.serving_version) for s in catalogue.describe()] == [("mlp", 1)]

    run(own_store, act)


def test_catalogue_describes_what_it_holds(
    own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    publish_tiny(own_store, tmp_path / "work3", networks[3], lie=0.5)
    publish_tiny(own_store, tmp_path / "other", networks[1], model="other")

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        assert catalogue.describe() == []
        await catalogue.refresh()
        await catalogue.find("mlp", version=2)
        reason = next(str(event[3]) for event in recorder.take() if event[0] == "refused")
        assert "expected mlp version 3 to answer" in reason
        digests = {m: own_store.read_manifest(m, v)[1] for m, v in (("mlp", 2), ("other", 1))}
        mlp = ModelState("mlp", "latest", 3, 2, (), (), {3: reason}, None, digests["mlp"])
        assert catalogue.describe()[0] == mlp
        await catalogue.find("mlp", version=1)
        mlp, other = catalogue.describe()
        assert mlp.kept_versions == (1,)
        assert other == ModelState("other", "latest", 1, 1, (), (), {}, None, digests["other"])
        (Path(own_store.location) / "other/labels").mkdir()
        (Path(own_store.location) / "other/labels/stable").write_text("damaged")
        await catalogue.refresh()
        problem = catalogue.describe()[1].problem
        assert problem
        assert "expected a version number in" in problem
        assert "/other/labels/stable" in problem

    run(own_store, act, policies={"mlp": "latest"})


def test_newest_version_that_is_bad_does_not_keep_a_service_from_starting(
    own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    for _ in range(2):
        publish_tiny(own_store, tmp_path / "bad", networks[3], lie=0.5)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        for _ in range(3):
            await catalogue.refresh()
        assert [event[:3] for event in recorder.take()] == [
            ("refused", "mlp", 4),
            ("refused", "mlp", 3),
            ("loaded", "mlp", 2),
            ("switched", "mlp", None),
        ]

    run(own_store, act, policies={"mlp": "latest"})


@pytest.mark.parametrize("policy", ["3", "canary"])
def test_named_version_that_is_bad_is_not_replaced_by_another(
    own_store: Store, tmp_path: Path, networks: Networks, policy: str
) -> None:
    publish_tiny(own_store, tmp_path / "bad", networks[3], lie=0.5)
    set_label(own_store, "mlp", "canary", 3)

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        for _ in range(3):
            await catalogue.refresh()
        assert [event[:3] for event in recorder.take()] == [("refused", "mlp", 3)]
        assert catalogue.explain_unready() == (
            "expected version 3 of mlp to be loaded. Received: one that was refused. "
            "Look into the log, which says why"
        )

    run(own_store, act, policies={"mlp": policy})


def test_old_version_answers_who_holds_it_and_is_let_go_of_after_that(
    own_store: Store, networks: Networks, caplog: pytest.LogCaptureFixture
) -> None:
    rows = make_rows(100)
    columns = list(zip(*rows, strict=True))

    async def act(catalogue: Catalogue, _: Recorder) -> None:
        await catalogue.refresh()
        holding = await find_predictor(catalogue)
        set_label(own_store, "mlp", "stable", 2)
        await catalogue.refresh()
        assert (await catalogue.find()).manifest.version == 2
        check_answers(
            holding.predict(holding.pose(Columns(*columns))).tolist(), networks[1].forward(rows)
        )
        (Path(own_store.location) / "mlp/1").rename(Path(own_store.location) / "mlp/was 1")
        await catalogue.refresh()  # nobody but the holder has it now
        assert "Let go of" not in caplog.text
        del holding
        assert "Let go of mlp version 1" in caplog.text
        assert "Let go of mlp version 2" not in caplog.text

    with caplog.at_level(logging.DEBUG):
        run(own_store, act)


def test_label_that_moved_since_the_last_look_is_found_where_its_old_version_is_gone(
    own_store: Store, tmp_path: Path
) -> None:
    set_label(own_store, "mlp", "canary", 1)

    async def act(catalogue: Catalogue, _: Recorder) -> None:
        await catalogue.refresh()
        set_label(own_store, "mlp", "canary", 2)
        (Path(own_store.location) / "mlp/1").rename(tmp_path / "pruned")
        assert (await catalogue.find(label="canary")).manifest.version == 2
        with pytest.raises(NotFound):
            await catalogue.find(version=1)
        with pytest.raises(NotFound):
            await catalogue.find(label="none")

    run(own_store, act, policies={"mlp": "2"})


def test_as_many_versions_are_kept_as_was_set(
    own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    for _ in range(3):
        publish_tiny(own_store, tmp_path / "work", networks[1])

    async def act(catalogue: Catalogue, recorder: Recorder) -> None:
        for version in (1, 2, 3, 4, 5):
            set_label(own_store, "mlp", "stable", version)
            await catalogue.refresh()
        assert catalogue.describe()[0].kept_versions == (4, 3)
        recorder.take()
        for version in (3, 4, 2):
            set_label(own_store, "mlp", "stable", version)
            await catalogue.refresh()
        assert [event for event in recorder.take() if event[0] == "loaded"] == [
            ("loaded", "mlp", 2)
        ]

    run(own_store, act, loaded_versions=2)
