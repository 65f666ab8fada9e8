"""The sections of a report that every task's has."""

from collections.abc import Callable, Iterable

from trainer.config import Objective
from trainer.results.report import changes, figures
from trainer.results.report.page import Page
from trainer.results.report.record import Record
from trainer.results.tables import Table
from trainer.trial import is_final

_BY = "trials_by_"


def add_facts(page: Page, record: Record) -> None:
    """Add how a version was made, and its hyperparameters."""
    facts = {
        "family": record.family,
        "published": record.created_at,
        "random seed": str(record.seed),
        "source revision": record.source_revision,
    }
    told = [[name, fact] for name, fact in facts.items() if fact]
    page.add_table(Table(["fact", "value"], told), "How it was made")
    values = list(record.hyperparameters.items())
    page.add_table(Table(["hyperparameter", "value"], values), "Best hyperparameters")


def add_differences(page: Page, record: Record, other: Record) -> None:
    """Add what was chosen otherwise for another version."""
    _add_differences(
        page,
        changes.compare_hyperparameters(record, other),
        caption="Hyperparameters that differ",
        none="All hyperparameters are the same.",
    )
    _add_differences(
        page,
        changes.compare_configs(record, other),
        caption="Settings that differ",
        none="All settings of the run are the same.",
    )


def _add_differences(page: Page, differences: Table, *, caption: str, none: str) -> None:
    if differences.rows:
        page.add_table(differences, caption)
    else:
        page.add_text(none)


def add_trials(page: Page, record: Record, objective: Objective) -> None:
    """Add the section of the search's trials."""
    page.add_section("trials", "Trials")
    trials = find_table(page, record, "trials")
    if trials:
        page.add_text(
            f"Each trial at its epoch of {objective.extreme} {objective.name}, best first; finals, "
            "which ran for longer, lead. A click on a column's name sorts by it."
        )
        page.add_table(trials, "All trials")
    for name, table in record.tables.items():
        if name.startswith(_BY):
            hyperparameter = name.removeprefix(_BY)
            page.add_table(table, "Trials by {hyperparameter}", hyperparameter=hyperparameter)
            if trials and hyperparameter in trials.header:
                page.add_figures([figures.draw_trials(trials, hyperparameter, objective)])


def add_fit(page: Page, record: Record, objective: Objective) -> None:
    """Add the section of the final fit."""
    page.add_section("fit", "Learning curve")
    history = find_table(page, record, "history")
    if history:
        page.add_text("The best hyperparameters fitted anew.")
        page.add_figures(figures.draw_history(history, objective))


def draw_table(
    page: Page,
    record: Record,
    name: str,
    draw: Callable[[Table], Iterable[figures.Captioned]],
) -> None:
    """Add the figures of a table; where the version has none, say so."""
    table = find_table(page, record, name)
    if table:
        page.add_figures(draw(table))


def add_tables(page: Page, record: Record, *captioned: tuple[str, str]) -> list[Table]:
    """Add tables under their captions, and return those that the version has."""
    found = []
    for name, caption in captioned:
        table = find_table(page, record, name)
        if table:
            page.add_table(table, caption)
            found.append(table)
    return found


def find_table(page: Page, record: Record, name: str) -> Table | None:
    """Return a table; where the version has none, say so in the page."""
    table = record.tables.get(name)
    if table is None:
        page.add_text(
            "This version does not hold the table {table}, which belongs here; later releases "
            "publish it.",
            table=f"{name}.csv",
        )
    return table


def count_trials(trials: Table) -> dict[str, int]:
    """Return how many trials there were, failed ones and finals."""
    finals = sum(is_final(str(trial)) for trial in trials.column("trial"))
    failed = sum(reason != "" for reason in trials.column("failure"))
    return {"trials": len(trials.rows) - finals, "failed": failed, "finals": finals}
