"""Runs one trial of the search, in whatever process it is asked to."""

import dataclasses
import math
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.config import TrainerConfig
from trainer.spaces import Values

if TYPE_CHECKING:
    from trainer.data import Dataset

FINAL = "-final"
"""What follows the number of a trial that is tried again in the last round."""
METRICS = ("mae", "loss", "val_mae", "val_loss")


@dataclass(frozen=True, slots=True)
class TrialTask:
    """What to try.

    Attributes:
        trial: Number of the trial, zero-padded, as Keras Tuner gives it.
        values: Hyperparameters.
        epochs: Greatest number of epochs.
        initial_epoch: Where it goes on, for an algorithm that continues trials.
        parent: The trial it goes on from, or None.
    """

    trial: str
    values: Values
    epochs: int
    initial_epoch: int = 0
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of it.

    Attributes:
        trial: Number of the trial.
        values: Hyperparameters.
        metrics: mae, loss, val_mae and val_loss of its best epoch; empty if it failed.
        best_epoch: The epoch of least val_mae, from 1; 0 if it failed.
        epochs: Epochs run.
        seconds: Wall time.
        reason: Why it failed, one line; empty if it did not.
    """

    trial: str
    values: Values
    metrics: dict[str, float] = dataclasses.field(default_factory=dict)
    best_epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    reason: str = ""

    @property
    def final(self) -> bool:
        """Whether it is of the last round, which tries the best trials again for longer."""
        return self.trial.endswith(FINAL)

    @property
    def failed(self) -> bool:
        """Whether it has no usable score."""
        return bool(self.reason)


@lru_cache(maxsize=1)
def _build_dataset(config: TrainerConfig) -> "Dataset":
    from trainer.data import build_dataset  # noqa: PLC0415 -- see run_trial

    return build_dataset(config)


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
    """
    # Imported in the worker only: a driver that hands trials out can start its workers at once.
    from trainer.families import find_family  # noqa: PLC0415
    from trainer.fitting import fit_network  # noqa: PLC0415

    started = time.perf_counter()
    parent = find_parent_weights(task, folder)
    try:
        network, history = fit_network(
            task.values,
            _build_dataset(config),
            config,
            epochs=task.epochs,
            logs=folder.parent / "tensorboard" / f"trial-{task.trial}",
            on_epoch=on_epoch,
            initial_epoch=task.initial_epoch,
            initial_weights=parent,
        )
        if config.search.algorithm == "hyperband":
            weights = _find_weights(task.trial, folder)
            weights.parent.mkdir(exist_ok=True)
            network.save_weights(weights)
        find_family(config.family).finish(network)  # what cannot be published is no good trial
    except Exception as error:  # whatever a set of hyperparameters brings about
        (folder / f"trial-{task.trial}.traceback.txt").write_text(traceback.format_exc())
        lines = str(error).strip().splitlines() or [""]
        return TrialResult(task.trial, task.values, reason=f"{type(error).__name__}: {lines[0]}")
    seconds = time.perf_counter() - started
    scores = [v if math.isfinite(v) else math.inf for v in history["val_mae"]]
    best = min(range(len(scores)), key=scores.__getitem__)
    metrics = {name: history[name][best] for name in METRICS}
    result = TrialResult(
        task.trial,
        task.values,
        metrics,
        best_epoch=task.initial_epoch + best + 1,
        epochs=len(scores),
        seconds=seconds,
    )
    if not all(map(math.isfinite, metrics.values())):
        reason = f"diverged: no finite val_mae in {len(scores)} epochs"
        return dataclasses.replace(result, metrics={}, best_epoch=0, reason=reason)
    return result


def find_parent_weights(task: TrialTask, folder: Path) -> Path | None:
    """Return where the weights lie that a trial goes on from; None where it starts anew."""
    return _find_weights(task.parent, folder) if task.parent else None


def _find_weights(trial: str, folder: Path) -> Path:
    return folder / "weights" / f"trial-{trial}.weights.h5"
