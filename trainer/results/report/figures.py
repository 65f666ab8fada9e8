"""Draws the tables of a version as interactive Plotly figures, each of one plot."""

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tabuada.arithmetic.operations import KNOWN
from trainer.results.colors import COLORS
from trainer.results.tables import Cell, Table
from trainer.search.trial import FINAL

Captioned = tuple[str, go.Figure]
LEAST_SHOWN = 1e-17
"""Where an error of 0 is drawn, since no logarithm has a place for it."""


def draw_bars(table: Table, axis: str) -> Iterator[Captioned]:
    """Yield a histogram an operation.

    Args:
        table: Columns operation, low, high, problems.
        axis: What the values are.
    """
    for position, operation in enumerate(table.values("operation")):
        bars = _make_bars(table.select("operation", operation), COLORS[position % 4])
        yield _name(operation), _finish(go.Figure(bars), axis, "problems")


def draw_operands(table: Table) -> Iterator[Captioned]:
    """Yield a histogram of both operands an operation, from the distributions of the data."""
    for operation in table.values("operation"):
        figure = go.Figure()
        for quantity, color in zip(("a", "b"), COLORS, strict=False):
            chosen = table.select("quantity", quantity).select("operation", operation)
            figure.add_trace(_make_bars(chosen, color).update(name=quantity, opacity=0.6))
        yield _name(operation), _finish(figure, "operand", "problems")


def draw_history(table: Table) -> Iterator[Captioned]:
    """Yield loss and MAE by epoch, on training and validation part."""
    for metric, caption in (("loss", "loss"), ("mae", "mean absolute error")):
        figure = go.Figure()
        for name, column, color in (
            ("training", metric, COLORS[0]),
            ("validation", f"val_{metric}", COLORS[1]),
        ):
            values = _numbers(table.column(column))
            figure.add_scatter(x0=1, dx=1, y=values, name=name, mode="lines", line_color=color)
        yield caption, _finish(figure, "epoch", caption).update_yaxes(type="log")


def draw_trials(trials: Table, hyperparameter: str) -> Captioned:
    """Return the val_mae of every trial by one hyperparameter, without finals and failed ones."""
    usable = [
        row
        for row in (dict(zip(trials.header, row, strict=True)) for row in trials.rows)
        if not row["failure"] and not str(row["trial"]).endswith(FINAL)
    ]
    trace = go.Scatter(
        x=[str(row[hyperparameter]) for row in usable],
        y=[row["val_mae"] for row in usable],
        text=["<br>".join(f"{k} {v}" for k, v in row.items() if v != "") for row in usable],
        hovertemplate="%{text}<extra></extra>",
        mode="markers",
        marker={"size": 10, "color": COLORS[0]},
    )
    figure = _finish(go.Figure(trace), hyperparameter, "val_mae of the best epoch")
    return hyperparameter, figure.update_yaxes(type="log").update_xaxes(type="category")


def draw_predictions(sample: Table) -> Iterator[Captioned]:
    """Yield predicted against exact, an operation at a time."""
    for position, operation in enumerate(sample.values("operation")):
        answers = sample.select("operation", operation)
        a, b, exact, predicted = (
            _numbers(answers.column(name)) for name in ("a", "b", "exact", "predicted")
        )
        ends = [float(exact.min()), float(exact.max())]
        figure = go.Figure()
        figure.add_scatter(x=ends, y=ends, mode="lines", line={"color": "gray", "width": 1})
        figure.add_scatter(
            x=exact,
            y=predicted,
            customdata=np.column_stack((a, b)),
            hovertemplate=f"%{{customdata[0]:.4g}} {operation} %{{customdata[1]:.4g}} = %{{x:.5g}}"
            "<br>≈ %{y:.5g}<extra></extra>",
            mode="markers",
            marker={"size": 4, "opacity": 0.6, "color": COLORS[position % 4]},
        )
        yield (
            _name(operation),
            _finish(figure, "exact", "predicted").update_layout(showlegend=False),
        )


def draw_extrapolation(table: Table, trained_to: float | None) -> Iterator[Captioned]:
    """Yield the median relative error by the larger operand's size, an operation at a time.

    Args:
        table: Columns network, operation, low, high, median_relative_error.
        trained_to: Largest operand of the training data, where it is known.
    """
    for operation in table.values("operation"):
        chosen = table.select("operation", operation)
        figure = go.Figure()
        for place, network in enumerate(chosen.values("network")):
            rows = chosen.select("network", network)
            low, high = (_numbers(rows.column(name)) for name in ("low", "high"))
            errors = _numbers(rows.column("median_relative_error"))
            figure.add_scatter(
                x=np.sqrt(low) * np.sqrt(high),
                y=np.maximum(errors, LEAST_SHOWN),
                customdata=errors,
                hovertemplate="%{customdata:.3g}",
                name=str(network),
                mode="lines+markers",
                line_color=COLORS[place % 4],
            )
        if trained_to:
            figure.add_vline(x=trained_to, line={"dash": "dot", "color": "gray"})
        figure = _finish(figure, "larger operand", "median relative error")
        yield _name(operation), figure.update_xaxes(type="log").update_yaxes(type="log")


def _make_bars(table: Table, color: str) -> go.Bar:
    low, high = _numbers(table.column("low")), _numbers(table.column("high"))
    return go.Bar(
        x=(low + high) / 2,
        y=np.asarray(table.column("problems"), np.int32),
        width=high - low,
        marker_color=color,
    )


def _finish(figure: go.Figure, x: str, y: str) -> go.Figure:
    figure.update_xaxes(title_text=x).update_yaxes(title_text=y)
    return figure.update_layout(bargap=0, barmode="overlay", showlegend=len(figure.data) > 1)


def _numbers(cells: Sequence[Cell]) -> NDArray[np.float32]:
    # float32 is ten times finer than a screen, and half as long in the page.
    return np.asarray(cells, np.float32)


def _name(symbol: Cell) -> str:
    """Return the name of an operation, which may be one that a later release added."""
    names = {operation.symbol: operation.name for operation in KNOWN}
    return f"{names[str(symbol)]} ({symbol})" if symbol in names else str(symbol)
