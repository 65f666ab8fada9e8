"""Compares two versions: how they do, and what was chosen otherwise."""

from collections.abc import Iterator, Mapping
from typing import Any

from trainer.results.report.record import Record
from trainer.results.tables import Row, Table

_SETS = {"fresh_errors": "fresh problems", "full_range_errors": "full range"}
_METRICS = ("mae", "rmse", "r2", "median", "p99", "max")
_NONE = "—"


def have_same_test_part(record: Record, other: Record) -> bool:
    """Whether the test parts of two versions hold the same problems."""
    return record.seed == other.seed and record.config.get("data") == other.config.get("data")


def compare_metrics(record: Record, other: Record) -> Table:
    """Return one row a metric of the whole test part, side by side."""
    return Table(
        ["metric", record.name, other.name, "ratio", "verdict"],
        [
            [metric, *_judge(_read(record, metric), _read(other, metric), error=metric != "r2")]
            for metric in _METRICS
        ],
    )


def compare_operations(record: Record, other: Record) -> Table:
    """Return one row an operation and set of problems: the mean absolute errors of both."""
    rows: list[Row] = []
    for where, own in _list_errors(record).items():
        theirs = _list_errors(other).get(where, {})
        rows += [
            [where, operation, *_judge(own[operation], theirs[operation])]
            for operation in own
            if operation in theirs
        ]
    return Table(["problems", "operation", record.name, other.name, "ratio", "verdict"], rows)


def compare_hyperparameters(record: Record, other: Record) -> Table:
    """Return one row a hyperparameter that differs."""
    return _differ("hyperparameter", record, other, record.hyperparameters, other.hyperparameters)


def compare_configs(record: Record, other: Record) -> Table:
    """Return one row a value of the configuration that differs."""
    own, theirs = dict(_flatten(record.config)), dict(_flatten(other.config))
    return _differ("setting", record, other, own, theirs)


def _differ(
    what: str,
    record: Record,
    other: Record,
    own: Mapping[str, str | int | float | bool],
    theirs: Mapping[str, str | int | float | bool],
) -> Table:
    rows: list[Row] = [
        [name, own.get(name, _NONE), theirs.get(name, _NONE)]
        for name in dict.fromkeys([*own, *theirs])
        if own.get(name, _NONE) != theirs.get(name, _NONE)
    ]
    return Table([what, record.name, other.name], rows)


def _read(record: Record, metric: str) -> float:
    value: float = getattr(record.metrics.overall, metric)
    return value


def _judge(own: float, other: float, *, error: bool = True) -> Row:
    """Return both, own / other where that is a ratio of errors, and a word."""
    ratio: float | str = own / other if other and error else _NONE
    verdict = "same" if own == other else "better" if (own < other) is error else "worse"
    return [own, other, ratio, verdict]


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


def _flatten(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        elif value is not None:  # a setting without a value is as good as none
            values = value if isinstance(value, list | tuple) else [value]
            yield f"{prefix}{key}", ", ".join(map(str, values))
