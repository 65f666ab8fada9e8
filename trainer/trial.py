"""The trials of a search: what to try, and what came of it."""

import dataclasses
from dataclasses import dataclass

from pydantic import ConfigDict, with_config

from trainer.spaces import Values

_FINAL = "-final"

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
"""How what a run has written is read: no unknown keys, no conversions, finite numbers only."""

History = dict[str, list[float]]
"""The metrics of a fit that the objective records, by epoch."""


def name_final(trial: str) -> str:
    """Return the number of a trial that is tried again in the final round."""
    return trial + _FINAL


def is_final(trial: str) -> bool:
    """Return whether a trial's number is one of the final round."""
    return trial.endswith(_FINAL)


@with_config(STRICT)
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


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of it.

    Attributes:
        trial: Number of the trial.
        values: Hyperparameters.
        metrics: Those that the objective records, of its best epoch; empty if it failed.
        best_epoch: The epoch of the best score, from 1; 0 if it failed.
        epochs: Epochs run.
        seconds: Wall time.
        reason: Why it failed, one line; empty if it did not.
        processor: What it ran on, where that may be another machine; else empty.
    """

    trial: str
    values: Values
    metrics: dict[str, float] = dataclasses.field(default_factory=dict)
    best_epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    reason: str = ""
    processor: str = ""

    @property
    def final(self) -> bool:
        """Whether it is of the final round, which tries the best trials again for longer."""
        return is_final(self.trial)

    @property
    def failed(self) -> bool:
        """Whether it has no usable score."""
        return bool(self.reason)
