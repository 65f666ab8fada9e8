"""Composes the report of a network that calculates, from what a version holds."""

from collections.abc import Callable, Iterable
from pathlib import Path

from trainer.results.report.changes import list_differences_of_data
from trainer.results.report.figures import Captioned
from trainer.results.report.languages import Bilingual, Value, swap_marks
from trainer.results.report.page import Page
from trainer.results.report.record import Record
from trainer.results.report.sections import (
    add_differences,
    add_facts,
    add_fit,
    add_network,
    add_tables,
    add_trials,
    count_trials,
    draw_table,
    find_table,
)
from trainer.results.tables import Cell, Table
from trainer.tasks.calculation.families.family import OBJECTIVE
from trainer.tasks.calculation.report import figures
from trainer.tasks.calculation.report.changes import compare_metrics, compare_operations
from trainer.tasks.calculation.report.comparable import TEST
from trainer.tasks.calculation.report.wording import typeset, write_sign

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
    add_trials(page, record, OBJECTIVE)
    add_fit(page, record, OBJECTIVE)
    add_network(page, record, [*map(write_sign, record.metrics.per_operation)])
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
    if record.test_loss is not None:
        page.add_text(
            "The loss there is {loss}: MSE, and the L2 penalty if any.", loss=record.test_loss
        )
    trials = record.tables.get("trials")
    if trials:
        page.add_text(
            "Preset {preset}, operations {operations}: {problems} problems, {trials} trials, of "
            "which {failed} failed, and {finals} finals.",
            preset=str(record.config.get("preset", "?")),
            operations=" ".join(record.metrics.per_operation),
            problems=record.config.get("data", {}).get("samples", "?"),
            **count_trials(trials),
        )
    add_facts(page, record)


def _add_changes(page: Page, record: Record, other: Record | None) -> None:
    page.add_section("changes", "What changed")
    if other is None:
        page.add_text("There was no version before this one to compare it with.")
        return
    differences = list_differences_of_data(record, other)
    shared = compare_operations(record, other)
    if differences:
        page.add_text(
            "Compared with {other}. The two were tested on different problems, since {settings} "
            "differ. Errors on different problems do not stand side by side here.",
            other=other.name,
            settings=", ".join(differences),
        )
    else:
        page.add_text(
            "Compared with {other}. A ratio below 1 is a smaller error.", other=other.name
        )
        _add_verdicts(page, shared.select("problems", TEST))
        page.add_table(compare_metrics(record, other), "Metrics on the test part")
    if shared.rows:
        caption = "Mean absolute error by operation, on the same problems"
        page.add_table(shared, caption, written=_WRITTEN)
    add_differences(page, record, other)


def _add_verdicts(page: Page, compared: Table) -> None:
    for verdict, text in _VERDICTS.items():
        operations = compared.select("verdict", verdict).column("operation")
        named = [str(operation) for operation in operations if operation != "all"]
        if named:
            page.add_text(text, operations=" ".join(named))


def _add_data(page: Page, record: Record) -> None:
    page.add_section("data", "Data")
    table = find_table(page, record, "data_distributions")
    if table:
        page.add_text("The exact results of the whole data set, by operation.")
        results = table.select("quantity", "result")
        page.add_figures(figures.draw_bars(results, "result"))
        page.add_text("Its operands, a and b.")
        page.add_figures(figures.draw_operands(table))


def _add_answers(page: Page, record: Record) -> None:
    page.add_section("test", "Test part, by operation")
    add_tables(page, record, ("test_errors", "Errors on the test part"), written=_WRITTEN)
    relative = record.metrics.relative
    if relative is not None:
        page.add_text(
            "Half of the answers are off by less than {percent} % of the exact value, 99 % of them "
            "by less than {most} %.",
            percent=100 * relative.overall.median,
            most=100 * relative.overall.p99,
        )
    page.add_section("equations", "New equations")
    equations = ("new_equations", "New equations, in order of absolute error")
    add_tables(page, record, equations, written=_WRITTEN)
    page.add_section("fresh", "Fresh problems")
    fresh_errors = ("fresh_errors", "Errors on fresh problems")
    fresh = add_tables(page, record, fresh_errors, written=_WRITTEN)
    if fresh:
        page.add_text(
            "{problems} problems in all, as many of each operation, drawn as the data set was. "
            "The plots show some of each, the table counts them all.",
            problems=fresh[0].column("n")[0],
        )
    draw_table(page, record, "fresh_sample", figures.draw_predictions)
    draw_table(page, record, "fresh_error_distribution", _draw_error_distribution)
    page.add_section("full-range", "Full range")
    page.add_text(
        "As many problems with any divisor from the least up, wherever the training data clipped "
        "theirs."
    )
    full_range = ("full_range_errors", "Errors in the full range")
    add_tables(page, record, full_range, written=_WRITTEN)


def _add_networks(page: Page, record: Record) -> None:
    page.add_section("extrapolation", "Extrapolation, beside other networks")
    page.add_text(
        "First the problems of the full range; then as many with operands of either sign whose "
        "magnitude lies anywhere from 0.000001 to 1,000,000, uniform in the logarithm."
    )
    add_tables(
        page,
        record,
        ("compared_in_range", "In range"),
        ("compared_outside", "Far outside the trained range, and far inside"),
        written=_WRITTEN,
    )
    table = find_table(page, record, "extrapolation")
    if table:
        page.add_text(
            "The error by the magnitude of the larger operand. The dotted line is the end of the "
            "trained range; an error of 0 is drawn at {least}.",
            least=figures.LEAST_SHOWN,
        )
        bounds = record.config.get("data", {}).get("range")
        trained_to = max(map(abs, bounds)) if bounds else None
        page.add_figures(figures.draw_extrapolation(table, trained_to))


def _write_expression(cell: Cell) -> Bilingual:
    english = typeset(str(cell))
    return Bilingual(english, swap_marks(english))


def _write_operation(cell: Cell) -> str:
    return write_sign(str(cell))


_WRITTEN: dict[str, Callable[[Cell], Value]] = {
    "expression": _write_expression,
    "operation": _write_operation,
}
"""What cells of problems are shown as, by column."""


def _draw_error_distribution(table: Table) -> Iterable[Captioned]:
    for caption, figure in figures.draw_bars(table, "absolute error"):
        yield caption, figure.update_yaxes(type="log")
