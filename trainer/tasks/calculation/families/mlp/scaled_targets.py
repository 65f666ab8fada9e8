"""Target scaling: the network learns scaled values, and answers in the units of the problem."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

_HUBER_DELTA = 0.02
"""Scaled error from which the Huber loss grows linearly."""
_LOGARITHMIC = ("asinh", "signed_log")
_GREATEST = 1e36
"""Of values that are restored: float32 holds 340 times as much."""


@dataclass(frozen=True, slots=True)
class TargetScaling:
    """An invertible map from exact values to what the last layer has to give.

    Attributes:
        kind: `none`; `standard` for (y - offset) / scale; `asinh` for asinh(y / scale), which is
            linear for values below the scale and logarithmic beyond: quotients by small
            divisors no longer drown all other problems; `signed_log` for the same with a scale
            below nearly all values: the errors of all magnitudes then weigh as shares of them.
        offset: Mean of the training targets for `standard`, else 0.
        scale: Their standard deviation for `standard`, their median magnitude for `asinh`, their
            fifth percentile for `signed_log`.
        bound: Greatest magnitude of a scaled value that is restored, for these two: twice that of
            any training target, as far as float32 holds what it restores. Far outside the trained
            range the last layer gives values whose hyperbolic sine it could not hold. 0 for the
            others, which need none.
    """

    kind: Literal["none", "standard", "asinh", "signed_log"]
    offset: float = 0.0
    scale: float = 1.0
    bound: float = 0.0

    @classmethod
    def measure(cls, kind: Any, targets: NDArray[np.floating[Any]]) -> Self:
        """Fit a scaling to the targets of the training part, shape (n, 1)."""
        if kind == "standard":
            return cls(kind, float(targets.mean()), float(targets.std()) or 1.0)
        if kind in _LOGARITHMIC:
            magnitudes = np.abs(targets)
            least = np.median if kind == "asinh" else _find_fifth_percentile
            scale = float(least(magnitudes)) or 1.0
            bound = 2 * math.asinh(float(magnitudes.max()) / scale)
            return cls(kind, 0.0, scale, min(bound, math.asinh(_GREATEST / scale)))
        return cls("none")

    def scale_values(self, values: Any) -> Any:
        """Return values as the last layer has to give them."""
        if self.kind in _LOGARITHMIC:
            return ops.arcsinh(values / self.scale)
        return values if self.kind == "none" else (values - self.offset) / self.scale

    def restore_values(self, scaled: Any) -> Any:
        """Return the values themselves: the inverse, as layers of the network."""
        if self.kind == "none":
            return scaled
        dtype = keras.utils.standardize_dtype(scaled.dtype)
        if self.kind in _LOGARITHMIC:
            scaled = _sinh(ops.clip(scaled, -self.bound, self.bound), dtype)
        return keras.layers.Rescaling(self.scale, self.offset, dtype=dtype)(scaled)


def _sinh(values: Any, dtype: str) -> Any:
    """Return the hyperbolic sine. That of ONNX Runtime knows no float64."""
    if dtype == "float32":
        return ops.sinh(values)
    return (ops.exp(values) - ops.exp(-values)) / 2


def _find_fifth_percentile(magnitudes: NDArray[np.floating[Any]]) -> float:
    return float(np.percentile(magnitudes[magnitudes > 0], 5)) if magnitudes.any() else 0.0


@keras.saving.register_keras_serializable("tabuada")
class ScaledLoss(keras.losses.Loss):  # type: ignore[misc]  # Keras has no types
    """The loss of scaled values: MSE, or Huber's, which no single error can dominate.

    Args:
        kind: `mse` or `huber`.
        scaling: Of the targets.
    """

    def __init__(self, kind: str, scaling: TargetScaling) -> None:
        super().__init__(name="loss")
        self._kind = kind
        self._scaling = scaling

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each problem, from (n, 1) exact values and answers."""
        expected, predicted = (self._scaling.scale_values(y) for y in (y_true, y_pred))
        if self._kind == "huber":
            return keras.losses.huber(expected, predicted, delta=_HUBER_DELTA)
        return keras.losses.mean_squared_error(expected, predicted)

    def scale(self, targets: Any) -> Any:
        """Return exact values as the last layer has to give them."""
        return self._scaling.scale_values(targets)

    def average(self, errors: Any) -> Any:
        """Return the mean loss of scaled errors."""
        squares = ops.square(errors)
        if self._kind == "huber":
            linear = _HUBER_DELTA * (ops.abs(errors) - _HUBER_DELTA / 2)
            squares = ops.where(ops.abs(errors) <= _HUBER_DELTA, squares / 2, linear)
        return ops.mean(squares)

    def weigh(self, errors: Any) -> Any:
        """Return what least squares multiply each scaled error by, to step as the loss asks.

        With squared weights of delta / |error| the squares have the gradient of Huber's loss.
        """
        if self._kind == "mse":
            return ops.ones_like(errors)
        return ops.sqrt(_HUBER_DELTA / ops.maximum(ops.abs(errors), _HUBER_DELTA))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"kind": self._kind, "scaling": asdict(self._scaling)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Build a loss from what `get_config` returned."""
        return cls(config["kind"], TargetScaling(**config["scaling"]))
