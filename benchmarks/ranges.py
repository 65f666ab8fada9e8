"""How networks calculate whose operands come from wider ranges: trained, published and loaded.

    python -m benchmarks.ranges                                  every range, three seeds each
    python -m benchmarks.ranges --ranges magnitudes --seeds 42   one of them

Each row is a whole run of the trainer: search, fit, evaluation, export, publishing. The version is
then loaded as the service loads it, which asks its probe, with ONNX Runtime and with TensorFlow.
Both answer 40,000 problems that no other part of the project has, drawn as the range says: the
table is how far they are off, and how far they are from each other. Rows that are done are kept in
a file and not run again. Exits with 1 where one of them misses a bar.
"""

import argparse
import csv
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console

from benchmarks.cells import Cell, run_cells
from benchmarks.serving.report import describe_machine
from service.runtimes.runtime import prepare_runtime
from service.tasks.calculation.predictor import Predictor, load_predictor
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems, sample_problems
from tabuada.arithmetic.relative_errors import measure_relative_errors
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import as_calculation
from trainer.presets import load_config
from trainer.tasks.calculation.config import CalculationConfig, as_calculation_config

RESULTS = Path(__file__).parent / "results"
RANGES: dict[str, tuple[str, list[str]]] = {
    "hundred": ("wide", ["data.range=[-100, 100]"]),
    "wide": ("wide", []),
    "magnitudes": ("magnitudes", []),
}
"""By name: the preset, and what is set beside it."""
SEEDS = ("42", "1", "2")
SHARE_BAR = 2e-5
"""Mean absolute error over the square of the greatest operand, of operands drawn uniformly."""
RELATIVE_BARS = {"+": 0.04, "-": 0.04, "*": 0.04, "/": 0.08}
"""Median relative error, of operands drawn log-uniformly."""
COLUMNS = (
    "range", "seed", "operation", "problems", "mae", "mae_over_range_squared",
    "median_relative_error", "p99_relative_error", "runtimes_apart", "tolerance", "cpu_seconds",
    "processor",
)  # fmt: skip
_PROBLEMS = 40_000
_PROBLEMS_SEED = 1_000_003


def main() -> int:
    """Run, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ranges", nargs="+", choices=RANGES, default=list(RANGES))
    parser.add_argument("--seeds", nargs="+", default=list(SEEDS))
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [(name, seed) for name in options.ranges for seed in options.seeds]
    # One at a time, in one process: TensorFlow is imported once.
    cells = run_cells(options.folder / "ranges.jsonl", tasks, run_task, parallel=1)
    with (options.folder / "ranges.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(cells)
    print((options.folder / "ranges.csv").read_text("utf-8"), end="")
    missed = [cell for cell in cells if misses_bar(cell)]
    for cell in missed:
        print(f"missed: {cell}")
    return 1 if missed else 0


def misses_bar(cell: Cell) -> bool:
    """Return whether a row misses the bar of its range."""
    if cell["range"] == "magnitudes":
        bar = RELATIVE_BARS.get(cell["operation"])
        return bar is not None and not cell["median_relative_error"] <= bar
    return cell["operation"] == "all" and not cell["mae_over_range_squared"] <= SHARE_BAR


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Train, publish and ask for one range with one seed; one row an operation."""
    name, seed = task
    preset, overrides = RANGES[name]
    config = as_calculation_config(load_config(preset, None, [*overrides, f"seed={seed}"]))
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        artifact = train(config, Path(folder))
        seconds = time.process_time() - started
        problems = sample_problems(
            config.data.operation_set, _PROBLEMS, config.data.full_distribution, _PROBLEMS_SEED
        )
        onnx = load(artifact, "onnx").predict(problems)
        tensorflow = load(artifact, "tensorflow").predict(problems)
    facts = {
        "tolerance": as_calculation(artifact.manifest).probe.tolerance,
        "cpu_seconds": round(seconds, 1),
        "processor": describe_machine()["cpu"],
    }
    greatest = max(map(abs, config.data.range))
    return [
        {"range": name, "seed": int(seed), **row, **facts}
        for row in measure(problems, onnx, tensorflow, greatest)
    ]


def train(config: CalculationConfig, folder: Path) -> Artifact:
    """Run all stages in this process, and return what they published."""
    from trainer import stages
    from trainer.fitting import configure_tensorflow
    from trainer.progress import Progress
    from trainer.run import open_run
    from trainer.search.inline_workers import start_inline_workers
    from trainer.search.search import run_search

    store, progress = Store(folder / "store"), Progress(Console(file=io.StringIO()))
    configure_tensorflow()
    with open_run(config, folder / "runs") as run:
        run_search(run, progress, start_inline_workers)
        stages.run_fit(run, progress)
        stages.run_evaluate(run, store, progress)
        stages.run_publish(run, store, progress)
    return store.open(config.model, 1)


def load(artifact: Artifact, runtime: Literal["onnx", "tensorflow"]) -> Predictor:
    """Load a version as the service does, which compares its answers with its probe."""
    return load_predictor(artifact, prepare_runtime(runtime, 1))


def measure(
    problems: Problems, onnx: Floats, tensorflow: Floats, greatest: float
) -> Iterator[Cell]:
    """Yield how far the answers of ONNX Runtime are off, of all operations and of each.

    Args:
        problems: n problems.
        onnx: Its answers, shape (n,).
        tensorflow: Those of TensorFlow, shape (n,).
        greatest: The greatest magnitude of an operand.
    """
    exact = problems.exact()
    groups = {"all": np.ones(len(problems), np.bool_)} | {
        operation.symbol: problems.op == position
        for position, operation in enumerate(problems.operations)
    }
    relative = measure_relative_errors(exact, onnx)
    apart = np.abs(onnx - tensorflow) / np.maximum(1, np.abs(onnx))
    for operation, rows in groups.items():
        mae = float(np.abs(onnx - exact)[rows].mean())
        yield {
            "operation": operation,
            "problems": int(rows.sum()),
            "mae": mae,
            "mae_over_range_squared": mae / greatest**2,
            "median_relative_error": float(np.nanmedian(relative[rows])),
            "p99_relative_error": float(np.nanpercentile(relative[rows], 99)),
            "runtimes_apart": float(apart[rows].max()),
        }


if __name__ == "__main__":
    sys.exit(main())
