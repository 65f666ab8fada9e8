"""Searches hyperparameters: Keras Tuner's oracle proposes, workers try, a log remembers."""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine import trial as trial_module
from keras_tuner.engine.base_tuner import BaseTuner

from trainer.config import SearchConfig, TrainerConfig
from trainer.errors import SearchFailed
from trainer.progress import Progress
from trainer.space import declare_space
from trainer.trial import TrialResult, TrialTask
from trainer.workers import WorkerPool, start_workers

_STATUS = trial_module.TrialStatus


def search(config: TrainerConfig, folder: Path, progress: Progress) -> list[TrialResult]:
    """Try combinations of hyperparameters.

    Every proposal and every result goes to `folder/log.jsonl` as it happens. A search that
    was interrupted, even by kill -9, replays that log into a fresh oracle and goes on; trials
    that were under way start again.

    Args:
        config: Of the run.
        folder: Where the log lies; made if need be.
        progress: Told of trials and epochs.

    Returns:
        The results, best first, failed trials last.

    Raises:
        SearchFailed: No trial has a usable score, or the log does not fit the configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    driver = _Driver(config, folder)
    pending = driver.replay()
    parallel = _count_workers(config.search)
    total = config.search.trials if config.search.algorithm != "hyperband" else None
    with progress.searching(total, parallel, driver.results) as watch:
        proposals = driver.propose(pending)
        with start_workers(parallel, config, folder, watch.on_epoch) as pool:
            for result in _drive(pool, proposals, driver):
                watch.on_result(result)
    return rank_trials(driver.results)


def rank_trials(results: list[TrialResult]) -> list[TrialResult]:
    """Return results by val_mae, failed ones last.

    Raises:
        SearchFailed: All of them failed.
    """
    if all(result.failed for result in results):
        reason = results[0].reason if results else "there is none"
        raise SearchFailed(
            f"expected at least one trial with a finite val_mae. Received: {len(results)} "
            f"failed trials, the first because: {reason}. Widen or mend the search space"
        )
    return sorted(results, key=lambda result: result.metrics.get("val_mae", math.inf))


def read_results(folder: Path) -> list[TrialResult]:
    """Return the results that a search's log holds, in the order they ended."""
    return [
        TrialResult(**event["result"])
        for event in _read_log(folder / "log.jsonl")
        if "result" in event
    ]


def _drive(
    pool: WorkerPool, proposals: Iterator[TrialTask | None], driver: "_Driver"
) -> Iterator[TrialResult]:
    """Keep the workers busy until the oracle has nothing left to propose."""
    running = 0
    exhausted = False
    while running or not exhausted:
        while pool.idle and not exhausted:
            try:
                task = next(proposals)
            except StopIteration:
                exhausted = True
                break
            if task is None:  # the oracle waits for results
                break
            pool.submit(task)
            running += 1
        if running:
            result = pool.wait_for_result()
            running -= 1
            driver.record(result)
            yield result


class _Driver:
    """Holds the oracle and the log, in step with one another."""

    def __init__(self, config: TrainerConfig, folder: Path) -> None:
        self._config = config
        self._log = folder / "log.jsonl"
        self._oracle = _create_oracle(config)
        # The tuner's part here is to give the oracle its folder. Its own saved state is not
        # used: it is not written atomically, and what a kill tears in two cannot be resumed.
        BaseTuner(self._oracle, directory=str(folder), project_name="oracle", overwrite=True)
        self.results: list[TrialResult] = []

    def replay(self) -> list[TrialTask]:
        """Bring the oracle to where the log ends; return the trials that were under way."""
        pending: dict[str, TrialTask] = {}
        for event in _read_log(self._log):
            if "result" in event:
                result = TrialResult(**event["result"])
                pending.pop(result.trial, None)
                self._end(result)
            else:
                task = self._create()
                if task is None or asdict(task) != event["task"]:
                    raise SearchFailed(
                        f"expected the log of this very search in {self._log}. Received: one "
                        "whose proposals differ, from another version of Keras Tuner perhaps. "
                        "Remove the folder to search anew"
                    )
                pending[task.trial] = task
        return list(pending.values())

    def propose(self, pending: list[TrialTask]) -> Iterator[TrialTask | None]:
        """Yield what to try next: what was under way first; None while the oracle waits."""
        yield from pending
        while True:
            task = self._create()
            if task is None:
                if self._last_status == _STATUS.STOPPED:
                    return
                yield None
                continue
            self._append({"task": asdict(task)})
            yield task

    def record(self, result: TrialResult) -> None:
        """Tell the oracle and the log what came of a trial."""
        self._append({"result": asdict(result)})
        self._end(result)

    def _create(self) -> TrialTask | None:
        # Keras Tuner gives one worker one trial at a time; here each trial is a worker.
        trial = self._oracle.create_trial(f"worker-{len(self._oracle.trials)}")
        self._last_status = trial.status
        if trial.status != _STATUS.RUNNING:
            return None
        values = dict(trial.hyperparameters.values)
        epochs = values.pop("tuner/epochs", self._config.trial_epochs)
        initial = values.pop("tuner/initial_epoch", 0)
        parent = values.pop("tuner/trial_id", None)
        plain = {name: v for name, v in values.items() if not name.startswith("tuner/")}
        return TrialTask(trial.trial_id, plain, epochs, initial, parent)

    def _end(self, result: TrialResult) -> None:
        self.results.append(result)
        trial = self._oracle.get_trial(result.trial)
        if result.failed:
            trial.status, trial.message = _STATUS.FAILED, result.reason
        else:
            self._oracle.update_trial(result.trial, result.metrics, step=result.best_epoch)
            trial.status = _STATUS.COMPLETED
        self._oracle.end_trial(trial)

    def _append(self, event: dict[str, Any]) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(event) + "\n")
            log.flush()
            os.fsync(log.fileno())


def _create_oracle(config: TrainerConfig) -> keras_tuner.Oracle:
    settings = config.search
    common = {
        "objective": keras_tuner.Objective("val_mae", "min"),
        "hyperparameters": declare_space(config.space),
        "allow_new_entries": False,
        # Keras Tuner takes seed 0 for "any seed".
        "seed": config.seed or 2**31 - 1,
        # A failed trial is reported and left; it never ends the search.
        "max_consecutive_failed_trials": 10**9,
    }
    if settings.algorithm == "hyperband":
        oracle = keras_tuner.oracles.HyperbandOracle(
            max_epochs=config.trial_epochs, factor=settings.factor, **common
        )
    elif settings.algorithm == "bayesian":
        oracle = keras_tuner.oracles.BayesianOptimizationOracle(
            max_trials=settings.trials, **common
        )
    else:
        oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=settings.trials, **common)
    oracle.verbose = 0
    return oracle


def _count_workers(config: SearchConfig) -> int:
    if config.parallel:
        return config.parallel
    if config.algorithm != "random":
        return 1
    return min(len(os.sched_getaffinity(0)), config.trials)


def _read_log(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log, cutting off a last line that a crash tore in two."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    for line in whole.splitlines():
        yield json.loads(line)
