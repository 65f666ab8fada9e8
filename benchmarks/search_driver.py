"""Where the driver of a search saturates: its own time a trial, as trials become many.

    python -m benchmarks.search_driver [--result FILE] [--quick]

The search is the real one, oracle, log and console; only the trials are none: each is answered at
once. What is left is the driver's time to propose a trial, log it, record its result and show it.
A driver that takes 2 ms a trial keeps at most 5,000 workers busy with trials of 10 s. Then the
search is resumed from its log, as after a kill, and that is timed too. As by default, the
algorithms that learn from results have one trial under way; the random one has 100.
"""

import argparse
import json
import random
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from trainer.config import TrainerConfig
from trainer.environment import prepare_environment
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.search.search import search
from trainer.search.workers import OnEpoch
from trainer.tasks.calculation.families.family import OBJECTIVE
from trainer.trial import TrialResult, TrialTask

EDGES = (0, 30, 100, 200, 300, 1000, 3000, 10_000)
SEARCHES = {  # trials under way, and how many in all; Hyperband plans that by the epochs
    "random": (100, "search.trials=10000"),
    "hyperband": (1, "search.epochs=1000"),
    "bayesian": (1, "search.trials=200"),
}
QUICK = {
    "random": (100, "search.trials=200"),
    "hyperband": (1, "search.epochs=9"),
    "bayesian": (1, "search.trials=24"),
}


class InstantWorkers:
    """Answer every trial at once, in turn, and note when.

    Args:
        count: Trials that are under way at a time.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self.times_s: list[float] = []
        self._running: deque[TrialTask] = deque()

    @property
    def idle(self) -> int:
        """How many more trials may be under way."""
        return self._count - len(self._running)

    def submit(self, task: TrialTask) -> None:
        """Take a trial."""
        self._running.append(task)

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult:  # noqa: ARG002
        """Return a made-up result of the oldest trial."""
        self.times_s.append(time.perf_counter())
        return answer(self._running.popleft())


def answer(task: TrialTask) -> TrialResult:
    """Return a made-up result: the smaller the numbers, the better, and a little chance."""
    numbers = sum(value for value in task.values.values() if isinstance(value, float))
    score = numbers + 0.01 * random.Random(task.trial).random()
    return TrialResult(task.trial, task.values, dict.fromkeys(OBJECTIVE.metrics, score), 1, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    parser.add_argument("--quick", action="store_true", help="few trials")
    options = parser.parse_args()
    prepare_environment()
    warnings.simplefilter("ignore")  # a Gaussian process has much to say about made-up results
    import trainer.search.oracle  # noqa: F401 -- takes seconds, which are not a trial's

    rows: list[dict[str, Any]] = []
    print(f"{'algorithm':<10} {'trials':>14} {'ms a trial':>11}")
    for algorithm, (count, setting) in (QUICK if options.quick else SEARCHES).items():
        config = load_config("seed", overrides=[f"search.algorithm={algorithm}", setting])
        rows.append({"algorithm": algorithm, "under_way": count, **measure(config, count)})
        for part in rows[-1]["parts"]:
            span = f"{part['first']} to {part['last']}"
            print(f"{algorithm:<10} {span:>14} {part['ms_a_trial']:>11.2f}", flush=True)
        print(f"{algorithm:<10} resumed after {rows[-1]['resume_s']:.1f} s", flush=True)
    if options.result:
        options.result.write_text(json.dumps({"searches": rows}, indent=1) + "\n")


def measure(config: TrainerConfig, count: int) -> dict[str, Any]:
    """Run a search of trials that take no time, and resume it once it has ended."""
    with tempfile.TemporaryDirectory(prefix="tabuada-driver-") as name:
        folder = Path(name) / "search"
        workers = InstantWorkers(count)
        started = time.perf_counter()
        run(config, folder, workers)
        parts = list(split_times([started, *workers.times_s]))
        started = time.perf_counter()
        run(config, folder, InstantWorkers(count))
        return {"parts": parts, "resume_s": round(time.perf_counter() - started, 2)}


def run(config: TrainerConfig, folder: Path, workers: InstantWorkers) -> None:
    """Search with workers that are there already, and show nothing."""

    @contextmanager
    def start(*_: object) -> Iterator[InstantWorkers]:
        yield workers

    with Path("/dev/null").open("w") as nowhere:
        search(config, folder, Progress(Console(file=nowhere, soft_wrap=True)), start)


def split_times(times_s: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Yield the time a trial of the first few trials, of the next, and so on.

    Args:
        times_s: When the search began, and when each trial was answered.
    """
    trials = len(times_s) - 1
    for edge, following in zip(EDGES, (*EDGES[1:], trials), strict=True):
        last = min(following, trials)
        if edge < last:
            ms = 1000 * (times_s[last] - times_s[edge]) / (last - edge)
            yield {"first": edge + 1, "last": last, "ms_a_trial": round(ms, 2)}


if __name__ == "__main__":
    main()
