"""Draws the tables of problems and answers as interactive Plotly figures, each of one plot."""

from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go

from tabuada.arithmetic.operations import KNOWN
from trainer.results.colors import COLORS, choose_color
from trainer.results.report.figures import Captioned, finish_figure, read_numbers
from trainer.results.tables import Cell, Table
from trainer.tasks.calculation.report.wording import write_sign

LEAST_SHOWN = 1e-17
"""Where an error of 0 is drawn, since no logarithm has a place for it."""


def draw_bars(table: Table, axis: str) -> Iterator[Captioned]:
    """Yield a histogram an operation.

    Args:
        table: Columns operation, low, high, problems.
        axis: What the values are.
    """
    for position, operation in enumerate(table.values("operation")):
        bars = _make_bars(table.select("operation", operation), choose_color(position))
        yield _name_operation(operation), finish_figure(go.Figure(bars), axis, "problems")


def draw_operands(table: Table) -> Iterator[Captioned]:
    """Yield a histogram of both operands an operation, from the distributions of the data."""
    for operation in table.values("operation"):
        figure = go.Figure()
        for quantity, color in zip(("a", "b"), COLORS, strict=False):
            chosen = table.select("quantity", quantity).select("operation", operation)
            if chosen.rows:  # an operation of one operand has no b
                figure.add_trace(_make_bars(chosen, color).update(name=quantity, opacity=0.6))
        yield _name_operation(operation), finish_figure(figure, "operand", "problems")


def draw_predictions(sample: Table) -> Iterator[Captioned]:
    """Yield predicted against exact, an operation at a time."""
    for position, operation in enumerate(sample.values("operation")):
        answers = sample.select("operation", operation)
        a, b, exact, predicted = (
            read_numbers(answers.column(name)) for name in ("a", "b", "exact", "predicted")
        )
        ends = [float(exact.min()), float(exact.max())]
        figure = go.Figure()
        figure.add_scatter(x=ends, y=ends, mode="lines", line={"color": "gray", "width": 1})
        figure.add_scatter(
            x=exact,
            y=predicted,
            customdata=np.column_stack((a, np.abs(b))),
            # Brackets around a negative operand; a number is written by the page's language.
            text=["(\N{MINUS SIGN}" if value < 0 else "" for value in b],
            hovertext=[")" if value < 0 else "" for value in b],
            hovertemplate=f"%{{customdata[0]:.4g}} {write_sign(str(operation))} "
            "%{text}%{customdata[1]:.4g}%{hovertext} = %{x:.5g}<br>≈ %{y:.5g}<extra></extra>",
            mode="markers",
            marker={"size": 4, "opacity": 0.6, "color": choose_color(position)},
        )
        yield (
            _name_operation(operation),
            finish_figure(figure, "exact", "predicted").update_layout(showlegend=False),
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
            low, high = (read_numbers(rows.column(name)) for name in ("low", "high"))
            errors = read_numbers(rows.column("median_relative_error"))
            figure.add_scatter(
                x=np.sqrt(low) * np.sqrt(high),
                y=np.maximum(errors, LEAST_SHOWN),
                customdata=errors,
                hovertemplate="%{customdata:.3g}",
                name=str(network),
                mode="lines+markers",
                line_color=choose_color(place),
            )
        if trained_to:
            figure.add_vline(x=trained_to, line={"dash": "dot", "color": "gray"})
        figure = finish_figure(figure, "larger operand", "median relative error")
        yield _name_operation(operation), figure.update_xaxes(type="log").update_yaxes(type="log")


def _make_bars(table: Table, color: str) -> go.Bar:
    low, high = read_numbers(table.column("low")), read_numbers(table.column("high"))
    return go.Bar(
        x=(low + high) / 2,
        y=np.asarray(table.column("problems"), np.int32),
        width=high - low,
        marker_color=color,
    )


def _name_operation(symbol: Cell) -> str:
    """Return the name of an operation, which may be one that a later release added."""
    names = {operation.symbol: operation.name for operation in KNOWN}
    return f"{names[str(symbol)]} ({write_sign(str(symbol))})" if symbol in names else str(symbol)
