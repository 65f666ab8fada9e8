"""Tabulates what every run has: trials and history."""

import math
from collections.abc import Iterable
from statistics import median

from trainer.config import Objective
from trainer.results.tables import Row, Table
from trainer.trial import History, TrialResult


def tabulate_trials(
    results: Iterable[TrialResult], searched: Iterable[str], objective: Objective
) -> Table:
    """Return one row a trial: hyperparameters, the metrics of its best epoch, its fate.

    Args:
        results: Of the search.
        searched: The hyperparameters that it varied.
        objective: Of the task.
    """
    names = list(searched)
    header = ["trial", *names, *objective.metrics, "best_epoch", "epochs", "seconds", "failure"]
    rows: list[Row] = [
        [
            result.trial,
            *(result.values[name] for name in names),
            *(result.metrics.get(name, "") for name in objective.metrics),
            result.best_epoch,
            result.epochs,
            round(result.seconds, 2),
            result.reason,
        ]
        for result in results
    ]
    return Table(header, rows)


def compare_trials(
    results: Iterable[TrialResult], hyperparameter: str, objective: Objective
) -> Table:
    """Return one row a value of a hyperparameter: how its trials did, best first.

    Finals, which ran for longer, are left out.
    """
    groups: dict[str, list[TrialResult]] = {}
    for result in (result for result in results if not result.final):
        groups.setdefault(str(result.values[hyperparameter]), []).append(result)
    rows: list[Row] = []
    for value, members in groups.items():
        scores = [member.metrics[objective.name] for member in members if not member.failed]
        scores.sort(key=objective.rank)
        figures: Row = (scores[0], median(scores), scores[-1]) if scores else ("", "", "")
        rows.append([value, len(members), len(members) - len(scores), *figures])
    rows.sort(key=lambda row: objective.rank(row[3]) if isinstance(row[3], float) else math.inf)
    measured = [f"{which}_{objective.name}" for which in ("best", "median", "worst")]
    return Table([hyperparameter, "trials", "failed", *measured], rows)


def tabulate_history(history: History) -> Table:
    """Return one row an epoch."""
    columns = list(history)
    rows: list[Row] = [
        [epoch, *values] for epoch, values in enumerate(zip(*history.values(), strict=True), 1)
    ]
    return Table(["epoch", *columns], rows)
