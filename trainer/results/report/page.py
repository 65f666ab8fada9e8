"""A page that grows section by section, with everything it needs inside."""

import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import plotly.graph_objects as go

from trainer.results.report.languages import (
    Bilingual,
    Value,
    format_value,
    read_translations,
    write_cell,
    write_text,
)
from trainer.results.tables import Cell, Table

Fact = tuple[str, str, Mapping[str, Value]]
"""A name and what is to be said of it, in English with `{name}` where a value goes; and those."""


class Page:
    """The report's HTML.

    Args:
        title: Its heading, in English; with `{name}` where a value goes.
        values: By name.
    """

    def __init__(self, title: str, **values: Value) -> None:
        self._title = title.format(**values)
        self._heading = write_text(title, **values)
        self._contents: list[str] = []
        self._body: list[str] = []
        self._figures: dict[str, Any] = {}
        self._captions = 0

    def add_section(self, name: str, heading: str) -> None:
        """Begin a section.

        Args:
            name: What its address ends with, after `#`.
            heading: In English.
        """
        text = write_text(heading)
        self._contents.append(f"<li><a href='#{name}'>{text}</a></li>")
        self._body.append(f"<h2 id={name}>{text}</h2>")

    def add_text(self, text: str, **values: Value) -> None:
        """Add a paragraph, see `write_text`."""
        self._body.append(f"<p>{write_text(text, **values)}</p>")

    def add_facts(self, facts: Sequence[Fact], caption: str) -> None:
        """Add a table of facts, each a sentence or less, under a caption in English."""
        name = self._name_caption()
        rows = "".join(
            f"<tr><th scope=row>{write_text(what)}</th><td>{write_text(text, **values)}</td></tr>"
            for what, text, values in facts
        )
        self._body.append(
            f"<div class=scroll tabindex=0 role=region aria-labelledby={name}><table class=facts>"
            f"<caption id={name}>{write_text(caption)}</caption><tbody>{rows}</tbody></table></div>"
        )

    def add_table(
        self,
        table: Table,
        caption: str,
        *,
        folded: bool = False,
        written: Mapping[str, Callable[[Cell], Value]] | None = None,
        **values: Value,
    ) -> None:
        """Add a table that can be sorted; numbers are shown to five digits.

        Args:
            table: Its first column names the rows.
            caption: In English.
            folded: Whether it is shown only when its caption is clicked.
            written: What its cells are shown as, by column; as they are where not given.
            values: Of the caption.
        """
        name = self._name_caption()
        heads = "".join(
            f"<th scope=col><button type=button>{_let_break(write_text(title))}</button></th>"
            for title in table.header
        )
        shown = [(written or {}).get(title) for title in table.header]
        rows = "".join(f"<tr>{''.join(_write_row(row, shown))}</tr>" for row in table.rows)
        said = write_text(caption, **values)
        wide = " wide" if len(table.header) > _WIDE else ""
        content = (
            # Focusable, since it may scroll: otherwise no keyboard reaches the last columns.
            f"<div class='scroll{wide}' tabindex=0 role=region aria-labelledby={name}><table>"
            f"<caption id={name}>{said}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
        if folded:
            content = f"<details><summary>{said}</summary>{content}</details>"
        self._body.append(content)

    def add_picture(self, picture: str, caption: str) -> None:
        """Add a picture, which is SVG of this program's own, under its caption in English."""
        name = self._name_caption()
        self._body.append(
            f"<figure class=picture><figcaption id={name}>{write_text(caption)}</figcaption>"
            f"<div role=img aria-labelledby={name}>{picture}</div></figure>"
        )

    def add_figures(self, figures: Iterable[tuple[str, go.Figure]]) -> None:
        """Add figures side by side, each under its caption in English."""
        drawn = "".join(self._write_figure(caption, figure) for caption, figure in figures)
        self._body.append(f"<div class=figures>{drawn}</div>")

    def render(self) -> str:
        """Return the page."""
        assets = resources.files("trainer") / "assets"
        style, script, plotly = (
            (assets / name).read_text("utf-8")
            for name in ("report.css", "report.js", "plotly-basic.min.js")
        )
        # `<` nowhere: a text of the artifact could otherwise end the script it stands in.
        data = json.dumps({"figures": self._figures, "texts": read_translations("texts")})
        data = data.replace("<", "\\u003c")
        return (
            "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
            f"<title>{html.escape(self._title)}</title>"
            "<meta name=viewport content='width=device-width, initial-scale=1'>"
            "<meta name=color-scheme content='light dark'>"
            f"<link rel=icon href='data:,'><style>{style}</style></head><body>\n"
            f"<header><h1>{self._heading}</h1><div role=group class=languages "
            "aria-label='Language, idioma'><button type=button lang=en>English</button>"
            "<button type=button lang=pt-BR>Português</button></div></header>\n"
            f"<noscript><p>{write_text(_NO_SCRIPT)}</p></noscript>\n"
            f"<nav><h2>{write_text('Contents')}</h2><ol>{''.join(self._contents)}</ol></nav>\n<main>\n"
            + "\n".join(self._body)
            + f"\n</main>\n<script type=application/json id=report-data>{data}</script>\n"
            f"<script>{plotly}</script>\n<script>{script}</script>\n</body></html>\n"
        )

    def _write_figure(self, caption: str, figure: go.Figure) -> str:
        content = json.loads(figure.to_json())
        del content["layout"]["template"]  # thousands of bytes each, and the page has its own
        name = self._name_caption()
        plot = f"figure-{len(self._figures)}"
        self._figures[plot] = content
        return (
            f"<figure><figcaption id={name}>{write_text(caption)}</figcaption>"
            f"<div class=plot id={plot} role=img aria-labelledby={name}></div></figure>"
        )

    def _name_caption(self) -> str:
        self._captions += 1
        return f"caption-{self._captions}"


_NO_SCRIPT = "The plots, sorting and Portuguese need JavaScript, which is turned off here."


_MINUS = "\N{MINUS SIGN}"
_WIDE = 10  # columns, from which a table may be wider than the text


def _let_break(text: str) -> str:
    """Return a heading that may break where its words meet, as of `num_layers`."""
    return text.replace("_", "_<wbr>")


def _write_row(
    row: Sequence[Cell], shown: Sequence[Callable[[Cell], Value] | None]
) -> Iterator[str]:
    for place, (cell, show) in enumerate(zip(row, shown, strict=True)):
        yield _write_cell(show(cell) if show else cell, "td" if place else "th scope=row")


def _write_cell(cell: Value, tag: str = "td") -> str:
    end = tag.split(maxsplit=1)[0]
    if isinstance(cell, Bilingual):
        return f"<{tag}>{write_cell(cell)}</{end}>"
    if isinstance(cell, str | bool):
        verdict = f" class={cell}" if cell in ("better", "worse") else ""
        return f"<{tag}{verdict}>{write_cell(cell)}</{end}>"
    number = format_value(cell)
    number = f"{_MINUS}{number[1:]}" if number.startswith("-") else number
    return f"<{tag} data-value={cell!r}>{number}</{end}>"
