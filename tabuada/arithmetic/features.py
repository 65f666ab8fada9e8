"""Turns problems into the feature matrix that every model family reads."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from tabuada.arithmetic.operations import Floats, Indices, OperationSet
from tabuada.arithmetic.problems import Problems

Features = NDArray[np.floating[Any]]
PositiveFinite = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pair = tuple[FiniteFloat, FiniteFloat]
PositivePair = tuple[PositiveFinite, PositiveFinite]


class AddedInputs(BaseModel):
    """Two further inputs: a function of `a` and the same of `b`, scaled.

    Attributes:
        function: `asinh`, the inverse hyperbolic sine: linear below the size, logarithmic beyond.
        size: What an operand is divided by before.
        mean: What is subtracted from the two values of the function.
        scale: What these are then divided by.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    function: Literal["asinh"]
    size: PositiveFinite
    mean: Pair
    scale: PositivePair

    def compute(self, operands: Floats) -> Floats:
        """Return the two inputs, shape (n, 2), of operands of that shape, float64."""
        values: Floats = (np.arcsinh(operands / self.size) - self.mean) / self.scale
        return values


class Scaler(BaseModel):
    """A fitted scaler of the two operands, as plain numbers.

    Attributes:
        kind: `standard` for (x - mean) / scale; `by_operation` for the same with numbers of each
            operation's own; `identity` for raw operands.
        mean: What is subtracted from `a` and `b`: a pair, or one an operation, in one-hot order.
        scale: What `a` and `b` are then divided by, likewise.
        added: Further inputs, made of the operands as they are.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["standard", "identity", "by_operation"]
    mean: Pair | tuple[Pair, ...] = (0.0, 0.0)
    scale: PositivePair | tuple[PositivePair, ...] = (1.0, 1.0)
    added: tuple[AddedInputs, ...] = ()

    @model_validator(mode="after")
    def _one_pair_or_several(self) -> Self:
        own = np.ndim(self.mean), np.ndim(self.scale)
        if self.kind != "by_operation" and own != (1, 1):
            raise ValueError("expected one pair each of mean and scale for all operations")
        if self.kind == "by_operation" and (own != (2, 2) or len(self.mean) != len(self.scale)):
            raise ValueError("expected a pair of mean and of scale for each operation")
        return self

    def transform(self, operands: Floats, op: Indices) -> Floats:
        """Scale operands.

        Args:
            operands: Shape (n, 2), float64.
            op: Positions of their operations, shape (n,).

        Returns:
            Shape (n, 2), float64.
        """
        mean, scale = np.array(self.mean), np.array(self.scale)
        if self.kind == "by_operation":
            mean, scale = mean.take(op, axis=0), scale.take(op, axis=0)
        scaled: Floats = (operands - mean) / scale
        return scaled

    def of(self, position: int) -> tuple[float, float, float, float]:
        """Return the two means and the two scales of the operation at a position."""
        mean, scale = np.atleast_2d(self.mean).tolist(), np.atleast_2d(self.scale).tolist()
        row = position if self.kind == "by_operation" else 0
        return (*mean[row], *scale[row])


class FeatureEncoder:
    """Problems to features: two scaled operands, one column an operation, then added inputs.

    Args:
        scaler: Applied to the operands.
        operations: The order of the one-hot columns.
        dtype: `float32` or `float64`, that of the network's input.

    Raises:
        ValueError: The scaler is one of other operations.
    """

    def __init__(self, scaler: Scaler, operations: OperationSet, dtype: str = "float32") -> None:
        if scaler.kind == "by_operation" and len(scaler.mean) != len(operations):
            raise ValueError(
                f"expected a scaler of {len(operations)} operations. Received: one of "
                f"{len(scaler.mean)}"
            )
        self.scaler = scaler
        self.operations = operations
        self.dtype = dtype
        self._one_hot = np.eye(len(operations), dtype=dtype)

    @property
    def width(self) -> int:
        """How many features a problem has."""
        return 2 + len(self.operations) + 2 * len(self.scaler.added)

    def encode(self, problems: Problems) -> Features:
        """Return the features of n problems posed in this encoder's operations.

        Returns:
            Shape (n, width), of this encoder's dtype. An operand beyond that dtype's range
            becomes infinite.
        """
        features = np.empty((len(problems), self.width), self.dtype)
        operands = np.empty((len(problems), 2))  # column_stack would take three times as long
        operands[:, 0] = problems.a
        operands[:, 1] = problems.b
        with np.errstate(over="ignore"):
            features[:, :2] = self.scaler.transform(operands, problems.op)
        start = 2 + len(self.operations)
        features[:, 2:start] = self._one_hot.take(problems.op, axis=0)
        for added in self.scaler.added:
            features[:, start : start + 2] = added.compute(operands)
            start += 2
        return features
