"""Requests a second, latency, start and memory of this service and of others, on one machine.

    python -m benchmarks.serving [--servers floor,fastapi,ours] [--rounds 3]

Each server is started on its own with one worker and the same network, is asked once and its
answers compared with ONNX Runtime's, and is then driven by `wrk`. All take turns in every round,
and the median of the rounds counts. Each has a virtual environment of its own, made at its first
run and kept; those of all servers take some 4 GB.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from benchmarks.serving.environments import NotInstalled
from benchmarks.serving.measure import Plan, Record, measure_server
from benchmarks.serving.processes import NotStarted
from benchmarks.serving.questions import draw_question
from benchmarks.serving.report import describe, print_result
from benchmarks.serving.servers import ROOT, SERVERS, Server
from benchmarks.serving.wrk import find_wrk

SEED = 4


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    find_wrk()
    signal.signal(signal.SIGTERM, stop)  # a server would otherwise outlive what started it
    plan = Plan(
        artifact=options.artifact.resolve(),
        questions={rows: draw_question(options.artifact, rows, SEED) for rows in (1, 100)},
        seconds=options.seconds,
        warm_up_s=options.warm_up,
        cache=options.cache,
    )
    records = [Record(server) for server in options.servers]
    told = {"rounds": options.rounds, "seconds": options.seconds, "seed": SEED}
    for number in range(1, options.rounds + 1):
        for record in records:
            if not record.reason:
                print(f"round {number}: {record.server.name}", file=sys.stderr, flush=True)
                measure_or_explain(record, plan)
    result = describe(records, told)
    print_result(result)
    if options.result:
        options.result.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def stop(_: int, __: FrameType | None) -> NoReturn:
    """End as if interrupted."""
    raise SystemExit(1)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving", description=__doc__.splitlines()[0]
    )
    known = ",".join(server.name for server in SERVERS)
    parser.add_argument(
        "--servers", type=choose, default=SERVERS, help=f"names, with commas between [{known}]"
    )
    parser.add_argument("--rounds", type=int, default=3, help="turns that each takes [3]")
    parser.add_argument("--seconds", type=float, default=4, help="that each load takes [4]")
    parser.add_argument("--warm-up", type=float, default=1, help="seconds before each load [1]")
    parser.add_argument(
        "--artifact", type=Path, default=ROOT / "artifacts" / "mlp" / "1", help="what is served"
    )
    parser.add_argument("--cache", type=Path, default=find_cache(), help="for the environments")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    return parser.parse_args()


def choose(names: str) -> tuple[Server, ...]:
    """Return servers by their names."""
    known = {server.name: server for server in SERVERS}
    if unknown := set(names.split(",")) - set(known):
        raise argparse.ArgumentTypeError(
            f"expected some of {', '.join(known)}. Received: {', '.join(sorted(unknown))}"
        )
    return tuple(known[name] for name in names.split(","))


def find_cache() -> Path:
    """Return the folder of the environments where none is named."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "tabuada-benchmarks"


def measure_or_explain(record: Record, plan: Plan) -> None:
    """Measure a server once, or keep why that cannot be."""
    try:
        measure_server(record.server, plan, record)
    except (NotInstalled, NotStarted, OSError, ValueError) as error:
        reason = str(error) or type(error).__name__
        record.reason = reason.replace(str(Path.home()), "~")
        print(f"{record.server.name} not run: {record.reason}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
