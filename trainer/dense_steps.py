"""The training steps of plain dense networks, laid out for speed.

Keras' own step of such a network spends more time around its arithmetic than in it: dropout, the
penalty and metrics are dozens of small operations, and each is traced by Python once a fit. Here is
the same arithmetic in fewer, in the same order, so that it rounds the same. Networks of any other
kind keep Keras' step.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import keras
import tensorflow as tf

_LAYERS = keras.layers
_KNOWN = (_LAYERS.Dense, _LAYERS.Activation, _LAYERS.LeakyReLU, _LAYERS.Dropout, _LAYERS.Rescaling)
_PHILOX = 1


@dataclass(frozen=True)
class DenseSteps:
    """The steps of a compiled network that is a chain of dense layers.

    Attributes:
        network: The network.
        layers: Its layers but the input, each of which reads the one before.
        penalties: The weight of each trainable variable's L2 penalty, 0 where it has none.
    """

    network: keras.Model
    layers: Sequence[Any]
    penalties: Sequence[float]

    @classmethod
    def find(cls, network: keras.Model) -> Self | None:
        """Return the steps of a network whose optimizer is built; None if it is no such network."""
        layers = _find_chain(network)
        variables = network.trainable_variables
        regularizers = [getattr(v, "regularizer", None) for v in variables]
        if (
            layers is None
            or not isinstance(network.loss, keras.losses.Loss)
            or len(network.variables) != len(variables) + _count_seeds(layers)
            or any(type(r) not in (keras.regularizers.L2, type(None)) for r in regularizers)
            or any(getattr(v, "constraint", None) is not None for v in variables)
        ):
            return None
        penalties = [float(r.l2) if r is not None else 0.0 for r in regularizers]
        return cls(network, layers, penalties)

    def run(self, features: Any, targets: Any, batch_size: int) -> None:
        """Take the steps of an epoch, within a graph, and tell the network's metrics of them.

        Args:
            features: Shape (n, …), in the order of the epoch.
            targets: Shape (n, …).
            batch_size: Problems a step; the last one takes what is left.
        """
        problems = features.shape[0]
        steps = math.ceil(problems / batch_size)
        dropouts = [layer for layer in self.layers if _drops(layer)]
        seeds = {layer: layer.seed_generator.state.value + 0 for layer in dropouts}

        def take(step: Any, losses: Any, answers: Any) -> tuple[Any, Any, Any]:
            rows = slice(step * batch_size, (step + 1) * batch_size)
            at_step = {layer: _advance(seed, step) for layer, seed in seeds.items()}
            loss, answer = self._step(features[rows], targets[rows], at_step)
            return step + 1, losses.write(step, loss), answers.write(step, answer)

        kept = [
            tf.TensorArray(features.dtype, steps, element_shape=shape, infer_shape=False)
            for shape in ((), (None, *targets.shape[1:]))
        ]
        _, losses, answers = tf.while_loop(
            lambda step, *_: step < steps, take, (0, *kept), parallel_iterations=1
        )
        for layer, seed in seeds.items():
            layer.seed_generator.state.assign(_advance(seed, steps))
        sizes = [batch_size] * (steps - 1) + [problems - batch_size * (steps - 1)]
        (tracked,) = (metric for metric in self.network.metrics if metric.name == "loss")
        tracked.update_state(losses.stack(), sample_weight=tf.constant(sizes, features.dtype))
        self.network.compute_metrics(features, targets, answers.concat())

    def _step(self, features: Any, targets: Any, seeds: dict[Any, Any]) -> tuple[Any, Any]:
        variables = self.network.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            answers = self._answer(features, seeds)
            loss = self.network.loss(targets, answers)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        for place, variable in enumerate(variables):
            if weight := self.penalties[place]:
                value = variable.value.read_value()
                loss += 2 * weight * tf.nn.l2_loss(value)  # which is half the sum of squares
                gradients[place] += 2 * weight * value
        self.network.optimizer.apply(gradients, variables)
        return loss, answers

    def _answer(self, values: Any, seeds: dict[Any, Any]) -> Any:
        for layer in self.layers:
            if isinstance(layer, _LAYERS.Dense):
                sums = tf.nn.bias_add(tf.matmul(values, layer.kernel.value), layer.bias.value)
                values = layer.activation(sums)
            elif isinstance(layer, _LAYERS.Dropout):
                values = _drop(values, layer.rate, seeds[layer]) if _drops(layer) else values
            else:
                values = layer(values)
        return values


def _find_chain(network: keras.Model) -> Sequence[Any] | None:
    """Return the layers of a chain, each of which reads the one before; None for others."""
    if type(network).train_step is not keras.Model.train_step:
        return None
    layers = [layer for layer in network.layers if not isinstance(layer, _LAYERS.InputLayer)]
    before: Any = network.inputs
    for layer in layers:
        if type(layer) not in _KNOWN or not _is_plain(layer):
            return None
        if len(before) != 1 or layer.input is not before[0]:
            return None
        before = [layer.output]
    return layers if len(network.outputs) == 1 and network.outputs[0] is before[0] else None


def _is_plain(layer: Any) -> bool:
    if layer.activity_regularizer is not None or not layer.trainable:
        return False
    if isinstance(layer, _LAYERS.Dense):
        return layer.use_bias and not layer.lora_enabled and layer.quantization_mode is None
    return not isinstance(layer, _LAYERS.Dropout) or layer.noise_shape is None


def _count_seeds(layers: Sequence[Any]) -> int:
    return sum(_drops(layer) for layer in layers)


def _drops(layer: Any) -> bool:
    return isinstance(layer, _LAYERS.Dropout) and layer.rate > 0


def _advance(seed: Any, steps: Any) -> Any:
    """Return the state of a seed generator after so many draws, each of which adds 1 to its end."""
    return seed + tf.stack([tf.zeros((), seed.dtype), tf.cast(steps, seed.dtype)])


def _drop(values: Any, rate: float, seed: Any) -> Any:
    """Return values with the very mask of Keras' dropout for this state of its seed generator."""
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=tf.cast(seed, tf.int32))
    draws = tf.raw_ops.StatelessRandomUniformV2(
        shape=tf.shape(values), key=key, counter=counter, alg=_PHILOX, dtype=values.dtype
    )
    mask = tf.cast(draws >= rate, values.dtype)
    return values * (mask * (1 / (1 - rate)))
