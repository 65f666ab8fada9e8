"""Requests a second through every door of this service, beside the floor, in one run.

    python -m benchmarks.serving.doors [--rounds 5] [--seconds 3]

The floor and this service take turns in every round, and each ratio is one within its round; the
median of the rounds counts. What the ratios are held to stands beside them.
"""

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rendering import render
from benchmarks.serving.__main__ import SEED, find_cache
from benchmarks.serving.measure import Plan, start
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


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    find_wrk()
    plan = Plan(
        artifact=options.artifact.resolve(),
        questions={rows: draw_question(options.artifact, rows, SEED) for rows in (1, 100)},
        seconds=options.seconds,
        warm_up_s=options.warm_up,
        cache=options.cache,
    )
    rates: dict[str, list[float]] = {door.name: [] for door in DOORS}
    memory: list[float] = []
    for number in range(1, options.rounds + 1):
        print(f"round {number}", file=sys.stderr, flush=True)
        for server in ("floor", "ours"):
            doors = [door for door in DOORS if door.server == server]
            memory_mib = measure_doors(server, doors, plan, rates)
            if server == "ours":
                memory.append(memory_mib)
    result = describe(rates, memory, options)
    print_result(result)
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def measure_doors(name: str, doors: list[Door], plan: Plan, rates: dict[str, list[float]]) -> float:
    """Start a server, add the rate of each door, and return its memory in MiB at the end."""
    server = next(server for server in SERVERS if server.name == name)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        start(server, plan, Path(folder)) as running,
    ):
        running.wait_ready(ROWS.path, ROWS.encode(plan.questions[1]))
        for door in doors:
            question = plan.questions[door.rows]
            body = door.wording.encode(question)
            check(running.post(door.wording.path, body), door, question)
            url = f"http://127.0.0.1:{running.port}{door.wording.path}"
            drive(url, body, door.connections, plan.warm_up_s, Path(folder))
            load = drive(url, body, door.connections, plan.seconds, Path(folder))
            if load.errors:
                raise SystemExit(
                    f"expected no failed request. Received: {load.errors} ({door.name})"
                )
            rates[door.name].append(load.requests_per_s)
        return running.measure_memory_mib()


def check(answered: tuple[int, bytes], door: Door, question: Question) -> None:
    """Refuse what is not the network's answer."""
    status, answer = answered
    if status != 200:
        raise SystemExit(f"expected an answer. Received: {status} {answer[:300]!r} ({door.name})")
    door.wording.check(question, answer)


def describe(
    rates: dict[str, list[float]], memory: list[float], options: argparse.Namespace
) -> dict[str, Any]:
    """Return the whole result."""
    return {
        "machine": describe_machine(),
        "wrk": read_wrk_version(),
        "rounds": options.rounds,
        "seconds": options.seconds,
        "requests_per_s": {
            name: [round(rate, 1) for rate in measured] for name, measured in rates.items()
        },
        "ratios": [
            {
                "door": door,
                "beside": other,
                "to_reach": bar,
                "ratio": round(statistics.median(each), 3),
                "least": round(min(each), 3),
                "greatest": round(max(each), 3),
            }
            for door, other, bar in BARS
            for each in [[a / b for a, b in zip(rates[door], rates[other], strict=True)]]
        ],
        "memory_mib": round(statistics.median(memory), 1),
        "max_memory_mib": MAX_MEMORY_MIB,
    }


def print_result(result: dict[str, Any]) -> None:
    """Print the ratios, the rates behind them, and the memory."""
    print(
        render(
            ("door", "beside", "ratio", "least", "greatest", "to reach"),
            [
                tuple(
                    str(row[k])
                    for k in ("door", "beside", "ratio", "least", "greatest", "to_reach")
                )
                for row in result["ratios"]
            ],
        )
    )
    medians = {
        name: f"{statistics.median(each):,.0f}" for name, each in result["requests_per_s"].items()
    }
    print("\n" + render(("door", "requests/s"), list(medians.items())))
    print(f"\nmemory {result['memory_mib']} MiB (at most {MAX_MEMORY_MIB})")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving.doors", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of the two servers [5]")
    parser.add_argument("--seconds", type=float, default=3, help="that each load takes [3]")
    parser.add_argument("--warm-up", type=float, default=1, help="seconds before each load [1]")
    parser.add_argument(
        "--artifact", type=Path, default=ROOT / "artifacts" / "mlp" / "1", help="what is served"
    )
    parser.add_argument("--cache", type=Path, default=find_cache(), help="for the environments")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
