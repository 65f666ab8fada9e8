"""Writes everything under an artifact's `training/`: tables, plots and the report."""

from pathlib import Path

import numpy as np

from tabuada.problems import Problems
from trainer import figures, tables
from trainer.config import TrainerConfig
from trainer.data import Dataset
from trainer.evaluation import OUTSIDE, Answers, Evaluation
from trainer.families import find_family
from trainer.fitting import History
from trainer.plots import draw_plots
from trainer.report import Report
from trainer.run import write_json
from trainer.trial import TrialResult


def write_training(
    folder: Path,
    *,
    config: TrainerConfig,
    dataset: Dataset,
    results: list[TrialResult],
    history: History,
    evaluation: Evaluation,
) -> None:
    """Write tables, plots and report.

    Args:
        folder: `training/` of the version to publish; made here.
        config: Of the run.
        dataset: The data set.
        results: Of the search, best first.
        history: Of the final fit.
        evaluation: Of the fitted network.
    """
    (folder / "plots").mkdir(parents=True)
    problems = _join(dataset)
    best = results[0]
    write_json(folder / "config.json", config.model_dump(mode="json"))
    write_json(folder / "best_hyperparameters.json", best.values)
    report = evaluation.test.report()
    write_json(
        folder / "test.json", {"test_loss": evaluation.test_loss, "test_mae": report.overall.mae}
    )
    written = {
        "trials": tables.tabulate_trials(results, config.space.searched),
        "history": tables.tabulate_history(history),
        "test_errors": tables.tabulate_errors(report),
        "new_equations": tables.tabulate_answers(evaluation.equations),
        "fresh_errors": tables.tabulate_errors(evaluation.fresh.report()),
        "full_range_errors": tables.tabulate_errors(evaluation.full_range.report()),
        "compared_in_range": _compare(config, evaluation.full_range, evaluation, 0),
        "compared_outside": _compare(config, evaluation.outside, evaluation, 1),
    } | {
        f"trials_by_{name}": tables.compare_trials(results, name)
        for name in find_family(config.family).compared
    }
    for name, table in written.items():
        tables.write_table(folder / f"{name}.csv", table)
    compared = find_family(config.family).compared
    draw_plots(folder / "plots", problems, results, history, evaluation, compared=compared)
    page = _compose(
        config=config,
        problems=problems,
        results=results,
        history=history,
        evaluation=evaluation,
        written=written,
    )
    page.write(folder / "report.html")


def _compose(
    *,
    config: TrainerConfig,
    problems: Problems,
    results: list[TrialResult],
    history: History,
    evaluation: Evaluation,
    written: dict[str, tables.Table],
) -> Report:
    failed = sum(result.failed for result in results)
    finals = sum(result.final for result in results)
    page = Report(
        f"Training report: {config.model}, preset {config.preset}",
        f"{len(problems):,} problems over {' '.join(config.data.operations)}, "
        f"{len(results) - finals} trials{f' and {finals} finals' if finals else ''} "
        f"({failed} failed), "
        f"test MAE {evaluation.test.errors.mean():.4g}, seed {config.seed}.",
    )
    page.add_section("Data", "Distribution of the exact results in the whole data set.")
    page.add_figure(figures.draw_distributions(problems))
    page.add_section(
        "Trials",
        "Each trial at its epoch of least val_mae, best first; finals, which ran for longer, lead.",
    )
    page.add_table(written["trials"])
    for name in find_family(config.family).compared:
        page.add_table(written[f"trials_by_{name}"], f"val_mae by {name}")
        page.add_figure(figures.draw_trials(results, name))
    page.add_section("Best hyperparameters")
    page.add_table((["hyperparameter", "value"], list(results[0].values.items())))
    page.add_section("Learning curve", "The best hyperparameters fitted anew.")
    page.add_figure(figures.draw_history(history))
    page.add_section(
        "Test part",
        f"Loss {evaluation.test_loss:.4g} (MSE and L2 penalty), MAE "
        f"{evaluation.test.errors.mean():.4g} on problems that no choice depended on.",
    )
    page.add_table(written["test_errors"])
    page.add_section("New equations", "In order of absolute error.")
    page.add_table(written["new_equations"])
    page.add_section(
        "Fresh problems",
        f"{config.evaluation.problems:,} problems an operation, drawn as the data set was. The "
        f"plots show about {figures.MAX_POINTS:,} of each, the tables count them all.",
    )
    page.add_table(written["fresh_errors"])
    page.add_figure(figures.draw_predictions(evaluation))
    page.add_figure(figures.draw_errors(evaluation))
    page.add_section(
        "Full range",
        f"As many problems with any divisor of at least {config.data.min_divisor:g} in magnitude, "
        "wherever the training data clipped theirs.",
    )
    page.add_table(written["full_range_errors"])
    low, high = OUTSIDE.low, OUTSIDE.high
    page.add_section(
        "Beside other networks",
        "On the problems of the full range, then on as many with operands of either sign whose "
        f"magnitude lies anywhere from {low:g} to {high:g}, uniform in the logarithm.",
    )
    page.add_table(written["compared_in_range"], "In range")
    page.add_table(written["compared_outside"], "Outside")
    return page


def _compare(
    config: TrainerConfig, own: Answers, evaluation: Evaluation, position: int
) -> tables.Table:
    """Return the table of this network beside its rivals, on one of the rivals' two sets."""
    rivals = {name: answers[position] for name, answers in evaluation.rivals.items()}
    return tables.tabulate_comparison({find_family(config.family).form: own} | rivals)


def _join(dataset: Dataset) -> Problems:
    """Return the problems of all parts together."""
    parts = [p.problems for p in (dataset.train, dataset.validation, dataset.test)]
    columns = (np.concatenate([getattr(p, name) for p in parts]) for name in ("a", "op", "b"))
    return Problems(dataset.encoder.operations, *columns)
