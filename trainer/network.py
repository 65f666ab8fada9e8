"""Builds the multilayer perceptron of a set of hyperparameters, compiled."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from trainer.config import Values

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adam": keras.optimizers.Adam,
}


def build_network(
    values: Values, *, num_features: int, batch_size: int, total_steps: int
) -> keras.Model:
    """Build a network: dense layers with activation and dropout, then one linear unit.

    Fit it with batches that hold the whole training part: see `_make_epoch`.

    Args:
        values: Hyperparameters, those of `trainer.config.SpaceConfig`.
        num_features: Width of the input.
        batch_size: Problems a step.
        total_steps: Optimizer steps of the whole fit, over which a schedule runs.

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
        # XLA compiles for longer than these small networks train, and rounds otherwise.
        jit_compile=False,
    )
    network.train_function = _make_epoch(network, batch_size)
    return network


def _make_epoch(network: keras.Model, batch_size: int) -> Callable[[Iterator[Any]], Any]:
    """Return an epoch as one graph: Keras shuffles the whole of it, the steps run in here.

    `steps_per_execution` spares the way back to Python between two steps, which costs more than
    a step of these networks; fetching each batch from Keras' input pipeline then costs as much
    as the step. Here the epoch is fetched at once and sliced. The order of the problems and the
    arithmetic of a step are those of a plain `fit` with this batch size.
    """

    def run_epoch(epochs: Iterator[Any]) -> Any:
        features, targets = next(epochs)  # (problems, features), (problems, 1)
        for start in tf.range(0, tf.shape(features)[0], batch_size):
            rows = slice(start, start + batch_size)
            network.train_step((features[rows], targets[rows]))
        return network.get_metrics_result()

    epoch: Callable[[Iterator[Any]], Any] = tf.function(run_epoch, reduce_retracing=True)
    return epoch


def _learning_rate(
    values: Values, total_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    rate = float(values["learning_rate"])
    if values["schedule"] == "cosine":
        return keras.optimizers.schedules.CosineDecay(rate, total_steps)
    return rate
