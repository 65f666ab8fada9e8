"""Runs searches for tests, in this process or in others, and reads what they leave."""

import csv
import subprocess
import time
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.trainer.conftest import TINY
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.run import open_run
from trainer.search.inline_workers import start_inline_workers
from trainer.search.search import run_search
from trainer.trial import TrialResult

COMPARED = ("mae", "loss", "val_mae", "val_loss", "learning_rate", "optimizer", "best_epoch")


def read_trials(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [{name: row[name] for name in COMPARED} for row in csv.DictReader(file)]


def find_log(runs: Path) -> Path | None:
    return next(runs.glob("*/search/log.jsonl"), None)


def wait_for_trial(runs: Path, process: "subprocess.Popen[str]", done: int = 1) -> None:
    """Wait until a search has logged that many results, or more, and begun with another trial."""
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        log = find_log(runs)
        events = log.read_text().splitlines() if log is not None else []
        results = sum('"result"' in event for event in events)
        if results >= done and '"task"' in events[-1]:
            time.sleep(0.3)  # well into it, if it takes that long: nothing depends on it
            return
        assert process.poll() is None, "the search ended before it could be interrupted"
        time.sleep(0.02)
    raise AssertionError("no such trial began in a quarter of an hour")


def find_children(process: "subprocess.Popen[str]") -> list[int]:
    """Return the worker processes of a trainer."""
    (server,) = (
        pid
        for pid in _list_children(process.pid)
        if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return _list_children(server)


def _list_children(pid: int) -> list[int]:
    listing = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listing.split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def wait_until_over(processes: Iterable[int]) -> None:
    """Wait until processes have ended, whoever started them."""
    left = list(processes)
    deadline = time.monotonic() + 600
    while left := list(filter(is_running, left)):
        assert time.monotonic() < deadline, f"outlived its driver: {left}"
        time.sleep(0.05)


def search_here(
    runs: Path, *overrides: str, preset: str = "seed", config: Path | None = TINY
) -> tuple[list[TrialResult], str]:
    """Search in this process; return the results and what was said."""
    said = StringIO()
    loaded = load_config(preset, config, overrides)
    progress = Progress(Console(file=said, soft_wrap=True), trial_epochs=loaded.trial_epochs)
    with open_run(loaded, runs) as run:
        return run_search(run, progress, start_inline_workers), said.getvalue()


def forget_time(results: Iterable[TrialResult]) -> list[TrialResult]:
    return [replace(result, seconds=0.0) for result in results]
