"""How far off the versions that ship are, asked through the running service.

    python -m benchmarks.accuracy

Starts the service on `artifacts/` and asks `/predict` with each model: the test part of preset
`seed`, that of preset `default`, 10,000 fresh problems an operation from the whole range with any
divisor from 0.1 up, and as many with operands of either sign and magnitudes from 1e-6 to 1e6.
No network saw any of them. Writes `results/accuracy.csv` and prints it; exits with 1 if a bar is
missed: for `mlp` a mean absolute error of 0.005 on the first two and 0.003 on the third, for
`arithmetic` one float32 step anywhere.
"""

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np

from benchmarks.cells import set_tensorflow_up
from benchmarks.server import ROOT, start_service
from tabuada.arithmetic.error_statistics import count_ulps, summarize_errors
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import (
    LogUniformOperands,
    Problems,
    UniformOperands,
    sample_problems,
)
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config

RESULTS = Path(__file__).parent / "results" / "accuracy.csv"
OPERATIONS = OperationSet("+-*/")
FRESH = 40_000
COLUMNS = (
    "model", "version", "problems", "operation", "n", "mae", "median", "p99", "max", "float32_ulps",
)  # fmt: skip
BARS = {"seed test part": 0.005, "default test part": 0.005, "full range": 0.003}
ULPS = 1


def main() -> int:
    """Ask, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--artifacts", type=Path, default=ROOT / "artifacts", help="to serve")
    parser.add_argument("--table", type=Path, default=RESULTS, help="where the table goes")
    options = parser.parse_args()
    with start_service(options.artifacts) as service:
        rows = [
            row
            for name, problems in pose().items()
            for model in ("mlp", "arithmetic")
            for row in measure(service.client, model, name, problems)
        ]
    with options.table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    print(options.table.read_text("utf-8"), end="")
    missed = [row for row in rows if misses_bar(row)]
    for row in missed:
        print(f"missed: {row}")
    return 1 if missed else 0


def pose() -> dict[str, Problems]:
    """Return the sets of problems, by name."""
    set_tensorflow_up()
    from trainer.tasks.calculation.dataset import build_dataset

    full, outside = UniformOperands(-10, 10, 0.1), LogUniformOperands(1e-6, 1e6)
    return {
        "seed test part": build_dataset(as_calculation_config(load_config("seed"))).test.problems,
        # With uniform divisors, as every version before had them: all are asked the same.
        "default test part": build_dataset(
            as_calculation_config(load_config("default", overrides=["data.divisors=uniform"]))
        ).test.problems,
        "full range": sample_problems(OPERATIONS, FRESH, full, 1_000_001),
        "outside": sample_problems(OPERATIONS, FRESH, outside, 1_000_002),
    }


def measure(
    client: httpx.Client, model: str, name: str, problems: Problems
) -> list[dict[str, str | int | float]]:
    """Return a row over all operations and one for each."""
    signs = [problems.symbol(row) for row in range(len(problems))]
    body = {"model": model, "a": problems.a.tolist(), "op": signs, "b": problems.b.tolist()}
    answer = client.post("/predict", json=body).raise_for_status().json()
    predicted: Floats = np.array(answer["predictions"])
    exact = problems.exact()
    report = summarize_errors(problems, exact, predicted)
    ulps = count_ulps(exact, predicted)
    groups = {"all": (report.overall, ulps)} | {
        symbol: (report.per_operation[symbol], ulps[problems.op == row])
        for row, symbol in enumerate(OPERATIONS.symbols)
    }
    rows: list[dict[str, str | int | float]] = []
    for operation, (errors, distances) in groups.items():
        values = (
            model, answer["version"], name, operation, errors.n, errors.mae, errors.median,
            errors.p99, errors.max, distances.max(),
        )  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def measure_errors(answer: Callable[[Problems], Floats]) -> dict[str, Floats]:
    """Return the absolute errors of a network on each set of problems, shape (n,) each.

    Args:
        answer: What answers problems with it, see `trainer.tasks.calculation.evaluation`.
    """
    return {name: np.abs(answer(problems) - problems.exact()) for name, problems in pose().items()}


def misses_bar(row: dict[str, str | int | float]) -> bool:
    """Return whether a row is worse than what was to be reached."""
    if row["model"] == "arithmetic":
        return float(row["float32_ulps"]) > ULPS
    bar = BARS.get(str(row["problems"])) if row["operation"] == "all" else None
    return bar is not None and float(row["mae"]) > bar


if __name__ == "__main__":
    sys.exit(main())
