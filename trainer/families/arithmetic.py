"""The family `arithmetic`: a neural arithmetic unit, snapped after training."""

import keras

from trainer.examples import Examples
from trainer.families.family import Family
from trainer.families.unit import ArithmeticUnit, Ramp, snap
from trainer.schedules import choose_learning_rate
from trainer.spaces import Values


class Arithmetic(Family):
    """Neural arithmetic units, which see raw operands and compute in float64."""

    form = "snapped"
    scaler = "identity"
    dtype = "float64"
    # The ramp ends with the fit: an earlier epoch has weights that it has not settled yet.
    keeps = "last"
    compared = ("schedule",)
    answers_by = "computation"

    def build(self, values: Values, train: Examples, *, total_steps: int) -> keras.Model:
        """Build a unit with random weights, see `Family.build`."""
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

    def finish(self, network: keras.Model) -> keras.Model:
        """Return the snapped unit, see `trainer.families.unit.snap`."""
        return snap(network)
