"""Where operations are posed: the operands that a network was trained on."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, FiniteFloat, model_validator

from tabuada.arithmetic.operations import Floats, Indices


class OperandDomain(BaseModel):
    """The operands on which one operation is posed: a rectangle, less a gap around b = 0.

    Attributes:
        symbol: The operation.
        a: Least and greatest first operand.
        b: Least and greatest second operand.
        min_abs_b: Least magnitude of the second operand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    a: tuple[FiniteFloat, FiniteFloat]
    b: tuple[FiniteFloat, FiniteFloat]
    min_abs_b: FiniteFloat = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for low, high in (self.a, self.b):
            if low > high:
                raise ValueError(f"expected the lower bound first. Received: [{low}, {high}]")
        return self


class DomainTable:
    """The domains of several operations, to look many problems up in at a time.

    Args:
        domains: One an operation, in the order that positions count.
    """

    def __init__(self, domains: Sequence[OperandDomain]) -> None:
        # (bound, operation): one look-up serves all problems, however many operations there are.
        self._low = np.array([(d.a[0], d.b[0], d.min_abs_b) for d in domains]).T.copy()
        self._high = np.array([(d.a[1], d.b[1]) for d in domains]).T.copy()

    def find_outside(self, op: Indices, a: Floats, b: Floats) -> NDArray[np.intp]:
        """Return the problems outside the domain of their operation, ascending.

        Args:
            op: Positions of the operations, shape (n,).
            a: First operands, shape (n,).
            b: Second operands, shape (n,).
        """
        low_a, low_b, least_b = self._low.take(op, axis=1)
        high_a, high_b = self._high.take(op, axis=1)
        inside = (a >= low_a) & (a <= high_a) & (b >= low_b) & (b <= high_b) & (abs(b) >= least_b)
        rows: NDArray[np.intp] = np.logical_not(inside, out=inside).nonzero()[0]
        return rows
