"""Draws the plots of a run as PNG files, with Matplotlib."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tabuada.arithmetic.operations import Operation
from tabuada.arithmetic.problems import Problems
from trainer.evaluation import Answers, Evaluation
from trainer.fitting import History
from trainer.results.colors import COLORS
from trainer.search.trial import TrialResult


def draw_plots(
    folder: Path,
    problems: Problems,
    results: Sequence[TrialResult],
    history: History,
    evaluation: Evaluation,
    *,
    compared: Iterable[str],
) -> None:
    """Draw every plot of a run.

    Args:
        folder: Where the files go.
        problems: The whole data set.
        results: Of the search.
        history: Of the final fit.
        evaluation: Of the fitted network.
        compared: Hyperparameters by which the trials are compared.
    """
    matplotlib.use("agg")  # no display needed
    operations = list(problems.operations)
    _save(folder / "distribution_results.png", _draw_grid(operations, _results_of(problems)))
    _save(folder / "distribution_operands.png", _draw_grid(operations, _operands_of(problems)))
    _save(folder / "learning_curve.png", _draw_history(history))
    for name in compared:
        _save(folder / f"trials_by_{name}.png", _draw_trials(results, name))
    for position, operation in enumerate(operations):
        figure = _draw_answers(operation, evaluation.fresh.of(position), COLORS[position % 4])
        _save(folder / f"predicted_vs_exact_{operation.name}.png", figure)


def _save(path: Path, figure: Figure) -> None:
    figure.savefig(path, dpi=110)


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
        axes.hist(exact[problems.op == position], bins=60, color=COLORS[position % 4])
        axes.set(xlabel="result", ylabel="problems")

    return draw


def _operands_of(problems: Problems) -> Callable[[Axes, int], None]:
    def draw(axes: Axes, position: int) -> None:
        rows = problems.op == position
        axes.hist(
            [problems.a[rows], problems.b[rows]],
            bins=40,
            histtype="stepfilled",
            alpha=0.6,
            label=["a", "b"],
            color=[COLORS[0], COLORS[1]],
        )
        axes.set(xlabel="operand", ylabel="problems")
        axes.legend()

    return draw


def _draw_history(history: History) -> Figure:
    figure = Figure(figsize=(9.2, 3.6), layout="constrained")
    for axes, metric, title in zip(
        figure.subplots(1, 2), ("loss", "mae"), ("loss", "mean absolute error"), strict=True
    ):
        epochs = np.arange(1, len(history[metric]) + 1)
        axes.plot(epochs, history[metric], label="training", color=COLORS[0])
        axes.plot(epochs, history[f"val_{metric}"], label="validation", color=COLORS[1])
        axes.set(xlabel="epoch", ylabel=title, yscale="log")
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def _draw_trials(results: Sequence[TrialResult], name: str) -> Figure:
    usable = [result for result in results if not result.failed and not result.final]
    values = sorted({str(result.values[name]) for result in usable})
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.scatter(
        [values.index(str(result.values[name])) for result in usable],
        [result.metrics["val_mae"] for result in usable],
        color=COLORS[0],
        alpha=0.7,
        edgecolors="white",
        s=60,
    )
    axes.set_xticks(range(len(values)), values)
    axes.set(xlabel=name, ylabel="val_mae of the best epoch", yscale="log")
    axes.set_xlim(-0.5, len(values) - 0.5)
    axes.grid(axis="y", alpha=0.3)
    return figure


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
