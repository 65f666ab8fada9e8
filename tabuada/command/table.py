"""Sets what several networks answered side by side, as text."""

from collections.abc import Sequence

from tabuada.client.answers import Predictions
from tabuada.command.wording import Wording

_GAP = "  "
_MARK = "*"


def write_table(
    expressions: Sequence[str], answers: Sequence[Predictions], words: Wording
) -> list[str]:
    """Return the lines of a table: one row an expression, two columns a network.

    Args:
        expressions: n expressions.
        answers: What each network answered to them, with exact values; at least one.
        words: The language.
    """
    exact = answers[0].exact or ()
    columns = [
        [words.expression, *expressions],
        [words.exact, *(_write(value, words) for value in exact)],
    ]
    for answer in answers:
        columns += _write_answers(answer, words)
    lines = _align(columns)
    if any(answer.out_of_domain for answer in answers):
        lines += ["", words.outside]
    readings = [
        words.read_as.format(expression=expression, problem=read.replace(".", words.decimal))
        for index, expression in enumerate(expressions)
        if (read := str((answers[0].read_as or {}).get(f"expressions[{index}]", "")))
    ]
    return lines + (["", *readings] if readings else [])


def _write_answers(answer: Predictions, words: Wording) -> list[list[str]]:
    """Return two columns: what a network answered, and how far it is off."""
    outside = set(answer.out_of_domain)
    marks = [_MARK if row in outside else " " for row in range(len(answer.predictions))]
    values = (_write(value, words) for value in answer.predictions)
    errors = (_write_error(value, words) for value in answer.absolute_errors or ())
    # Every cell leaves room for the mark, so that figures stand below each other.
    return [
        [f"{answer.model} v{answer.version} ", *map("".join, zip(values, marks, strict=True))],
        [words.off_by, *errors],
    ]


def _write(value: float, words: Wording) -> str:
    """Return a number; nine digits tell all float32 apart."""
    return f"{value:.9g}".replace(".", words.decimal)


def _write_error(value: float, words: Wording) -> str:
    """Return how large an error is, to two digits, without a power of ten where it can be."""
    text = f"{value:.0f}" if 10 <= value < 1e9 else f"{value:.2g}"
    return text.replace(".", words.decimal)


def _align(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows of a table, the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for first, *others in zip(*columns, strict=True):
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append(_GAP.join(cells).rstrip())
    return lines
