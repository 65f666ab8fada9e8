"""The probe of a network that calculates: fixed problems with the Keras model's answers."""

from typing import TYPE_CHECKING

import numpy as np

from tabuada.arithmetic.problems import Problems, sample_problems
from tabuada.manifests.calculation import CalculationProbe
from trainer.examples import Array, Features
from trainer.rounding import measure_tolerances
from trainer.tasks.calculation.config import DataConfig
from trainer.tasks.calculation.dataset import Dataset
from trainer.tasks.task import TOLERANCE

if TYPE_CHECKING:
    import keras

_ROWS = 64
_SEED = 20_25


def build_probe(network: "keras.Model", dataset: Dataset, config: DataConfig) -> CalculationProbe:
    """Return fixed problems from the trained range with the Keras model's answers.

    They are the same for every network with these operations and operands.
    """
    drawn = sample_problems(config.operation_set, _ROWS, config.distribution, _SEED)
    problems = config.round(drawn, 3)
    features = dataset.encoder.encode(problems)
    answers = network.predict(features, verbose=0)
    tolerances = measure_tolerances(network, features, answers)[:, 0]
    every = float(tolerances.max())
    return CalculationProbe(
        a=tuple(problems.a.tolist()),
        op=tuple(problems.symbol(row) for row in range(len(problems))),
        b=tuple(problems.b.tolist()),
        predictions=tuple(answers[:, 0].astype(np.float64).tolist()),
        tolerance=every,
        tolerances=tuple(tolerances.tolist()) if every > TOLERANCE else None,
    )


def read_probe(probe: CalculationProbe, dataset: Dataset) -> tuple[Features, Array, float | Array]:
    """Return a probe's features, (n, width), its answers, (n, 1), and its tolerance, or theirs."""
    operations = dataset.encoder.operations
    problems = Problems(
        operations, np.array(probe.a), operations.encode(probe.op), np.array(probe.b)
    )
    expected = np.array(probe.predictions)[:, np.newaxis]
    tolerance: float | Array = probe.tolerance
    if probe.tolerances is not None:
        tolerance = np.array(probe.tolerances)[:, np.newaxis]
    return dataset.encoder.encode(problems), expected, tolerance
