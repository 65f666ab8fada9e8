"""Tests of what is said of runs that a configuration does not go on with."""

import json
from pathlib import Path

import pytest

from tests.trainer.conftest import TINY
from trainer.other_runs import describe_other_runs
from trainer.presets import load_config
from trainer.run import Run, open_run


def begin(runs: Path, *overrides: str) -> Run:
    """Leave a run that was interrupted in its search."""
    with open_run(load_config("seed", TINY, overrides), runs) as run:
        run.search.mkdir(exist_ok=True)
    return run


def describe(runs: Path, *overrides: str) -> list[str]:
    with open_run(load_config("seed", TINY, overrides), runs) as run:
        return describe_other_runs(run)


def test_changed_configuration_tells_of_the_run_that_it_leaves(tmp_path: Path) -> None:
    other = begin(tmp_path, "fit.epochs=9")
    (line,) = describe(tmp_path)
    assert str(other.folder) in line
    assert line.endswith("stays as it is, an unfinished run with other values: fit.epochs 9")
    assert describe(tmp_path, "fit.epochs=9") == []  # goes on


def test_runs_that_go_on_or_are_finished_are_not_told_of(tmp_path: Path) -> None:
    begin(tmp_path)
    begin(tmp_path, "fit.epochs=9")
    (tmp_path / "mlp-1" / "search").mkdir(parents=True)
    assert describe(tmp_path) == []
    assert len(describe(tmp_path, "seed=7")) == 2


@pytest.mark.parametrize(
    ("key", "value"), [("more", 1), ("fit", {"epochs": 4})], ids=["unknown key", "other defaults"]
)
def test_run_of_another_revision_is_told_of(key: str, value: object, tmp_path: Path) -> None:
    other = begin(tmp_path, "fit.epochs=9")
    file = other.folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {key: value}))
    (line,) = describe(tmp_path)
    assert f"{other.folder} stays as it is, of another revision of the trainer" in line


@pytest.mark.parametrize("content", ["", "{", "null", "[]", "7"])
def test_configuration_that_cannot_be_read_is_told_of(content: str, tmp_path: Path) -> None:
    other = begin(tmp_path, "fit.epochs=9")
    (other.folder / "config.json").write_text(content)
    (line,) = describe(tmp_path)
    assert f"{other.folder} stays as it is" in line
