"""Draws the plots that every run has as PNG files, with Matplotlib."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from trainer.config import Objective
from trainer.results.colors import COLORS
from trainer.trial import History, TrialResult


def draw_plots(
    folder: Path,
    results: Sequence[TrialResult],
    history: History,
    objective: Objective,
    *,
    compared: Iterable[str],
) -> None:
    """Draw learning curve and trials.

    Args:
        folder: Where the files go.
        results: Of the search.
        history: Of the final fit.
        objective: Of the task.
        compared: Hyperparameters by which the trials are compared.
    """
    save_plot(folder / "learning_curve.png", _draw_history(history, objective))
    for name in compared:
        save_plot(folder / f"trials_by_{name}.png", _draw_trials(results, name, objective))


def save_plot(path: Path, figure: Figure) -> None:
    """Write a figure as a PNG file."""
    matplotlib.use("agg")  # no display needed
    figure.savefig(path, dpi=110)


def _draw_history(history: History, objective: Objective) -> Figure:
    figure = Figure(figsize=(9.2, 3.6), layout="constrained")
    for axes, metric, title in zip(
        figure.subplots(1, 2), ("loss", objective.metric), ("loss", objective.title), strict=True
    ):
        epochs = np.arange(1, len(history[metric]) + 1)
        axes.plot(epochs, history[metric], label="training", color=COLORS[0])
        axes.plot(epochs, history[f"val_{metric}"], label="validation", color=COLORS[1])
        axes.set(xlabel="epoch", ylabel=title, yscale="log")
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def _draw_trials(results: Sequence[TrialResult], name: str, objective: Objective) -> Figure:
    usable = [result for result in results if not result.failed and not result.final]
    values = sorted({str(result.values[name]) for result in usable})
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.scatter(
        [values.index(str(result.values[name])) for result in usable],
        [result.metrics[objective.name] for result in usable],
        color=COLORS[0],
        alpha=0.7,
        edgecolors="white",
        s=60,
    )
    axes.set_xticks(range(len(values)), values)
    axes.set(xlabel=name, ylabel=f"{objective.name} of the best epoch", yscale="log")
    axes.set_xlim(-0.5, len(values) - 0.5)
    axes.grid(axis="y", alpha=0.3)
    return figure
