"""An epoch as one graph."""

from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from trainer.dense_steps import DenseSteps
from trainer.examples import Examples


def run_epochs_as_one_graph(
    network: keras.Model,
    *,
    batch_size: int,
    train: Examples,
    validation: Examples | None = None,
    jit_compile: bool = False,
) -> None:
    """Have a compiled model's `fit` run each epoch, and its validation, as one graph.

    `steps_per_execution` spares the way back to Python between two steps, which costs more than
    a step of these networks; fetching each batch from Keras' input pipeline then costs as much
    as the step, and `validation_data` as much as several. Here the epoch is fetched at once and
    sliced: hand `fit` whole epochs, as `stream_epochs` makes them. The arithmetic of a step is
    that of a plain `fit` with the batch size given here, and `fit` reports what a plain one does.
    Plain dense networks take the steps of `DenseSteps`, which are the same in fewer operations.

    Args:
        network: Compiled.
        batch_size: Problems a step.
        train: What an epoch goes over; the last step takes what is left.
        validation: What val_loss and val_mae are of, measured after each epoch; without it, `fit`
            reports none.
        jit_compile: Whether XLA compiles the graph, loop and all: a second or two once, then a
            third of the time an epoch. It rounds otherwise in the last digits.
    """
    problems = len(train)
    # XLA wants slices of a known size, so that what is left is a step of its own, traced apart.
    whole = problems - problems % batch_size if jit_compile else problems

    def cut(part: Any, start: Any) -> Any:
        if jit_compile:
            rest = part.shape[1:]
            return tf.slice(part, [start, *(0 for _ in rest)], [batch_size, *rest])
        return part[start : start + batch_size]

    held_out: tuple[Any, ...] = ()
    if validation is not None:
        held_out = (tf.constant(validation.features), tf.constant(validation.targets))
    # A graph that creates variables, of optimizer or metrics, would be traced twice.
    network.optimizer.build(network.trainable_variables)
    network.compute_metrics(None, train.targets[:1], network(train.features[:1]))
    # XLA joins small operations by itself.
    dense = None if jit_compile else DenseSteps.find(network)

    def take_steps(features: Any, targets: Any) -> None:
        for start in tf.range(0, whole, batch_size):
            network.train_step((cut(features, start), cut(targets, start)))
        if whole < problems:
            network.train_step((features[whole:], targets[whole:]))

    def run_epoch(features: Any, targets: Any) -> dict[str, Any]:
        # (problems, …) each
        network.reset_metrics()
        if dense is not None:
            dense.run(features, targets, batch_size)
        else:
            take_steps(features, targets)
        results = dict(network.get_metrics_result())
        if held_out:
            network.reset_metrics()
            network.test_step(held_out)
            results |= {f"val_{k}": value for k, value in network.get_metrics_result().items()}
        return results

    epoch = tf.function(
        run_epoch, autograph=dense is None, jit_compile=jit_compile, reduce_retracing=True
    )

    def run_next_epoch(epochs: Iterator[tuple[Any, Any]]) -> dict[str, Any]:
        results: dict[str, Any] = epoch(*next(epochs))
        return results

    network.train_function = run_next_epoch


def stream_epochs(train: Examples, *, reshuffle: bool, skip: int = 0) -> tf.data.Dataset:
    """Return epochs without end, each one element: features and targets of the whole part.

    Keras makes new iterators over its arrays four times an epoch, which costs more than the
    epoch; one endless iterator costs nothing. Hand it to `fit` with `steps_per_epoch=1`.

    Args:
        train: The training part.
        reshuffle: Whether each epoch has an order of its own. Where a global seed is set, a
            plain `fit` draws one order and keeps it for all epochs; without this, so does
            the stream, and it is that very order.
        skip: How many epochs to leave out: a fit that goes on meets the orders that it would have
            met.
    """

    def draw_order(_: Any) -> Any:
        # The same operation as in Keras, so that the first order is the same, too.
        return tf.random.shuffle(tf.range(len(train), dtype=tf.int64))

    orders = tf.data.Dataset.range(1)
    if reshuffle:
        orders = orders.repeat().map(draw_order)
    else:
        orders = orders.map(draw_order).cache().repeat()
    return orders.skip(skip).map(
        lambda rows: (tf.gather(train.features, rows), tf.gather(train.targets, rows))
    )
