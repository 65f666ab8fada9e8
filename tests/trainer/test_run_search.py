"""Tests of a run's search beside the same one undisturbed: resumed after a kill, in one process."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.trainer.conftest import ENVIRONMENT, TINY, Trained, run_trainer, trainer_command
from tests.trainer.searching import (
    find_children,
    forget_time,
    is_running,
    read_trials,
    search_here,
    wait_for_second_trial,
)
from trainer.trial import TrialResult

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGKILL, -signal.SIGKILL, id="kill -9", marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, 130, id="Ctrl-C", marks=pytest.mark.slow),
    ],
)
def test_interrupted_run_resumes_to_the_same_trials_and_metrics(
    number: signal.Signals, code: int, trained: Trained, tmp_path: Path
) -> None:
    arguments = (
        "run", "--preset", "seed", "--config", TINY, "--parallel", "1",
        "--artifacts", tmp_path / "store", "--runs", tmp_path / "runs",
    )  # fmt: skip
    process = subprocess.Popen(
        trainer_command(*arguments),
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )
    wait_for_second_trial(tmp_path / "runs", process)
    workers = find_children(process)
    process.send_signal(number)
    assert process.wait(60) == code
    deadline = time.monotonic() + 60
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, workers)), "a worker outlived its driver"

    resumed = run_trainer(*arguments)
    assert resumed.returncode == 0, resumed.stderr
    assert "done before" in resumed.stdout
    again = tmp_path / "store" / "mlp" / "1"
    assert read_trials(again / "training" / "trials.csv") == read_trials(
        trained.training / "trials.csv"
    )
    metrics = json.loads((again / "manifest.json").read_text())["metrics"]
    assert metrics == trained.artifact.manifest.metrics.model_dump(mode="json")


def test_search_keeps_its_log_and_nothing_else(trained: Trained) -> None:
    # What Keras Tuner's oracle would save beside it is written whole twice a trial.
    assert [path.name for path in (trained.runs / "mlp-1" / "search").iterdir()] == ["log.jsonl"]


def test_search_in_one_process_finds_what_several_do(trained: Trained, tmp_path: Path) -> None:
    here, _ = search_here(tmp_path)
    found = json.loads((trained.runs / "mlp-1" / "results.json").read_text())
    assert forget_time(here) == forget_time(TrialResult(**result) for result in found)
