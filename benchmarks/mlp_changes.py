"""What each change of the multilayer perceptron buys, from the published recipe on.

    python -m benchmarks.mlp_changes                         every row, an hour on two cores
    python -m benchmarks.mlp_changes --tables second_order   one of the tables
    python -m benchmarks.mlp_changes --quick                 two rows with short fits

Three tables, on the problem of preset `default` (any divisor from 0.1 up, 10,000 problems in all).
`steps` begins with the best hyperparameters of preset `seed`, fitted as it fits them, and takes
over those of version 1 of `mlp` one group after the other. `alternatives` begins with
the shipped ones and changes one at a time. Every row is one fit with the seed of that version, so
rows that are close say little. `second_order` begins with the recipe of preset `default` as it is
now, in short fits, and takes back one part of it at a time; each of its rows is the median and the
range over six seeds. Fits that are done are kept in a file and not repeated.
"""

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import measure_errors
from benchmarks.cells import Cell, run_cells
from benchmarks.server import ROOT
from tabuada.artifacts.store import Store
from trainer.config import FitConfig
from trainer.presets import load_config
from trainer.spaces import Values
from trainer.tasks.calculation.config import CalculationConfig, as_calculation_config

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
SECOND_ORDER: dict[str, tuple[tuple[str, ...], Values]] = {
    "as it is": ((), {}),
    "layers that all operations share": ((), {"by_operation": False}),
    "no added inputs": (("data.asinh_inputs=[]",), {}),
    "one size of added inputs": (("data.asinh_inputs=[1.0]",), {}),
    "uniform divisors": (("data.divisors=uniform",), {}),
    "huber": ((), {"loss_function": "huber"}),
    "gradients: adamw": ((), {"optimizer": "adamw"}),
}
"""Of each row, what is set over preset `default`, and over the hyperparameters."""
SECOND_ORDER_EPOCHS = 60
SEEDS = ("42", "1", "2", "3", "4", "5")
TABLES = ("steps", "alternatives", "second_order")
SHIPPED = ("shipped",)
"""The task of the recipe of version 1."""
COLUMNS = ("val_mae", "test_mae", "full_range_mae", "seed_test_mae", "seconds")
SPREAD = ("full_range_mae", "full_range_max", "seed_test_mae")


def main() -> int:
    """Fit, tabulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two rows with short fits")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--folder", type=Path, default=RESULTS / "mlp_changes")
    options = parser.parse_args()
    rows = [row for row in list_rows() if row[0] in options.tables]
    if options.quick:
        rows = [rows[0], rows[-1]]
    work = partial(run_task, epochs=3 if options.quick else None)
    wanted = list(dict.fromkeys(task for *_, task in rows))
    cells = dict(zip(wanted, run_cells(options.folder / "rows.jsonl", wanted, work), strict=True))
    for table in dict.fromkeys(name for name, *_ in rows):
        own = [(change, task, cells[task]) for name, change, task in rows if name == table]
        tabulate = tabulate_seeds if table == "second_order" else tabulate_changes
        path = options.folder / f"{table}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(tabulate(own))
        print(f"\n{table}\n{path.read_text('utf-8')}", end="")
    return 0


def tabulate_changes(rows: list[tuple[str, tuple[str, ...], Cell]]) -> Iterator[list[Any]]:
    """Yield a header, and a row for each change."""
    yield ["change", "shipped", *COLUMNS]
    for change, task, cell in rows:
        yield [change, task == SHIPPED, *(cell[column] for column in COLUMNS)]


def tabulate_seeds(rows: list[tuple[str, tuple[str, ...], Cell]]) -> Iterator[list[Any]]:
    """Yield a header, and a row for each change: median, least and greatest over the seeds."""
    ends = ("median", "min", "max")
    yield ["change", "seeds", *(f"{name}_{end}" for name in SPREAD for end in ends)]
    for change in dict.fromkeys(change for change, *_ in rows):
        cells = [cell for name, _, cell in rows if name == change]
        figures: list[Any] = []
        for column in SPREAD:
            values = [cell[column] for cell in cells]
            figures += [statistics.median(values), min(values), max(values)]
        yield [change, len(cells), *figures]


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
    for change in SECOND_ORDER:
        for seed in SEEDS:
            yield "second_order", change, ("second_order", change, seed)


def read_shipped() -> tuple[CalculationConfig, Values]:
    """Return configuration and hyperparameters of version 1 of `mlp`."""
    store = Store(ROOT / "artifacts")
    manifest = store.manifest("mlp", 1)
    config = CalculationConfig.model_validate(manifest.config)
    # With the hyperparameters that came later, as they were before.
    return config, config.space.complete(dict(manifest.hyperparameters))


def run_task(task: tuple[str, ...], epochs: int | None) -> list[Cell]:
    """Fit one row."""
    if task[0] == "second_order":
        return [measure_second_order(*task[1:], epochs=epochs or SECOND_ORDER_EPOCHS)]
    config, values = read_shipped()
    fit = config.fit
    if task[0] == "steps":
        values, fit = follow_steps(task[1], config, values)
    elif task != SHIPPED:
        name, _, value = task[1].partition("=")
        values = {**values, name: json.loads(value)}
    fit = fit.model_copy(update={"epochs": epochs or fit.epochs})
    return [measure(values, config.model_copy(update={"fit": fit}))]


def measure_second_order(change: str, seed: str, *, epochs: int) -> Cell:
    """Fit one row of that table with one seed."""
    overrides, changes = SECOND_ORDER[change]
    shorter = (f"seed={seed}", f"fit.epochs={epochs}")
    config = as_calculation_config(load_config("default", overrides=(*shorter, *overrides)))
    searched = config.space.searched.items()
    first = {name: entry[0] for name, entry in searched if isinstance(entry, tuple)}
    return measure(config.space.complete(first) | changes, config)


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
    errors = measure_errors(answer)
    epoch = int(np.argmin(history[config.fit.monitor]))
    return {
        "val_mae": history["val_mae"][epoch],
        "test_mae": float(errors["default test part"].mean()),
        "full_range_mae": float(errors["full range"].mean()),
        "full_range_max": float(errors["full range"].max()),
        "seed_test_mae": float(errors["seed test part"].mean()),
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
