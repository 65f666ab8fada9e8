"""Problems, and seeded sampling of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.operations import Floats, Indices, OperationSet
from tabuada.errors import EmptyDomain

_BLOCK_ROWS = 8192


@dataclass(frozen=True, slots=True)
class Problems:
    """n problems `a op b`, as columns.

    Attributes:
        operations: What the positions in `op` refer to.
        a: First operands, shape (n,), float64.
        op: Positions in `operations`, shape (n,), int8.
        b: Second operands, shape (n,), float64.
    """

    operations: OperationSet
    a: Floats
    op: Indices
    b: Floats

    def __len__(self) -> int:
        return len(self.a)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> "Problems":
        """Return the problems at the given rows, in that order."""
        return Problems(self.operations, self.a[rows], self.op[rows], self.b[rows])

    def exact(self) -> Floats:
        """Return the exact values, shape (n,), float64.

        Raises:
            DivisionByZero: A divisor is zero.
        """
        return self.operations.evaluate(self.op, self.a, self.b)

    def round(self, decimals: int) -> "Problems":
        """Return the problems with their operands rounded, as tables show them.

        A second operand that would become zero stays as it is: it may be a divisor.
        """
        rounded = self.b.round(decimals)
        b = np.where(rounded == 0, self.b, rounded)
        return Problems(self.operations, self.a.round(decimals), self.op, b)

    def symbol(self, row: int) -> str:
        """Return the symbol of the operation in one row."""
        return self.operations.symbols[int(self.op[row])]


class Operands(Protocol):
    """A distribution that operands are drawn from."""

    def sample(self, operations: OperationSet, op: Indices, rng: np.random.Generator) -> Problems:
        """Draw operands for the given operations; positions `op` have shape (n,), int8."""


@dataclass(frozen=True, slots=True)
class UniformOperands:
    """Operands drawn uniformly from one interval; divisors keep away from zero.

    Attributes:
        low: Lower end of the interval.
        high: Upper end; the interval is `[low, high)`.
        min_divisor: Least magnitude of a divisor; smaller ones are drawn again.
        clip_divisor: Where given, divisors are clipped to `[-clip_divisor, clip_divisor]`
            after drawing, so that most of them sit on the two ends.

    Raises:
        EmptyDomain: The interval is empty, or holds no divisor that is large enough.
    """

    low: float
    high: float
    min_divisor: float = 0.1
    clip_divisor: float | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high or not np.isfinite(self.high - self.low):
            raise EmptyDomain(
                "expected a finite interval with its lower bound first. "
                f"Received: [{self.low}, {self.high}]"
            )

    def domain(self, symbol: str) -> OperandDomain:
        """Return the domain that the operands of one operation are drawn from.

        Raises:
            EmptyDomain: The operation divides, and no divisor can be drawn.
        """
        interval = (self.low, self.high)
        if not OperationSet([symbol])[0].divides:
            return OperandDomain(symbol=symbol, a=interval, b=interval)
        limit = np.inf if self.clip_divisor is None else self.clip_divisor
        b_low, b_high = np.clip(interval, -limit, limit)
        if max(abs(b_low), abs(b_high)) <= self.min_divisor:
            raise EmptyDomain(
                f"expected an interval that reaches beyond the least divisor "
                f"{self.min_divisor}. Received: [{b_low}, {b_high}]"
            )
        return OperandDomain(
            symbol=symbol, a=interval, b=(b_low, b_high), min_abs_b=self.min_divisor
        )

    def sample(self, operations: OperationSet, op: Indices, rng: np.random.Generator) -> Problems:
        """Draw operands for the given operations.

        Args:
            operations: What the positions refer to.
            op: Positions, shape (n,), int8.
            rng: Source of randomness; advanced by the draw.

        Returns:
            n problems.
        """
        a = rng.uniform(self.low, self.high, len(op))
        b = rng.uniform(self.low, self.high, len(op))
        for position, operation in enumerate(operations):
            if operation.divides:
                self.domain(operation.symbol)  # else the loop below might never end
                self._redraw_small(b, op == position, rng)
                if self.clip_divisor is not None:
                    rows = op == position
                    b[rows] = b[rows].clip(-self.clip_divisor, self.clip_divisor)
        return Problems(operations, a, op, b)

    def _redraw_small(self, b: Floats, rows: NDArray[np.bool_], rng: np.random.Generator) -> None:
        """Draw divisors below the least magnitude again, in place."""
        # Drawn from the two outer parts directly: rejection could take for ever where the
        # gap fills nearly the whole interval.
        small = rows & ((abs(b) < self.min_divisor) | (b == 0))
        below = max(min(self.high, -self.min_divisor) - self.low, 0.0)
        above = max(self.high - max(self.low, self.min_divisor), 0.0)
        offset = rng.uniform(0, below + above, int(small.sum()))
        b[small] = np.where(offset < below, self.low + offset, self.high - (below + above - offset))


@dataclass(frozen=True, slots=True)
class LogUniformOperands:
    """Operands of either sign, their magnitudes uniform in the logarithm.

    Attributes:
        low: Least magnitude, above 0.
        high: Greatest magnitude.

    Raises:
        EmptyDomain: The magnitudes are none.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < np.inf:
            raise EmptyDomain(
                "expected finite magnitudes above 0, the lower one first. "
                f"Received: [{self.low}, {self.high}]"
            )

    def sample(self, operations: OperationSet, op: Indices, rng: np.random.Generator) -> Problems:
        """Draw operands for the given operations, as `UniformOperands.sample` does."""
        magnitudes = np.exp(rng.uniform(np.log(self.low), np.log(self.high), (2, len(op))))
        a, b = np.where(rng.random((2, len(op))) < 0.5, -magnitudes, magnitudes)
        return Problems(operations, a, op, b)


def sample_problems(operations: OperationSet, n: int, operands: Operands, seed: int) -> Problems:
    """Draw n problems, as many of each operation as of any other, grouped by operation.

    Args:
        operations: The operations to pose.
        n: How many problems in all; where it does not divide, earlier operations get one more.
        operands: The distribution of the operands.
        seed: The same seed draws the same problems.
    """
    op = np.sort(np.arange(n) % len(operations)).astype(np.int8)
    return operands.sample(operations, op, np.random.default_rng(seed))


def iterate_problems(
    operations: OperationSet, n: int, operands: Operands, seed: int
) -> Iterator[Problems]:
    """Draw n problems in blocks, so that any number of them needs the memory of one block.

    Operations take turns row by row.

    Yields:
        Blocks of at most 8,192 problems, n in all.
    """
    rng = np.random.default_rng(seed)
    for start in range(0, n, _BLOCK_ROWS):
        rows = np.arange(start, min(start + _BLOCK_ROWS, n))
        yield operands.sample(operations, (rows % len(operations)).astype(np.int8), rng)
