"""Operands of an interval whose magnitudes are drawn uniformly in the logarithm."""

# Annotations are not evaluated: NumPy loads numpy.random, 7 MB, when it is first named.
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.operations import Indices, Operation, OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands
from tabuada.arithmetic.regions import Pole, Region
from tabuada.arithmetic.sampling import check_pole, draw_log_uniform


@dataclass(frozen=True, slots=True)
class LogUniformInterval:
    """Operands of an interval, log-uniform as far as an operation fills the whole interval.

    An operation with regions of its own is posed there, as `UniformOperands` poses it.

    Attributes:
        uniform: The interval, the least divisor, and what divisors are clipped to.
        least: Least magnitude of an operand that is no divisor; None where these are uniform, and
            divisors alone are log-uniform.

    Raises:
        EmptyDomain: The interval holds nothing as large as `least`.
    """

    uniform: UniformOperands
    least: float | None = None

    def __post_init__(self) -> None:
        for operand in ("a", "b"):
            if self.least is not None:
                check_pole(self._interval, Pole(operand=operand, at=0, distance=self.least))

    def domain(self, operation: str | Operation) -> OperandDomain:
        """Return the domain that the operands of one operation are drawn from.

        Raises:
            EmptyDomain: Nothing can be drawn for the operation.
        """
        domain = self.uniform.domain(operation)
        (found,) = OperationSet([operation])
        if self.least is None or not self._fills(found):
            return domain
        operands = ("a",) if found.arity == 1 else ("a", "b")
        kept = {pole.operand for pole in domain.poles if pole.at == 0}
        gaps = (
            Pole(operand=operand, at=0, distance=self.least)
            for operand in operands
            if operand not in kept
        )
        return domain.model_copy(update={"poles": (*gaps, *domain.poles)})

    def sample(self, operations: OperationSet, op: Indices, rng: np.random.Generator) -> Problems:
        """Draw operands for the given operations, as `UniformOperands.sample` does."""
        problems = self.uniform.sample(operations, op, rng)
        for position, operation in enumerate(operations):
            rows = np.flatnonzero(op == position)
            if not self._fills(operation):
                continue
            divides = any(pole.divides_by for pole in operation.poles)
            for values, least in (
                (problems.a, self.least),
                (problems.b, self.uniform.min_divisor if divides else self.least),
            ):
                if least is not None:
                    values[rows] = draw_log_uniform(self._interval, least, len(rows), rng)
            clip = self.uniform.clip_divisor
            if divides and clip is not None:
                problems.b[rows] = problems.b[rows].clip(-clip, clip)
        return problems

    @property
    def _interval(self) -> tuple[float, float]:
        return (self.uniform.low, self.uniform.high)

    def _fills(self, operation: Operation) -> bool:
        """Return whether an operation is posed in the whole interval."""
        square = (Region(a=self._interval, b=self._interval),)
        return operation.choose_regions(self._interval) == square
