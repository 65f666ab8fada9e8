"""Runs one trial of the search, in whatever process it is asked to."""

import dataclasses
import math
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.config import TrainerConfig
from trainer.disk_errors import explaining_refusals
from trainer.durable_files import save_file
from trainer.errors import RunDamaged, RunNotWritable
from trainer.examples import Dataset
from trainer.tasks import find_task
from trainer.trial import History, TrialResult, TrialTask

if TYPE_CHECKING:
    import keras


@lru_cache(maxsize=1)
def _build_dataset(config: TrainerConfig) -> Dataset:
    dataset: Dataset = find_task(config.task).build_dataset(config)
    return dataset


def run_trial(
    task: TrialTask,
    config: TrainerConfig,
    folder: Path,
    on_epoch: Callable[[int, dict[str, float]], None],
) -> TrialResult:
    """Fit one network and report its best epoch.

    Args:
        task: What to try.
        config: Of the whole run.
        folder: The search's folder; weights of trials that may be continued go there.
        on_epoch: Called after each epoch.

    Returns:
        The result; a trial that raises, diverges or leaves a network that its family would not
        publish is a failed result, not an error.

    Raises:
        RunNotWritable: What it writes has no place; no fault of the trial's.
        RunDamaged: The weights that it goes on from cannot be read.
    """
    started = time.perf_counter()
    try:
        with explaining_refusals(folder.parent):
            network, history = _fit(task, config, folder, on_epoch)
        # What cannot be published is no good trial.
        config.family.networks.finish(network, _build_dataset(config))
    except (RunNotWritable, RunDamaged):
        raise
    except Exception as error:  # whatever a set of hyperparameters brings about
        with explaining_refusals(folder.parent):
            (folder / f"trial-{task.trial}.traceback.txt").write_text(traceback.format_exc())
        lines = str(error).strip().splitlines() or [""]
        return TrialResult(task.trial, task.values, reason=f"{type(error).__name__}: {lines[0]}")
    seconds = time.perf_counter() - started
    ranks = [config.objective.rank(score) for score in history[config.objective.name]]
    best = min(range(len(ranks)), key=ranks.__getitem__)
    metrics = {name: history[name][best] for name in config.objective.metrics}
    result = TrialResult(
        task.trial,
        task.values,
        metrics,
        best_epoch=task.initial_epoch + best + 1,
        epochs=len(ranks),
        seconds=seconds,
    )
    if not all(map(math.isfinite, metrics.values())):
        reason = f"diverged: no finite {config.objective.name} in {len(ranks)} epochs"
        return dataclasses.replace(result, metrics={}, best_epoch=0, reason=reason)
    return result


def _fit(
    task: TrialTask,
    config: TrainerConfig,
    folder: Path,
    on_epoch: Callable[[int, dict[str, float]], None],
) -> "tuple[keras.Model, History]":
    # Imported in the worker only: a driver that hands trials out can start its workers at once.
    from trainer.fitting import fit_network  # noqa: PLC0415

    network, history = fit_network(
        task.values,
        _build_dataset(config),
        config,
        epochs=task.epochs,
        logs=folder.parent / "tensorboard" / f"trial-{task.trial}",
        on_epoch=on_epoch,
        initial_epoch=task.initial_epoch,
        initial_weights=find_parent_weights(task, folder),
    )
    if config.search.algorithm == "hyperband":
        weights = _find_weights(task.trial, folder)
        weights.parent.mkdir(exist_ok=True)
        save_file(weights, network.save_weights)
    return network, history


def find_parent_weights(task: TrialTask, folder: Path) -> Path | None:
    """Return where the weights lie that a trial goes on from; None where it starts anew."""
    return _find_weights(task.parent, folder) if task.parent else None


def _find_weights(trial: str, folder: Path) -> Path:
    return folder / "weights" / f"trial-{trial}.weights.h5"
