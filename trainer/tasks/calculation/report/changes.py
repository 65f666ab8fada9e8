"""Compares how two versions calculate."""

from trainer.results.report.changes import judge
from trainer.results.report.record import Record
from trainer.results.tables import Row, Table
from trainer.tasks.calculation.report.comparable import (
    FRESH,
    FULL_RANGE,
    TEST,
    find_shared_sets,
)

_SETS = {"fresh_errors": FRESH, "full_range_errors": FULL_RANGE}
_METRICS = ("mae", "rmse", "r2", "median", "p99", "max")


def compare_metrics(record: Record, other: Record) -> Table:
    """Return one row a metric of the whole test part, side by side."""
    return Table(
        ["metric", record.name, other.name, "ratio", "verdict"],
        [
            [metric, *judge(_read(record, metric), _read(other, metric), error=metric != "r2")]
            for metric in _METRICS
        ],
    )


def compare_operations(record: Record, other: Record) -> Table:
    """Return one row an operation and set of problems that both answered: both mean errors."""
    rows: list[Row] = []
    errors, others = _list_errors(record), _list_errors(other)
    for where in find_shared_sets(record, other):
        own, theirs = errors.get(where, {}), others.get(where, {})
        rows += [
            [where, operation, *judge(own[operation], theirs[operation])]
            for operation in own
            if operation in theirs
        ]
    return Table(["problems", "operation", record.name, other.name, "ratio", "verdict"], rows)


def _read(record: Record, metric: str) -> float:
    value: float = getattr(record.metrics.overall, metric)
    return value


def _list_errors(record: Record) -> dict[str, dict[str, float]]:
    """Return the mean absolute errors by set of problems and operation."""
    groups = {"all": record.metrics.overall} | record.metrics.per_operation
    found = {TEST: {operation: errors.mae for operation, errors in groups.items()}}
    for name, where in _SETS.items():
        if name in record.tables:
            table = record.tables[name]
            pairs = zip(table.column("operation"), table.column("mae"), strict=True)
            found[where] = {str(operation): float(mae) for operation, mae in pairs}
    return found
