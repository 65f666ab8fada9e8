"""The family `arithmetic`: a neural arithmetic unit, snapped after training."""

from typing import cast

import keras

from trainer.schedules import choose_learning_rate
from trainer.spaces import Values
from trainer.tasks.calculation.families.arithmetic.snapping import snap
from trainer.tasks.calculation.families.arithmetic.unit import ArithmeticUnit, Ramp
from trainer.tasks.calculation.families.examples import ProblemDataset, ProblemExamples


def build(values: Values, train: ProblemExamples, *, total_steps: int) -> keras.Model:
    """Build a unit with random weights, see `Networks.build`."""
    unit = ArithmeticUnit(len(train.problems.operations), float(values["initial_scale"]))
    unit.prepare(
        train.features,
        Ramp(float(values["ramp_strength"]), float(values["ramp_start"]), total_steps),
    )
    unit.compile(
        optimizer=keras.optimizers.SGD(choose_learning_rate(values, total_steps)),
        loss="mse",
        metrics=["mae"],
        jit_compile=False,
    )
    return unit


def finish(network: keras.Model, dataset: ProblemDataset) -> keras.Model:
    """Return the snapped unit, see `snap`."""
    return snap(cast("ArithmeticUnit", network), dataset.train, dataset.validation)
