"""Fits that are interrupted, and what they leave, for tests."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console

from tests.trainer.conftest import TINY
from tests.trainer.networks import VALUES
from trainer import stages
from trainer.config import Objective
from trainer.durable_files import write_json
from trainer.presets import load_config
from trainer.progress import FitWatch, Progress
from trainer.run import Run, open_run
from trainer.trial import TrialResult


class Killed(BaseException):
    """Ends a fit here as a signal would."""


class MortalWatch:
    """Is told of epochs, and dies at one of them."""

    def __init__(self, watch: FitWatch, dies_at: int, epochs: list[int]) -> None:
        self._watch, self._dies_at, self._epochs = watch, dies_at, epochs

    def on_epoch(self, epoch: int, metrics: dict[str, float]) -> None:
        """Take an epoch, perhaps the last."""
        self._watch.on_epoch(epoch, metrics)
        self._epochs.append(epoch)
        if epoch == self._dies_at:
            raise Killed


class MortalProgress(Progress):
    """Shows a fit that dies at an epoch, where it is told to.

    Attributes:
        epochs: Those that the fit came to, one list an attempt.
        said: What was told.
    """

    def __init__(self) -> None:
        self.said = io.StringIO()
        super().__init__(Console(file=self.said, soft_wrap=True))
        self.dies_at = 0
        self.epochs: list[list[int]] = []

    @contextmanager
    def fitting(self, epochs: int, objective: Objective) -> Iterator[Any]:
        """Show a fit."""
        self.epochs.append([])
        with super().fitting(epochs, objective) as watch:
            yield MortalWatch(watch, self.dies_at, self.epochs[-1])


@contextmanager
def prepare_run(runs: Path, *overrides: str, **values: Any) -> Iterator[Run]:
    """Hold a run whose search has found some hyperparameters, those of `VALUES` but for a few."""
    found = {**VALUES, **values}
    config = load_config("seed", TINY, [*_fix_space(found), *overrides])
    metrics = dict.fromkeys(config.objective.metrics, 1.0)
    # With the values of hyperparameters that are not named here.
    best = TrialResult("0", config.space.complete(found), metrics, best_epoch=1, epochs=1)
    with open_run(config, runs) as run:
        write_json(run.results, [asdict(best)])
        yield run


def _fix_space(values: dict[str, Any]) -> list[str]:
    return [f"space.{name}={json.dumps([value])}" for name, value in values.items()]


def list_options(run: Run, *overrides: str, **values: Any) -> list[str]:
    """Return the command line's options for a run that `prepare_run` has prepared."""
    settings = [*_fix_space({**VALUES, **values}), *overrides]
    options = ["--preset", "seed", "--config", str(TINY), "--runs", str(run.folder.parent)]
    return [*options, *(part for setting in settings for part in ("--set", setting))]


def fit(
    run: Run, *deaths: int, then: tuple[int, ...] = (0,), interval_s: float = 0.0
) -> MortalProgress:
    """Fit, as often as it dies and then to the end, with a checkpoint each epoch."""
    progress = MortalProgress()
    for progress.dies_at in (*deaths, *then):
        try:
            stages.run_fit(run, progress, interval_s)
        except Killed:
            continue
    return progress


def read_variables(run: Run) -> list[np.ndarray]:
    """Return the variables of the network that was kept, and those of its optimizer."""
    network = keras.saving.load_model(run.network)
    return [np.asarray(v) for v in (*network.weights, *network.optimizer.variables)]


def read_curves(run: Run) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """Return what TensorBoard's files hold: steps and values, by part and tag, as they stand."""
    points: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for path in sorted((run.folder / "tensorboard" / "fit").rglob("events.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                if value.tag.startswith("epoch_"):
                    number = float(tf.make_ndarray(value.tensor))
                    key = path.parent.name, value.tag
                    points.setdefault(key, []).append((event.step, number))
    return points
