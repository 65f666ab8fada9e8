"""Error statistics of predictions against exact values, overall and per operation."""

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.arithmetic.relative_errors import RelativeReport, summarize_relative_errors
from tabuada.errors import NotRepresentable

WORST = 20
"""How many of the largest errors a report lists."""


class ErrorStatistics(BaseModel):
    """How far n predictions are from the values expected, in the values' own unit."""

    model_config = ConfigDict(frozen=True)

    n: int = Field(description="How many predictions.")
    mae: FiniteFloat = Field(description="Mean absolute error.")
    mse: FiniteFloat = Field(description="Mean squared error.")
    rmse: FiniteFloat = Field(description="Square root of the mean squared error.")
    r2: FiniteFloat = Field(
        description=(
            "Coefficient of determination, 1 - SSE / SST; where all expected values are the same, "
            "1 for perfect predictions and 0 for others."
        )
    )
    median: FiniteFloat = Field(description="Median absolute error.")
    p99: FiniteFloat = Field(
        description="99th percentile of the absolute error, linear between neighbours."
    )
    max: FiniteFloat = Field(description="Largest absolute error.")


class ErrorCase(BaseModel):
    """One problem with its expected value, its prediction and the error."""

    model_config = ConfigDict(frozen=True)

    a: FiniteFloat = Field(description="First operand.")
    op: str = Field(description="Symbol of the operation.")
    b: FiniteFloat = Field(description="Second operand.")
    expected: FiniteFloat = Field(description="The value expected.")
    predicted: FiniteFloat = Field(description="What the network answered.")
    absolute_error: FiniteFloat = Field(description="How far that is off.")


class ErrorReport(BaseModel):
    """Error statistics overall and per operation, and the worst cases."""

    model_config = ConfigDict(frozen=True)

    overall: ErrorStatistics = Field(description="Over all problems.")
    per_operation: dict[str, ErrorStatistics] = Field(
        description="By symbol, in the order of the operations, those posed only."
    )
    worst: list[ErrorCase] = Field(description="The largest errors, worst first, at most 20.")
    relative: RelativeReport | None = Field(
        None, description="The same as shares of the exact values, where they were measured."
    )


class ErrorAccumulator:
    """Collects predictions block by block.

    Keeps the absolute errors (8 bytes a problem), since exact percentiles need them all,
    and of the problems themselves only the worst.

    Args:
        operations: The operations that the problems are posed in.
    """

    def __init__(self, operations: OperationSet) -> None:
        self._operations = operations
        self._moments = [_Moments() for _ in operations]
        self._worst: list[ErrorCase] = []

    def add(self, problems: Problems, expected: Floats, predicted: Floats) -> None:
        """Add n problems.

        Args:
            problems: n problems.
            expected: Expected values, shape (n,).
            predicted: Predictions, shape (n,).

        Raises:
            NotRepresentable: An expected value or a prediction is not finite.
        """
        check_finite(expected, "exact value")
        check_finite(predicted, "prediction")
        with np.errstate(over="ignore"):
            errors = np.abs(predicted - expected)
        for position, moments in enumerate(self._moments):
            rows = problems.op == position
            if rows.any():
                moments.add(expected[rows], errors[rows])
        self._keep_worst(problems, expected, predicted, errors)

    def report(self) -> ErrorReport:
        """Return the statistics of everything added.

        Raises:
            NotRepresentable: A statistic is beyond float64.
            ValueError: Nothing was added.
        """
        if not any(moments.n for moments in self._moments):
            raise ValueError("expected at least one prediction. Received: none")
        total = _Moments()
        for moments in self._moments:
            total.merge(moments)
        return ErrorReport(
            overall=total.summarize(),
            per_operation={
                operation.symbol: moments.summarize()
                for operation, moments in zip(self._operations, self._moments, strict=True)
                if moments.n
            },
            worst=self._worst,
        )

    def _keep_worst(
        self, problems: Problems, expected: Floats, predicted: Floats, errors: Floats
    ) -> None:
        rows = np.argsort(-errors, kind="stable")[:WORST]
        if len(self._worst) == WORST:  # most blocks hold nothing worse than what is kept
            rows = rows[errors[rows] > self._worst[-1].absolute_error]
        cases = [
            ErrorCase.model_construct(
                a=float(problems.a[row]),
                op=problems.symbol(row),
                b=float(problems.b[row]),
                expected=float(expected[row]),
                predicted=float(predicted[row]),
                absolute_error=float(errors[row]),
            )
            for row in rows.tolist()
        ]
        merged = sorted(self._worst + cases, key=lambda case: -case.absolute_error)
        self._worst = merged[:WORST]


def summarize_errors(problems: Problems, expected: Floats, predicted: Floats) -> ErrorReport:
    """Return the error report of n predictions held in memory, relative errors among it.

    Args:
        problems: n problems.
        expected: Expected values, shape (n,).
        predicted: Predictions, shape (n,).

    Raises:
        NotRepresentable: A value or a statistic is not finite.
    """
    accumulator = ErrorAccumulator(problems.operations)
    accumulator.add(problems, expected, predicted)
    relative = summarize_relative_errors(problems, expected, predicted)
    return accumulator.report().model_copy(update={"relative": relative})


def check_finite(values: Floats, what: str) -> None:
    """Refuse the first value that is not a finite number.

    Args:
        values: Shape (n,).
        what: What the values are, for the message.

    Raises:
        NotRepresentable: A value is not finite; `index` says which.
    """
    finite = np.isfinite(values)
    if not finite.all():
        raise NotRepresentable(
            f"expected operands whose {what} is a finite number. Received: operands too large "
            "or too small for it. Send operands nearer to the trained range",
            index=int(finite.argmin()),
        )


class _Moments:
    """Running sums over one group of predictions; variance after Chan et al. (1979)."""

    def __init__(self) -> None:
        self.n = 0
        self._mean = 0.0  # of the expected values
        self._sst = 0.0  # their squared deviations from that mean
        self._sse = 0.0
        self._low, self._high = math.inf, -math.inf  # the expected values' range
        self._errors: list[Floats] = []

    def add(self, expected: Floats, errors: Floats) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(expected.mean())
            sst = float(np.square(expected - mean).sum())
            self._sse += float(np.square(errors).sum())
            self._combine(len(expected), mean, sst)
        self._widen(float(expected.min()), float(expected.max()))
        self._errors.append(errors)

    def merge(self, other: "_Moments") -> None:
        if other.n:
            self._sse += other._sse
            self._combine(other.n, other._mean, other._sst)
            self._widen(other._low, other._high)
            self._errors += other._errors

    def _combine(self, n: int, mean: float, sst: float) -> None:
        total = self.n + n
        delta = mean - self._mean
        self._sst += sst + delta * delta * self.n * n / total
        self._mean += delta * n / total
        self.n = total

    def _widen(self, low: float, high: float) -> None:
        self._low, self._high = min(self._low, low), max(self._high, high)

    def summarize(self) -> ErrorStatistics:
        errors = np.concatenate(self._errors)
        mse = self._sse / self.n
        with np.errstate(over="ignore", invalid="ignore"):
            mae = float(errors.mean())
            median, p99 = np.percentile(errors, [50, 99]).tolist()
        statistics = {
            "mae": mae,
            "mse": mse,
            "rmse": mse**0.5,
            "r2": self._determination(),
            "median": median,
            "p99": p99,
            "max": float(errors.max()),
        }
        for name, value in statistics.items():
            if not np.isfinite(value):
                raise NotRepresentable(
                    f"expected errors whose {name} is a finite number. Received: values too "
                    "far apart for float64. Send operands nearer to the trained range"
                )
        return ErrorStatistics(n=self.n, **statistics)

    def _determination(self) -> float:
        if self._sse == 0:
            return 1.0
        # Asked of the values too, not of their deviations only: rounding of the mean leaves
        # some of these where all values are the same, and R² would come out as low as -1e33.
        if self._low == self._high or self._sst == 0:
            return 0.0
        return 1 - self._sse / self._sst


def count_ulps(expected: Floats, predicted: Floats) -> NDArray[np.int64]:
    """Return how many float32 numbers away each prediction is, both rounded to float32.

    Args:
        expected: Expected values, shape (n,), float64.
        predicted: Predictions, shape (n,), float64.

    Returns:
        Shape (n,): 0 where both round to the same float32, 1 where to neighbours, and so on.
        -0 and 0 are the same.
    """
    with np.errstate(over="ignore"):
        positions = [_order(values.astype(np.float32)) for values in (expected, predicted)]
    distances: NDArray[np.int64] = np.abs(positions[0] - positions[1])
    return distances


def _order(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return whole numbers that are neighbours where the floats are."""
    bits = values.view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
