"""Runs trials in this process, one after the other: none starts, and no second core is used.

For a search inside another program, such as a notebook or a test. What a trial brings down comes
down with it; the log remembers the trials before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from trainer.config import TrainerConfig
from trainer.search.run_trial import run_trial
from trainer.search.workers import OnEpoch
from trainer.trial import TrialResult, TrialTask


class InlineWorkers:
    """This process, which runs a trial while its result is waited for.

    Args:
        config: Of the run.
        folder: The search's folder.
    """

    def __init__(self, config: TrainerConfig, folder: Path) -> None:
        self._config = config
        self._folder = folder
        self._task: TrialTask | None = None

    @property
    def idle(self) -> int:
        """One, unless a trial waits to be run."""
        return 0 if self._task else 1

    def submit(self, task: TrialTask) -> None:
        """Take a trial; there must be none."""
        self._task = task

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult | None:
        """Run the trial and return its result; see `Workers`."""
        task, self._task = self._task, None
        if task is None:
            return None
        return run_trial(task, self._config, self._folder, partial(on_epoch, task.trial))


@contextmanager
def start_inline_workers(config: TrainerConfig, folder: Path) -> Iterator[InlineWorkers]:
    """Use this process, whatever number of trials at a time the configuration asks for."""
    yield InlineWorkers(config, folder)
