"""Draws the tables that every run has as interactive Plotly figures, each of one plot."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from trainer.config import Objective
from trainer.results.colors import COLORS
from trainer.results.tables import Cell, Table
from trainer.trial import is_final

Captioned = tuple[str, go.Figure]
"""A figure under its caption, in English."""


def draw_history(table: Table, objective: Objective) -> Iterator[Captioned]:
    """Yield loss and metric by epoch, on training and validation part."""
    for metric, caption in (("loss", "loss"), (objective.metric, objective.title)):
        figure = go.Figure()
        for name, column, color in (
            ("training", metric, COLORS[0]),
            ("validation", f"val_{metric}", COLORS[1]),
        ):
            values = read_numbers(table.column(column))
            figure.add_scatter(x0=1, dx=1, y=values, name=name, mode="lines", line_color=color)
        yield caption, finish_figure(figure, "epoch", caption).update_yaxes(type="log")


def draw_trials(trials: Table, hyperparameter: str, objective: Objective) -> Captioned:
    """Return the score of every trial by one hyperparameter, without finals and failed ones."""
    usable = [
        row
        for row in (dict(zip(trials.header, row, strict=True)) for row in trials.rows)
        if not row["failure"] and not is_final(str(row["trial"]))
    ]
    trace = go.Scatter(
        x=[str(row[hyperparameter]) for row in usable],
        y=[row[objective.name] for row in usable],
        text=["<br>".join(f"{k} {v}" for k, v in row.items() if v != "") for row in usable],
        hovertemplate="%{text}<extra></extra>",
        mode="markers",
        marker={"size": 10, "color": COLORS[0]},
    )
    figure = finish_figure(go.Figure(trace), hyperparameter, f"{objective.name} of the best epoch")
    return hyperparameter, figure.update_yaxes(type="log").update_xaxes(type="category")


def finish_figure(figure: go.Figure, x: str, y: str) -> go.Figure:
    """Name a figure's axes, in English, and lay it out."""
    figure.update_xaxes(title_text=x).update_yaxes(title_text=y)
    return figure.update_layout(bargap=0, barmode="overlay", showlegend=len(figure.data) > 1)


def read_numbers(cells: Sequence[Cell]) -> NDArray[np.float32]:
    """Return the cells of a column as numbers."""
    # float32 is ten times finer than a screen, and half as long in the page.
    return np.asarray(cells, np.float32)
