"""Tests of checkpoints: what is torn or damaged costs itself, and is told of."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.finished_runs import BINARY, Damage
from trainer.checkpoint import Arrays, Checkpoint, Checkpoints, FitState
from trainer.spaces import Values

VALUES: Values = {"optimizer": "adam", "learning_rate": 0.1, "num_layers": 2, "residual": False}
NAMES = ["kernel (2, 3) float32", "iteration () int64"]


def make(epoch: int) -> Checkpoint:
    now: Arrays = [np.full((2, 3), epoch / 3, np.float32), np.array(epoch, np.int64)]
    kept: Arrays = [np.full((2, 3), 0.1, np.float32), np.array(1, np.int64)]
    history = {"loss": [1 / 3] * epoch, "val_loss": [math.nan, math.inf, *[0.5] * (epoch - 2)]}
    return Checkpoint(FitState(VALUES, epoch, False, NAMES), history, now, kept)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def checkpoints(tmp_path: Path, told: list[str]) -> Checkpoints:
    return Checkpoints(tmp_path / "checkpoints", told.append)


def list_files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "checkpoints").iterdir())


def test_checkpoint_is_read_as_it_was_written(checkpoints: Checkpoints, told: list[str]) -> None:
    checkpoints.write(make(5))
    read = checkpoints.load(VALUES, NAMES)
    assert read is not None
    assert read.state == make(5).state
    for ours, theirs in zip(read.now + read.kept, make(5).now + make(5).kept, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    for name, series in make(5).history.items():
        np.testing.assert_array_equal(read.history[name], series)
    assert not told


def test_last_two_are_kept(checkpoints: Checkpoints, tmp_path: Path) -> None:
    for epoch in (3, 9, 11, 100):
        checkpoints.write(make(epoch))
    assert list_files(tmp_path) == ["epoch-100.checkpoint", "epoch-11.checkpoint"]
    checkpoints.clear()
    assert checkpoints.load(VALUES, NAMES) is None


@pytest.mark.parametrize("damage", BINARY.values(), ids=BINARY)
def test_damaged_checkpoint_costs_itself(
    damage: Damage, checkpoints: Checkpoints, tmp_path: Path, told: list[str]
) -> None:
    for epoch in (3, 9):
        checkpoints.write(make(epoch))
    damage(tmp_path / "checkpoints" / "epoch-9.checkpoint")
    read = checkpoints.load(VALUES, NAMES)
    assert read is not None
    assert read.state.epoch == 3
    (line,) = told
    assert "epoch-9.checkpoint is of no use, and removed: " in line
    assert list_files(tmp_path) == ["epoch-3.checkpoint"]


def test_checkpoint_of_another_fit_is_not_gone_on_from(
    checkpoints: Checkpoints, told: list[str]
) -> None:
    checkpoints.write(make(3))
    assert checkpoints.load(VALUES | {"learning_rate": 0.2}, NAMES) is None
    checkpoints.write(make(3))
    assert checkpoints.load(VALUES, ["kernel (2, 4) float32", *NAMES[1:]]) is None
    assert "of other hyperparameters" in told[0]
    assert "of another network" in told[1]


def test_what_a_kill_left_half_written_is_no_checkpoint(
    checkpoints: Checkpoints, tmp_path: Path, told: list[str]
) -> None:
    checkpoints.write(make(3))
    (tmp_path / "checkpoints" / ".writing-epoch-9.checkpoint").write_bytes(b"tabu")
    read = checkpoints.load(VALUES, NAMES)
    assert read is not None
    assert read.state.epoch == 3
    assert not told
