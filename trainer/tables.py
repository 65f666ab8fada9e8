"""Writes the tables of a run as CSV."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from tabuada.metrics import ErrorReport, count_ulps
from trainer.evaluation import Answers
from trainer.fitting import History
from trainer.trial import METRICS, TrialResult

Row = Sequence[str | int | float | bool]
Table = tuple[list[str], list[Row]]
"""Column names and rows."""

_STATISTICS = ("n", "mae", "mse", "rmse", "r2", "median", "p99", "max")


def tabulate_trials(results: Iterable[TrialResult], searched: Iterable[str]) -> Table:
    """Return one row a trial: hyperparameters, the metrics of its best epoch, its fate.

    Args:
        results: Of the search.
        searched: The hyperparameters that it varied.
    """
    names = list(searched)
    header = ["trial", *names, *METRICS, "best_epoch", "epochs", "seconds", "failure"]
    rows: list[Row] = [
        [
            result.trial,
            *(result.values[name] for name in names),
            *(result.metrics.get(name, "") for name in METRICS),
            result.best_epoch,
            result.epochs,
            round(result.seconds, 2),
            result.reason,
        ]
        for result in results
    ]
    return header, rows


def compare_trials(results: Iterable[TrialResult], hyperparameter: str) -> Table:
    """Return one row a value of a hyperparameter: how its trials did, best first.

    Finals, which ran for longer, are left out.
    """
    groups: dict[str, list[TrialResult]] = {}
    for result in (result for result in results if not result.final):
        groups.setdefault(str(result.values[hyperparameter]), []).append(result)
    rows: list[Row] = []
    for value, members in groups.items():
        scores = [member.metrics["val_mae"] for member in members if not member.failed]
        figures: Row = (min(scores), median(scores), max(scores)) if scores else ("", "", "")
        rows.append([value, len(members), len(members) - len(scores), *figures])
    rows.sort(key=lambda row: row[3] if isinstance(row[3], float) else float("inf"))
    header = [hyperparameter, "trials", "failed", "best_val_mae", "median_val_mae", "worst_val_mae"]
    return header, rows


def tabulate_history(history: History) -> Table:
    """Return one row an epoch."""
    columns = list(history)
    rows: list[Row] = [
        [epoch, *values] for epoch, values in enumerate(zip(*history.values(), strict=True), 1)
    ]
    return ["epoch", *columns], rows


def tabulate_errors(report: ErrorReport) -> Table:
    """Return one row an operation, the overall one first."""
    groups = {"all": report.overall} | report.per_operation
    rows: list[Row] = [
        [operation, *(getattr(statistics, name) for name in _STATISTICS)]
        for operation, statistics in groups.items()
    ]
    return ["operation", *_STATISTICS], rows


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
            nonzero = group.exact != 0
            relative = group.errors[nonzero] / np.abs(group.exact[nonzero])
            rows.append(
                [
                    name,
                    operation,
                    len(group.problems),
                    float(group.errors.mean()),
                    float(np.median(relative)),
                    float(relative.max()),
                    int(count_ulps(group.exact, group.predicted).max()),
                ]
            )
    header = [
        "network", "operation", "n", "mae", "median_relative_error", "largest_relative_error",
        "largest_float32_ulps",
    ]  # fmt: skip
    return header, rows


def tabulate_answers(answers: Answers) -> Table:
    """Return one row a problem."""
    rows: list[Row] = [
        [
            f"{answers.problems.a[i]:.6g} {answers.problems.symbol(i)} {answers.problems.b[i]:.6g}",
            float(answers.predicted[i]),
            float(answers.exact[i]),
            float(answers.errors[i]),
        ]
        for i in range(len(answers.problems))
    ]
    return ["expression", "predicted", "exact", "absolute_error"], rows


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV."""
    header, rows = table
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
