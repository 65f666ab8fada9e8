"""The two languages of a report: every text is written in English and looked up in Portuguese."""

import html
import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A value that each language writes in its own way."""

    english: str
    portuguese: str


Value = str | int | float | bool | Bilingual


@cache
def read_translations(kind: str) -> dict[str, str]:
    """Return the Brazilian Portuguese of English texts.

    Args:
        kind: `texts`, which the report itself says, or `cells`, which stand in tables beside
            names that a run chose, such as a preset's, and are never translated.
    """
    file = resources.files("trainer") / "assets" / "report.pt-BR.json"
    texts: dict[str, str] = json.loads(file.read_text("utf-8"))[kind]
    return texts


def write_text(text: str, **values: Value) -> str:
    """Return a text as HTML in both languages; the page shows one of them.

    Args:
        text: In English, with `{name}` where a value goes. One that has no translation, such
            as a hyperparameter's name, is the same in both.
        values: By name.
    """
    portuguese = read_translations("texts").get(text, text)
    return _pair(
        _fill(text, {name: format_value(value) for name, value in values.items()}),
        _fill(portuguese, {name: _write_portuguese(value) for name, value in values.items()}),
    )


def write_cell(cell: str | bool | Bilingual) -> str:
    """Return a cell's word as HTML in both languages."""
    if isinstance(cell, Bilingual):
        return _pair(html.escape(cell.english), html.escape(cell.portuguese))
    word = str(cell)
    return _pair(html.escape(word), html.escape(read_translations("cells").get(word, word)))


def format_value(value: Value) -> str:
    """Return a value as English writes it; numbers with fractions to five digits.

    One next to 1 that is not 1 has as many as tell it from 1: of R² and of ratios nothing else
    is of interest.
    """
    if isinstance(value, Bilingual):
        return value.english
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if value not in (1, -1) and f"{abs(value):.5g}" == "1":
        return f"{value:.{math.ceil(-math.log10(abs(abs(value) - 1)))}f}"
    return f"{value:.5g}"


def swap_marks(text: str) -> str:
    """Return a number that is written as in English as Portuguese writes it."""
    return text.translate(str.maketrans(",.", ".,"))


def _write_portuguese(value: Value) -> str:
    if isinstance(value, Bilingual):
        return value.portuguese
    if isinstance(value, bool | str):
        return str(value)
    return swap_marks(format_value(value))


def _fill(text: str, values: dict[str, str]) -> str:
    escaped = {name: html.escape(value) for name, value in values.items()}
    plain = html.escape(text, quote=False)
    return plain.format(**escaped) if values else plain  # without any, it may be anybody's text


def _pair(english: str, portuguese: str) -> str:
    if english == portuguese:
        return english
    return f"<span class=en lang=en>{english}</span><span class=pt lang=pt-BR>{portuguese}</span>"
