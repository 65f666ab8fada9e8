"""Tests of the search: the same trials again, resumed after a kill, unharmed by failures."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tabuada.artifacts.store import Store
from tests.trainer.conftest import ENVIRONMENT, TINY, run_trainer, trainer_command
from tests.trainer.searching import find_children, forget_time, search_here, wait_for_trial
from trainer import stages
from trainer.errors import RunBusy, SearchFailed, StageMissing
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.run import open_run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")


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
def test_trial_whose_network_could_not_be_published_has_failed(tmp_path: Path) -> None:
    done = run_trainer(
        "search", "--preset", "arithmetic", "--trials", "2", "--parallel", "1",
        "--set", "search.epochs=1",
        "--set", "space.learning_rate=[0.001]", "--set", "space.ramp_strength=[0.05]",
        "--runs", tmp_path / "runs",
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout.count("FAILED: CannotSnap: expected every operation to be snapped") == 2
    assert "error: expected at least one trial with a finite val_mae" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow  # a minute of processes that import TensorFlow
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
    wait_for_trial(tmp_path / "runs", process)
    (worker,) = find_children(process)
    os.kill(worker, signal.SIGKILL)
    output, _ = process.communicate(timeout=900)
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
            tmp_path / attempt, f"search.algorithm={algorithm}", "fit.epochs=3"
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
