"""Whether every model is right to the last float32 digit, through the running service.

    python -m benchmarks.arithmetic.served                               seeds 0 to 24
    python -m benchmarks.arithmetic.served --seeds 2 --problems 100000   a quick look

Trains preset `arithmetic` with each seed by the trainer's own command, publishes to a store of
its own, starts the service on it and asks `/predict`: for each operation 1,000,000 problems, both
operands log-uniform in magnitude from 1e-6 to 1e6 with either sign. Each answer is compared with
the correctly rounded value (computed in extended precision), both in float32. Asks for zeros too:
zero operands have to be exact, division by zero has to be refused. Seeds that are done are kept
in a file and not trained again; exits with 1 if an answer is more than one float32 step off.
"""

import argparse
import json
import sys
import tempfile
from functools import cache, partial
from pathlib import Path

import httpx
import numpy as np

from benchmarks.arithmetic.training import OPERATIONS, RESULTS
from benchmarks.cells import Cell, run_cells
from benchmarks.presets import time_trainer
from benchmarks.server import start_service
from tabuada.arithmetic.error_statistics import count_ulps
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import LogUniformOperands, Problems, sample_problems

ROWS = 100_000
"""Of one request: the service's default limit."""

Question = tuple[str, bytes, Floats]
"""Symbol, the body without its end, the correctly rounded values."""
ZEROS = [
    (0.0, "+", 3.5), (3.5, "+", 0.0), (0.0, "-", 3.5), (3.5, "-", 0.0), (0.0, "*", -7.25),
    (1e6, "*", 0.0), (0.0, "/", 3.5), (0.0, "/", -1e-6), (0.0, "+", 0.0), (0.0, "*", 0.0),
]  # fmt: skip


def main() -> int:
    """Train, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--problems", type=int, default=1_000_000, help="an operation")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [("seed", str(seed)) for seed in range(options.seeds)]
    # One at a time: training is timed with both cores to itself.
    work = partial(run_task, problems=options.problems)
    cells = run_cells(options.folder / "served.jsonl", tasks, work, parallel=1)
    names = ["seed", "train_seconds", "problems", *OPERATIONS.symbols, "zeros_exact", "refused"]
    table = [",".join(names), *(",".join(str(cell[name]) for name in names) for cell in cells)]
    (options.folder / "served.csv").write_text("\n".join(table) + "\n", "utf-8")
    worst = max(cell[symbol] for cell in cells for symbol in OPERATIONS.symbols)
    slowest = max(cell["train_seconds"] for cell in cells)
    print(f"largest distance {worst} float32 ulps; slowest training {slowest} s")
    zeros = all(cell["zeros_exact"] and cell["refused"] for cell in cells)
    return 0 if worst <= 1 and zeros else 1


@cache
def pose(problems: int) -> list[Question]:
    """Return the bodies of all requests with their correctly rounded values."""
    questions = []
    for row, symbol in enumerate(OPERATIONS.symbols):
        drawn = sample_problems(OPERATIONS, 4 * problems, LogUniformOperands(1e-6, 1e6), 100 + row)
        drawn = drawn.take(drawn.op == row)
        for start in range(0, len(drawn), ROWS):
            part = drawn.take(slice(start, start + ROWS))
            body = {"op": symbol, "a": part.a.tolist(), "b": part.b.tolist()}
            questions.append((symbol, json.dumps(body).encode()[:-1], round_correctly(part)))
    return questions


def round_correctly(problems: Problems) -> Floats:
    """Return exact values rounded to float32 once, from extended precision."""
    a, b = problems.a.astype(np.longdouble), problems.b.astype(np.longdouble)
    evaluate = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
    values = evaluate[problems.symbol(0)](a, b)
    rounded: Floats = values.astype(np.float32).astype(np.float64)
    return rounded


def run_task(task: tuple[str, ...], problems: int) -> list[Cell]:
    """Train with one seed, serve what comes of it, ask all questions."""
    questions = pose(problems)
    with tempfile.TemporaryDirectory() as name:
        seconds = time_trainer(Path(name), "--preset", "arithmetic", "--seed", task[1])
        with start_service(Path(name) / "store") as service:
            asked = ask(service.client, questions)
        return [{"seed": int(task[1]), "train_seconds": round(seconds, 1), **asked}]


def ask(client: httpx.Client, questions: list[Question]) -> Cell:
    """Return, by operation, the largest distance in float32 steps, and how zeros fared."""
    worst: dict[str, int] = dict.fromkeys(OPERATIONS.symbols, 0)
    for symbol, body, expected in questions:
        answer = client.post(
            "/predict", content=body + b"}", headers={"Content-Type": "application/json"}
        )
        answer.raise_for_status()
        ulps = count_ulps(expected, np.array(answer.json()["predictions"]))
        worst[symbol] = max(worst[symbol], int(ulps.max()))
    rows = [{"a": a, "op": op, "b": b} for a, op, b in ZEROS]
    evaluate = {"+": float.__add__, "-": float.__sub__, "*": float.__mul__, "/": float.__truediv__}
    zeros = client.post("/predict", json={"instances": rows}).json()["predictions"]
    refused = [client.post("/predict", json={"expressions": [text]}) for text in ("3 / 0", "0 / 0")]
    return {
        "problems": sum(len(expected) for _, _, expected in questions),
        **worst,
        "zeros_exact": zeros == [evaluate[op](a, b) for a, op, b in ZEROS],
        "refused": all(answer.status_code == 422 for answer in refused),
    }


if __name__ == "__main__":
    sys.exit(main())
