"""Draws the same plots as interactive Plotly figures, for the report."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tabuada.operations import Floats
from tabuada.problems import Problems
from trainer.evaluation import Answers, Evaluation
from trainer.fitting import History
from trainer.plots import COLORS
from trainer.trial import TrialResult

MAX_POINTS = 1500
"""Points a scatter plot shows an operation; browsers stall on tens of thousands."""


def draw_distributions(problems: Problems) -> go.Figure:
    """Return the distribution of the results, one panel an operation."""
    exact = problems.exact()
    figure = _draw_panels(problems)
    for position in range(len(problems.operations)):
        panel = {"row": position // 2 + 1, "col": position % 2 + 1}
        figure.add_trace(_draw_histogram(exact[problems.op == position], position), **panel)
    return figure.update_layout(bargap=0)


def draw_history(history: History) -> go.Figure:
    """Return loss and MAE by epoch, on training and validation part."""
    figure = make_subplots(1, 2, subplot_titles=("loss", "mean absolute error"))
    for column, metric in enumerate(("loss", "mae"), 1):
        for name, key, color in (
            ("training", metric, COLORS[0]),
            ("validation", f"val_{metric}", COLORS[1]),
        ):
            epochs = list(range(1, len(history[key]) + 1))
            trace = go.Scatter(
                x=epochs, y=history[key], name=name, line_color=color, showlegend=column == 1
            )
            figure.add_trace(trace, row=1, col=column)
    return figure.update_yaxes(type="log").update_xaxes(title_text="epoch")


def draw_trials(results: Sequence[TrialResult], name: str) -> go.Figure:
    """Return the val_mae of every trial, by one hyperparameter."""
    usable = [result for result in results if not result.failed and not result.final]
    trace = go.Scatter(
        x=[str(result.values[name]) for result in usable],
        y=[result.metrics["val_mae"] for result in usable],
        text=[
            f"trial {r.trial}<br>" + "<br>".join(f"{k} {v}" for k, v in r.values.items())
            for r in usable
        ],
        mode="markers",
        marker={"size": 10, "color": COLORS[0], "opacity": 0.7},
    )
    figure = go.Figure(trace).update_yaxes(type="log", title_text="val_mae of the best epoch")
    return figure.update_xaxes(title_text=name)


def draw_predictions(evaluation: Evaluation) -> go.Figure:
    """Return predicted against exact, one panel an operation."""
    problems = evaluation.fresh.problems
    figure = _draw_panels(problems)
    for position in range(len(problems.operations)):
        panel = {"row": position // 2 + 1, "col": position % 2 + 1}
        answers = evaluation.fresh.of(position)
        ends = [float(answers.exact.min()), float(answers.exact.max())]
        line = go.Scatter(x=ends, y=ends, mode="lines", line={"color": "gray", "width": 1})
        figure.add_trace(line, **panel)
        figure.add_trace(_draw_points(answers, position), **panel)
    return figure.update_xaxes(title_text="exact").update_yaxes(title_text="predicted")


def draw_errors(evaluation: Evaluation) -> go.Figure:
    """Return the distribution of absolute errors, one panel an operation."""
    problems = evaluation.fresh.problems
    figure = _draw_panels(problems)
    for position in range(len(problems.operations)):
        panel = {"row": position // 2 + 1, "col": position % 2 + 1}
        errors = evaluation.fresh.of(position).errors
        figure.add_trace(_draw_histogram(errors, position), **panel)
    return figure.update_yaxes(type="log").update_layout(bargap=0)


def _draw_panels(problems: Problems) -> go.Figure:
    titles = [f"{operation.name} ({operation.symbol})" for operation in problems.operations]
    figure = make_subplots(-(-len(titles) // 2), 2, subplot_titles=titles)
    return figure.update_layout(showlegend=False, height=640)


def _draw_histogram(values: Floats, position: int) -> go.Bar:
    # Counted here: the figure then holds 60 numbers an operation, not thousands.
    counts, edges = np.histogram(values, bins=60)
    centres = (edges[:-1] + edges[1:]) / 2
    return go.Bar(
        x=centres, y=counts, width=np.diff(edges), marker_color=COLORS[position % 4], name=""
    )


def _draw_points(answers: Answers, position: int) -> go.Scatter:
    rows = np.arange(len(answers.exact))[:: max(1, len(answers.exact) // MAX_POINTS)]
    shown = answers.problems.take(rows)
    return go.Scatter(
        x=answers.exact[rows].astype(np.float32),
        y=answers.predicted[rows].astype(np.float32),
        text=[f"{shown.a[i]:.4g} {shown.symbol(i)} {shown.b[i]:.4g}" for i in range(len(rows))],
        mode="markers",
        marker={"size": 4, "opacity": 0.4, "color": COLORS[position % 4]},
        name="",
    )
