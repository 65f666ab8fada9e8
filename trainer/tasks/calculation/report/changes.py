"""Compares how two versions calculate."""

from trainer.results.report.changes import judge
from trainer.results.report.record import Record
from trainer.results.tables import Row, Table

_SETS = {"fresh_errors": "fresh problems", "full_range_errors": "full range"}
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
    """Return one row an operation and set of problems: the mean absolute errors of both."""
    rows: list[Row] = []
    for where, own in _list_errors(record).items():
        theirs = _list_errors(other).get(where, {})
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
    found = {"test part": {operation: errors.mae for operation, errors in groups.items()}}
    for name, where in _SETS.items():
        if name in record.tables:
            table = record.tables[name]
            pairs = zip(table.column("operation"), table.column("mae"), strict=True)
            found[where] = {str(operation): float(mae) for operation, mae in pairs}
    return found
