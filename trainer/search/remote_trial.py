"""Runs a trial where the search's folder is not: its files go along and come back with it."""

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

from trainer.config import TrainerConfig
from trainer.results.provenance import find_processor
from trainer.search.run_trial import find_parent_weights, run_trial
from trainer.trial import TrialResult, TrialTask

Files = dict[str, bytes]
"""Content by path relative to the run's folder. A few hundred kB a trial."""


def collect_inputs(task: TrialTask, folder: Path) -> Files:
    """Return the files of a search that a trial reads: weights that it goes on from."""
    weights = find_parent_weights(task, folder)
    if weights is None:
        return {}
    return {weights.relative_to(folder.parent).as_posix(): weights.read_bytes()}


def run_trial_remotely(
    task: TrialTask,
    config: TrainerConfig,
    inputs: Files,
    on_epoch: Callable[[int, dict[str, float]], None],
) -> tuple[TrialResult, Files]:
    """Run a trial in a temporary folder.

    Args:
        task: What to try.
        config: Of the whole run.
        inputs: The files that it reads.
        on_epoch: Called after each epoch.

    Returns:
        The result, and the files that the trial wrote: weights, traceback, TensorBoard's.
    """
    with tempfile.TemporaryDirectory(prefix="tabuada-trial-") as name:
        run = Path(name)
        search = run / "search"
        search.mkdir()
        write_files(inputs, run)
        result = run_trial(task, config, search, on_epoch)
        result = dataclasses.replace(result, processor=find_processor())
        paths = [path for path in run.rglob("*") if path.is_file()]
        written = {path.relative_to(run).as_posix(): path.read_bytes() for path in paths}
    return result, {path: content for path, content in written.items() if path not in inputs}


def write_files(files: Files, run: Path) -> None:
    """Write files below a run's folder."""
    for path, content in files.items():
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        (run / path).write_bytes(content)
