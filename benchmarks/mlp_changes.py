"""What each change of the multilayer perceptron buys, from the published recipe to the one shipped.

    python -m benchmarks.mlp_changes           every row, half an hour on two cores
    python -m benchmarks.mlp_changes --quick   two rows with short fits

Two tables, on the problem of preset `default` (any divisor from 0.1 up, 10,000 problems in all).
`steps` begins with the best hyperparameters of preset `seed`, fitted as it fits them, and takes
over those of the `mlp` version that ships one group after the other. `alternatives` begins with
the shipped ones and changes one at a time. Every row is one fit with the seed of that version, so
rows that are close say little. Rows that are done are kept in a file and not fitted again.
"""

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import average_errors
from benchmarks.cells import Cell, run_cells
from benchmarks.server import ROOT
from tabuada.artifacts.store import Store
from trainer.config import FitConfig
from trainer.presets import load_config
from trainer.spaces import Values
from trainer.tasks.calculation.config import CalculationConfig

RESULTS = Path(__file__).parent / "results"
STEPS = {
    "published recipe": (),
    "longer fit": ("fit",),
    "optimizer, rate, schedule": ("optimizer", "learning_rate", "schedule"),
    "penalty and dropout": ("l2_reg", "dropout_rate"),
    "layers and neurons": ("num_layers", "num_neurons"),
    "activation": ("activation",),
    "residual connections": ("residual",),
    "target scaling": ("target_scaling",),
    "loss": ("loss_function",),
}
ALTERNATIVES: dict[str, tuple[Any, ...]] = {
    "activation": ("relu", "leaky_relu", "tanh", "silu", "gelu"),
    "optimizer": ("rmsprop", "adagrad", "nadam", "adam", "adamw"),
    "schedule": ("constant", "plateau", "cosine"),
    "residual": (False, True),
    "target_scaling": ("none", "standard", "asinh"),
    "loss_function": ("mse", "huber"),
    "dropout_rate": (0.0, 0.05),
    "num_layers": (3, 4, 5),
    "num_neurons": (64, 96, 128),
}
SHIPPED = ("shipped",)
"""The task of the recipe that ships."""
COLUMNS = ("val_mae", "test_mae", "full_range_mae", "seed_test_mae", "seconds")


def main() -> int:
    """Fit, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two rows with short fits")
    parser.add_argument("--folder", type=Path, default=RESULTS / "mlp_changes")
    options = parser.parse_args()
    tasks = {(table, change): task for table, change, task in list_rows()}
    if options.quick:
        tasks = dict([*tasks.items()][:: len(tasks) - 1])
    work = partial(run_task, epochs=3 if options.quick else None)
    wanted = list(dict.fromkeys(tasks.values()))
    cells = dict(zip(wanted, run_cells(options.folder / "rows.jsonl", wanted, work), strict=True))
    for table in ("steps", "alternatives"):
        path = options.folder / f"{table}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["change", "shipped", *COLUMNS])
            for (name, change), task in tasks.items():
                if name == table:
                    figures = (cells[task][column] for column in COLUMNS)
                    writer.writerow([change, task == SHIPPED, *figures])
        print(f"\n{table}\n{path.read_text('utf-8')}", end="")
    return 0


def list_rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield table, change and task of every row; rows that are the shipped recipe share a task."""
    config, shipped = read_shipped()
    before = None
    for name in STEPS:
        recipe = follow_steps(name, config, shipped)
        if recipe != before:  # the shipped recipe may have kept some of the published one
            yield "steps", name, SHIPPED if recipe == (shipped, config.fit) else ("steps", name)
        before = recipe
    for name, values in ALTERNATIVES.items():
        for value in values:
            change = f"{name}={json.dumps(value)}"
            task = SHIPPED if shipped[name] == value else ("alternatives", change)
            yield "alternatives", change, task


def read_shipped() -> tuple[CalculationConfig, Values]:
    """Return configuration and hyperparameters of the `mlp` version that ships."""
    store = Store(ROOT / "artifacts")
    manifest = store.manifest("mlp", 1)
    return CalculationConfig.model_validate(manifest.config), dict(manifest.hyperparameters)


def run_task(task: tuple[str, ...], epochs: int | None) -> list[Cell]:
    """Fit one row."""
    config, values = read_shipped()
    fit = config.fit
    if task[0] == "steps":
        values, fit = follow_steps(task[1], config, values)
    elif task != SHIPPED:
        name, _, value = task[1].partition("=")
        values = {**values, name: json.loads(value)}
    fit = fit.model_copy(update={"epochs": epochs or fit.epochs})
    return [measure(values, config.model_copy(update={"fit": fit}))]


def follow_steps(last: str, config: CalculationConfig, shipped: Values) -> tuple[Values, FitConfig]:
    """Return the published recipe with everything up to a step taken over from the shipped one."""
    published = load_config("seed")
    best = json.loads((RESULTS / "seed" / "best_hyperparameters.json").read_text())
    values, fit = published.space.complete(best), published.fit
    for name in _list_up_to(last):
        if "fit" in STEPS[name]:
            fit = config.fit
        values = {key: shipped[key] if key in STEPS[name] else values[key] for key in values}
    return values, fit


def _list_up_to(last: str) -> Iterator[str]:
    for name in STEPS:
        yield name
        if name == last:
            return


def measure(values: Values, config: CalculationConfig) -> Cell:
    """Fit one network, keep its best epoch, and measure it on problems that it never saw."""
    import keras

    from trainer.fitting import fit_network
    from trainer.tasks.calculation.dataset import build_dataset
    from trainer.tasks.calculation.evaluation import answer_with
    from trainer.tasks.calculation.families import FAMILIES

    dataset = build_dataset(config)
    with tempfile.TemporaryDirectory() as name:
        best = Path(name) / "best.keras"
        checkpoint = keras.callbacks.ModelCheckpoint(
            best, config.fit.monitor, save_best_only=True, mode="min"
        )
        started = time.perf_counter()
        _, history = fit_network(
            values,
            dataset,
            config,
            epochs=config.fit.epochs,
            logs=Path(name),
            callbacks=[checkpoint],
        )
        seconds = time.perf_counter() - started
        network = FAMILIES.find("mlp").networks.finish(keras.saving.load_model(best), dataset)
    answer = answer_with(network, dataset.encoder)
    errors = average_errors(answer)
    epoch = int(np.argmin(history[config.fit.monitor]))
    return {
        "val_mae": history["val_mae"][epoch],
        "test_mae": errors["default test part"],
        "full_range_mae": errors["full range"],
        "seed_test_mae": errors["seed test part"],
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
