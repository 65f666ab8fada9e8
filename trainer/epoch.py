"""An epoch as one graph."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf


def run_epochs_as_one_graph(network: keras.Model, batch_size: int) -> None:
    """Have a compiled model's `fit` run each epoch as one graph.

    `steps_per_execution` spares the way back to Python between two steps, which costs more than
    a step of these networks; fetching each batch from Keras' input pipeline then costs as much
    as the step. Here the epoch is fetched at once and sliced: hand `fit` a batch size that
    takes in the whole training part. The order of the problems and the arithmetic of a step are
    those of a plain `fit` with the batch size given here.

    Args:
        network: Compiled.
        batch_size: Problems a step.
    """

    def run_epoch(epochs: Iterator[Any]) -> Any:
        features, targets = next(epochs)  # (problems, features), (problems, 1)
        for start in tf.range(0, tf.shape(features)[0], batch_size):
            rows = slice(start, start + batch_size)
            network.train_step((features[rows], targets[rows]))
        return network.get_metrics_result()

    epoch: Callable[[Iterator[Any]], Any] = tf.function(run_epoch, reduce_retracing=True)
    network.train_function = epoch
