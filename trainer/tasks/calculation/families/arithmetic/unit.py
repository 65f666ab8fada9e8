"""A neural arithmetic unit: learns a path and its weights for each operation.

For one-hot operation o and operands x the unit computes two values and mixes them:

    additive        A[o] . x
    multiplicative  cos(pi P[o] . [x < 0]) * |x_1|^P[o,1] * |x_2|^P[o,2]
    answer          g additive + (1 - g) multiplicative,   g = clip(G[o], 0, 1)

A, P (operations x 2) and G (operations) are linear read-outs of the one-hot and start at random.
Every operation has the same weights, losses and rules; none has a route of its own.

Each of the three learns from an error of its own, so that each is a linear regression:

- A from the squared error of the additive value,
- P from the squared error of the multiplicative value's logarithm,
- G from the squared distance to the share of the two squared errors that the multiplicative
  path has: 1 where the additive path is right, 0 where the multiplicative one is. These are the
  responsibilities of a mixture of experts (Jacobs, Jordan, Nowlan and Hinton, 1991).

The gradients of A and P are preconditioned by the inverse second moments of their inputs, as
whitened inputs would: without it, operands from an interval as narrow as [1.1, 1.2], nearly
collinear, take thousands of times as long.

In the last part of a fit a ramp pulls every weight of A and P to the nearest whole number from -3
to 3, and every gate to 0 or 1; its first half hands the losses of A and P over to the path that the
gate has chosen. The ramp gets any weight there, right or wrong: the unit remembers what it was
before, and `snapping` compares. The reading list: Trask et al. 2018
(NAC, NALU), Madsen and Johansen 2020 (NAU, NMU, sparsity by regularisation), Heim, Pevny and
Smidl 2020 (NPU: sign and magnitude apart).
"""

import math
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tabuada.arithmetic.features import Features
from trainer.tasks.calculation.families.arithmetic.moments import Moments

DTYPE = "float64"
LARGEST_WHOLE = 3
"""Greatest magnitude of a whole weight on either path: `a * b * b` has one of 2."""

_BEFORE = "before_ramp_"  # of names in a saved unit
_MAX_LOG = 300.0  # of a multiplicative value while it is still far off: keeps its square finite
# TensorBoard takes float32 alone, and first powers of operands near zero are as large as they like.
_MAX_MEASURED = 1e18


@dataclass(frozen=True, slots=True)
class Ramp:
    """How weights are pulled to the nearest whole numbers toward the end of a fit.

    Attributes:
        strength: Share of the distance that the last step closes; grows from 0 to this.
        start: Share of the steps after which it begins, in [0, 1).
        total_steps: Steps of the whole fit.
    """

    strength: float
    start: float
    total_steps: int


@keras.saving.register_keras_serializable("tabuada")
class ArithmeticUnit(keras.Model):  # type: ignore[misc]  # Keras has no types
    """The unit while it learns: features (n, 2 + operations) -> values (n, 1), float64.

    Args:
        num_operations: Width of the one-hot.
        initial_scale: Standard deviation of the initial A and P; G starts uniform in [0, 1].
    """

    def __init__(self, num_operations: int, initial_scale: float = 1.0, **options: Any) -> None:
        super().__init__(**({"dtype": DTYPE} | options))
        self._arguments: dict[str, Any] = {
            "num_operations": num_operations,
            "initial_scale": initial_scale,
        }
        normal = keras.initializers.RandomNormal(stddev=initial_scale)
        uniform = keras.initializers.RandomUniform(0.0, 1.0)
        self.additive = self._add("additive", (num_operations, 2), normal)
        # A copy of the initializer would draw the same numbers again.
        normal = keras.initializers.RandomNormal(stddev=initial_scale)
        self.multiplicative = self._add("multiplicative", (num_operations, 2), normal)
        self.gate = self._add("gate", (num_operations, 1), uniform)
        # Not weights: no optimizer, count or summary is to see them. NaN says that none are there.
        self._before_ramp = [tf.Variable(np.full(w.shape, np.nan)) for w in self._read_outs]
        self._moments: Moments | None = None
        self._ramp: Ramp | None = None
        self.built = True

    @property
    def _read_outs(self) -> tuple[keras.Variable, ...]:
        return (self.additive, self.multiplicative, self.gate)

    def _add(self, name: str, shape: tuple[int, int], initializer: Any) -> keras.Variable:
        return self.add_weight(name=name, shape=shape, initializer=initializer, dtype=DTYPE)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), **self._arguments}

    def prepare(self, features: Features, ramp: Ramp) -> None:
        """Set up a fit: call it before `fit`.

        Args:
            features: Of the training part, shape (n, 2 + operations), raw operands first. Their
                second moments precondition the gradients.
            ramp: When and how hard weights are pulled to whole numbers.
        """
        self._moments = Moments.measure(np.asarray(features, np.float64))
        self._ramp = ramp

    def recall_before_ramp(self) -> "ArithmeticUnit":
        """Return the unit as it was when its ramp began; as it is where none has begun."""
        weights = [variable.numpy() for variable in self._before_ramp]
        unit = ArithmeticUnit(**self._arguments)
        known = all(np.isfinite(values).all() for values in weights)
        unit.set_weights(weights if known else self.get_weights())
        return unit

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Save the weights, and what they were before the ramp."""
        super().save_own_variables(store)
        for variable, values in zip(self._read_outs, self._before_ramp, strict=True):
            store[_BEFORE + variable.name] = values.numpy()

    def load_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Load what `save_own_variables` saved, or weights alone."""
        saved = {name: store[name] for name in store.keys()}  # noqa: SIM118 -- not always a dict
        for variable, values in zip(self._read_outs, self._before_ramp, strict=True):
            before = saved.pop(_BEFORE + variable.name, None)
            if before is not None:
                values.assign(np.asarray(before))
        super().load_own_variables(saved)

    def call(self, features: Any) -> Any:
        """Answer problems by the soft paths, before snapping."""
        operands, one_hot = features[:, :2], features[:, 2:]
        additive = ops.sum(operands * ops.matmul(one_hot, self.additive), 1, keepdims=True)
        powers = ops.matmul(one_hot, self.multiplicative)
        magnitudes = ops.power(ops.absolute(operands), powers)
        product = _sign(operands, powers) * magnitudes[:, :1] * magnitudes[:, 1:]
        share = ops.clip(ops.matmul(one_hot, self.gate), 0.0, 1.0)
        return share * additive + (1.0 - share) * product

    def train_step(self, data: tuple[Any, Any]) -> dict[str, Any]:
        """Take one step: each path by its own error, then the ramp."""
        if self._moments is None or self._ramp is None:
            raise ValueError("expected prepare() before fit(). Received: fit() alone")
        features, targets = data
        progress = self._ramp_progress()
        with tf.GradientTape() as tape:
            loss = self._path_loss(features, targets, progress)
        weights = [variable.value for variable in self._read_outs]
        gradients = self._moments.precondition(*tape.gradient(loss, weights))
        self.optimizer.apply(gradients, list(self._read_outs))
        self._remember(progress)
        self._pull(self._ramp.strength * progress)
        return self._measure(features, targets)

    def test_step(self, data: tuple[Any, Any]) -> dict[str, Any]:
        """Measure the unit on problems that it does not learn from."""
        return self._measure(*data)

    def _measure(self, features: Any, targets: Any) -> dict[str, Any]:
        answers = tf.clip_by_value(self(features), -_MAX_MEASURED, _MAX_MEASURED)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(self.compute_loss(features, targets, answers))
            else:
                metric.update_state(targets, answers)
        results: dict[str, Any] = self.get_metrics_result()
        return results

    def _path_loss(self, features: Any, targets: Any, progress: Any) -> Any:
        """Return the sum of the three losses, each with gradients for its own weights only."""
        operands, one_hot = features[:, :2], features[:, 2:]
        additive = tf.reduce_sum(operands * (one_hot @ self.additive), 1, keepdims=True)
        powers = one_hot @ self.multiplicative
        # Zeros have no logarithm: rows with one teach the multiplicative path nothing.
        usable = tf.reduce_all(tf.concat([operands, targets], 1) != 0, 1, keepdims=True)
        logs = tf.where(usable, _safe_log(operands, usable), 0.0)
        log_product = tf.reduce_sum(powers * logs, 1, keepdims=True)
        log_error = tf.where(usable, log_product - _safe_log(targets, usable), 0.0)
        product = _sign(operands, powers) * tf.exp(tf.minimum(log_product, _MAX_LOG))

        squares = tf.square(additive - targets), tf.square(product - targets)
        share = tf.math.divide_no_nan(squares[1], squares[0] + squares[1])
        gate = one_hot @ self.gate
        chosen = tf.stop_gradient(tf.clip_by_value(gate, 0.0, 1.0))
        # Handed over halfway: what is left of the ramp pulls the closed path, unopposed.
        handed = tf.minimum(2.0 * progress, 1.0)
        losses = (
            (1.0 - handed * (1.0 - chosen)) * squares[0]
            + (1.0 - handed * chosen) * tf.square(log_error)
            + tf.square(gate - tf.stop_gradient(share))
        )
        return 0.5 * tf.reduce_mean(losses)

    def _ramp_progress(self) -> Any:
        """Return how far the ramp is, from 0 to 1."""
        assert self._ramp
        done = tf.cast(self.optimizer.iterations.value, tf.float64) / self._ramp.total_steps
        return tf.clip_by_value((done - self._ramp.start) / (1.0 - self._ramp.start), 0.0, 1.0)

    def _remember(self, progress: Any) -> None:
        for variable, before in zip(self._read_outs, self._before_ramp, strict=True):
            before.assign(tf.where(progress > 0, before, variable.value))

    def _pull(self, strength: Any) -> None:
        for variable in self._read_outs:
            least, most = find_whole_range(variable.name)
            nearest = tf.clip_by_value(tf.round(variable.value), least, most)
            variable.assign_add(strength * (nearest - variable.value))


def find_whole_range(name: str) -> tuple[int, int]:
    """Return the least and the greatest whole number that a weight may become.

    Args:
        name: Of the weight: `additive`, `multiplicative` or `gate`.
    """
    return (0, 1) if name == "gate" else (-LARGEST_WHOLE, LARGEST_WHOLE)


def _sign(operands: Any, powers: Any) -> Any:
    """Return the sign of a product of powers, shape (n, 1)."""
    negative = ops.cast(operands < 0, DTYPE)
    return ops.cos(math.pi * ops.sum(powers * negative, 1, keepdims=True))


def _safe_log(values: Any, usable: Any) -> Any:
    return tf.math.log(tf.abs(tf.where(usable, values, 1.0)))
