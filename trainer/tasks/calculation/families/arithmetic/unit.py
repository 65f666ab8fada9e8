"""A neural arithmetic unit: learns a path and its weights for each operation, then snaps.

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

In the last part of a fit a ramp pulls every weight to the nearest of -1, 0, 1; its first half hands
the losses of A and P over to the path that the gate has chosen. The reading list: Trask et al. 2018
(NAC, NALU), Madsen and Johansen 2020 (NAU, NMU, sparsity by regularisation), Heim, Pevny and
Smidl 2020 (NPU: sign and magnitude apart).
"""

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from tabuada.arithmetic.features import Features
from trainer.errors import CannotSnap

DTYPE = "float64"
SNAP_DISTANCE = 0.05
"""Greatest distance of a weight from -1, 0 or 1 (a gate's: from 0 or 1) that may be snapped."""

_MAX_LOG = 300.0  # of a multiplicative value while it is still far off: keeps its square finite


@dataclass(frozen=True, slots=True)
class Ramp:
    """How weights are pulled to the nearest whole number toward the end of a fit.

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
        self._arguments = {"num_operations": num_operations, "initial_scale": initial_scale}
        normal = keras.initializers.RandomNormal(stddev=initial_scale)
        uniform = keras.initializers.RandomUniform(0.0, 1.0)
        self.additive = self._add("additive", (num_operations, 2), normal)
        # A copy of the initializer would draw the same numbers again.
        normal = keras.initializers.RandomNormal(stddev=initial_scale)
        self.multiplicative = self._add("multiplicative", (num_operations, 2), normal)
        self.gate = self._add("gate", (num_operations, 1), uniform)
        self._moments: _Moments | None = None
        self._ramp: Ramp | None = None
        self.built = True

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
        self._moments = _Moments.measure(np.asarray(features, np.float64))
        self._ramp = ramp

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
        weights = [self.additive.value, self.multiplicative.value, self.gate.value]
        gradients = self._moments.precondition(*tape.gradient(loss, weights))
        self.optimizer.apply(gradients, [self.additive, self.multiplicative, self.gate])
        self._pull(self._ramp.strength * progress)
        predictions = self(features)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(self.compute_loss(features, targets, predictions))
            else:
                metric.update_state(targets, predictions)
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

    def _pull(self, strength: Any) -> None:
        for variable, least in ((self.additive, -1), (self.multiplicative, -1), (self.gate, 0)):
            nearest = tf.clip_by_value(tf.round(variable.value), least, 1)
            variable.assign_add(strength * (nearest - variable.value))


@keras.saving.register_keras_serializable("tabuada")
class SnappedUnit(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """The unit after snapping: the same paths with whole weights, evaluated as products.

    Without exp and log, each answer is one correctly rounded float64 operation away from the
    operands.

    Args:
        additive: A, one row an operation, of -1, 0 and 1.
        multiplicative: P, likewise.
        gate: G, one an operation, 0 or 1.
    """

    def __init__(
        self,
        additive: list[list[float]],
        multiplicative: list[list[float]],
        gate: list[list[float]],
        **options: Any,
    ) -> None:
        super().__init__(**({"dtype": DTYPE, "trainable": False} | options))
        self._matrices = tuple(np.array(m, DTYPE) for m in (additive, multiplicative, gate))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        names = ("additive", "multiplicative", "gate")
        lists = (matrix.tolist() for matrix in self._matrices)
        return {**super().get_config(), **dict(zip(names, lists, strict=True))}

    def call(self, features: Any) -> Any:
        """Answer problems."""
        operands, one_hot = features[:, :2], features[:, 2:]
        additive, powers, share = (
            ops.matmul(one_hot, ops.convert_to_tensor(matrix)) for matrix in self._matrices
        )
        terms = operands * additive
        numerators = ops.where(powers > 0.5, operands, 1.0)
        denominators = ops.where(powers < -0.5, operands, 1.0)
        product = (numerators[:, :1] * numerators[:, 1:]) / (
            denominators[:, :1] * denominators[:, 1:]
        )
        return share * (terms[:, :1] + terms[:, 1:]) + (1.0 - share) * product


def snap(unit: ArithmeticUnit) -> keras.Model:
    """Return the unit with every weight snapped to the whole number it is next to.

    The path that an operation's gate has closed gets weights of 0: it then is a constant, which
    the gate keeps from the answer. With others it could be infinite, which no gate of 0 takes away.

    Raises:
        CannotSnap: A weight is further than `SNAP_DISTANCE` from all of -1, 0 and 1, or a gate
            from 0 and 1.
    """
    snapped: dict[str, NDArray[np.float64]] = {}
    names = ("additive", "multiplicative", "gate")
    for name, weights, least in zip(names, unit.get_weights(), (-1, -1, 0), strict=True):
        nearest = np.clip(np.round(weights), least, 1) + 0.0  # + 0.0: no -0
        distances = np.abs(weights - nearest)
        if not (distances <= SNAP_DISTANCE).all():  # NaN, too, cannot
            row, column = np.argwhere(~(distances <= SNAP_DISTANCE))[0]
            raise CannotSnap(
                f"expected every weight within {SNAP_DISTANCE} of {'-1, ' if least else ''}0 or 1 "
                f"after the fit. Received: {name}[{row},{column}] = {weights[row, column]:.4f}. "
                "Nothing was published. Train for longer (fit.epochs) or with a stronger ramp"
            )
        snapped[name] = nearest
    gate = snapped["gate"]
    snapped["additive"] = snapped["additive"] * gate + 0.0
    snapped["multiplicative"] = snapped["multiplicative"] * (1 - gate) + 0.0
    inputs = keras.Input((2 + len(snapped["gate"]),), dtype=DTYPE)
    layer = SnappedUnit(**{name: matrix.tolist() for name, matrix in snapped.items()})
    network = keras.Model(inputs, layer(inputs))
    network.compile(loss="mse", metrics=["mae"])
    return network


@dataclass(frozen=True, slots=True)
class _Moments:
    """What preconditions the gradients.

    Attributes:
        additive: Inverse second moments of the operands, by operation, (operations, 2, 2).
        multiplicative: The same of their logarithms.
        gate: Inverse share of the problems, by operation, (operations, 1).
    """

    additive: NDArray[np.float64]
    multiplicative: NDArray[np.float64]
    gate: NDArray[np.float64]

    @classmethod
    def measure(cls, features: NDArray[np.float64]) -> "_Moments":
        operands, one_hot = features[:, :2], features[:, 2:]
        with np.errstate(divide="ignore"):
            logs = np.log(np.abs(operands))
        logs[~np.isfinite(logs).all(1)] = 0
        share = one_hot.mean(0)
        additive, multiplicative = (
            np.einsum("no,ni,nj->oij", one_hot, inputs, inputs) / len(features)
            for inputs in (operands, logs)
        )
        # pinv: operands that do not vary, or not independently, have moments without inverse.
        return cls(
            np.linalg.pinv(additive, hermitian=True),
            np.linalg.pinv(multiplicative, hermitian=True),
            1 / share[:, np.newaxis],
        )

    def precondition(self, additive: Any, multiplicative: Any, gate: Any) -> list[Any]:
        return [
            tf.linalg.matvec(self.additive, additive),
            tf.linalg.matvec(self.multiplicative, multiplicative),
            self.gate * gate,
        ]


def _sign(operands: Any, powers: Any) -> Any:
    """Return the sign of a product of powers, shape (n, 1)."""
    negative = ops.cast(operands < 0, DTYPE)
    return ops.cos(math.pi * ops.sum(powers * negative, 1, keepdims=True))


def _safe_log(values: Any, usable: Any) -> Any:
    return tf.math.log(tf.abs(tf.where(usable, values, 1.0)))
