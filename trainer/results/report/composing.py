"""Composes a report, section by section, from what a version holds."""

from collections.abc import Callable, Iterable
from pathlib import Path

from trainer.results.report import changes, figures
from trainer.results.report.page import Page
from trainer.results.report.record import Record
from trainer.results.tables import Table
from trainer.search.trial import FINAL

_BY = "trials_by_"
_VERDICTS = {
    "better": "Better on the test part: {operations}",
    "worse": "Worse on the test part: {operations}",
    "same": "As before on the test part: {operations}",
}


def write_report(path: Path, record: Record, other: Record | None = None) -> None:
    """Write the report of a version.

    What its tables do not hold, since an earlier release published it, the report says.

    Args:
        path: The HTML file.
        record: Of the version.
        other: Of the version that it is compared with, where there is one.
    """
    page = Page("Training report: {name}", name=record.name)
    _add_summary(page, record)
    _add_changes(page, record, other)
    _add_data(page, record)
    _add_trials(page, record)
    _add_fit(page, record)
    _add_answers(page, record)
    _add_networks(page, record)
    path.write_text(page.render(), encoding="utf-8")


def _add_summary(page: Page, record: Record) -> None:
    page.add_section("summary", "Summary")
    overall = record.metrics.overall
    page.add_text(
        "Mean absolute error {mae} on the {n} problems of the test part, which no choice depended "
        "on; half of the errors are below {median}, the largest is {largest}.",
        mae=overall.mae,
        n=overall.n,
        median=overall.median,
        largest=overall.max,
    )
    trials = record.tables.get("trials")
    if trials:
        page.add_text(
            "Preset {preset}, operations {operations}: {problems} problems, {trials} trials, of "
            "which {failed} failed, and {finals} finals.",
            preset=str(record.config.get("preset", "?")),
            operations=" ".join(record.operations),
            problems=record.config.get("data", {}).get("samples", "?"),
            **_count_trials(trials),
        )
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


def _add_changes(page: Page, record: Record, other: Record | None) -> None:
    page.add_section("changes", "What changed")
    if other is None:
        page.add_text("There was no version before this one to compare it with.")
        return
    page.add_text("Compared with {other}. A ratio below 1 is a smaller error.", other=other.name)
    if not changes.have_same_test_part(record, other):
        page.add_text(
            "The two were tested on different problems, since their data or seeds differ: judge "
            "the ratios with care."
        )
    by_operation = changes.compare_operations(record, other)
    _add_verdicts(page, by_operation.select("problems", "test part"))
    page.add_table(changes.compare_metrics(record, other), "Metrics on the test part")
    page.add_table(by_operation, "Mean absolute error by operation")
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


def _add_verdicts(page: Page, compared: Table) -> None:
    for verdict, text in _VERDICTS.items():
        operations = compared.select("verdict", verdict).column("operation")
        named = [str(operation) for operation in operations if operation != "all"]
        if named:
            page.add_text(text, operations=" ".join(named))


def _add_differences(page: Page, differences: Table, *, caption: str, none: str) -> None:
    if differences.rows:
        page.add_table(differences, caption)
    else:
        page.add_text(none)


def _add_data(page: Page, record: Record) -> None:
    page.add_section("data", "Data")
    table = _find(page, record, "data_distributions")
    if table:
        page.add_text("The exact results of the whole data set, by operation.")
        results = table.select("quantity", "result")
        page.add_figures(figures.draw_bars(results, "result"))
        page.add_text("Its operands, a and b.")
        page.add_figures(figures.draw_operands(table))


def _add_trials(page: Page, record: Record) -> None:
    page.add_section("trials", "Trials")
    trials = _find(page, record, "trials")
    if trials:
        page.add_text(
            "Each trial at its epoch of least val_mae, best first; finals, which ran for longer, "
            "lead. A click on a column's name sorts by it."
        )
        page.add_table(trials, "All trials")
    for name, table in record.tables.items():
        if name.startswith(_BY):
            hyperparameter = name.removeprefix(_BY)
            page.add_table(table, "Trials by {hyperparameter}", hyperparameter=hyperparameter)
            if trials and hyperparameter in trials.header:
                page.add_figures([figures.draw_trials(trials, hyperparameter)])


def _add_fit(page: Page, record: Record) -> None:
    page.add_section("fit", "Learning curve")
    history = _find(page, record, "history")
    if history:
        page.add_text("The best hyperparameters fitted anew.")
        page.add_figures(figures.draw_history(history))


def _add_answers(page: Page, record: Record) -> None:
    page.add_section("test", "Test part, by operation")
    if record.test_loss is not None:
        page.add_text("Loss {loss}: MSE, and the L2 penalty if any.", loss=record.test_loss)
    _add_tables(page, record, ("test_errors", "Errors on the test part"))
    page.add_section("equations", "New equations")
    _add_tables(page, record, ("new_equations", "New equations, in order of absolute error"))
    page.add_section("fresh", "Fresh problems")
    fresh = _add_tables(page, record, ("fresh_errors", "Errors on fresh problems"))
    if fresh:
        page.add_text(
            "{problems} problems in all, as many of each operation, drawn as the data set was. "
            "The plots show some of each, the table counts them all.",
            problems=fresh[0].column("n")[0],
        )
    _draw(page, record, "fresh_sample", figures.draw_predictions)
    _draw(page, record, "fresh_error_distribution", _draw_error_distribution)
    page.add_section("full-range", "Full range")
    page.add_text(
        "As many problems with any divisor from the least up, wherever the training data clipped "
        "theirs."
    )
    _add_tables(page, record, ("full_range_errors", "Errors in the full range"))


def _add_networks(page: Page, record: Record) -> None:
    page.add_section("extrapolation", "Extrapolation, beside other networks")
    page.add_text(
        "First the problems of the full range; then as many with operands of either sign whose "
        "magnitude lies anywhere from 0.000001 to 1,000,000, uniform in the logarithm."
    )
    _add_tables(
        page,
        record,
        ("compared_in_range", "In range"),
        ("compared_outside", "Far outside the trained range, and far inside"),
    )
    table = _find(page, record, "extrapolation")
    if table:
        page.add_text(
            "The error by the magnitude of the larger operand. The dotted line is the end of the "
            "trained range; an error of 0 is drawn at {least}.",
            least=figures.LEAST_SHOWN,
        )
        bounds = record.config.get("data", {}).get("range")
        trained_to = max(map(abs, bounds)) if bounds else None
        page.add_figures(figures.draw_extrapolation(table, trained_to))


def _draw_error_distribution(table: Table) -> Iterable[figures.Captioned]:
    for caption, figure in figures.draw_bars(table, "absolute error"):
        yield caption, figure.update_yaxes(type="log")


def _draw(
    page: Page,
    record: Record,
    name: str,
    draw: Callable[[Table], Iterable[figures.Captioned]],
) -> None:
    table = _find(page, record, name)
    if table:
        page.add_figures(draw(table))


def _add_tables(page: Page, record: Record, *captioned: tuple[str, str]) -> list[Table]:
    found = []
    for name, caption in captioned:
        table = _find(page, record, name)
        if table:
            page.add_table(table, caption)
            found.append(table)
    return found


def _find(page: Page, record: Record, name: str) -> Table | None:
    """Return a table; where the version has none, say so in the page."""
    table = record.tables.get(name)
    if table is None:
        page.add_text(
            "This version does not hold the table {table}, which belongs here; later releases "
            "publish it.",
            table=f"{name}.csv",
        )
    return table


def _count_trials(trials: Table) -> dict[str, int]:
    finals = sum(str(trial).endswith(FINAL) for trial in trials.column("trial"))
    failed = sum(reason != "" for reason in trials.column("failure"))
    return {"trials": len(trials.rows) - finals, "failed": failed, "finals": finals}
