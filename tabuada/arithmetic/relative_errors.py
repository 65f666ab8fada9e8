"""Relative errors: how far predictions are off, as a share of the exact values."""

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems


class RelativeStatistics(BaseModel):
    """How far n predictions are from the values expected, as a share of these."""

    model_config = ConfigDict(frozen=True)

    n: int = Field(description="How many predictions; those of a value of 0 have no such share.")
    median: FiniteFloat = Field(description="Median relative error.")
    p99: FiniteFloat = Field(
        description="99th percentile of the relative error, linear between neighbours."
    )
    max: FiniteFloat = Field(description="Largest relative error.")


class RelativeReport(BaseModel):
    """Relative errors overall and per operation."""

    model_config = ConfigDict(frozen=True)

    overall: RelativeStatistics = Field(description="Over all problems.")
    per_operation: dict[str, RelativeStatistics] = Field(
        description="By symbol, those with a value other than 0 only."
    )


def measure_relative_errors(expected: Floats, predicted: Floats) -> Floats:
    """Return |prediction - value| / |value| of n predictions.

    Args:
        expected: Expected values, shape (n,).
        predicted: Predictions, shape (n,).

    Returns:
        Shape (n,); NaN where a value is 0, of which nothing is a share.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = np.where(expected == 0, np.nan, np.abs(expected))
        relative: Floats = np.abs(predicted - expected) / sizes
    return relative


def summarize_relative_errors(
    problems: Problems, expected: Floats, predicted: Floats
) -> RelativeReport | None:
    """Return the relative errors of n predictions.

    Args:
        problems: n problems.
        expected: Expected values, shape (n,).
        predicted: Predictions, shape (n,).

    Returns:
        The report; None where no value is other than 0, or an error too large for float64.
    """
    relative = measure_relative_errors(expected, predicted)
    known = ~np.isnan(relative)
    if not known.any() or np.isinf(relative[known]).any():
        return None
    groups = {
        operation.symbol: relative[known & (problems.op == position)]
        for position, operation in enumerate(problems.operations)
    }
    return RelativeReport(
        overall=_summarize(relative[known]),
        per_operation={symbol: _summarize(group) for symbol, group in groups.items() if len(group)},
    )


def _summarize(relative: Floats) -> RelativeStatistics:
    median, p99 = np.percentile(relative, [50, 99]).tolist()
    return RelativeStatistics(n=len(relative), median=median, p99=p99, max=float(relative.max()))
