"""Trains units as the benchmarks ask: fresh batches, checkpoints, one recipe for every cell."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.artifacts.store import Store

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

    from trainer.epoch import run_epochs_as_one_graph
    from trainer.errors import CannotSnap
    from trainer.tasks.calculation.families import FAMILIES
    from trainer.tasks.calculation.families.arithmetic.snapping import snap
    from trainer.tasks.calculation.families.examples import encode_examples

    keras.config.set_floatx("float64")
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng((seed, 1))
    first = encode_examples(draw(EVERY * BATCH, rng), _ENCODER)
    unit = FAMILIES.find("arithmetic").networks.build(recipe, first, total_steps=STEPS)
    run_epochs_as_one_graph(unit, batch_size=BATCH, train=first)
    best, best_step, weights = np.inf, 0, unit.get_weights()
    for step in range(EVERY, STEPS + 1, EVERY):
        part = first if step == EVERY else encode_examples(draw(len(first), rng), _ENCODER)
        unit.fit(part.features, part.targets, batch_size=len(part), shuffle=False, verbose=0)
        error = float(np.mean((answer(unit, interpolation) - interpolation.exact()) ** 2))
        if error < best:
            best, best_step, weights = error, step, unit.get_weights()
    snapped, refusal = None, ""
    try:
        snapped = snap(unit, part, encode_examples(interpolation, _ENCODER))
    except CannotSnap as error:
        refusal = str(error)
    unit.set_weights(weights)
    return Trained(unit, snapped, best_step, refusal)


def answer(network: "keras.Model", problems: Problems) -> Floats:
    """Return a network's answers, shape (n,)."""
    answers: Floats = np.asarray(network.predict_on_batch(_ENCODER.encode(problems)), np.float64)[
        :, 0
    ]
    return answers
