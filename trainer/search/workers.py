"""What a search asks of those who run its trials, wherever they are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from trainer.config import TrainerConfig
from trainer.trial import TrialResult, TrialTask

OnEpoch = Callable[[str, int, dict[str, float]], None]
"""Called after each epoch with the trial's number, the epoch's, and its metrics."""


class Workers(Protocol):
    """Run trials side by side."""

    @property
    def idle(self) -> int:
        """How many trials may be submitted now; it may change with time."""

    def submit(self, task: TrialTask) -> None:
        """Begin a trial; one must be idle."""

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult | None:
        """Wait until one of the running trials ends.

        Args:
            on_epoch: Called in this process after epochs of the running trials.

        Returns:
            Its result; None where none has ended yet and `idle` may have changed.
        """


StartWorkers = Callable[[TrainerConfig, Path], AbstractContextManager[Workers]]
"""Starts workers for a run and a search's folder; they end with the block."""
