"""Tests of what a run shows on a terminal."""

import io
import re

import pytest
from rich.console import Console

from trainer.progress import Progress
from trainer.tasks.calculation.families.family import OBJECTIVE
from trainer.trial import TrialResult


@pytest.fixture
def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)


def read_terminal(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


def test_search_shows_trials_and_the_epochs_of_each(terminal: Console) -> None:
    progress = Progress(terminal, trial_epochs=20, final_epochs=80)
    metrics = {"val_mae": 0.25}
    with progress.searching(3, 2, [], ["num_layers"], OBJECTIVE) as watch:
        watch.on_epoch("0", 1, metrics)
        watch.on_epoch("0", 5, metrics)
        watch.on_epoch("1-final", 7, metrics)
    shown = read_terminal(terminal)
    assert re.search(r"trial 0 .* 5/20 .* left +val_mae 0.25", shown)
    assert re.search(r"trial 1-final .* 7/80 ", shown)


def test_search_shows_the_best_score_and_the_time_left(terminal: Console) -> None:
    metrics = {"val_mae": 0.25}
    with Progress(terminal, trial_epochs=20).searching(
        3, 2, [], ["num_layers"], OBJECTIVE
    ) as watch:
        watch.on_epoch("0", 1, metrics)
        watch.on_result(TrialResult("0", {"num_layers": 4}, metrics, 5, 5, 1.0))
    shown = read_terminal(terminal)
    assert "trial 0 (1/3) val_mae 0.25 " in shown
    assert re.search(r"trials .* 1/3 .* left best val_mae 0.25", shown)


def test_evaluation_shows_answers_and_the_time_left(terminal: Console) -> None:
    with Progress(terminal).evaluating(40_000, "the test part") as watch:
        watch.on_answers(8192)
        watch.on_answers(8192)
    assert re.search(r"answers .* 16384/40000 .* left", read_terminal(terminal))


def test_evaluation_shows_that_it_writes_what_it_found(terminal: Console) -> None:
    with Progress(terminal).evaluating(40_000, "the test part") as watch:
        watch.on_answers(40_000)
        watch.on_step("writing tables, plots and report")
    assert re.search(r"answers .* 40000/40000 .*writing tables", read_terminal(terminal))
