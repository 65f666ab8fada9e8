"""Searches hyperparameters: Keras Tuner's oracle proposes, workers try, a log remembers."""

import functools
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tabuada.extras import advise_installing
from trainer.attempts import timing
from trainer.config import Objective, TrainerConfig
from trainer.durable_files import write_json
from trainer.errors import ConfigInvalid, SearchFailed
from trainer.progress import Progress
from trainer.run import Run
from trainer.run_files import read_ranking
from trainer.search.event_log import read_log
from trainer.search.final_round import FinalRound, read_final_results
from trainer.search.local_workers import start_local_workers
from trainer.search.plan import count_finals, count_trials, tell_plan
from trainer.search.workers import OnEpoch, StartWorkers, Workers
from trainer.trial import TrialResult

if TYPE_CHECKING:
    from trainer.search.oracle import Proposer


def choose_workers(ray: str | None) -> StartWorkers:
    """Return what starts those who run the trials.

    Args:
        ray: Address of a Ray cluster; processes on this machine where not given.

    Raises:
        ConfigInvalid: Ray is not installed.
    """
    if not ray:
        return start_local_workers
    try:
        from trainer.search.ray_workers import start_ray_workers  # noqa: PLC0415 -- an extra of its own
    except ImportError as error:
        raise ConfigInvalid(
            f"--ray: expected Ray. Received: {error}. Install it: {advise_installing('ray')}"
        ) from error
    return functools.partial(start_ray_workers, ray)


def run_search(
    run: Run, progress: Progress, start: StartWorkers = start_local_workers
) -> list[TrialResult]:
    """Search hyperparameters, or go on with a search that was interrupted.

    Args:
        run: Where it works.
        progress: Told of trials and epochs.
        start: Starts those who run the trials; where they are makes no difference to the results.

    Returns:
        The results, best first.

    Raises:
        SearchFailed: No trial has a usable score.
    """
    if run.results.exists():
        progress.say(f"Search: complete already, in {run.results}")
        return read_ranking(run)
    with timing(run, "search"):
        results = search(run.config, run.search, progress, start)
    write_json(run.results, [asdict(result) for result in results])
    return results


def search(
    config: TrainerConfig,
    folder: Path,
    progress: Progress,
    start: StartWorkers = start_local_workers,
) -> list[TrialResult]:
    """Try combinations of hyperparameters.

    Every proposal and every result goes to `folder/log.jsonl` as it happens. A search that
    was interrupted, even by kill -9, replays that log into a fresh oracle and goes on; trials
    that were under way start again.

    Args:
        config: Of the run.
        folder: Where the log lies; made if need be.
        progress: Told of trials and epochs.
        start: Starts those who run the trials.

    Returns:
        The results, best first, those of finals before others, failed ones last.

    Raises:
        SearchFailed: No trial has a usable score, or the log does not fit the configuration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = read_results(config, folder) + read_final_results(config, folder)
    trials = count_trials(config)
    total = None if trials is None else trials + count_finals(config)
    for line in tell_plan(config):
        progress.say(line)
    with (
        start(config, folder) as workers,
        progress.searching(
            total, workers.idle, done, list(config.space.searched), config.objective
        ) as watch,
    ):
        # Imports TensorFlow, which takes seconds; the workers do the same meanwhile.
        from trainer.fitting import configure_tensorflow  # noqa: PLC0415
        from trainer.search.oracle import Proposer  # noqa: PLC0415

        configure_tensorflow()
        proposer = Proposer(config, folder)
        for result in _drive(workers, proposer, watch.on_epoch):
            watch.on_result(result)
        for line in proposer.tell_outcome():
            progress.say(line)
        finals = FinalRound(config, folder, rank_trials(proposer.results, config.objective))
        for result in _drive(workers, finals, watch.on_epoch):
            watch.on_result(result)
    return rank_trials(proposer.results + finals.results, config.objective)


def rank_trials(results: list[TrialResult], objective: Objective) -> list[TrialResult]:
    """Return results by the objective, those of finals first, failed ones last.

    Raises:
        SearchFailed: All of them failed.
    """
    if all(result.failed for result in results):
        reason = results[0].reason if results else "there is none"
        raise SearchFailed(
            f"expected at least one trial with a finite {objective.name}. Received: {len(results)} "
            f"failed trials, the first because: {reason}. Widen or mend the search space"
        )
    return sorted(
        results,
        key=lambda r: (
            r.failed,
            not r.final,
            objective.rank(r.metrics.get(objective.name, math.nan)),
        ),
    )


def read_results(config: TrainerConfig, folder: Path) -> list[TrialResult]:
    """Return the results that a search's log holds, in the order they ended."""
    return [e for e in read_log(folder / "log.jsonl", config) if isinstance(e, TrialResult)]


def _drive(
    workers: Workers, proposer: "Proposer | FinalRound", on_epoch: OnEpoch
) -> Iterator[TrialResult]:
    """Keep the workers busy until nothing is left to propose."""
    proposals = proposer.propose()
    running = 0
    exhausted = False
    while running or not exhausted:
        while workers.idle and not exhausted:
            try:
                task = next(proposals)
            except StopIteration:
                exhausted = True
                break
            if task is None:  # the oracle waits for results
                break
            workers.submit(task)
            running += 1
        if running and (result := workers.wait_for_result(on_epoch)):
            running -= 1
            proposer.record(result)
            yield result
