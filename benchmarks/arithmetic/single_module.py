"""Benchmark A: the Single Module Arithmetic Task, one unit for all four operations.

    python -m benchmarks.arithmetic.single_module           225 units, 900 cells
    python -m benchmarks.arithmetic.single_module --quick   2 units, 8 cells

For each of nine ranges and seeds 0 to 24 a unit is trained on all four operations at once, in
batches of 128 fresh problems. The checkpoint is chosen by its error on 10,000 problems from the
training range, and reported as `soft`; the unit after its last step, snapped, is what counts: a
cell (range, seed, operation) is solved when its mean squared error on 10,000 problems from the
extrapolation range is below that of a unit whose weights are all off by 1e-5.
The recipe is that of the `arithmetic` version that ships, for every cell. Cells that are done
are kept in a file and not trained again; with 1 as exit code if one is not solved.
"""

import argparse
import math
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
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems

EPSILON = 1e-5
POINTS = 10_000
Interval = tuple[float, float]
RANGES: dict[str, tuple[Interval, list[Interval]]] = {
    "[-20,-10]": ((-20, -10), [(-40, -20)]),
    "[-2,-1]": ((-2, -1), [(-6, -2)]),
    "[-1.2,-1.1]": ((-1.2, -1.1), [(-6.1, -1.2)]),
    "[-0.2,-0.1]": ((-0.2, -0.1), [(-2, -0.2)]),
    "[-2,2]": ((-2, 2), [(-6, -2), (2, 6)]),
    "[0.1,0.2]": ((0.1, 0.2), [(0.2, 2)]),
    "[1,2]": ((1, 2), [(2, 6)]),
    "[1.1,1.2]": ((1.1, 1.2), [(1.2, 6)]),
    "[10,20]": ((10, 20), [(20, 40)]),
}
SEEDS = range(25)


def main() -> int:
    """Train, count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two units only")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [(name, str(seed)) for name in RANGES for seed in SEEDS]
    if options.quick:
        tasks = [("[1.1,1.2]", "0"), ("[-2,2]", "1")]
    cells = run_cells(options.folder / "single_module.jsonl", tasks, run_task)
    table = tabulate(cells)
    print("\n" + table)
    if not options.quick:
        (options.folder / "single_module.csv").write_text(table + "\n", "utf-8")
    return 0 if all(cell["solved"] for cell in cells) else 1


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Train one unit; return its four cells."""
    name, seed = task[0], int(task[1])
    inside, outside = RANGES[name]
    rng = np.random.default_rng((seed, 2))
    interpolation = draw_from(inside)(POINTS, rng)
    extrapolation = draw_from(*outside)(4 * POINTS, rng)
    trained = train(draw_from(inside), interpolation, read_recipe(), seed)
    soft = _measure(answer(trained.soft, extrapolation), extrapolation)
    snapped = [math.inf] * len(OPERATIONS)
    if trained.snapped is not None:
        snapped = _measure(answer(trained.snapped, extrapolation), extrapolation)
    threshold = measure_threshold(extrapolation)
    return [
        {
            "range": name,
            "seed": seed,
            "operation": symbol,
            "best_step": trained.best_step,
            "soft_mse": soft[row],
            "snapped_mse": snapped[row],
            "threshold": threshold[row],
            "soft_solved": soft[row] < threshold[row],
            "soft_below_1e-5": soft[row] < EPSILON,
            "solved": snapped[row] < threshold[row],
            "refusal": trained.refusal,
        }
        for row, symbol in enumerate(OPERATIONS.symbols)
    ]


def measure_threshold(problems: Problems) -> list[float]:
    """Return, by operation, the mean squared error of weights that are all off by `EPSILON`.

    Toward zero, as the published thresholds have it: 1 becomes 1 - 1e-5 and -1 becomes
    -1 + 1e-5, on the path of the operation.
    """
    a, b, near = problems.a, problems.b, 1 - EPSILON
    sign = np.cos(math.pi * near * ((a < 0) * 1.0 + (b < 0)))
    sign_of_quotient = np.cos(math.pi * near * ((a < 0) * 1.0 - (b < 0)))
    off = {
        "+": near * (a + b),
        "-": near * (a - b),
        "*": sign * np.abs(a) ** near * np.abs(b) ** near,
        "/": sign_of_quotient * np.abs(a) ** near * np.abs(b) ** -near,
    }
    answers = np.choose(problems.op, [off[symbol] for symbol in OPERATIONS.symbols])
    return _measure(answers, problems)


def tabulate(cells: list[Cell]) -> str:
    """Return solved cells by range and operation, with Wilson's 95% interval, as CSV."""
    lines = [
        "range,operation,cells,solved,wilson_low,wilson_high,soft_solved,soft_below_1e-5,"
        "median_best_step,largest_soft_mse,largest_snapped_mse"
    ]
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        for name, operation in (
            (cell["range"], cell["operation"]), ("all", cell["operation"]), ("all", "all"),
        ):  # fmt: skip
            groups.setdefault((name, operation), []).append(cell)
    # A stable sort: the totals go last.
    for (name, operation), members in sorted(
        groups.items(), key=lambda group: group[0][0] == "all"
    ):
        solved = sum(cell["solved"] for cell in members)
        low, high = compute_wilson_interval(solved, len(members))
        lines.append(
            f'"{name}",{operation},{len(members)},{solved},{low:.4f},{high:.4f},'
            f"{sum(cell['soft_solved'] for cell in members)},"
            f"{sum(cell['soft_below_1e-5'] for cell in members)},"
            f"{int(np.median([cell['best_step'] for cell in members]))},"
            f"{max(cell['soft_mse'] for cell in members):.3g},"
            f"{max(cell['snapped_mse'] for cell in members):.3g}"
        )
    return "\n".join(lines)


def compute_wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95% score interval of a proportion."""
    z = 1.959963984540054
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def _measure(answers: Floats, problems: Problems) -> list[float]:
    """Return the mean squared error of each operation; infinite where an answer is not finite."""
    squares = (answers - problems.exact()) ** 2
    errors = [float(np.mean(squares[problems.op == row])) for row in range(len(OPERATIONS))]
    return [error if math.isfinite(error) else math.inf for error in errors]


if __name__ == "__main__":
    sys.exit(main())
