"""The two languages of a report: every text is written in English and looked up in Portuguese."""

import html
import json
from functools import cache
from importlib import resources

Value = str | int | float | bool


@cache
def read_translations() -> dict[str, str]:
    """Return the Brazilian Portuguese of every English text of the report."""
    file = resources.files("trainer") / "assets" / "report.pt-BR.json"
    texts: dict[str, str] = json.loads(file.read_text("utf-8"))
    return texts


def write_text(text: str, **values: Value) -> str:
    """Return a text as HTML in both languages; the page shows one of them.

    Args:
        text: In English, with `{name}` where a value goes. One that has no translation, such
            as a hyperparameter's name, is the same in both.
        values: By name; strings are translated where they can be.
    """
    translations = read_translations()
    english = _fill(text, {name: format_value(value) for name, value in values.items()})
    portuguese = _fill(
        translations.get(text, text),
        {name: _swap_marks(value) for name, value in values.items()},
    )
    if english == portuguese:
        return english
    return f"<span class=en lang=en>{english}</span><span class=pt lang=pt-BR>{portuguese}</span>"


def format_value(value: Value) -> str:
    """Return a value as English writes it; numbers with fractions to five digits."""
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:.5g}" if isinstance(value, float) else f"{value:,}"


def _swap_marks(value: Value) -> str:
    if isinstance(value, bool | str):
        return read_translations().get(str(value), str(value))
    return format_value(value).translate(str.maketrans(",.", ".,"))


def _fill(text: str, values: dict[str, str]) -> str:
    escaped = {name: html.escape(value) for name, value in values.items()}
    plain = html.escape(text, quote=False)
    return plain.format(**escaped) if values else plain  # without any, it may be anybody's text
