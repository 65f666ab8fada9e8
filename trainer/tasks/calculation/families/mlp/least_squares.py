"""Networks of dense layers that Levenberg-Marquardt fits, all problems at each step."""

from typing import Any

import keras
import tensorflow as tf

from trainer.tasks.calculation.families.mlp.levenberg_marquardt import System
from trainer.tasks.calculation.families.mlp.scaled_targets import ScaledLoss

DTYPE = "float64"
"""Of the parameters: in float32 the damping could not fall below a ten-millionth of J'J."""


def name_layer(part: int, layer: int) -> str:
    """Return the name of a dense layer: of which part of the network, and its place there."""
    return f"part_{part}_layer_{layer}"


@keras.saving.register_keras_serializable("tabuada")
class LeastSquaresNetwork(keras.Model):  # type: ignore[misc]  # Keras has no types
    """A network whose every step is one of `LevenbergMarquardt`, over the problems it is given.

    Its dense layers are named by `name_layer`, have no activation of their own, and nothing else
    has parameters. The last of a part gives what is then restored to the unit of the problem. A
    single part answers all problems; of several, each answers those of one operation and is fitted
    by itself, which takes a sixteenth of the arithmetic at four operations and as many parameters.
    It is compiled with that optimizer and a `ScaledLoss`. `whole_part` asks for all problems of
    the training part at each step: the curvature of a few says nothing about the others.
    """

    whole_part = True

    # Its branches and loops are Python's own: nothing to convert, which takes seconds.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def train_step(self, data: tuple[Any, Any]) -> dict[str, Any]:
        """Take one step; what is reported is of the network before it, as in any fit."""
        features, targets = data
        loss: ScaledLoss = self.loss
        parts = self.find_parts()
        systems = []
        for place, layers in enumerate(parts):
            read, expected = features, loss.scale(tf.cast(targets, DTYPE))
            if len(parts) > 1:
                own = features[:, 2 + place] > 0  # its one-hot column
                read, expected = tf.boolean_mask(features, own), tf.boolean_mask(expected, own)
            systems.append(build_system(self.input, layers, read, expected, loss))
        losses, sizes = zip(
            *((s.loss, tf.cast(tf.shape(s.errors)[0], DTYPE)) for s in systems), strict=True
        )
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(losses, sizes)
            else:
                metric.update_state(targets, self(features))
        self.optimizer.descend(systems)
        results: dict[str, Any] = self.get_metrics_result()
        return results

    def find_parts(self) -> list[list[keras.layers.Dense]]:
        """Return the dense layers of each part, from input to output."""
        dense = {
            layer.name: layer for layer in self.layers if isinstance(layer, keras.layers.Dense)
        }
        parts: list[list[keras.layers.Dense]] = []
        while name_layer(len(parts), 0) in dense:
            part: list[keras.layers.Dense] = []
            while name_layer(len(parts), len(part)) in dense:
                part.append(dense[name_layer(len(parts), len(part))])
            parts.append(part)
        return parts


def build_system(
    read: Any, layers: list[keras.layers.Dense], features: Any, expected: Any, loss: ScaledLoss
) -> System:
    """Return the system of one part.

    Args:
        read: The input of the network, as Keras knows it.
        layers: The part's dense layers.
        features: Of the part's problems, shape (n, width).
        expected: Scaled values, shape (n, 1), float64.
        loss: Of scaled values.
    """
    inner = keras.Model(read, [*(d.input for d in layers), *(d.output for d in layers)])
    answers, jacobian = _measure_derivatives(inner, features)
    weights = loss.weigh(answers - expected)

    def measure() -> tuple[Any, Any]:
        errors = inner(features)[-1] - expected
        return weights * errors, loss.average(errors)

    return System(
        variables=[variable for layer in layers for variable in (layer.kernel, layer.bias)],
        jacobian=weights * jacobian,
        errors=weights * (answers - expected),
        loss=loss.average(answers - expected),
        measure=measure,
    )


def _measure_derivatives(inner: keras.Model, features: Any) -> tuple[Any, Any]:
    """Return the answers of a part, (n, 1), and their derivatives, (n, parameters), float64.

    A problem's answer depends on no other problem's sums, so that one pass back gives the
    derivatives by the sums of all; those by a kernel are their products with what the layer reads.

    Args:
        inner: Gives what each dense layer reads, then what each gives.
        features: Shape (n, width).
    """
    with tf.GradientTape() as tape:
        values = inner(features)
        total = tf.reduce_sum(values[-1])
    count = len(values) // 2
    columns = []
    for read, by_sum in zip(values[:count], tape.gradient(total, values[count:]), strict=True):
        size = read.shape[1] * by_sum.shape[1]
        by_kernel = tf.cast(read, DTYPE)[:, :, tf.newaxis] * by_sum[:, tf.newaxis, :]
        columns += [tf.reshape(by_kernel, [-1, size]), by_sum]
    return values[-1], tf.concat(columns, 1)
