"""How far a preset's result goes apart from seed to seed, and from processor to processor.

    python -m benchmarks.spread                        preset seed, seeds 1 to 10
    python -m benchmarks.spread --seeds 42             one more
    python -m benchmarks.spread --limited              the same, as a narrower processor rounds

Each row is one `python -m trainer run` from start to end, and what the manifest of the version that
it published says: the mean absolute error on the test part of its own data, that on the full range
from its tables, the trial that won, and the processor. A seed decides data, proposals and initial
weights; how sums are rounded is decided by how many numbers a processor adds at a time. With
`--limited` the matrix products use no vectors wider than AVX2's: what a processor without AVX-512
would do in these, simulated on this one. Rows that are done are kept and not run again; rows of
another processor are added to them.
"""

import argparse
import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cells import Cell, read_cells, run_cells
from benchmarks.presets import OPTIONS, RESULTS, time_trainer
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import as_calculation
from trainer.presets import load_config
from trainer.results.provenance import find_processor
from trainer.results.report.record import read_record

SEEDS = tuple(map(str, range(1, 11)))
LIMITED = " limited to AVX2"
COLUMNS = (
    "preset", "processor", "seed", "seconds", "best_trial", "test_mae", "full_range_mae",
    *(f"full_range_{name}" for name in ("addition", "subtraction", "multiplication", "division")),
)  # fmt: skip
_SIGNS = ("all", "+", "-", "*", "/")


def main() -> int:
    """Run, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=OPTIONS, default="seed")
    parser.add_argument("--seeds", nargs="+", default=SEEDS)
    parser.add_argument("--limited", action="store_true", help="as a narrower processor rounds")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    processor = find_processor() + (LIMITED if options.limited else "")
    tasks = [(options.preset, processor, seed) for seed in options.seeds]
    # One at a time: each has the cores to itself.
    run_cells(options.folder / "spread.jsonl", tasks, run_task, parallel=1)
    print(write_spread(options.folder))
    return 0


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Run a preset with a seed."""
    preset, processor, seed = task
    if processor.endswith(LIMITED):
        os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"  # of TensorFlow's matrix products
    else:
        os.environ.pop("ONEDNN_MAX_CPU_ISA", None)
    with tempfile.TemporaryDirectory() as name:
        seconds = time_trainer(Path(name), *OPTIONS[preset], "--seed", seed)
        artifact = Store(Path(name) / "store").open(load_config(OPTIONS[preset][1]).model, 1)
        record = read_record(artifact)
    errors = record.tables["full_range_errors"]
    by_sign = dict(zip(errors.column("operation"), errors.column("mae"), strict=True))
    best = str(record.tables["trials"].rows[0][0])
    mae = as_calculation(artifact.manifest).metrics.overall.mae
    found = (preset, processor, int(seed), round(seconds, 1), best, mae)
    return [dict(zip(COLUMNS, (*found, *(by_sign[sign] for sign in _SIGNS)), strict=True))]


def write_spread(folder: Path) -> str:
    """Write every row that is kept as a table, and return what there is to say of them."""
    rows = sorted(
        (row for entry in read_cells(folder / "spread.jsonl") for row in entry["rows"]),
        key=lambda row: (row["preset"], row["processor"], row["seed"]),
    )
    with (folder / "spread.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return "\n".join(summarize(rows))


def summarize(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line a processor: how many seeds, median and range of the test error."""
    groups: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        groups.setdefault((row["preset"], row["processor"]), []).append(float(row["test_mae"]))
    for (preset, processor), errors in groups.items():
        seeds = f"{len(errors)} seed{'' if len(errors) == 1 else 's'}"
        yield (
            f"{preset}, {processor}: {seeds}, test MAE median {median(errors):.4f}, "
            f"from {min(errors):.4f} to {max(errors):.4f}"
        )


if __name__ == "__main__":
    sys.exit(main())
