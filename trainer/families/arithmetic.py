"""The family `arithmetic`: a neural arithmetic unit, snapped after training."""

import keras

from tabuada.features import Features
from trainer.epoch import run_epochs_as_one_graph
from trainer.families.family import Family
from trainer.families.unit import ArithmeticUnit, Ramp, snap
from trainer.spaces import Values


class Arithmetic(Family):
    """Neural arithmetic units, which see raw operands and compute in float64."""

    form = "snapped"
    scaler = "identity"
    dtype = "float64"
    # The ramp ends with the fit: an earlier epoch has weights that it has not settled yet.
    keeps = "last"
    compared = ("schedule",)

    def build(
        self, values: Values, features: Features, *, batch_size: int, total_steps: int
    ) -> keras.Model:
        """Build a unit with random weights, see `Family.build`."""
        unit = ArithmeticUnit(features.shape[1] - 2, float(values["initial_scale"]))
        unit.prepare(
            features,
            Ramp(float(values["ramp_strength"]), float(values["ramp_start"]), total_steps),
        )
        rate = float(values["learning_rate"])
        unit.compile(
            optimizer=keras.optimizers.SGD(
                keras.optimizers.schedules.CosineDecay(rate, total_steps)
                if values["schedule"] == "cosine"
                else rate
            ),
            loss="mse",
            metrics=["mae"],
            jit_compile=False,  # compiles for longer than these fits take
        )
        run_epochs_as_one_graph(unit, batch_size)
        return unit

    def finish(self, network: keras.Model) -> keras.Model:
        """Return the snapped unit, see `trainer.families.unit.snap`."""
        return snap(network)
