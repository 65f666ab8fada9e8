"""Tabulates the problems of a data set and the answers of an evaluation."""

from collections.abc import Iterator, Mapping

import numpy as np

from tabuada.arithmetic.error_statistics import ErrorReport, count_ulps
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems
from tabuada.arithmetic.relative_errors import RelativeStatistics, measure_relative_errors
from trainer.results.tables import Row, Table
from trainer.tasks.calculation.evaluation import Answers
from trainer.tasks.calculation.report.wording import write_problem

_STATISTICS = ("n", "mae", "mse", "rmse", "r2", "median", "p99", "max")
_RELATIVE = {"median": "median", "p99": "p99", "max": "largest"}
_BARS = 60
_SAMPLE = 1000
"""Answers an operation; browsers stall on tens of thousands of points."""


def tabulate_errors(report: ErrorReport) -> Table:
    """Return one row an operation, the overall one first."""
    groups = {"all": report.overall} | report.per_operation
    relative = list_relative_errors(report)
    rows: list[Row] = [
        [
            operation,
            *(getattr(statistics, name) for name in _STATISTICS),
            *(getattr(relative.get(operation), name, "") for name in _RELATIVE),
        ]
        for operation, statistics in groups.items()
    ]
    header = [f"{name}_relative_error" for name in _RELATIVE.values()]
    return Table(["operation", *_STATISTICS, *header], rows)


def list_relative_errors(report: ErrorReport) -> dict[str, RelativeStatistics]:
    """Return the relative errors by operation, the overall ones as `all`; none where unmeasured."""
    if report.relative is None:
        return {}
    return {"all": report.relative.overall} | report.relative.per_operation


def tabulate_comparison(networks: Mapping[str, Answers]) -> Table:
    """Return one row a network and operation: how its answers compare with the exact values.

    Args:
        networks: What each network answered, by its name; to the same problems.
    """
    rows: list[Row] = []
    for name, answers in networks.items():
        groups = {"all": answers} | {
            operation.symbol: answers.of(position)
            for position, operation in enumerate(answers.problems.operations)
        }
        for operation, group in groups.items():
            relative = measure_relative_errors(group.exact, group.predicted)
            rows.append(
                [
                    name,
                    operation,
                    len(group.problems),
                    float(group.errors.mean()),
                    float(np.nanmedian(relative)),
                    float(np.nanmax(relative)),
                    int(count_ulps(group.exact, group.predicted).max()),
                ]
            )
    header = [
        "network", "operation", "n", "mae", "median_relative_error", "largest_relative_error",
        "largest_float32_ulps",
    ]  # fmt: skip
    return Table(header, rows)


def tabulate_answers(answers: Answers) -> Table:
    """Return one row a problem."""
    rows: list[Row] = [
        [
            _write(answers.problems, i),
            float(answers.predicted[i]),
            float(answers.exact[i]),
            float(answers.errors[i]),
        ]
        for i in range(len(answers.problems))
    ]
    return Table(["expression", "predicted", "exact", "absolute_error"], rows)


def _write(problems: Problems, row: int) -> str:
    operation = problems.operations[int(problems.op[row])]
    a, b = f"{problems.a[row]:.6g}", f"{problems.b[row]:.6g}"
    return write_problem(operation.symbol, operation.arity, a, b)


def tabulate_distributions(problems: Problems) -> Table:
    """Return histograms of operands and exact results, an operation at a time."""
    columns = {"a": problems.a, "b": problems.b, "result": problems.exact()}
    rows: list[Row] = [
        [quantity, operation.symbol, *bar]
        for quantity, values in columns.items()
        for position, operation in enumerate(problems.operations)
        if quantity != "b" or operation.arity == 2
        for bar in _count(values[problems.op == position])
    ]
    return Table(["quantity", "operation", "low", "high", "problems"], rows)


def tabulate_error_distribution(answers: Answers) -> Table:
    """Return histograms of the absolute errors, an operation at a time."""
    rows: list[Row] = [
        [operation.symbol, *bar]
        for position, operation in enumerate(answers.problems.operations)
        for bar in _count(answers.of(position).errors)
    ]
    return Table(["operation", "low", "high", "problems"], rows)


def tabulate_sample(answers: Answers) -> Table:
    """Return every so many-th answer, at most about 1,000 an operation, to seven digits."""
    rows: list[Row] = []
    for position, operation in enumerate(answers.problems.operations):
        group = answers.of(position)
        for row in range(0, len(group.exact), max(1, len(group.exact) // _SAMPLE)):
            numbers = (group.problems.a[row], group.problems.b[row], group.exact[row])
            rounded = (float(f"{value:.7g}") for value in (*numbers, group.predicted[row]))
            rows.append([operation.symbol, *rounded])
    return Table(["operation", "a", "b", "exact", "predicted"], rows)


def tabulate_extrapolation(networks: Mapping[str, Answers]) -> Table:
    """Return the relative error by the size of the operands: a decade of the larger one a row.

    Args:
        networks: What each network answered, by its name; to the same problems.
    """
    rows: list[Row] = [
        [name, operation.symbol, *decade]
        for name, answers in networks.items()
        for position, operation in enumerate(answers.problems.operations)
        for decade in _walk_decades(answers.of(position))
    ]
    header = ["network", "operation", "low", "high", "n", "median_relative_error"]
    return Table(header, rows)


def _walk_decades(answers: Answers) -> Iterator[Row]:
    size = np.maximum(np.abs(answers.problems.a), np.abs(answers.problems.b))
    relative = measure_relative_errors(answers.exact, answers.predicted)
    decades = np.floor(np.log10(size)).astype(int)
    for decade in np.unique(decades):
        chosen = relative[(decades == decade) & ~np.isnan(relative)]
        if len(chosen):
            low, high = float(f"1e{decade}"), float(f"1e{decade + 1}")
            yield [low, high, len(chosen), float(np.median(chosen))]


def _count(values: Floats) -> Iterator[Row]:
    """Yield the bars of a histogram: from, to, how many."""
    counts, edges = np.histogram(values, bins=_BARS)
    rounded = [float(f"{edge:.6g}") for edge in edges]
    yield from zip(rounded[:-1], rounded[1:], counts.tolist(), strict=True)
