"""Draws the problems of a data set and the answers of an evaluation as PNG files."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tabuada.arithmetic.operations import Operation
from tabuada.arithmetic.problems import Problems
from trainer.results.colors import COLORS, choose_color
from trainer.results.plots import save_plot
from trainer.tasks.calculation.evaluation import Answers


def draw_plots(folder: Path, problems: Problems, fresh: Answers) -> None:
    """Draw the distributions of the data and predicted against exact.

    Args:
        folder: Where the files go.
        problems: The whole data set.
        fresh: Answers to fresh problems.
    """
    operations = list(problems.operations)
    save_plot(folder / "distribution_results.png", _draw_grid(operations, _results_of(problems)))
    save_plot(folder / "distribution_operands.png", _draw_grid(operations, _operands_of(problems)))
    for position, operation in enumerate(operations):
        figure = _draw_answers(operation, fresh.of(position), choose_color(position))
        name = operation.name.replace(" ", "_")
        save_plot(folder / f"predicted_vs_exact_{name}.png", figure)


def _draw_grid(operations: list[Operation], draw: Callable[[Axes, int], None]) -> Figure:
    columns = min(2, len(operations))
    rows = -(-len(operations) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.2 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for position, operation in enumerate(operations):
        axes[position].set_title(f"{operation.name} ({operation.symbol})")
        draw(axes[position], position)
    for unused in axes[len(operations) :]:
        unused.set_visible(False)
    return figure


def _results_of(problems: Problems) -> Callable[[Axes, int], None]:
    exact = problems.exact()

    def draw(axes: Axes, position: int) -> None:
        axes.hist(exact[problems.op == position], bins=60, color=choose_color(position))
        axes.set(xlabel="result", ylabel="problems")

    return draw


def _operands_of(problems: Problems) -> Callable[[Axes, int], None]:
    def draw(axes: Axes, position: int) -> None:
        rows = problems.op == position
        drawn = {"a": problems.a, "b": problems.b}
        names = list(drawn)[: problems.operations[position].arity]
        axes.hist(
            [drawn[name][rows] for name in names],
            bins=40,
            histtype="stepfilled",
            alpha=0.6,
            label=names,
            color=list(COLORS[: len(names)]),
        )
        axes.set(xlabel="operand", ylabel="problems")
        axes.legend()

    return draw


def _draw_answers(operation: Operation, answers: Answers, color: str) -> Figure:
    figure = Figure(figsize=(9.6, 4.4), layout="constrained")
    scatter, histogram = figure.subplots(1, 2)
    mae = answers.errors.mean()
    figure.suptitle(f"{len(answers.exact):,} fresh problems of {operation.name}: MAE {mae:.4f}")
    ends = [answers.exact.min(), answers.exact.max()]
    scatter.plot(ends, ends, color="0.4", linewidth=1, zorder=0)
    scatter.scatter(answers.exact, answers.predicted, s=4, alpha=0.3, color=color, linewidths=0)
    scatter.set(xlabel="exact", ylabel="predicted")
    histogram.hist(answers.errors, bins=80, color=color)
    histogram.axvline(mae, color="0.2", linewidth=1, label="mean")
    histogram.set(xlabel="absolute error", ylabel="problems", yscale="log")
    histogram.legend()
    return figure
