"""Builds the multilayer perceptron of a set of hyperparameters, compiled."""

from collections.abc import Callable

import keras

from trainer.space import Values

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adam": keras.optimizers.Adam,
}


def build_network(
    values: Values, *, num_features: int, total_steps: int, steps_per_execution: int
) -> keras.Model:
    """Build a network: dense layers with activation and dropout, then one linear unit.

    Args:
        values: Hyperparameters, those of `trainer.config.SpaceConfig`.
        num_features: Width of the input.
        total_steps: Optimizer steps of the whole fit, over which a schedule runs.
        steps_per_execution: Steps a call into TensorFlow; Keras hands over to Python only
            between calls. The arithmetic of a step does not depend on it.

    Returns:
        A compiled model, (batch, features) -> (batch, 1), with MSE loss and MAE metric.
    """
    network = keras.Sequential([keras.Input((num_features,))])
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
        steps_per_execution=steps_per_execution,
        # XLA compiles for longer than these small networks train, and rounds otherwise.
        jit_compile=False,
    )
    return network


def _learning_rate(
    values: Values, total_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    rate = float(values["learning_rate"])
    if values["schedule"] == "cosine":
        return keras.optimizers.schedules.CosineDecay(rate, total_steps)
    return rate
