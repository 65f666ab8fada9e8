"""Writes everything under an artifact's `training/`: tables, plots and the report."""

from pathlib import Path

import numpy as np

from tabuada.arithmetic.problems import Problems
from trainer.config import TrainerConfig
from trainer.data import Dataset
from trainer.evaluation import Answers, Evaluation
from trainer.families import find_family
from trainer.fitting import History
from trainer.results import tabulate
from trainer.results.plots import draw_plots
from trainer.results.provenance import find_revision
from trainer.results.report import Record, write_report
from trainer.results.tables import Table, write_table
from trainer.run import write_json
from trainer.search.trial import TrialResult


def write_training(
    folder: Path,
    *,
    config: TrainerConfig,
    dataset: Dataset,
    results: list[TrialResult],
    history: History,
    evaluation: Evaluation,
    before: Record | None,
) -> None:
    """Write tables, plots and report.

    Args:
        folder: `training/` of the version to publish; made here.
        config: Of the run.
        dataset: The data set.
        results: Of the search, best first.
        history: Of the final fit.
        evaluation: Of the fitted network.
        before: The version that the report compares this one with, where there is one.
    """
    (folder / "plots").mkdir(parents=True)
    best, metrics = results[0].values, evaluation.test.report()
    compared = find_family(config.family).compared
    problems = _join(dataset)
    test = {"test_loss": evaluation.test_loss, "test_mae": metrics.overall.mae}
    write_json(folder / "config.json", config.model_dump(mode="json"))
    write_json(folder / "best_hyperparameters.json", best)
    write_json(folder / "test.json", test)
    tables = _tabulate_search(config, problems, results, history) | _tabulate_evaluation(
        config, evaluation
    )
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    draw_plots(folder / "plots", problems, results, history, evaluation, compared=compared)
    record = Record(
        model=config.model,
        family=config.family,
        operations=config.data.operations,
        metrics=metrics,
        hyperparameters=best,
        config=config.model_dump(mode="json"),
        seed=config.seed,
        source_revision=find_revision(),
        tables=tables,
        test_loss=evaluation.test_loss,
    )
    write_report(folder / "report.html", record, before)


def _tabulate_search(
    config: TrainerConfig, problems: Problems, results: list[TrialResult], history: History
) -> dict[str, Table]:
    """Return the tables of what came before the evaluation, by name."""
    return {
        "data_distributions": tabulate.tabulate_distributions(problems),
        "trials": tabulate.tabulate_trials(results, config.space.searched),
        "history": tabulate.tabulate_history(history),
    } | {
        f"trials_by_{name}": tabulate.compare_trials(results, name)
        for name in find_family(config.family).compared
    }


def _tabulate_evaluation(config: TrainerConfig, evaluation: Evaluation) -> dict[str, Table]:
    """Return the tables of the evaluation, by name."""
    full_range = _name_networks(config, evaluation.full_range, evaluation, 0)
    outside = _name_networks(config, evaluation.outside, evaluation, 1)
    return {
        "test_errors": tabulate.tabulate_errors(evaluation.test.report()),
        "new_equations": tabulate.tabulate_answers(evaluation.equations),
        "fresh_errors": tabulate.tabulate_errors(evaluation.fresh.report()),
        "fresh_sample": tabulate.tabulate_sample(evaluation.fresh),
        "fresh_error_distribution": tabulate.tabulate_error_distribution(evaluation.fresh),
        "full_range_errors": tabulate.tabulate_errors(evaluation.full_range.report()),
        "compared_in_range": tabulate.tabulate_comparison(full_range),
        "compared_outside": tabulate.tabulate_comparison(outside),
        "extrapolation": tabulate.tabulate_extrapolation(outside),
    }


def _name_networks(
    config: TrainerConfig, own: Answers, evaluation: Evaluation, position: int
) -> dict[str, Answers]:
    """Return what this network and its rivals answered, by name, to one of the two sets."""
    rivals = {name: answers[position] for name, answers in evaluation.rivals.items()}
    return {find_family(config.family).form: own} | rivals


def _join(dataset: Dataset) -> Problems:
    """Return the problems of all parts together."""
    parts = [p.problems for p in (dataset.train, dataset.validation, dataset.test)]
    columns = (np.concatenate([getattr(p, name) for p in parts]) for name in ("a", "op", "b"))
    return Problems(dataset.encoder.operations, *columns)
