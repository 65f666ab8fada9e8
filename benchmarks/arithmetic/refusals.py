"""Benchmark C: whether the unit says no to what it cannot be.

    python -m benchmarks.arithmetic.refusals           every function, 5 seeds each
    python -m benchmarks.arithmetic.refusals --quick   2 units

Each function of `functions.py` is trained beside `+ - *` as preset `arithmetic` trains: as many
problems from [-10, 10], the recipe of the version that ships, its epochs and batches. Nothing tells
the unit which function it is. Then the family finishes it as for publishing: it is refused, or
answers 10,000 fresh problems from [-20, 20], and is right only where every answer is, to 12 digits.
Units that are done are kept in a file and not trained again; exits with 1 if one is wrong.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.arithmetic.functions import FUNCTIONS, pose
from benchmarks.arithmetic.training import RESULTS, read_recipe
from benchmarks.cells import Cell, run_cells
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples

SEEDS = range(5)
POINTS = 10_000
DIGITS = 1e-12
"""Greatest error of a right answer, times the magnitude of the larger operand or answer."""
OUTCOMES = ("right", "refused", "wrong")


def main() -> int:
    """Train, judge and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two units only")
    parser.add_argument("--parallel", type=int, help="units at a time; one a core where not given")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [(name, str(seed)) for name in FUNCTIONS for seed in SEEDS]
    if options.quick:
        tasks = [("a * b * b", "0"), ("max(a, b)", "0")]
    cells = run_cells(options.folder / "refusals.jsonl", tasks, run_task, options.parallel)
    table = tabulate(cells)
    print("\n" + table)
    if not options.quick:
        (options.folder / "refusals.csv").write_text(table + "\n", "utf-8")
    return 1 if any(cell["outcome"] == "wrong" for cell in cells) else 0


@dataclass(frozen=True, slots=True)
class _Dataset:
    train: ProblemExamples
    validation: ProblemExamples


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Train one unit, finish it, and judge what comes of it."""
    from trainer.errors import CannotSnap
    from trainer.fitting import fit_network
    from trainer.presets import load_config

    name, seed = task[0], int(task[1])
    config = as_calculation_config(load_config("arithmetic", None, [f"seed={seed}"]))
    operations = OperationSet([*"+-*", pose(name)])
    encoder = FeatureEncoder(Scaler(kind="identity"), operations, "float64")
    samples, held_out = config.data.samples, config.data.validation_share
    learned = round(samples * (1 - held_out - config.data.test_share))
    sizes = (learned, round(samples * held_out))
    dataset = _Dataset(
        *(encode_examples(draw(operations, n, 10, (seed, n)), encoder) for n in sizes)
    )
    with tempfile.TemporaryDirectory() as logs:
        network, _ = fit_network(
            read_recipe(), dataset, config, epochs=config.fit.epochs, logs=Path(logs)
        )
    outcome, refusal = "refused", ""
    try:
        network = config.family.networks.finish(network, dataset)
        fresh = encode_examples(draw(operations, POINTS, 20, (seed, 1)), encoder)
        outcome = "right" if is_right(np.asarray(network(fresh.features)), fresh) else "wrong"
    except CannotSnap as error:
        refusal = str(error)
    return [{"function": name, "seed": seed, "outcome": outcome, "refusal": refusal}]


def draw(operations: OperationSet, n: int, size: float, seed: tuple[int, int]) -> Problems:
    """Draw n problems from [-size, size] in an order of their own."""
    rng = np.random.default_rng(seed)
    operands = UniformOperands(-size, size)
    problems = sample_problems(operations, n, operands, int(rng.integers(2**31)))
    return problems.take(rng.permutation(n))


def is_right(answers: np.ndarray, fresh: ProblemExamples) -> bool:
    """Return whether every answer is right; both are of shape (n, 1)."""
    sizes = np.abs(np.column_stack([fresh.features[:, :2], fresh.targets])).max(1, keepdims=True)
    return bool((np.abs(answers - fresh.targets) <= DIGITS * sizes).all())


def tabulate(cells: list[Cell]) -> str:
    """Return how many units of each function were right, refused and wrong, as CSV."""
    lines = ["function,units," + ",".join(OUTCOMES)]
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        for name in (cell["function"], "all"):
            groups.setdefault(name, []).append(cell)
    for name in sorted(groups, key="all".__eq__):  # stable: the total goes last
        found = [cell["outcome"] for cell in groups[name]]
        counts = ",".join(str(found.count(outcome)) for outcome in OUTCOMES)
        lines.append(f'"{name}",{len(found)},{counts}')
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
