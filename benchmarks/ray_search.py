"""The search of preset `seed` on a Ray cluster with one worker node and with two.

    python -m benchmarks.ray_search [--result FILE] [--quick]

The nodes have one core each; beside it the same search with as many processes on this machine, and
trials that do nothing, on Ray. Each side is a process of its own. *Cold* is from the start of that
process to its end, imports of TensorFlow included; *warm* is from the beginning of the first trial
to the end of the last. The overhead of a trial is all the time that its worker was not at it: from
the result before it, over the driver's proposal and the way to the node, to its own result, less
the seconds of the trial itself. The first trial of each worker, which waits for TensorFlow, is left
out of it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ray

from benchmarks.ray_cluster import start_cluster
from benchmarks.search_driver import answer
from trainer.config import TrainerConfig
from trainer.environment import prepare_environment
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.search.local_workers import start_local_workers
from trainer.search.ray_workers import RayWorkers, start_ray_workers
from trainer.search.remote_trial import Files
from trainer.search.search import search
from trainer.search.workers import OnEpoch, StartWorkers, Workers
from trainer.trial import TrialResult, TrialTask

SIDES = {"ray": "Ray", "local": "this machine", "empty": "Ray, trials that do nothing"}

TRIALS = {"ray": 15, "local": 15, "empty": 1000}
QUICK_TRIALS = {"ray": 4, "local": 4, "empty": 20}
COUNTS = (1, 2)  # workers
QUICK_COUNTS = (2,)


class TimedWorkers:
    """Pass everything on, and note when each trial was submitted and came back."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.submitted_s: dict[str, float] = {}
        self.ended_s: dict[str, float] = {}

    @property
    def idle(self) -> int:
        """As those behind it."""
        return self._workers.idle

    def submit(self, task: TrialTask) -> None:
        """Submit a trial."""
        self.submitted_s[task.trial] = time.perf_counter()
        self._workers.submit(task)

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult | None:
        """Wait for a result."""
        result = self._workers.wait_for_result(on_epoch)
        if result is not None:
            self.ended_s[result.trial] = time.perf_counter()
        return result


def main() -> int:
    """Run all sides and compare them; 1 if their tables of trials differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few small trials, by two workers")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side = run_side(options.side, options.workers, options.address, options.quick)
        options.result.write_text(json.dumps(side))
        return 0
    print("workers                          cold s    warm s  trials s  overhead, ms:  largest")
    counts = QUICK_COUNTS if options.quick else COUNTS
    sides = [time_process(side, count, options.quick) for side in SIDES for count in counts]
    # Trials that do nothing have a table of their own.
    tables: dict[str, list[Any]] = {side: [] for side in SIDES}
    for side in sides:
        tables[side["side"]].append(side.pop("table"))
    compared = tables["ray"] + tables["local"]
    agree = all(table == compared[0] for table in compared)
    result = {
        "cores": len(os.sched_getaffinity(0)),
        "sides": sides,
        **({} if options.quick else compare(sides)),
        "tables_agree": agree,
    }
    for name, value in result.items():
        if name not in ("cores", "sides"):
            print(f"{name:<28} {value}")
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if agree else 1


def compare(sides: list[dict[str, Any]]) -> dict[str, float]:
    """Return by how much one worker takes longer than two."""
    return {
        "ray_cold_ratio": round(sides[0]["cold_s"] / sides[1]["cold_s"], 2),
        "ray_warm_ratio": round(sides[0]["warm_s"] / sides[1]["warm_s"], 2),
        "local_cold_ratio": round(sides[2]["cold_s"] / sides[3]["cold_s"], 2),
    }


def time_process(side: str, workers: int, quick: bool) -> dict[str, Any]:
    """Run one side in a process of its own, on a cluster of its own where it needs one."""
    with ExitStack() as stack:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "side.json"
        command = [sys.executable, "-m", "benchmarks.ray_search", "--side", side]
        command += ["--workers", str(workers), "--result", str(file)]
        if side != "local":
            command += ["--address", stack.enter_context(start_cluster(workers)).address]
        if quick:
            command.append("--quick")
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        cold_s = time.perf_counter() - started
        result = {"side": side, "workers": workers, "cold_s": round(cold_s, 1)}
        result |= json.loads(file.read_text())
    times = ("cold_s", "warm_s", "trials_s", "overhead_ms", "worst_overhead_ms")
    print(f"{SIDES[side]:<27} {workers}", *(f"{result[t]:9.1f}" for t in times), flush=True)
    return result


def run_side(side: str, workers: int, address: str, quick: bool) -> dict[str, Any]:
    """Run a search, and tell what its trials and what lay between them took."""
    prepare_environment()
    trials = (QUICK_TRIALS if quick else TRIALS)[side]
    overrides = [f"search.trials={trials}", f"search.parallel={workers}"]
    if quick:
        overrides += ["search.epochs=2", "data.samples=1000"]
    begins: dict[str, StartWorkers] = {
        "ray": partial(start_ray_workers, address),
        "local": start_local_workers,
        "empty": partial(start_idlers, address),
    }
    timed: list[TimedWorkers] = []

    @contextmanager
    def start(config: TrainerConfig, folder: Path) -> Iterator[TimedWorkers]:
        with begins[side](config, folder) as inner:
            timed.append(TimedWorkers(inner))
            yield timed[0]

    with tempfile.TemporaryDirectory() as name:
        config = load_config("seed", overrides=overrides)
        results = search(config, Path(name) / "search", Progress(), start)
    table = [(result.trial, result.values, result.metrics) for result in results]
    return {"trials": trials, "table": table, **summarize(timed[0], results, workers)}


@contextmanager
def start_idlers(address: str, config: TrainerConfig, folder: Path) -> Iterator[RayWorkers]:
    """Use a cluster for trials that do nothing."""
    with start_ray_workers(address, config, folder) as workers:
        workers._run = ray.remote(num_cpus=1)(answer_on_node)
        yield workers


def answer_on_node(task: TrialTask, *_: object) -> tuple[TrialResult, Files]:
    """Do nothing, in the place of a trial."""
    return answer(task), {}


def summarize(timed: TimedWorkers, results: Sequence[TrialResult], workers: int) -> dict[str, Any]:
    """Return the times of a search."""
    seconds = {result.trial: result.seconds for result in results}
    begun_s = min(ended_s - seconds[trial] for trial, ended_s in timed.ended_s.items())
    # The first trial of each worker waits for its imports.
    overheads_ms = sorted(
        1000 * (timed.ended_s[trial] - seconds[trial] - _find_end_before(submitted_s, timed))
        for trial, submitted_s in list(timed.submitted_s.items())[workers:]
    )
    return {
        "warm_s": round(max(timed.ended_s.values()) - begun_s, 2),
        "trials_s": round(sum(seconds.values()), 1),
        "overhead_ms": round(statistics.median(overheads_ms), 1),
        "worst_overhead_ms": round(overheads_ms[-1], 1),
    }


def _find_end_before(moment_s: float, timed: TimedWorkers) -> float:
    """Return when the last result before a moment had come, which freed its worker."""
    return max(ended_s for ended_s in timed.ended_s.values() if ended_s <= moment_s)


if __name__ == "__main__":
    sys.exit(main())
