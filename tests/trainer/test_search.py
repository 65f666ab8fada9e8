"""Tests of the search: the same trials again, resumed after a kill, unharmed by failures."""

import csv
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tabuada.artifacts.store import Store
from tests.trainer.conftest import ENVIRONMENT, TINY, Trained, run_trainer, trainer_command
from trainer import stages
from trainer.errors import RunBusy, SearchFailed, StageMissing
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.run import open_run
from trainer.search.inline_workers import start_inline_workers
from trainer.search.search import run_search
from trainer.trial import TrialResult

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")

COMPARED = ("mae", "loss", "val_mae", "val_loss", "learning_rate", "optimizer", "best_epoch")


def read_trials(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [{name: row[name] for name in COMPARED} for row in csv.DictReader(file)]


def find_log(runs: Path) -> Path | None:
    return next(runs.glob("*/search/log.jsonl"), None)


def wait_for_second_trial(runs: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a search has logged its first result and is well into its second trial."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        log = find_log(runs)
        if log is not None and log.read_text().count('"task"') == 2:
            time.sleep(0.3)
            return
        assert process.poll() is None, "the search ended before it could be interrupted"
        time.sleep(0.02)
    raise AssertionError("no second trial began in five minutes")


def find_children(process: "subprocess.Popen[str]") -> list[int]:
    """Return the worker processes of a trainer."""
    listing = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in listing}
    return [pid for pid, command in commands.items() if b"spawn_main" in command]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGKILL, -signal.SIGKILL, id="kill -9"),
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


def test_search_in_one_process_finds_what_several_do(trained: Trained, tmp_path: Path) -> None:
    here, _ = search_here(tmp_path)
    found = json.loads((trained.runs / "mlp-1" / "results.json").read_text())
    assert forget_time(here) == forget_time(TrialResult(**result) for result in found)


def test_failed_trials_are_reported_with_their_reason_and_end_nothing(tmp_path: Path) -> None:
    results, said = search_here(
        tmp_path, "search.trials=5", "space.learning_rate=[1e30, 0.01, 0.003]",
        'space.activation=["relu"]', 'space.optimizer=["rmsprop"]',
    )  # fmt: skip
    assert said.count("FAILED: diverged: no finite val_mae") >= 1
    assert len(results) == 5
    for result in results:
        assert bool(result.reason) == (result.values["learning_rate"] == 1e30)


def test_search_without_a_usable_trial_ends_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(SearchFailed, match="expected at least one trial with a finite val_mae"):
        search_here(
            tmp_path, "search.trials=2", "space.learning_rate=[1e30]",
            'space.activation=["relu"]', 'space.optimizer=["rmsprop"]',
        )  # fmt: skip


@pytest.mark.slow
def test_search_without_a_usable_trial_says_why(tmp_path: Path) -> None:
    done = run_trainer(
        "search", "--preset", "seed", "--config", TINY, "--trials", "2", "--parallel", "1",
        "--set", "space.learning_rate=[1e30]", "--set", 'space.activation=["relu"]',
        "--set", 'space.optimizer=["rmsprop"]', "--runs", tmp_path / "runs",
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: expected at least one trial with a finite val_mae" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_trial_whose_network_could_not_be_published_has_failed(tmp_path: Path) -> None:
    done = run_trainer(
        "search", "--preset", "arithmetic", "--trials", "2", "--set", "search.epochs=1",
        "--set", "space.learning_rate=[0.001]", "--set", "space.ramp_strength=[0.05]",
        "--runs", tmp_path / "runs",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.count("FAILED: CannotSnap: expected every weight within 0.05 of") == 2
    assert "error: expected at least one trial with a finite val_mae" in done.stderr


def test_dead_worker_costs_its_trial_only(tmp_path: Path) -> None:
    process = subprocess.Popen(
        trainer_command(
            "search",
            "--preset",
            "seed",
            "--config",
            TINY,
            "--parallel",
            "1",
            "--runs",
            tmp_path / "runs",
            "--set",
            "search.epochs=30",
        ),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )
    wait_for_second_trial(tmp_path / "runs", process)
    (worker,) = find_children(process)
    os.kill(worker, signal.SIGKILL)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert output.count("its worker process ended with exit code -9") == 1
    assert output.count("val_mae") >= 2


@pytest.mark.parametrize(
    "algorithm", [pytest.param("hyperband", marks=pytest.mark.slow), "bayesian"]
)
def test_other_algorithms_search_to_their_end_and_repeat_themselves(
    algorithm: str, tmp_path: Path
) -> None:
    found = []
    for attempt in ("first", "second"):
        results, _ = search_here(
            tmp_path / attempt, f"search.algorithm={algorithm}", "fit.epochs=9"
        )
        assert not any(result.reason for result in results)
        found.append([(r.trial, r.values, r.metrics) for r in results])
    assert found[0] == found[1]
    assert len(found[0]) == 3 if algorithm == "bayesian" else len(found[0]) > 3


def test_best_trials_are_tried_again_for_longer_and_decide(tmp_path: Path) -> None:
    overrides = ("search.finalists=2", "search.final_epochs=6")
    results, said = search_here(tmp_path, *overrides)
    finals, trials = results[:2], results[2:]
    assert [result.epochs for result in results] == [6, 6, 4, 4, 4]
    for group in (finals, trials):
        scores = [result.metrics["val_mae"] for result in group]
        assert scores == sorted(scores)
    names = {f"{result.trial}-final" for result in trials[:2]}
    assert {result.trial for result in finals} == names
    assert re.search(r"trial \d-final \([45]/5\) val_mae", said)

    # Killed with one final left: that one alone is tried again.
    (file,) = tmp_path.glob("*/results.json")
    log = file.parent / "search" / "finals.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:1]) + '{"resu')
    file.unlink()
    repeated, said = search_here(tmp_path, *overrides)
    assert "5 trials, 4 of them done before" in said
    assert forget_time(repeated) == forget_time(results)


def test_search_goes_on_where_its_log_ends(tmp_path: Path) -> None:
    results, _ = search_here(tmp_path)
    (file,) = tmp_path.glob("*/results.json")
    log = file.parent / "search" / "log.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    file.unlink()
    for kept in (1, 4):  # the first trial under way; two of them done
        log.write_text("".join(lines[:kept]) + lines[kept][: len(lines[kept]) // 2])
        repeated, said = search_here(tmp_path)
        done = sum('"result"' in line for line in lines[:kept])
        assert (f"{done} of them done before" in said) is (done > 0)
        assert forget_time(repeated) == forget_time(results)
        file.unlink()


def test_second_trainer_in_the_same_run_is_turned_away(tmp_path: Path) -> None:
    config = load_config("seed", TINY)
    with open_run(config, tmp_path), pytest.raises(RunBusy), open_run(config, tmp_path):
        pass


def test_stage_asks_for_the_one_before(tmp_path: Path) -> None:
    with open_run(load_config("seed", TINY), tmp_path) as run:
        with pytest.raises(StageMissing, match="trainer search"):
            stages.run_fit(run, Progress())
        with pytest.raises(StageMissing, match="trainer fit"):
            stages.run_evaluate(run, Store(tmp_path / "store"), Progress())
