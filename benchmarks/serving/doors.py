"""Requests a second through every door of this service, beside the floor, in one run.

    python -m benchmarks.serving.doors [--pairs 15] [--seconds 1]

Floor and service run side by side, and of two doors that are compared each is driven in turn, so
that what disturbs a while disturbs both: a ratio is one of two loads that follow one another, and
the median of all such pairs counts. What it is held to stands beside it.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rendering import render
from benchmarks.serving.__main__ import SEED, find_cache
from benchmarks.serving.measure import Plan, start
from benchmarks.serving.processes import Running
from benchmarks.serving.questions import Question, Wording, draw_question
from benchmarks.serving.report import describe_machine
from benchmarks.serving.servers import ROOT, ROWS, SERVERS, TENSORS
from benchmarks.serving.wrk import drive, find_wrk, read_wrk_version

EXACT = Wording(ROWS.path, lambda question: {**ROWS.ask(question), "exact": True}, ROWS.read)
TENSORS_ALONE = Wording(
    TENSORS.path,
    lambda question: {**TENSORS.ask(question), "outputs": [{"name": "prediction"}]},
    TENSORS.read,
)
MAX_MEMORY_MIB = 110


@dataclass(frozen=True, slots=True)
class Door:
    """A way to ask.

    Attributes:
        name: What results call it.
        server: Who is asked.
        wording: How.
        rows: Rows of a request.
        connections: At a time.
    """

    name: str
    server: str
    wording: Wording
    rows: int
    connections: int


DOORS = (
    *(
        Door(f"floor {r}x{c}", "floor", ROWS, r, c)
        for r, c in ((1, 1), (1, 32), (100, 1), (100, 32))
    ),
    *(
        Door(f"/predict {r}x{c}", "ours", ROWS, r, c)
        for r, c in ((1, 1), (1, 32), (100, 1), (100, 32))
    ),
    Door("/predict exact 1x32", "ours", EXACT, 1, 32),
    Door("/v2 JSON 1x32", "ours", TENSORS_ALONE, 1, 32),
)
BARS = (
    ("/v2 JSON 1x32", "/predict 1x32", 0.8),
    ("/predict exact 1x32", "/predict 1x32", 0.8),
    ("/predict 1x1", "floor 1x1", 0.85),
    ("/predict 1x32", "floor 1x32", 0.9),
    ("/predict 100x1", "floor 100x1", 0.85),
    ("/predict 100x32", "floor 100x32", 0.85),
)
"""Which door is compared with which, and the ratio to reach."""

Rates = list[tuple[float, float]]
"""Requests a second of a door and of the one beside it, pair by pair."""


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    find_wrk()
    plan = Plan(
        artifact=options.artifact.resolve(),
        questions={rows: draw_question(options.artifact, rows, SEED) for rows in (1, 100)},
        seconds=options.seconds,
        warm_up_s=options.seconds,
        cache=options.cache,
    )
    with ExitStack() as stack:
        running = {name: stack.enter_context(start_named(name, plan)) for name in ("floor", "ours")}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        drivers = {door.name: prepare(door, running[door.server], plan, folder) for door in DOORS}
        rates: dict[str, Rates] = {}
        for name, other, _ in BARS:
            print(f"{name} beside {other}", file=sys.stderr, flush=True)
            for warm in (True, False):
                pairs = 1 if warm else options.pairs
                rates[name] = [(drivers[name](), drivers[other]()) for _ in range(pairs)]
        memory_mib = running["ours"].measure_memory_mib()
    result = describe(rates, memory_mib, options)
    print_result(result)
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")


@contextmanager
def start_named(name: str, plan: Plan) -> Iterator[Running]:
    """Run a server, by its name, until the block is left."""
    server = next(server for server in SERVERS if server.name == name)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        start(server, plan, Path(folder)) as running,
    ):
        running.wait_ready(ROWS.path, ROWS.encode(plan.questions[1]))
        yield running


def prepare(door: Door, running: Running, plan: Plan, folder: Path) -> Callable[[], float]:
    """Return what drives a door once and returns its rate; it answers rightly before that."""
    question = plan.questions[door.rows]
    body = door.wording.encode(question)
    check(running.post(door.wording.path, body), door, question)
    url = f"http://127.0.0.1:{running.port}{door.wording.path}"

    def drive_door() -> float:
        load = drive(url, body, door.connections, plan.seconds, folder)
        if load.errors:
            raise SystemExit(f"expected no failed request. Received: {load.errors} ({door.name})")
        return load.requests_per_s

    return drive_door


def check(answered: tuple[int, bytes], door: Door, question: Question) -> None:
    """Refuse what is not the network's answer."""
    status, answer = answered
    if status != 200:
        raise SystemExit(f"expected an answer. Received: {status} {answer[:300]!r} ({door.name})")
    door.wording.check(question, answer)


def describe(
    rates: dict[str, Rates], memory_mib: float, options: argparse.Namespace
) -> dict[str, Any]:
    """Return the whole result."""
    return {
        "machine": describe_machine(),
        "wrk": read_wrk_version(),
        "pairs": options.pairs,
        "seconds": options.seconds,
        "doors": [
            describe_door(name, other, to_reach, rates[name]) for name, other, to_reach in BARS
        ],
        "memory_mib": round(memory_mib, 1),
        "max_memory_mib": MAX_MEMORY_MIB,
    }


def describe_door(name: str, other: str, to_reach: float, pairs: Rates) -> dict[str, Any]:
    """Return what the pairs of one comparison gave."""
    ratios = sorted(own / beside for own, beside in pairs)
    return {
        "door": name,
        "beside": other,
        "ratio": round(statistics.median(ratios), 3),
        "quartiles": [round(value, 3) for value in statistics.quantiles(ratios, n=4)[::2]],
        "to_reach": to_reach,
        "requests_per_s": round(statistics.median(own for own, _ in pairs)),
        "beside_requests_per_s": round(statistics.median(beside for _, beside in pairs)),
    }


def print_result(result: dict[str, Any]) -> None:
    """Print the ratios, the rates behind them, and the memory."""
    rows = [
        (
            door["door"],
            door["beside"],
            f"{door['ratio']:.2f}",
            "{:.2f} to {:.2f}".format(*door["quartiles"]),
            f"{door['to_reach']:.2f}",
            f"{door['requests_per_s']:,}",
            f"{door['beside_requests_per_s']:,}",
        )
        for door in result["doors"]
    ]
    header = ("door", "beside", "ratio", "middle half", "to reach", "requests/s", "beside")
    print(render(header, rows))
    print(f"\nmemory {result['memory_mib']} MiB (at most {MAX_MEMORY_MIB})")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving.doors", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--pairs", type=int, default=15, help="loads of two doors in turn [15]")
    parser.add_argument("--seconds", type=float, default=1, help="that each load takes [1]")
    parser.add_argument(
        "--artifact", type=Path, default=ROOT / "artifacts" / "mlp" / "1", help="what is served"
    )
    parser.add_argument("--cache", type=Path, default=find_cache(), help="for the environments")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
