"""What tests alone register, and whole runs of it."""

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
from trainer.presets import load_config, read_config
from trainer.progress import Progress
from trainer.run import open_run
from trainer.search.inline_workers import start_inline_workers
from trainer.search.search import run_search
from trainer.tasks import TASKS
from trainer.tasks.calculation.families import FAMILIES

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


def read_signs(**changes: Any) -> TrainerConfig:
    """Return the configuration of the task `signs`; changes are to its sections."""
    return read_config(tomllib.loads(SIGNS) | changes)


def run_all_stages(config: TrainerConfig, folder: Path) -> None:
    """Search, fit, evaluate and publish, as the command line does, all in this process."""
    from trainer import stages  # noqa: PLC0415 -- imports TensorFlow

    store, progress = Store(folder / "store"), Progress()
    with open_run(config, folder / "runs") as run:
        run_search(run, progress, start_inline_workers)
        stages.run_fit(run, progress)
        stages.run_evaluate(run, store, progress)
        stages.run_publish(run, store, progress)


def publish_both(folder: Path) -> None:
    """Publish a version of each, in `store/` and with `runs/`."""
    with register():
        run_all_stages(read_signs(), folder)
        run_all_stages(load_config("seed", TINY, SCALED), folder)
