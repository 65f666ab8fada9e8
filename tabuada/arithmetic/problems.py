"""Problems, and seeded sampling of them."""

# Annotations are not evaluated: NumPy loads numpy.random, 7 MB, when it is first named.
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.operations import Floats, Indices, Operation, OperationSet
from tabuada.arithmetic.regions import Pole, Region
from tabuada.arithmetic.sampling import (
    check_interval,
    check_pole,
    draw_from_regions,
    redraw_near_pole,
)
from tabuada.errors import EmptyDomain
from tabuada.showing import show

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

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Problems:
        """Return the problems at the given rows, in that order."""
        return Problems(self.operations, self.a[rows], self.op[rows], self.b[rows])

    def exact(self) -> Floats:
        """Return the exact values, shape (n,), float64.

        Raises:
            ProblemError: An operation is undefined there.
        """
        return self.operations.evaluate(self.op, self.a, self.b)

    def round(self, decimals: int) -> Problems:
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
    """Operands drawn uniformly from one interval, as far as each operation is posed there.

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
        check_interval(self.low, self.high)

    def domain(self, operation: str | Operation) -> OperandDomain:
        """Return the domain that the operands of one operation are drawn from.

        Raises:
            EmptyDomain: Nothing can be drawn for the operation.
        """
        (found,) = OperationSet([operation])
        chosen = found.choose_regions(self._interval)
        regions = tuple(self._clip(region, found) for region in chosen)
        poles = self._choose_poles(found)
        for pole in poles:
            for region in regions:
                interval = region.a if pole.operand == "a" else region.b
                if interval is not None:
                    check_pole(interval, pole)
        return OperandDomain(symbol=found.symbol, regions=regions, poles=poles)

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
            rows = op == position
            regions, poles = operation.choose_regions(self._interval), self._choose_poles(operation)
            if poles:
                self.domain(operation)  # else there might be nothing to draw
            if regions != (Region(a=self._interval, b=self._interval),):
                draw_from_regions(a, b, rows, regions=regions, poles=poles, rng=rng)
                continue
            for pole in poles:
                redraw_near_pole(a if pole.operand == "a" else b, rows, self._interval, pole, rng)
            if self.clip_divisor is not None and _divides(operation):
                b[rows] = b[rows].clip(-self.clip_divisor, self.clip_divisor)
        return Problems(operations, a, op, b)

    @property
    def _interval(self) -> tuple[float, float]:
        return (self.low, self.high)

    def _choose_poles(self, operation: Operation) -> tuple[Pole, ...]:
        """Return an operation's poles, those of divisors at the distance that was asked for."""
        return tuple(_move(pole, self.min_divisor) for pole in operation.poles)

    def _clip(self, region: Region, operation: Operation) -> Region:
        if self.clip_divisor is None or region.b is None or not _divides(operation):
            return region
        low, high = np.clip(region.b, -self.clip_divisor, self.clip_divisor).tolist()
        return region.model_copy(update={"b": (low, high)})


@dataclass(frozen=True, slots=True)
class DomainOperands:
    """Operands drawn uniformly from where each operation was trained.

    Attributes:
        domains: One for each operation that is posed.
        min_divisor: Least magnitude of a divisor; as trained if None.
    """

    domains: tuple[OperandDomain, ...]
    min_divisor: float | None = None

    def sample(self, operations: OperationSet, op: Indices, rng: np.random.Generator) -> Problems:
        """Draw operands for the given operations, as `UniformOperands.sample` does.

        Raises:
            EmptyDomain: Nothing can be drawn for an operation.
        """
        a, b = np.zeros(len(op)), np.zeros(len(op))
        for domain in self.domains:
            (position,) = operations.encode([domain.symbol])
            poles = tuple(_move(pole, self.min_divisor) for pole in domain.poles)
            draw_from_regions(a, b, op == position, regions=domain.regions, poles=poles, rng=rng)
        return Problems(operations, a, op, b)


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
                f"Received: {show([self.low, self.high])}. Name the lower one first"
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


def _divides(operation: Operation) -> bool:
    return any(pole.divides_by for pole in operation.poles)


def _move(pole: Pole, min_divisor: float | None) -> Pole:
    """Return a pole, one of divisors at the distance that is asked for, if one is."""
    if min_divisor is None or not pole.divides_by:
        return pole
    return pole.model_copy(update={"distance": min_divisor})
