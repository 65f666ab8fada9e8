"""Draws operands from intervals and regions, keeping away from poles."""

# Annotations are not evaluated: NumPy loads numpy.random, 7 MB, when it is first named.
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.regions import Pole, Region
from tabuada.errors import EmptyDomain
from tabuada.showing import show


def check_interval(low: float, high: float) -> None:
    """Refuse an interval in which nothing can be drawn.

    Raises:
        EmptyDomain: It is empty or not finite.
    """
    if not low < high or not math.isfinite(high - low):
        raise EmptyDomain(
            "expected a finite interval with its lower bound first. "
            f"Received: {show([low, high])}. Name the lower bound first"
        )


def check_pole(interval: tuple[float, float], pole: Pole) -> None:
    """Refuse an interval that a pole leaves nothing of.

    Raises:
        EmptyDomain: Every value is too near to a pole.
    """
    if interval[0] == interval[1]:
        parts_left = bool((pole.measure(np.array(interval)) > pole.distance).all())
    else:
        parts_left = any(low < high for low, high in pole.split(interval))
    if parts_left:
        return
    what = "the least divisor" if pole.divides_by else f"{pole.at:g} by"
    raise EmptyDomain(
        f"expected an interval that reaches beyond {what} {pole.distance}. "
        f"Received: {show(list(interval))}. Choose a wider one, or come nearer"
    )


def redraw_near_pole(
    values: Floats,
    rows: NDArray[np.bool_],
    interval: tuple[float, float],
    pole: Pole,
    rng: np.random.Generator,
) -> None:
    """Draw those of some values that are too near to a pole again, in place.

    Args:
        values: Drawn uniformly from the interval, shape (n,).
        rows: Which of them to look at, shape (n,).
        interval: Where they come from; a pole leaves something of it.
        pole: What they keep away from. They are never the pole itself, whatever its distance.
        rng: Source of randomness; advanced by the draw.
    """
    # Drawn from what is left directly: rejection could take for ever where the gaps fill nearly
    # the whole interval.
    distances = pole.measure(values)
    near = rows & ((distances < pole.distance) | (distances == 0))
    parts = pole.split(interval)
    ends = np.cumsum([high - low for low, high in parts]).tolist()
    offsets = rng.uniform(0, ends[-1], int(near.sum()))
    # The last part is counted from its upper end, so that neither end of the interval is lost to
    # rounding.
    drawn = parts[-1][1] - (ends[-1] - offsets)
    for part in range(len(parts) - 2, -1, -1):
        start = ends[part - 1] if part else 0.0
        drawn = np.where(offsets < ends[part], parts[part][0] + (offsets - start), drawn)
    values[near] = drawn


def draw_log_uniform(
    interval: tuple[float, float], least: float, n: int, rng: np.random.Generator
) -> Floats:
    """Draw numbers of an interval uniformly in the logarithm of their magnitude.

    As many come from each decade of magnitudes as from any other, whatever their sign.

    Args:
        interval: Where they come from.
        least: Their least magnitude, above 0.
        n: How many.
        rng: Source of randomness; advanced by the draw.

    Returns:
        Shape (n,), float64.

    Raises:
        EmptyDomain: No number of the interval is as large as that.
    """
    gap = Pole(operand="b", at=0, distance=least)
    check_pole(interval, gap)
    parts = np.array([part for part in gap.split(interval) if part[0] < part[1]])
    magnitudes = np.sort(np.abs(parts), axis=1)  # (part, 2): of one sign each
    ends = np.cumsum(np.log(magnitudes[:, 1] / magnitudes[:, 0]))
    offsets = rng.uniform(0, ends[-1], n)
    part = np.minimum(np.searchsorted(ends, offsets, side="right"), len(parts) - 1)
    starts = np.concatenate(([0.0], ends[:-1]))
    drawn = magnitudes[part, 0] * np.exp(offsets - starts[part])
    # Rounding of the logarithms may lead a hair beyond the greatest one.
    bounded = np.minimum(drawn, magnitudes[part, 1])
    values: Floats = np.copysign(bounded, parts[part].sum(axis=1))
    return values


def draw_from_regions(
    a: Floats,
    b: Floats,
    rows: NDArray[np.bool_],
    *,
    regions: Sequence[Region],
    poles: Sequence[Pole],
    rng: np.random.Generator,
) -> None:
    """Draw the operands of some problems from regions, as many from each, in place.

    A second operand that does not matter stays as it was.

    Args:
        a: First operands, shape (n,).
        b: Second operands, shape (n,).
        rows: Which problems, shape (n,).
        regions: Where from.
        poles: What they keep away from, one for an operand.
        rng: Source of randomness; advanced by the draw.

    Raises:
        EmptyDomain: Nothing can be drawn.
    """
    places = np.flatnonzero(rows)
    for share, region in zip(np.array_split(places, len(regions)), regions, strict=True):
        a[share] = rng.uniform(*region.a, len(share))
        if region.b is None:
            _keep_away(a, share, region.a, "a", poles=poles, rng=rng)
            continue
        check_interval(*region.b)
        rng.uniform(*region.b, len(share))  # thrown away: seeds draw what they drew before regions
        b[share] = _draw_second(region.b, region.whole_b, len(share), rng)
        _keep_away(a, share, region.a, "a", poles=poles, rng=rng)
        _keep_away(b, share, region.b, "b", poles=poles, rng=rng)


def _draw_second(
    interval: tuple[float, float], whole: bool, n: int, rng: np.random.Generator
) -> Floats:
    low, high = interval
    if not whole:
        return rng.uniform(low, high, n)
    numbers = rng.integers(math.ceil(low), math.floor(high), n, endpoint=True)
    return numbers.astype(np.float64)


def _keep_away(
    values: Floats,
    places: NDArray[np.intp],
    interval: tuple[float, float],
    operand: str,
    *,
    poles: Sequence[Pole],
    rng: np.random.Generator,
) -> None:
    rows = np.zeros(len(values), np.bool_)
    rows[places] = True
    for pole in poles:
        if pole.operand == operand:
            check_pole(interval, pole)
            redraw_near_pole(values, rows, interval, pole, rng)
