"""Writes what a version's `training/` holds of every task: tables, plots, configuration."""

from pathlib import Path

from trainer.config import TrainerConfig
from trainer.durable_files import write_json
from trainer.results.plots import draw_plots
from trainer.results.tables import Table, write_table
from trainer.results.tabulate import compare_trials, tabulate_history, tabulate_trials
from trainer.trial import History, TrialResult


def tabulate_search(
    config: TrainerConfig, results: list[TrialResult], history: History
) -> dict[str, Table]:
    """Return the tables of what came before the evaluation, by name."""
    objective = config.objective
    return {
        "trials": tabulate_trials(results, config.space.searched, objective),
        "history": tabulate_history(history),
    } | {
        f"trials_by_{name}": compare_trials(results, name, objective)
        for name in config.family.compared
    }


def write_training(
    folder: Path,
    *,
    config: TrainerConfig,
    results: list[TrialResult],
    history: History,
    tables: dict[str, Table],
    scores: dict[str, float],
) -> None:
    """Write configuration, scores, tables, and the plots of search and fit.

    Args:
        folder: `training/` of the version to publish; made here, with a folder `plots/`.
        config: Of the run.
        results: Of the search, best first.
        history: Of the final fit.
        tables: All of them, by name.
        scores: On the test part.
    """
    (folder / "plots").mkdir(parents=True)
    write_json(folder / "config.json", config.model_dump(mode="json"))
    write_json(folder / "best_hyperparameters.json", results[0].values)
    write_json(folder / "test.json", scores)
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    draw_plots(
        folder / "plots", results, history, config.objective, compared=config.family.compared
    )
