"""Writes the report of a run: one HTML file that opens from disk, without a network."""

import html
from importlib import resources
from pathlib import Path

import plotly.graph_objects as go

from trainer.tables import Table

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2733; background: #fff; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d5dbe1; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 14px; }
caption { text-align: left; padding: .3rem 0; color: #4a5765; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #e6eaee; text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; } th { background: #f4f6f8; }
@media print { .plotly-graph-div { break-inside: avoid; } }
"""


class Report:
    """A page that grows section by section.

    Args:
        title: Its heading.
        lead: The paragraph below it.
    """

    def __init__(self, title: str, lead: str) -> None:
        self._title = html.escape(title)
        self._body = [f"<h1>{self._title}</h1>", f"<p>{html.escape(lead)}</p>"]

    def add_section(self, heading: str, text: str = "") -> None:
        """Begin a section."""
        self._body.append(f"<h2>{html.escape(heading)}</h2>")
        if text:
            self._body.append(f"<p>{html.escape(text)}</p>")

    def add_table(self, table: Table, caption: str = "") -> None:
        """Add a table; numbers are shown to five digits, the CSV file has them all."""
        header, rows = table
        cells = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in header)
        lines = [
            "<tr>" + "".join(f"<td>{html.escape(_format(value))}</td>" for value in row) + "</tr>"
            for row in rows
        ]
        self._body.append(
            f"<div class=scroll><table><caption>{html.escape(caption)}</caption>"
            f"<thead><tr>{cells}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
        )

    def add_figure(self, figure: go.Figure) -> None:
        """Add an interactive figure."""
        figure.update_layout(template="plotly_white", margin={"t": 40, "r": 10})
        config = {"displaylogo": False, "responsive": True}
        self._body.append(figure.to_html(full_html=False, include_plotlyjs=False, config=config))

    def write(self, path: Path) -> None:
        """Write the page with everything it needs inside."""
        assets = resources.files("trainer") / "assets"
        plotly = (assets / "plotly-basic.min.js").read_text("utf-8")
        body = "\n".join(self._body)
        path.write_text(
            f"<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>{self._title}"
            "</title><meta name=viewport content='width=device-width, initial-scale=1'>"
            f"<link rel=icon href='data:,'><style>{_STYLE}</style>"
            f"<script>{plotly}</script></head><body>\n{body}</body></html>\n",
            encoding="utf-8",
        )


def _format(value: str | int | float | bool) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)
