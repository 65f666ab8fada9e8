"""Whole runs of what tests alone register: `python -m tests.trainer.registered FOLDER`.

They take place in a process of their own, since TensorFlow can be set up once in each.
"""

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tabuada.artifacts.store import Store
from tabuada.manifests.registry import MANIFESTS
from tests.trainer.conftest import TINY
from tests.trainer.signs.manifest import SignsManifest
from trainer.config import TrainerConfig
from trainer.environment import prepare_environment
from trainer.presets import load_config, read_config
from trainer.progress import Progress
from trainer.run import open_run
from trainer.search.run_trial import run_trial
from trainer.search.search import run_search
from trainer.search.workers import OnEpoch
from trainer.tasks import TASKS
from trainer.tasks.calculation.families import FAMILIES
from trainer.trial import TrialResult, TrialTask

SIGNS = """
task = "signs"
preset = "signs"
[data]
samples = 200
[space]
units = [4, 8]
[search]
trials = 2
[fit]
epochs = 15
monitor = "val_accuracy"
"""
SCALED = ['space.family="scaled"', "model=scaled", "search.trials=1"]


@contextmanager
def register() -> Iterator[None]:
    """Make known, while the block lasts, what is for tests alone."""
    TASKS["signs"] = "tests.trainer.signs"
    MANIFESTS["signs"] = SignsManifest
    FAMILIES.packages["scaled"] = "tests.trainer.scaled"
    try:
        yield
    finally:
        del TASKS["signs"], MANIFESTS["signs"], FAMILIES.packages["scaled"]


class InlineWorkers:
    """Runs trials in this process, one at a time."""

    def __init__(self, config: TrainerConfig, folder: Path) -> None:
        self._config, self._folder = config, folder
        self._task: TrialTask | None = None

    @property
    def idle(self) -> int:
        """One, unless it has a trial."""
        return int(self._task is None)

    def submit(self, task: TrialTask) -> None:
        """Take a trial."""
        self._task = task

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult:
        """Run it."""
        task, self._task = self._task, None
        assert task
        return run_trial(
            task, self._config, self._folder, lambda *epoch: on_epoch(task.trial, *epoch)
        )


@contextmanager
def start_inline_workers(config: TrainerConfig, folder: Path) -> Iterator[InlineWorkers]:
    """Start nothing."""
    yield InlineWorkers(config, folder)


def read_signs(**changes: Any) -> TrainerConfig:
    """Return the configuration of the task `signs`; changes are to its sections."""
    return read_config(tomllib.loads(SIGNS) | changes)


def run_all_stages(config: TrainerConfig, folder: Path) -> None:
    """Search, fit, evaluate and publish, as the command line does."""
    from trainer import stages  # noqa: PLC0415 -- TensorFlow, once its environment is there

    store, progress = Store(folder / "store"), Progress()
    with open_run(config, folder / "runs") as run:
        run_search(run, progress, start_inline_workers)
        stages.run_fit(run, progress)
        stages.run_evaluate(run, store, progress)
        stages.run_publish(run, store, progress)


def main(folder: Path) -> None:
    """Publish a version of each."""
    prepare_environment()
    with register():
        run_all_stages(read_signs(), folder)
        run_all_stages(load_config("seed", TINY, SCALED), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
