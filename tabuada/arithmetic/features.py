"""Turns problems into the feature matrix that every model family reads."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems

Features = NDArray[np.floating[Any]]
PositiveFinite = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Scaler(BaseModel):
    """A fitted scaler of the two operands, as plain numbers.

    Attributes:
        kind: `standard` for (x - mean) / scale; `identity` for raw operands.
        mean: What is subtracted from `a` and `b`.
        scale: What `a` and `b` are then divided by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["standard", "identity"]
    mean: tuple[FiniteFloat, FiniteFloat] = (0.0, 0.0)
    scale: tuple[PositiveFinite, PositiveFinite] = (1.0, 1.0)

    def transform(self, operands: Floats) -> Floats:
        """Scale operands.

        Args:
            operands: Shape (n, 2), float64.

        Returns:
            Shape (n, 2), float64.
        """
        scaled: Floats = (operands - np.array(self.mean)) / np.array(self.scale)
        return scaled


class FeatureEncoder:
    """Problems to features: two scaled operands, then one column an operation.

    Args:
        scaler: Applied to the operands.
        operations: The order of the one-hot columns.
        dtype: `float32` or `float64`, that of the network's input.
    """

    def __init__(self, scaler: Scaler, operations: OperationSet, dtype: str = "float32") -> None:
        self.scaler = scaler
        self.operations = operations
        self.dtype = dtype
        self._one_hot = np.eye(len(operations), dtype=dtype)

    @property
    def width(self) -> int:
        """How many features a problem has."""
        return 2 + len(self.operations)

    def encode(self, problems: Problems) -> Features:
        """Return the features of n problems posed in this encoder's operations.

        Returns:
            Shape (n, 2 + operations), of this encoder's dtype. An operand beyond that
            dtype's range becomes infinite.
        """
        features = np.empty((len(problems), self.width), self.dtype)
        operands = np.empty((len(problems), 2))  # column_stack would take three times as long
        operands[:, 0] = problems.a
        operands[:, 1] = problems.b
        with np.errstate(over="ignore"):
            features[:, :2] = self.scaler.transform(operands)
        features[:, 2:] = self._one_hot.take(problems.op, axis=0)
        return features
