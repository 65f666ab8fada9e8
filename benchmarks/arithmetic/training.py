"""Trains units as the benchmarks ask: fresh batches, checkpoints, one recipe for every cell."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tabuada.features import FeatureEncoder, Features, Scaler
from tabuada.operations import Floats, OperationSet
from tabuada.problems import Problems
from tabuada.store import Store

if TYPE_CHECKING:
    import keras

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parents[1] / "results" / "arithmetic"
OPERATIONS = OperationSet("+-*/")
BATCH = 128
STEPS = 2000
"""Of each training; the published protocol allows 50,000."""
EVERY = 100
"""Steps between two checkpoints."""

Draw = Callable[[int, np.random.Generator], Problems]
"""Draws n problems."""
Cell = dict[str, Any]
"""One row of a result, as JSON."""

_ENCODER = FeatureEncoder(Scaler(kind="identity"), OPERATIONS, "float64")


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training left.

    Attributes:
        soft: The unit at the checkpoint of least interpolation error, before snapping.
        snapped: The unit after the last step, snapped; None where it could not be.
        best_step: Steps to that checkpoint.
        refusal: Why it could not be snapped, or empty.
    """

    soft: "keras.Model"
    snapped: "keras.Model | None"
    best_step: int
    refusal: str


def read_recipe() -> dict[str, Any]:
    """Return the hyperparameters of the latest `arithmetic` version that ships."""
    store = Store(ROOT / "artifacts")
    return dict(store.manifest("arithmetic", store.resolve("arithmetic")).hyperparameters)


def draw_from(*intervals: tuple[float, float]) -> Draw:
    """Return what draws both operands uniformly from a union of intervals, operations in turn."""
    lows, highs = np.array(intervals).T
    shares = (highs - lows) / (highs - lows).sum()

    def draw(n: int, rng: np.random.Generator) -> Problems:
        part = rng.choice(len(intervals), (2, n), p=shares)
        a, b = rng.uniform(lows[part], highs[part])
        return Problems(OPERATIONS, a, (np.arange(n) % len(OPERATIONS)).astype(np.int8), b)

    return draw


def train(draw: Draw, interpolation: Problems, recipe: dict[str, Any], seed: int) -> Trained:
    """Train one unit on all operations at once, from fresh batches.

    Args:
        draw: Draws training problems.
        interpolation: Problems from the training range that choose the checkpoint.
        recipe: Hyperparameters.
        seed: Of initial weights and batches.
    """
    import keras

    from trainer.errors import CannotSnap
    from trainer.families import find_family
    from trainer.families.unit import snap

    keras.config.set_floatx("float64")
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng((seed, 1))
    first = draw(EVERY * BATCH, rng)
    unit = find_family("arithmetic").build(
        recipe, encode(first), batch_size=BATCH, total_steps=STEPS
    )
    best, best_step, weights = np.inf, 0, unit.get_weights()
    for step in range(EVERY, STEPS + 1, EVERY):
        problems = first if step == EVERY else draw(EVERY * BATCH, rng)
        unit.fit(
            encode(problems),
            problems.exact()[:, np.newaxis],
            batch_size=len(problems),
            shuffle=False,
            verbose=0,
        )
        error = float(np.mean((answer(unit, interpolation) - interpolation.exact()) ** 2))
        if error < best:
            best, best_step, weights = error, step, unit.get_weights()
    snapped, refusal = None, ""
    try:
        snapped = snap(unit)
    except CannotSnap as error:
        refusal = str(error)
    unit.set_weights(weights)
    return Trained(unit, snapped, best_step, refusal)


def encode(problems: Problems) -> Features:
    """Return features of raw operands in float64."""
    return _ENCODER.encode(problems)


def answer(network: "keras.Model", problems: Problems) -> Floats:
    """Return a network's answers, shape (n,)."""
    answers: Floats = np.asarray(network.predict_on_batch(encode(problems)), np.float64)[:, 0]
    return answers


def run_cells(
    path: Path, tasks: Iterable[tuple[str, ...]], work: Callable[[tuple[str, ...]], list[Cell]]
) -> list[Cell]:
    """Run tasks in parallel over the cores, and remember each in a file of lines of JSON.

    A run that was interrupted goes on: tasks that the file holds are not run again.

    Args:
        path: The file; made if need be.
        tasks: What identifies each task.
        work: Runs one, in a process of its own pool; returns its rows.

    Returns:
        The rows of all tasks, those of earlier runs included.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    done = {tuple(entry["task"]): entry["rows"] for entry in _read(path)}
    wanted = list(tasks)
    left = [task for task in wanted if task not in done]
    cores = len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    with path.open("a", encoding="utf-8") as file, context.Pool(cores, _start_worker) as pool:
        for task, rows in pool.imap_unordered(_Job(work), left):
            done[task] = rows
            file.write(json.dumps({"task": task, "rows": rows}) + "\n")
            file.flush()
            print(f"{len(done)}/{len(wanted)} {' '.join(task)}", flush=True)
    return [row for task in wanted for row in done[task]]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[tuple[str, ...]], list[Cell]]

    def __call__(self, task: tuple[str, ...]) -> tuple[tuple[str, ...], list[Cell]]:
        return task, self.work(task)


def _start_worker() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    from trainer.fitting import configure_tensorflow

    configure_tensorflow()


def _read(path: Path) -> Iterator[Cell]:
    """Yield the whole lines of a file; what a kill cut off is left out."""
    if path.exists():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) < len(lines):
            path.write_text("".join(whole), "utf-8")
        yield from (json.loads(line) for line in whole)
