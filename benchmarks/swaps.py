"""Whether changing versions is felt: the latency of `/predict` in steady times and meanwhile.

    python -m benchmarks.swaps [--result FILE]

Serves a copy of the store and asks for one row at a fixed rate. Times of peace and times with
a change take turns, each as long as the other, so that both see the same machine. Half of the
changes publish a new version and move the label `stable` to it; the others move the label
back to an older version, some of which have left the memory by then and are loaded again. What is
measured is milliseconds: run it on a machine that has nothing else to do.
"""

import argparse
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.evaluate_interference import quantile
from benchmarks.server import ROOT, start_service
from benchmarks.steady_load import Answered, apply_load
from tabuada.artifacts.publishing import publish, set_label
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import CalculationDescription
from tabuada.manifests.files import MANIFEST_NAME

_SETTLE_S = 1.0
_LOADING_S = 0.05  # before the first answer of a new version: when it was loaded and warmed


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, on the monotonic clock.

    Attributes:
        start_s: When it began.
        end_s: When it ended.
        version: The version that a change in it led to; None in times of peace.
    """

    start_s: float
    end_s: float
    version: int | None

    def select(self, answered: list[Answered]) -> list[Answered]:
        """Return the requests that were due in it."""
        return [each for each in answered if self.start_s <= each.due_s < self.end_s]

    def select_loading(self, answered: list[Answered]) -> list[Answered]:
        """Return those due just before the new version's first answer; none if it had none."""
        inside = self.select(answered)
        ends = [each.answered_s for each in inside if each.version == self.version]
        start_s = min(ends, default=0.0) - _LOADING_S
        return [each for each in inside if start_s <= each.due_s <= start_s + _LOADING_S]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="mlp", help="whose versions change")
    parser.add_argument("--swaps", type=int, default=20, help="how many changes")
    parser.add_argument("--window-s", type=float, default=1.0, help="of peace, and of a change")
    parser.add_argument("--rate", type=float, default=400.0, help="requests a second")
    parser.add_argument("--connections", type=int, default=8, help="kept open")
    parser.add_argument("--poll-s", type=float, default=0.2, help="between looks at the store")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    result = measure(options)
    for name, value in result.items():
        print(f"{name:<24} {value}")
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")
    if result["failures"] or result["unseen_swaps"]:
        raise SystemExit("expected every request answered and every change seen")


def measure(options: argparse.Namespace) -> dict[str, float | int]:
    """Serve, ask and change versions."""
    body = {"model": options.model, "instances": [{"a": 4.93, "op": "+", "b": 4.02}]}
    with tempfile.TemporaryDirectory(prefix="tabuada-swaps-") as folder:
        store = Store(Path(folder) / "artifacts")
        shutil.copytree(ROOT / "artifacts", store.location)
        with start_service(store.location, poll_interval_s=options.poll_s) as service:
            changes = change_versions(store, options.model, Path(folder) / "source")
            with apply_load(service.url, body, options.rate, options.connections) as answered:
                time.sleep(_SETTLE_S)
                windows = [
                    window
                    for change in itertools.islice(changes, options.swaps)
                    for window in (_pass(None, options), _pass(change, options))
                ]
    return summarize(answered, windows)


def change_versions(store: Store, model: str, source: Path) -> Iterator[Callable[[], int]]:
    """Yield one change after the other, each of which returns the version it leads to."""
    first = store.open(model, store.resolve(model))
    shutil.copytree(first.folder, source, ignore=shutil.ignore_patterns(MANIFEST_NAME))
    facts = first.manifest.model_dump(include=set(CalculationDescription.model_fields))
    description = CalculationDescription.model_validate(facts)

    def roll_out() -> int:
        version = publish(store, source, description).version
        set_label(store, model, "stable", version)
        return version

    def roll_back(steps: int) -> int:
        versions = store.versions(model)
        version = versions[-1 - steps]
        set_label(store, model, "stable", version)
        return version

    for number in itertools.count(1):
        yield roll_out
        # The one before is still in memory; the first one leaves it after a while.
        yield partial(roll_back, 1 if number % 2 else number)


def _pass(change: Callable[[], int] | None, options: argparse.Namespace) -> Window:
    start = time.monotonic()
    version = change() if change else None
    end = start + options.window_s
    time.sleep(max(0.0, end - time.monotonic()))
    return Window(start, time.monotonic(), version)


def summarize(answered: list[Answered], windows: list[Window]) -> dict[str, float | int]:
    """Compare the times of peace with those of a change."""
    changes = [window for window in windows if window.version is not None]
    peace = sort_latencies(window.select(answered) for window in windows if window not in changes)
    change = sort_latencies(window.select(answered) for window in changes)
    loading = [window.select_loading(answered) for window in changes]
    return {
        "swaps": len(changes),
        "unseen_swaps": sum(not requests for requests in loading),
        "requests": len(answered),
        "failures": sum(each.version is None for each in answered),
        "steady_p50_ms": round(quantile(peace, 0.5), 2),
        "steady_p99_ms": round(quantile(peace, 0.99), 2),
        "steady_max_ms": round(peace[-1], 2),
        "swapping_p50_ms": round(quantile(change, 0.5), 2),
        "swapping_p99_ms": round(quantile(change, 0.99), 2),
        "swapping_max_ms": round(change[-1], 2),
        "loading_p99_ms": round(quantile(sort_latencies(loading), 0.99), 2),
        "p99_ratio": round(quantile(change, 0.99) / quantile(peace, 0.99), 2),
    }


def sort_latencies(groups: Iterable[list[Answered]]) -> list[float]:
    """Return the latencies of all requests, ascending, in milliseconds."""
    return sorted(each.latency_ms for group in groups for each in group)


if __name__ == "__main__":
    main()
