"""What each preset takes and what it gives, by the trainer's own command from start to end.

    python -m benchmarks.presets                                 every preset; default thrice
    python -m benchmarks.presets --presets quick --seeds 42      one of them

Each row is one `python -m trainer run`: seconds from its start to the published version, and the
mean absolute error of that version on the test part of its own data, on that of preset `seed` and
on the whole range. Rows that are done are kept in a file and not run again. The row `default with
the published divisors` trains preset `default` on divisors clipped to 0.6, as preset `seed` does.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.accuracy import average_errors
from benchmarks.cells import Cell, run_cells
from benchmarks.server import ROOT
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import as_calculation
from trainer.presets import load_config

RESULTS = Path(__file__).parent / "results"
CLIPPED = "default with the published divisors"
OPTIONS = {
    "seed": ("--preset", "seed"),
    "quick": ("--preset", "quick"),
    "default": ("--preset", "default"),
    CLIPPED: ("--preset", "default", "--set", "data.clip_divisor=0.6"),
    "arithmetic": ("--preset", "arithmetic"),
}
COLUMNS = (
    "preset", "seed", "seconds", "test_mae", "seed_test_mae", "full_range_mae",
)  # fmt: skip


def main() -> int:
    """Run, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presets", nargs="+", choices=OPTIONS, default=list(OPTIONS))
    parser.add_argument("--seeds", nargs="+", help="42; for preset default 1 and 2 as well")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where results are kept")
    options = parser.parse_args()
    tasks = [
        (preset, seed)
        for preset in options.presets
        for seed in options.seeds or (("42", "1", "2") if preset == "default" else ("42",))
    ]
    # One at a time: each has the cores to itself.
    cells = run_cells(options.folder / "presets.jsonl", tasks, run_task, parallel=1)
    with (options.folder / "presets.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(cells)
    print((options.folder / "presets.csv").read_text("utf-8"), end="")
    return 0


def run_task(task: tuple[str, ...]) -> list[Cell]:
    """Run one preset with one seed."""
    from trainer.tasks.calculation.evaluation import answer_with_version

    preset, seed = task
    with tempfile.TemporaryDirectory() as name:
        seconds = time_trainer(Path(name), *OPTIONS[preset], "--seed", seed)
        store = Store(Path(name) / "store")
        artifact = store.open(load_config(OPTIONS[preset][1]).model, 1)
        answer = answer_with_version(artifact)
        errors = average_errors(answer)
    return [
        {
            "preset": preset,
            "seed": int(seed),
            "seconds": round(seconds, 1),
            "test_mae": as_calculation(artifact.manifest).metrics.overall.mae,
            "seed_test_mae": errors["seed test part"],
            "full_range_mae": errors["full range"],
        }
    ]


def time_trainer(folder: Path, *options: str) -> float:
    """Run the trainer into `store` and `runs` in a folder; return the seconds it took."""
    started = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "trainer", "run", *options),
            *("--artifacts", str(folder / "store"), "--runs", str(folder / "runs")),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
