"""Where operations are posed: the operands that a network was trained on."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tabuada.arithmetic.operations import Floats, Indices
from tabuada.arithmetic.regions import Pole, Region


class OperandDomain(BaseModel):
    """The operands on which one operation is posed: some rectangles, less gaps around poles."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    symbol: str = Field(description="Symbol of the operation.")
    regions: tuple[Region, ...] = Field(
        description="A problem lies inside where one of them holds it; at least one."
    )
    poles: tuple[Pole, ...] = Field(
        (), description="What operands keep away from, wherever they lie."
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.regions:
            raise ValueError("expected at least one region. Received: none")
        return self

    @property
    def min_divisor(self) -> float:
        """Least magnitude of the second operand; 0 where it may be any."""
        return max((pole.distance for pole in self.poles if pole.divides_by), default=0.0)


class DomainTable:
    """The domains of several operations, to look many problems up in at a time.

    Args:
        domains: One an operation, in the order that positions count.
    """

    def __init__(self, domains: Sequence[OperandDomain]) -> None:
        # (bound, operation), one such table for the first region of each operation, one for the
        # second ones, and so on: one look-up serves all problems of however many operations.
        self._tables = [
            _tabulate([d.regions[min(i, len(d.regions) - 1)] for d in domains])
            for i in range(max(len(d.regions) for d in domains))
        ]
        self._least_b = np.array([domain.min_divisor for domain in domains])
        self._other_poles = [
            (position, pole)
            for position, domain in enumerate(domains)
            for pole in domain.poles
            if not pole.divides_by
        ]

    def find_outside(self, op: Indices, a: Floats, b: Floats) -> NDArray[np.intp]:
        """Return the problems outside the domain of their operation, ascending.

        Args:
            op: Positions of the operations, shape (n,).
            a: First operands, shape (n,).
            b: Second operands, shape (n,).
        """
        inside = _find_inside(self._tables[0], op, a, b)
        for table in self._tables[1:]:
            inside |= _find_inside(table, op, a, b)
        inside &= abs(b) >= self._least_b.take(op)
        for position, pole in self._other_poles:
            values = a if pole.operand == "a" else b
            inside &= (op != position) | (pole.measure(values) >= pole.distance)
        rows: NDArray[np.intp] = np.logical_not(inside, out=inside).nonzero()[0]
        return rows


_Table = tuple[Floats, NDArray[np.bool_] | None]
"""Bounds, shape (4, operations), and which operations want whole second operands, if any."""


def _tabulate(regions: Sequence[Region]) -> _Table:
    everything = (-np.inf, np.inf)
    bounds = np.array([(*r.a, *(r.b or everything)) for r in regions]).T.copy()
    whole = np.array([region.whole_b for region in regions])
    return bounds, whole if whole.any() else None


def _find_inside(table: _Table, op: Indices, a: Floats, b: Floats) -> NDArray[np.bool_]:
    bounds, whole = table
    low_a, high_a, low_b, high_b = bounds.take(op, axis=1)
    inside: NDArray[np.bool_] = (a >= low_a) & (a <= high_a) & (b >= low_b) & (b <= high_b)
    if whole is not None:
        inside &= ~whole.take(op) | (b == np.rint(b))
    return inside
