"""Second moments of what the paths read, which precondition their gradients."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Moments:
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
    def measure(cls, features: NDArray[np.float64]) -> "Moments":
        """Measure them on features of shape (n, 2 + operations)."""
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
        """Return the three gradients, each by its inverse moments."""
        return [
            tf.linalg.matvec(self.additive, additive),
            tf.linalg.matvec(self.multiplicative, multiplicative),
            self.gate * gate,
        ]
