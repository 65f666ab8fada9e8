"""Regions of operands, and the poles in them: where an operation is posed, and what it avoids."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

Interval = tuple[FiniteFloat, FiniteFloat]
"""Least and greatest value."""


class Region(BaseModel):
    """A rectangle of operands."""

    # Readers of the artifact format ignore members they do not know, here as everywhere.
    model_config = ConfigDict(frozen=True, extra="ignore")

    a: Interval = Field(description="Least and greatest first operand.")
    b: Interval | None = Field(
        None, description="Least and greatest second operand; null for an operation of one operand."
    )
    whole_b: bool = Field(False, description="Whether the second operand is a whole number.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for low, high in (self.a, self.b or (0, 0)):
            if low > high:
                raise ValueError(f"expected the lower bound first. Received: [{low}, {high}]")
        return self


class Pole(BaseModel):
    """A value of one operand near which results grow without bound, or a row of such values."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    operand: Literal["a", "b"] = Field(description="Which operand.")
    at: FiniteFloat = Field(description="The value.")
    every: Annotated[FiniteFloat, Field(gt=0)] | None = Field(
        None,
        description="Distance from one to the next, on both sides of `at`; null for one alone.",
    )
    distance: Annotated[FiniteFloat, Field(ge=0)] = Field(
        0.0, description="How far operands keep away from it; those exactly so far do."
    )

    @property
    def divides_by(self) -> bool:
        """Whether it is that of a divisor: a second operand of zero."""
        return (self.operand, self.at, self.every) == ("b", 0.0, None)

    def measure(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far operands are from the nearest pole, shape (n,)."""
        offsets = values - self.at
        if self.every is not None:
            offsets = offsets - self.every * np.round(offsets / self.every)
        distances: NDArray[np.float64] = np.abs(offsets)
        return distances

    def split(self, interval: tuple[float, float]) -> list[tuple[float, float]]:
        """Return what is left of an interval beside the poles, ascending; parts may be empty.

        There is one part more than there are poles, so that the first lies below all of them and
        the last above.
        """
        low, high = interval
        parts = []
        start = low
        for pole in self._list_within(low, high):
            parts.append((start, max(start, min(high, pole - self.distance))))
            start = min(high, max(low, pole + self.distance))
        return [*parts, (start, high)]

    def _list_within(self, low: float, high: float) -> list[float]:
        if self.every is None:
            return [self.at]
        first = np.ceil((low - self.distance - self.at) / self.every)
        last = np.floor((high + self.distance - self.at) / self.every)
        return [float(self.at + step * self.every) for step in np.arange(first, last + 1)]
