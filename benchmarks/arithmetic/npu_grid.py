"""Benchmark B: the grid of the neural power unit's simple task, one unit for all operations.

    python -m benchmarks.arithmetic.npu_grid           20 units
    python -m benchmarks.arithmetic.npu_grid --quick   2 units

Each unit is trained on operands from U(0.1, 2), with positive numbers alone, and tested on the
grid -4.1, -3.9, …, 3.9 in both operands. Prints the mean absolute error of each operation, beside
the published ones. Units that are done are kept in a file and not trained again; exits with 1 if
an error is above 1e-6.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.arithmetic.training import (
    OPERATIONS,
    RESULTS,
    answer,
    draw_from,
    read_recipe,
    train,
)
from benchmarks.cells import Cell, run_cells
from tabuada.arithmetic.problems import Problems

TARGET = 1e-6
RUNS = 20
PUBLISHED = {"+": "0.08", "-": "", "*": "0.005", "/": "0.085"}
DENSE = {"+": "2.1", "-": "", "*": "3.6", "/": "14.2"}


def main() -> int:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two units only")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [("run", str(seed)) for seed in range(2 if options.quick else RUNS)]
    cells = run_cells(options.folder / "npu_grid.jsonl", tasks, run_task)
    lines = ["operation,runs,mae_snapped,mae_soft,published_npu_mae,published_dense_mae"]
    worst = 0.0
    for symbol in OPERATIONS.symbols:
        members = [cell for cell in cells if cell["operation"] == symbol]
        snapped, soft = (
            float(np.mean([cell[key] for cell in members])) for key in ("mae", "soft_mae")
        )
        worst = max(worst, snapped)
        lines.append(
            f"{symbol},{len(members)},{snapped:.3g},{soft:.3g},{PUBLISHED[symbol]},{DENSE[symbol]}"
        )
    print("\n" + "\n".join(lines))
    if not options.quick:
        (options.folder / "npu_grid.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return 0 if worst <= TARGET else 1


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Train one unit; return a row an operation."""
    seed = int(task[1])
    draw = draw_from((0.1, 2.0))
    interpolation = draw(10_000, np.random.default_rng((seed, 2)))
    trained = train(draw, interpolation, read_recipe(), seed)
    grid = build_grid()
    errors = {
        name: np.abs(answer(network, grid) - grid.exact())
        if network is not None
        else np.full(len(grid), np.inf)
        for name, network in (("mae", trained.snapped), ("soft_mae", trained.soft))
    }
    return [
        {
            "run": seed,
            "operation": symbol,
            "refusal": trained.refusal,
            **{name: float(values[grid.op == row].mean()) for name, values in errors.items()},
        }
        for row, symbol in enumerate(OPERATIONS.symbols)
    ]


def build_grid() -> Problems:
    """Return every pair of -4.1, -3.9, …, 3.9 under every operation."""
    ticks = np.round(np.arange(-41, 41, 2) / 10, 1)
    a, b = (axis.ravel() for axis in np.meshgrid(ticks, ticks))
    count = len(OPERATIONS)
    op = np.repeat(np.arange(count, dtype=np.int8), len(a))
    return Problems(OPERATIONS, np.tile(a, count), op, np.tile(b, count))


if __name__ == "__main__":
    sys.exit(main())
