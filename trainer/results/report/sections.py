"""The sections of a report that every task's has."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from trainer.config import Objective
from trainer.results.report import changes, figures, provenance
from trainer.results.report.languages import Value
from trainer.results.report.network import read_layers, tabulate_layers, tabulate_matrices
from trainer.results.report.network_picture import draw_network
from trainer.results.report.page import Page
from trainer.results.report.record import Record
from trainer.results.tables import Cell, Table
from trainer.trial import is_final

_BY = "trials_by_"


def add_facts(page: Page, record: Record) -> None:
    """Add how a version was made, and its hyperparameters."""
    page.add_facts(list(provenance.list_facts(record)), "How it was made")
    page.add_text(
        "The same seed gives the same network on the same kind of processor, with the same "
        "libraries. Another kind rounds otherwise, which can decide which trial is the best one: "
        "then expect other errors."
    )
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
        _say_what_is_left_out(page, record, count_trials(trials)["trials"])
        page.add_table(_leave_out_empty(trials, "failure"), "All trials")
    for name, table in record.tables.items():
        if name.startswith(_BY):
            _compare_trials(page, record, name.removeprefix(_BY), table, objective)


def _say_what_is_left_out(page: Page, record: Record, tried: int) -> None:
    search = record.config.get("search", {})
    asked = search.get("trials", 0)
    if search.get("algorithm") != "hyperband" and isinstance(asked, int) and tried < asked:
        page.add_text(
            "{asked} trials were asked for, and {tried} run: no combination of hyperparameters was "
            "left to try. The same one with the same seed gives the same network.",
            asked=asked,
            tried=tried,
        )


def _leave_out_empty(table: Table, column: str) -> Table:
    """Return a table without a column that says nothing in any row."""
    if column not in table.header or any(cell != "" for cell in table.column(column)):
        return table
    place = table.header.index(column)
    rows = [[*row[:place], *row[place + 1 :]] for row in table.rows]
    return Table([*table.header[:place], *table.header[place + 1 :]], rows)


def _compare_trials(
    page: Page, record: Record, hyperparameter: str, table: Table, objective: Objective
) -> None:
    """Add how trials did by a hyperparameter; where all had the same value, say so instead."""
    if len(table.rows) == 1:
        entry = record.config.get("space", {}).get(hyperparameter)
        values = map(str, entry) if isinstance(entry, list | tuple) else ()
        others = [value for value in values if value != str(table.rows[0][0])]
        text = "Every trial had {hyperparameter} {value}: there is nothing to compare it with."
        if others:
            text = (
                "Every trial had {hyperparameter} {value}, so there is nothing to compare it with; "
                "these values were never drawn: {others}."
            )
        page.add_text(
            text,
            hyperparameter=hyperparameter,
            value=str(table.rows[0][0]),
            **({"others": ", ".join(others)} if others else {}),
        )
        return
    page.add_table(table, "Trials by {hyperparameter}", hyperparameter=hyperparameter)
    trials = record.tables.get("trials")
    if trials and hyperparameter in trials.header:
        page.add_figures([figures.draw_trials(trials, hyperparameter, objective)])


def add_fit(page: Page, record: Record, objective: Objective) -> None:
    """Add the section of the final fit."""
    page.add_section("fit", "Learning curve")
    history = find_table(page, record, "history")
    if history:
        page.add_text("The best hyperparameters fitted anew.")
        page.add_figures(figures.draw_history(history, objective))
        page.add_table(_pick_epochs(history, objective), "Epoch log", folded=True)
        page.add_text(
            "TensorBoard shows each epoch of every trial, on the machine that trained: {command}",
            command="tensorboard --logdir runs",
        )


def _pick_epochs(history: Table, objective: Objective) -> Table:
    """Return at most about 100 epochs of a log, the first, the best and the last among them."""
    scores = [objective.rank(float(score)) for score in history.column(objective.name)]
    step = max(1, math.ceil(len(scores) / 100))
    picked = {*range(0, len(scores), step), scores.index(min(scores)), len(scores) - 1}
    return Table(history.header, [history.rows[place] for place in sorted(picked)])


def add_network(page: Page, record: Record, rows: Sequence[str]) -> None:
    """Add the section of the network: a picture of its layers, and the same in words.

    Args:
        page: The report.
        record: Of the version.
        rows: What the rows of matrices stand for that have as many, such as operations.
    """
    page.add_section("network", "The network")
    layers = read_layers(record.network)
    if not layers:
        page.add_text("This version does not hold a description of its network that can be read.")
        return
    page.add_text("Questions come in at the top; what a layer reads stands above it.")
    page.add_picture(draw_network(layers), "Layers, with units and activations")
    page.add_table(tabulate_layers(layers), "Layers in words")
    for layer in layers:
        for table in tabulate_matrices(layer, rows):
            page.add_table(table, "Weights that are part of {layer}", layer=layer.kind)


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


def add_tables(
    page: Page,
    record: Record,
    *captioned: tuple[str, str],
    written: Mapping[str, Callable[[Cell], Value]] | None = None,
) -> list[Table]:
    """Add tables under their captions, and return those that the version has.

    Args:
        page: The report.
        record: Of the version.
        captioned: Names of tables, each with its caption in English.
        written: What cells are shown as, by column; as they are where not given.
    """
    found = []
    for name, caption in captioned:
        table = find_table(page, record, name)
        if table:
            page.add_table(table, caption, written=written)
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
