"""The unit after snapping: whole weights alone, without exp and log."""

from typing import Any

import keras
import numpy as np
from keras import ops

from trainer.tasks.calculation.families.arithmetic.unit import DTYPE


@keras.saving.register_keras_serializable("tabuada")
class SnappedUnit(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """The unit after snapping: the same paths with whole weights, evaluated as products.

    Without exp and log, each answer with weights of -1, 0 and 1 is one correctly rounded float64
    operation away from the operands, and one more for each factor that larger weights bring.

    Args:
        additive: A, one row an operation, of whole numbers.
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
        self._largest_power = int(np.abs(self._matrices[1]).max())

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
        product = _take(operands, powers > 0.5) / _take(operands, powers < -0.5)
        # A factor at a time: an operand's square may be beyond float64 where the answer is not.
        for power in range(2, self._largest_power + 1):
            product = product * _take(operands, powers > power - 0.5)
            product = product / _take(operands, powers < 0.5 - power)
        return share * (terms[:, :1] + terms[:, 1:]) + (1.0 - share) * product


def _take(operands: Any, chosen: Any) -> Any:
    """Return the product of the chosen operands, shape (n, 1)."""
    factors = ops.where(chosen, operands, 1.0)
    return factors[:, :1] * factors[:, 1:]
