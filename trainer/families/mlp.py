"""The family `mlp`: plain dense layers on scaled operands."""

from collections.abc import Callable

import keras

from tabuada.features import Features
from trainer.epoch import run_epochs_as_one_graph
from trainer.families.family import Family
from trainer.spaces import Values

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adam": keras.optimizers.Adam,
}


class Mlp(Family):
    """Multilayer perceptrons: dense layers with activation and dropout, then one linear unit."""

    form = "mlp"
    scaler = "standard"
    dtype = "float32"
    keeps = "best"
    compared = ("activation", "optimizer")

    def build(
        self, values: Values, features: Features, *, batch_size: int, total_steps: int
    ) -> keras.Model:
        """Build a network with random weights, see `Family.build`."""
        network = keras.Sequential([keras.Input((features.shape[1],))])
        for _ in range(int(values["num_layers"])):
            penalty = keras.regularizers.L2(values["l2_reg"]) if values["l2_reg"] else None
            network.add(keras.layers.Dense(values["num_neurons"], kernel_regularizer=penalty))
            network.add(
                keras.layers.LeakyReLU()
                if values["activation"] == "leaky_relu"
                else keras.layers.Activation(values["activation"])
            )
            network.add(keras.layers.Dropout(values["dropout_rate"]))
        network.add(keras.layers.Dense(1))
        network.compile(
            optimizer=_OPTIMIZERS[str(values["optimizer"])](_learning_rate(values, total_steps)),
            loss="mse",
            metrics=["mae"],
            # XLA compiles for longer than these small networks train, and rounds otherwise.
            jit_compile=False,
        )
        run_epochs_as_one_graph(network, batch_size)
        return network

    def finish(self, network: keras.Model) -> keras.Model:
        """Return the network as it is."""
        return network


def _learning_rate(
    values: Values, total_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    rate = float(values["learning_rate"])
    if values["schedule"] == "cosine":
        return keras.optimizers.schedules.CosineDecay(rate, total_steps)
    return rate
